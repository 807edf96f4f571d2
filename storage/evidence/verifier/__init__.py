"""A second implementation of every check, sharing no code with the writer (standard library and cryptography only).

It takes the thing, the evidence, what is trusted from outside (``Anchors``) and a ``Policy``, and returns findings:
passed, failed or indeterminate, with reasons named as ETSI EN 319 102-1 §4.4 and the RFCs name them.
"""

from storage.evidence.verifier.asic import verify_container
from storage.evidence.verifier.batch import check_member, verify_batch
from storage.evidence.verifier.bundle import verify_bundle
from storage.evidence.verifier.canonical import is_canonical, parse_canonical
from storage.evidence.verifier.evidence_record import verify_evidence_record
from storage.evidence.verifier.findings import Anchors, EarlierHead, Finding, Policy, Reason, Verdict, overall
from storage.evidence.verifier.head import Head, key_fingerprint, verify_head
from storage.evidence.verifier.paths import RunningRoot, leaf_digest, proves_consistency, proves_inclusion
from storage.evidence.verifier.token import certificate_fingerprint, verify_token
from storage.evidence.verifier.xml_record import verify_xml_record

__all__ = [
    "Anchors",
    "EarlierHead",
    "Finding",
    "Head",
    "Policy",
    "Reason",
    "RunningRoot",
    "Verdict",
    "certificate_fingerprint",
    "check_member",
    "is_canonical",
    "key_fingerprint",
    "leaf_digest",
    "overall",
    "parse_canonical",
    "proves_consistency",
    "proves_inclusion",
    "verify_batch",
    "verify_bundle",
    "verify_container",
    "verify_evidence_record",
    "verify_head",
    "verify_token",
    "verify_xml_record",
]
