"""What approvals are held against, as far as a bundle has it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from storage.evidence.verifier.approvals import (
    ABOUT_A_REVISION,
    KINDS,
    PEOPLE_KINDS,
    PREFIX,
    Act,
    check_act,
    check_frozen,
)
from storage.evidence.verifier.findings import Finding
from storage.evidence.verifier.opened import LOG, RECORDS, OpenBundle
from storage.evidence.verifier.records import Leaf, is_number, parse_leaf

_REVISIONS = frozenset({"filed", "revised", "approved", "tombstoned"})


class FromBundle:
    """``Known`` over the records of a bundle. Who recorded a revision stands in payloads, which are not kept here."""

    def __init__(self, bundle: OpenBundle) -> None:
        """Look up the digests of the revisions that approvals are about: one more pass over the leaves."""
        self._acts = bundle.approving
        self.has_people = _is_whole(bundle)
        wanted = {subject.removeprefix(PREFIX) for subject in self._acts if subject.startswith(PREFIX)}
        self._digests: dict[str, list[str]] = {one: [] for one in wanted}
        if wanted:
            self._find(bundle)

    def acts(self, subject_id: str) -> Sequence[Act]:
        """See ``Known``."""
        return self._acts.get(subject_id, ())

    def digest(self, document_id: str, revision: int) -> str | None:
        """See ``Known``."""
        found = self._digests.get(document_id, [])
        return found[revision - 1] if 1 <= revision <= len(found) else None

    def authors(self, document_id: str, revision: int) -> frozenset[str]:
        """See ``Known``."""
        del document_id, revision
        return frozenset()

    def login(self, act: Act) -> str | None:
        """See ``Known``."""
        del act
        return None  # who did it stands in the payload

    def _find(self, bundle: OpenBundle) -> None:
        for path in sorted(bundle.files):
            if not path.startswith(f"{RECORDS}leaves-"):
                continue
            for line in bundle.lines(path):
                try:
                    leaf = parse_leaf(line)
                except (ValueError, RecursionError):
                    continue  # was said
                if leaf.kind in _REVISIONS and leaf.subject_id in self._digests:
                    self._digests[leaf.subject_id].append(leaf.manifest_sha256 or "")


def keep_approval(bundle: OpenBundle, leaf: Leaf, plain: dict[str, Any]) -> None:
    """Remember a record that approvals are held against, once its digest was found right."""
    revision = plain.get("revision")
    if leaf.kind == "approved" and isinstance(revision, int):
        bundle.frozen.append((leaf.subject_id, revision, str(plain.get("recorded_at"))))
    elif leaf.kind in KINDS | PEOPLE_KINDS and isinstance(plain.get("facts"), dict):
        bundle.approving.setdefault(leaf.subject_id, []).append(plain)


def check_approvals(bundle: OpenBundle) -> None:
    """Every approval that the bundle speaks of."""
    known = FromBundle(bundle)
    findings: list[Finding] = []
    for subject, acts in bundle.approving.items():
        if subject.startswith(PREFIX):
            for act in acts:
                if str(act.get("kind")) in ABOUT_A_REVISION and is_number(act.get("number")):
                    findings += check_act(known, subject.removeprefix(PREFIX), act["number"])
    findings += [check_frozen(known, *one) for one in bundle.frozen]
    for finding in findings:
        if finding.reason is None:
            bundle.sound[finding.name] += 1
        else:
            bundle.findings.append(finding)


def _is_whole(bundle: OpenBundle) -> bool:
    """Whether the act of exporting says that nothing was left out."""
    try:
        return json.loads(bundle.read(f"{LOG}exported.json") or b"{}").get("whole") is True
    except (ValueError, AttributeError, RecursionError):
        return False
