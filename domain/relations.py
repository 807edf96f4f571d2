"""How documents belong together, as people say: a corrected paper is a new document (law: scan-version-control)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.acts import ActKind, ActRecord


class Relation(StrEnum):
    """What the first document is to the second."""

    CORRECTS = "corrects"
    """A corrected paper from the counterparty in the place of an earlier one."""
    AMENDS = "amends"
    """A memorandum that changes a contract, or an individual contract under a base contract."""
    SUPPLEMENTS = "supplements"
    """Belongs to it: together they are one qualified invoice, or one deal (law: inv-items)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One document's relation to another that stands now."""

    document_id: str
    relation: Relation
    to_id: str


def links_of(acts: Sequence[ActRecord]) -> tuple[Link, ...]:
    """The relations that stand after these acts, in the order in which they were made."""
    found: dict[Link, bool] = {}
    for act in acts:
        if act.kind is ActKind.RELATED:
            link = Link(document_id=act.subject_id, relation=Relation(str(act.facts["relation"])), to_id=act.about[0])
            found[link] = act.facts["stands"] is True
    return tuple(link for link, stands in found.items() if stands)
