"""Containers of data and evidence record (ASiC, ETSI EN 319 162-1): every file that a record speaks of, and no more."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from storage.evidence.verifier.evidence_record import verify_evidence_record
from storage.evidence.verifier.findings import Anchors, Finding, Policy, Reason, failed, passed
from storage.evidence.verifier.xml_record import hash_name, parse_xml, verify_xml_record

_MAX_FILES, _MAX_BYTES = 10_000, 512 * 1024 * 1024
"""Of what is unpacked: a small container must not become a large one."""
_ASIC = "{http://uri.etsi.org/02918/v1.2.1#}"
_DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
_META = "META-INF/"
_RECORDS = (".ers", ".xml")


def verify_container(content: bytes, *, anchors: Anchors, policy: Policy) -> tuple[Finding, ...]:
    """Check every evidence record of a container.

    1. the container can be read within the limits;
    2. with a manifest (ASiC-E): every file that it lists has the digest that it gives, and its record holds for each;
    3. without one (ASiC-S): the record holds for the one file of the container.
    """
    # 1.
    try:
        files = _unpack(content)
    except (ValueError, OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        return (failed("evidence_form", Reason.FORMAT_FAILURE, detail=type(error).__name__),)
    manifests = [name for name in files if name.startswith(f"{_META}ASiCEvidenceRecordManifest")]
    findings: list[Finding] = []
    # 2.
    for name in sorted(manifests):
        findings += _check_manifest(name, files, anchors=anchors, policy=policy)
    if findings:
        return tuple(findings)
    # 3.
    records = [name for name in files if name.lower().startswith("meta-inf/evidencerecord") and _is_record(name)]
    things = [name for name in files if not name.startswith(_META) and name != "mimetype"]
    if len(records) != 1 or len(things) != 1:
        return (failed("evidence_form", Reason.SIGNED_DATA_NOT_FOUND, detail="not one record over one file"),)
    return _check_record(records[0], things[0], files, anchors=anchors, policy=policy)


def _check_manifest(name: str, files: dict[str, bytes], *, anchors: Anchors, policy: Policy) -> Iterator[Finding]:
    try:
        manifest = parse_xml(files[name])
        reference = manifest.find(f"{_ASIC}SigReference")
        record = unquote("" if reference is None else reference.get("URI", ""))
        listed = [_reference(one) for one in manifest.findall(f"{_ASIC}DataObjectReference")]
    except (ValueError, binascii.Error):
        yield failed("evidence_form", Reason.FORMAT_FAILURE, subject=name)
        return
    if record not in files or not listed:
        yield failed("evidence_form", Reason.SIGNED_DATA_NOT_FOUND, subject=name)
        return
    for thing, algorithm, expected in listed:
        if thing not in files:
            yield failed("evidence_manifest", Reason.SIGNED_DATA_NOT_FOUND, subject=thing)
        elif hashlib.new(algorithm, files[thing]).digest() != expected:
            yield failed("evidence_manifest", Reason.HASH_FAILURE, subject=thing)
        else:
            yield passed("evidence_manifest", subject=thing)
            yield from _check_record(record, thing, files, anchors=anchors, policy=policy)


def _reference(element: Element) -> tuple[str, str, bytes]:
    """(file, hash, digest) of a DataObjectReference."""
    method, value = element.find(f"{_DSIG}DigestMethod"), element.find(f"{_DSIG}DigestValue")
    if method is None or value is None:
        raise ValueError("no digest")
    digest = base64.b64decode("".join((value.text or "").split()), validate=True)
    return unquote(element.get("URI", "")), hash_name(method.get("Algorithm")), digest


def _check_record(
    record: str, thing: str, files: dict[str, bytes], *, anchors: Anchors, policy: Policy
) -> tuple[Finding, ...]:
    verify = verify_xml_record if record.lower().endswith(".xml") else verify_evidence_record
    return verify(files[record], digest_of=_digests(files[thing]), anchors=anchors, policy=policy, subject=thing)


def _digests(content: bytes) -> Callable[[str], bytes]:
    return lambda algorithm: hashlib.new(algorithm, content).digest()


def _is_record(name: str) -> bool:
    return name.lower().endswith(_RECORDS)


def _unpack(content: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = _MAX_BYTES
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        names = container.infolist()
        if len(names) > _MAX_FILES or len({one.filename for one in names}) != len(names):
            raise ValueError("too many files, or one twice")
        for one in names:
            if one.is_dir():
                continue
            with container.open(one) as stream:
                files[one.filename] = stream.read(left + 1)
            left -= len(files[one.filename])
            if left < 0:
                raise ValueError("too large when unpacked")
    return files
