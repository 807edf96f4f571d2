"""BagIt bags (RFC 8493, and the older 0.93 to 0.97), checked by a second implementation that shares no code.

Complete: every file that is spoken of is there and every payload file is spoken of. Valid: complete, and every digest
holds. What RFC 8493 only discourages is passed with a remark.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from storage.evidence.verifier.findings import Finding, Reason, failed, passed

_DECLARATION = re.compile(rb"BagIt-Version: ([0-9]+)\.([0-9]+)\r?\n?")
_ENCODING = re.compile(rb"Tag-File-Character-Encoding: UTF-8\r?\n?", re.IGNORECASE)
_MANIFEST = re.compile(r"(tag)?manifest-([a-z0-9]+)\.txt")
_OXUM = re.compile(r"^Payload-Oxum:\s*([0-9]{1,18})\.([0-9]{1,18})\s*$", re.MULTILINE | re.IGNORECASE)
_LINE = re.compile(r"([0-9A-Fa-f]+)[ \t]+\*?(.+)")
_VERSIONS = frozenset({(0, 93), (0, 94), (0, 95), (0, 96), (0, 97), (1, 0)})
_ALGORITHMS = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
_CHUNK_BYTES = 1 << 20
LIMIT_BYTES = 1 << 30
"""Largest list of a bag that is read."""


@dataclass(slots=True)
class BagReport:
    """What was found."""

    findings: list[Finding] = field(default_factory=list)
    sha256: dict[str, str] = field(default_factory=dict)
    """Path (POSIX, inside the bag) → SHA-256 of every regular file that is there."""
    listed: set[str] = field(default_factory=set)
    """Every path that a manifest names."""

    def wrong(self, reason: Reason, subject: str | None = None, detail: str | None = None) -> None:
        """Something does not hold."""
        self.findings.append(failed("bag_complete", reason, subject=subject, detail=detail))


def check_bag(root: Path) -> BagReport:
    """Check one bag.

    1. the declaration, and a folder ``data``;
    2. manifests: at least one for the payload, each of a known algorithm, paths inside the bag, nothing twice;
    3. every listed file is there with its digest; payload files are listed: from 1.0 on in every payload manifest;
    4. nothing waits to be fetched, and Payload-Oxum counts what is there.
    """
    report = BagReport()
    # 1.
    version = _version(root, report)
    if not (root / "data").is_dir():
        report.wrong(Reason.FORMAT_FAILURE, "data", "no payload folder")
    # 2.
    manifests = {path.name: path for path in sorted(root.glob("*manifest-*.txt")) if _MANIFEST.fullmatch(path.name)}
    payload: dict[str, dict[str, str]] = {}
    tags: dict[str, dict[str, str]] = {}
    for name, path in manifests.items():
        match = _MANIFEST.fullmatch(name)
        if match is None or match.group(2) not in _ALGORITHMS:
            report.wrong(Reason.CRYPTO_CONSTRAINTS_FAILURE, name)
            continue
        (tags if match.group(1) else payload)[match.group(2)] = _entries(report, path, tag=bool(match.group(1)))
    if not payload:
        report.wrong(Reason.FORMAT_FAILURE, None, "no manifest")
    # 3.
    digests = _digests(root, report, frozenset({*payload, *tags, "sha256"}))
    for algorithm, entries in (*payload.items(), *tags.items()):
        _compare(report, entries, digests, algorithm)
    there = {path for path in digests if path.startswith("data/")}
    for one in sorted(there - set().union(*payload.values())):
        report.wrong(Reason.UNEXPECTED, one)
    if version >= (1, 0):
        for algorithm, entries in payload.items():
            for one in sorted(set().union(*payload.values()) - set(entries)):
                report.wrong(Reason.UNEXPECTED, one, f"not in manifest-{algorithm}.txt")
    # 4.
    _check_fetch(report, root, digests)
    _check_oxum(report, root, there)
    if not report.findings:
        report.findings.append(passed("bag_complete", detail=f"{len(report.listed)} files"))
    return report


def _version(root: Path, report: BagReport) -> tuple[int, int]:
    try:
        lines = (root / "bagit.txt").read_bytes()[:1000].splitlines(keepends=True)
    except OSError:
        report.wrong(Reason.SIGNED_DATA_NOT_FOUND, "bagit.txt")
        return (1, 0)
    match = _DECLARATION.fullmatch(lines[0]) if len(lines) == 2 else None
    if match is None or _ENCODING.fullmatch(lines[1]) is None:
        report.wrong(Reason.FORMAT_FAILURE, "bagit.txt")
        return (1, 0)
    version = (int(match.group(1)), int(match.group(2)))
    if version not in _VERSIONS:
        report.wrong(Reason.FORMAT_FAILURE, "bagit.txt", "unknown version")
    return version


def _entries(report: BagReport, path: Path, *, tag: bool) -> dict[str, str]:
    """Path → digest of one manifest, in the form in which files are found."""
    found: dict[str, str] = {}
    for line in read_lines(path):
        match = _LINE.fullmatch(line)
        if match is None:
            report.wrong(Reason.FORMAT_FAILURE, path.name)
            continue
        written = decoded(match.group(2))
        pure = PurePosixPath(written)
        plain = pure.as_posix()
        outside = pure.is_absolute() or ".." in pure.parts or written.startswith("~")
        if outside or "\\" in written or (not tag and pure.parts[:1] != ("data",)):
            report.wrong(Reason.FORMAT_FAILURE, written, f"{path.name} leads out of the bag")
            continue
        if plain != written:
            report.findings.append(passed("bag_paths", subject=written, detail="warning: not in normal form"))
        digest = match.group(1).lower()
        if found.setdefault(plain, digest) != digest:
            report.wrong(Reason.FORMAT_FAILURE, plain, f"twice in {path.name}")
    report.listed |= set(found)
    return found


def decoded(path: str) -> str:
    """A path as BagIt writes it: line ends and percent signs are percent-encoded (RFC 8493 §2.1.3)."""
    return re.sub("%(0A|0D|25)", lambda m: chr(int(m.group(1), 16)), path, flags=re.IGNORECASE)


def read_lines(path: Path) -> Iterator[str]:
    """Lines of a text file, without their ends; empty ones are left out."""
    with path.open("rb") as lines:
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if text:
                yield text


def _digests(root: Path, report: BagReport, algorithms: frozenset[str]) -> dict[str, dict[str, str]]:
    """Path → digests of every regular file; each is read once."""
    found: dict[str, dict[str, str]] = {}
    for path in walk(root):
        if path is None:
            report.wrong(Reason.UNEXPECTED, None, "a link or special file")
            continue
        hashes = {name: hashlib.new(name) for name in algorithms}
        with (root / path).open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                for one in hashes.values():
                    one.update(chunk)
        found[path] = {name: one.hexdigest() for name, one in hashes.items()}
        report.sha256[path] = found[path]["sha256"]
    return found


def _compare(report: BagReport, entries: dict[str, str], digests: dict[str, dict[str, str]], algorithm: str) -> None:
    for path, expected in sorted(entries.items()):
        actual = digests.get(path)
        if actual is None:
            report.wrong(Reason.SIGNED_DATA_NOT_FOUND, path)
        elif actual[algorithm] != expected:
            report.wrong(Reason.HASH_FAILURE, path)


def _check_fetch(report: BagReport, root: Path, digests: dict[str, dict[str, str]]) -> None:
    if "fetch.txt" not in digests:
        return
    for line in read_lines(root / "fetch.txt"):
        path = decoded(line.split(maxsplit=2)[-1])
        if path not in digests:
            report.wrong(Reason.SIGNED_DATA_NOT_FOUND, path, "to be fetched")


def _check_oxum(report: BagReport, root: Path, payload: set[str]) -> None:
    info = root / "bag-info.txt"
    if not info.is_file() or info.is_symlink() or info.stat().st_size > _CHUNK_BYTES:
        return
    match = _OXUM.search(info.read_text(encoding="utf-8", errors="replace"))
    if match is None:
        return
    size = sum((root / path).stat().st_size for path in payload)
    if (int(match.group(1)), int(match.group(2))) != (size, len(payload)):
        report.wrong(Reason.HASH_FAILURE, "bag-info.txt", "Payload-Oxum")


def walk(root: Path) -> Iterator[str | None]:
    """Paths of regular files, POSIX style; None for anything else."""
    for folder, folders, names in os.walk(root, followlinks=False):
        yield from (None for name in folders if (Path(folder) / name).is_symlink())
        for name in sorted(names):
            path = Path(folder) / name
            yield None if path.is_symlink() or not path.is_file() else path.relative_to(root).as_posix()
