"""Bags of others: every verdict as the Library of Congress states it in its suite; and borders of our own."""

import hashlib
import json
from pathlib import Path

import pytest

from storage.evidence.verifier.bag import check_bag
from storage.evidence.verifier.findings import Verdict, overall


def verdict(bag: Path) -> Verdict:
    return overall(check_bag(bag).findings)


@pytest.mark.sample_data
def test_conformance_suite(sample_data):
    root = sample_data / "bagit"
    told = [json.loads(line) for line in (root / "truth.jsonl").read_text().splitlines()]
    assert len(told) == 8
    for one in told:
        expected = Verdict.PASSED if one["expected"].startswith("valid") else Verdict.FAILED
        report = check_bag(root / one["file"])
        assert overall(report.findings) is expected, (one, report.findings)
        warned = any("warning" in (finding.detail or "") for finding in report.findings)
        assert warned == ("warning" in one["expected"]), one


@pytest.fixture
def bag(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.txt").write_bytes(b"a")
    (tmp_path / "bagit.txt").write_bytes(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (tmp_path / "manifest-sha256.txt").write_text(f"{hashlib.sha256(b'a').hexdigest()}  data/a.txt\n")
    return tmp_path


def test_the_smallest_bag(bag):
    assert verdict(bag) is Verdict.PASSED


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bagit.txt", b"BagIt-Version: 9.9\nTag-File-Character-Encoding: UTF-8\n"),
        ("bagit.txt", b"BagIt-Version: 1.0\n"),
        ("bagit.txt", b"\xef\xbb\xbfBagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
        ("bagit.txt", b""),
        ("manifest-sha256.txt", b"no digest\n"),
        ("manifest-sha256.txt", b""),
        ("manifest-sha3.txt", b""),
        ("fetch.txt", b"https://example.com/b 1 data/b.txt\n"),
        ("bag-info.txt", b"Payload-Oxum: 2.1\n"),
        ("bag-info.txt", b"Payload-Oxum: 1.2\n"),
        ("data/b.txt", b"b"),
        ("data/a.txt", b"b"),
        ("manifest-md5.txt", b""),
    ],
)
def test_what_makes_a_bag_invalid(bag, name, content):
    (bag / name).write_bytes(content)
    assert verdict(bag) is Verdict.FAILED


@pytest.mark.parametrize(
    "path", ["data/../../a.txt", "/etc/hostname", "~/a.txt", "a.txt", "data\\a.txt", "data/missing.txt"]
)
def test_paths_that_lead_nowhere_or_out(bag, path):
    lines = (bag / "manifest-sha256.txt").read_text()
    (bag / "manifest-sha256.txt").write_text(lines + f"{hashlib.sha256(b'a').hexdigest()}  {path}\n")
    assert verdict(bag) is Verdict.FAILED


def test_the_same_path_twice_with_two_digests(bag):
    lines = (bag / "manifest-sha256.txt").read_text()
    (bag / "manifest-sha256.txt").write_text(lines + f"{'0' * 64}  data/a.txt\n")
    assert verdict(bag) is Verdict.FAILED


def test_percent_encoded_line_ends(bag):
    (bag / "data/a.txt").rename(bag / "data/b\nc%.txt")
    (bag / "manifest-sha256.txt").write_text(f"{hashlib.sha256(b'a').hexdigest()}  data/b%0Ac%25.txt\n")
    assert verdict(bag) is Verdict.PASSED


def test_links_are_no_files(bag):
    (bag / "data/link").symlink_to("/etc/hostname")
    assert verdict(bag) is Verdict.FAILED


def test_no_bag_at_all(tmp_path):
    assert verdict(tmp_path) is Verdict.FAILED
