"""Evidence that others made, with the verdicts that are known of it (the public sample documents)."""

import hashlib
import io
import json
import zipfile

import pytest

from storage.evidence.verifier import (
    Anchors,
    Policy,
    Reason,
    Verdict,
    overall,
    verify_container,
    verify_evidence_record,
    verify_xml_record,
)
from storage.evidence.verifier.evidence_record import parse_evidence_record
from storage.evidence.verifier.token import read_token_facts

pytestmark = pytest.mark.sample_data
NOWHERE = Anchors()
"""Certificates are another matter there: without roots from outside the best verdict is *indeterminate*."""


def record(content, data):
    return verify_evidence_record(
        content,
        digest_of=lambda name: hashlib.new(name, data).digest(),
        anchors=NOWHERE,
        policy=Policy(),
        subject="x",
    )


def reasons(findings):
    return {finding.reason for finding in findings if finding.reason}


@pytest.fixture(scope="module")
def folder(sample_data):
    return sample_data / "evidence-records"


def test_every_sample_is_looked_at(folder):
    truth = {json.loads(line)["file"] for line in (folder / "truth.jsonl").read_text().splitlines()}
    assert truth == {
        "BIN-1_ER.ers",
        "BIN-1_ER_malformed.ers",
        "er-one-file.asics",
        "er-asn1-no-hashtree-wrong-digest.sce",
    }


def test_a_record_holds_for_its_file_and_no_other(folder):
    """Truth: hash tree and timestamp must match, a different file must be refused."""
    content, data = (folder / "BIN-1_ER.ers").read_bytes(), (folder / "BIN-1.bin").read_bytes()
    findings = record(content, data)
    assert reasons(findings) == {Reason.NO_TRUST_ANCHOR}
    passed = {finding.name for finding in findings if finding.verdict is Verdict.PASSED}
    assert passed == {"evidence_hash", "token_imprint", "token_signature", "token_key_usage"}
    assert reasons(record(content, data + b"x")) == {Reason.HASH_FAILURE}
    assert len(parse_evidence_record(content).chains[0][0].lists) == 2


def test_a_malformed_record_is_refused(folder):
    """Truth: malformed, must be refused. (Two bytes differ; the outermost tag is no longer a SEQUENCE.)"""
    findings = record((folder / "BIN-1_ER_malformed.ers").read_bytes(), (folder / "BIN-1.bin").read_bytes())
    assert (overall(findings), reasons(findings)) == (Verdict.FAILED, {Reason.FORMAT_FAILURE})


def test_a_container_of_one_file_is_intact(folder):
    """Truth: intact. The record inside is in XML (RFC 6283), although the folder speaks of ASN.1 records."""
    content = (folder / "er-one-file.asics").read_bytes()
    findings = verify_container(content, anchors=NOWHERE, policy=Policy())
    assert overall(findings) is not Verdict.FAILED, findings
    assert "evidence_hash" in {f.name for f in findings if f.verdict is Verdict.PASSED}
    assert overall(verify_container(_changed(content, "test.text", b"other"), anchors=NOWHERE, policy=Policy())) is (
        Verdict.FAILED
    )


def test_a_container_with_a_wrong_digest_fails(folder):
    """Truth: hash failure (wrong digest). The record itself holds for the file; the manifest gives another digest."""
    content = (folder / "er-asn1-no-hashtree-wrong-digest.sce").read_bytes()
    findings = verify_container(content, anchors=NOWHERE, policy=Policy())
    assert [(f.name, f.reason, f.subject) for f in findings] == [
        ("evidence_manifest", Reason.HASH_FAILURE, "test-doc.xml")
    ]
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        inner, thing = container.read("META-INF/evidencerecord002.ers"), container.read("test-doc.xml")
        manifest = container.read("META-INF/ASiCEvidenceRecordManifest002.xml")
    assert reasons(record(inner, thing)) == {Reason.NO_TRUST_ANCHOR}
    import base64

    right = base64.b64encode(hashlib.sha256(thing).digest())
    wrong = manifest.split(b"DigestValue")[1].split(b">")[1].split(b"<")[0]
    mended = _changed(content, "META-INF/ASiCEvidenceRecordManifest002.xml", manifest.replace(wrong, right))
    assert reasons(verify_container(mended, anchors=NOWHERE, policy=Policy())) == {Reason.NO_TRUST_ANCHOR}


def test_what_a_record_says_of_its_token_is_read(folder):
    (one,) = parse_evidence_record((folder / "BIN-1_ER.ers").read_bytes()).chains[0]
    facts = read_token_facts(one.token)
    assert facts.gen_time.year == 2017
    assert facts.ends_at.year == 2021


def test_a_record_in_xml_is_refused_where_it_is_none():
    for content in (b"", b"<x/>", b"\xff", b"<!DOCTYPE x []><x/>", b"<x>"):
        findings = verify_xml_record(content, digest_of=lambda _: b"", anchors=NOWHERE, policy=Policy(), subject="x")
        assert reasons(findings) == {Reason.FORMAT_FAILURE}


def _changed(content, name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.namelist():
            new.writestr(one, data if one == name else old.read(one))
    return out.getvalue()
