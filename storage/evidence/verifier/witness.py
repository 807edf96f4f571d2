"""A witness's file: signed heads of a log that somebody kept, one line each, oldest first."""

from __future__ import annotations

from storage.evidence.verifier.findings import Anchors, EarlierHead, Finding, Reason, failed, passed
from storage.evidence.verifier.head import verify_head

MAX_BYTES = 256 * 1024 * 1024
"""Half a million heads; more is no such file."""


def read_witness(content: bytes, anchors: Anchors) -> tuple[tuple[EarlierHead, ...], tuple[Finding, ...]]:
    """The heads of a witness, and what is wrong with its lines.

    1. each line is a signed head, under the key from outside where one is given;
    2. the log never shrank from line to line.

    What comes after the last line end is no statement: its writer was interrupted.
    """
    heads: list[EarlierHead] = []
    findings: list[Finding] = []
    for number, line in enumerate(content.split(b"\n")[:-1], start=1):
        subject = f"line {number}"
        # 1.
        head, said = verify_head(line, anchors)
        wrong = next((f for f in said if f.reason not in {None, Reason.NO_TRUST_ANCHOR}), None)
        if head is None or wrong is not None:
            reason = wrong.reason if wrong is not None and wrong.reason is not None else Reason.FORMAT_FAILURE
            findings.append(failed("witness_line", reason, subject=subject))
            continue
        # 2.
        if heads and head.tree_size < heads[-1].tree_size:
            findings.append(failed("witness_line", Reason.UNEXPECTED, subject=subject, detail="the log shrank"))
            continue
        heads.append(EarlierHead(tree_size=head.tree_size, root=head.root))
    if not findings:
        findings.append(passed("witness_line", detail=f"{len(heads)} heads"))
    return tuple(heads), tuple(findings)
