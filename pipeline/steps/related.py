"""What belongs to a document: the deal it is a step of, what may be the same paper, and others of its counterparty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

from domain.fields import DocumentType
from domain.likeness import likeness
from domain.query import Query
from domain.record import ArchiveRecord, DocumentState
from domain.text import search_key
from pipeline.steps.duplicates import DUPLICATE
from storage.archive.many import newest_records
from storage.search import Glance, glance, search

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.query import Hit, Hits
    from pipeline.wiring import Shoko


class Stage(StrEnum):
    """A step of a deal, in the order in which its papers are written."""

    QUOTATION = "quotation"
    ORDER = "order"
    DELIVERY = "delivery"
    INVOICE = "invoice"
    PAYMENT = "payment"


STAGES: dict[DocumentType, Stage] = {
    DocumentType.QUOTATION: Stage.QUOTATION,
    DocumentType.PURCHASE_ORDER: Stage.ORDER,
    DocumentType.CONTRACT: Stage.ORDER,
    DocumentType.DELIVERY_NOTE: Stage.DELIVERY,
    DocumentType.INSPECTION: Stage.DELIVERY,
    DocumentType.INVOICE: Stage.INVOICE,
    DocumentType.CREDIT_NOTE: Stage.INVOICE,
    DocumentType.RECEIPT: Stage.PAYMENT,
    DocumentType.PAYMENT_STATEMENT: Stage.PAYMENT,
}
"""Which step a class is; what is of no class is of no step."""
AROUND = timedelta(days=400)
"""Deals of more than a year and a month are rare; further papers are found by the counterparty."""
MOST_LOOKED_AT = 60
"""Documents of the counterparty that are opened to look for a number: those nearest in time."""
MOST_SHOWN = 8
MOST_COUNTED = 1000
"""Documents of the counterparty that are counted."""
_LEAST_NUMBER = 4
"""Characters of a document number from which finding it on another paper says something."""
_OVER = frozenset({DocumentState.TOMBSTONED, DocumentState.DESTROYED})


class Tie(StrEnum):
    """Why two documents are taken to be of one deal."""

    NUMBER = "number"
    """One names the other's number."""
    AMOUNT = "amount"
    """Their totals are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Another document of the same deal."""

    record: ArchiveRecord
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """What stands around one document."""

    chain: tuple[tuple[Stage, tuple[Near, ...]], ...]
    """Every stage in order with the documents that belong to the deal, this one left out; empty stages included.
    Empty altogether where the class is of no stage."""
    stage: Stage | None
    """Of this document."""
    duplicates: tuple[ArchiveRecord, ...]
    """Documents that may be the same paper; deleted ones are left out."""
    same_party: tuple[Hit, ...]
    """The newest others of the same counterparty."""
    party_total: int
    """All of them, this one included."""
    party_at_least: bool = False
    """There are more: it is where counting ended."""


def related(shoko: Shoko, record: ArchiveRecord) -> Related:
    """What belongs to a document, of what the archive shows.

    A deal is proposed, never recorded: papers of one counterparty within ``AROUND`` of which one names the number of
    the other, or whose totals are the same. What people said of relations is kept apart (``pipeline.steps.relations``).
    """
    hits, newest, counted = _of_party(shoko, record)
    stage = STAGES.get(record.classification.label)
    near = _near(shoko, record, hits) if stage is not None else ()
    chain = tuple(
        (one, tuple(found for found in near if STAGES[found.record.classification.label] is one)) for one in Stage
    )
    return Related(
        chain=chain if stage is not None else (),
        stage=stage,
        duplicates=_duplicates(shoko, record),
        same_party=tuple(newest),
        party_total=counted.total if counted is not None else 0,
        party_at_least=counted is not None and counted.at_least,
    )


def _of_party(shoko: Shoko, record: ArchiveRecord) -> tuple[list[Glance], list[Hit], Hits | None]:
    """Others of the counterparty: those nearest in time, nearest first; the newest; and how many there are."""
    party = record.fields.text("counterparty")
    if not party:
        return [], [], None
    query = Query(counterparty=party, counterparty_exact=True, limit=MOST_SHOWN + 1, count_limit=MOST_COUNTED)
    newest = search(shoko.archive, query)
    day, found = record.fields.day("transaction_date"), [_glanced(hit) for hit in newest.hits]
    if record.classification.label in STAGES and newest.total > len(found):
        some = replace(query, limit=MOST_LOOKED_AT, count_limit=1)
        sides = [some]
        if day is not None:
            sides = [
                replace(some, date_from=day, date_to=day + AROUND, order="transaction_date"),
                replace(some, date_from=day - AROUND, date_to=day),
                replace(some, date_blank=True),
            ]
        found += [hit for side in sides for hit in glance(shoko.archive, side)]
    others = list({hit.document_id: hit for hit in found if hit.document_id != record.document_id}.values())
    if day is not None:
        others.sort(key=lambda hit: abs((hit.transaction_date or date.max) - day))
    return others, [hit for hit in newest.hits if hit.document_id != record.document_id][:MOST_SHOWN], newest


def _glanced(hit: Hit) -> Glance:
    return Glance(document_id=hit.document_id, document_type=hit.document_type, transaction_date=hit.transaction_date)


def _near(shoko: Shoko, record: ArchiveRecord, hits: Iterable[Glance]) -> tuple[Near, ...]:
    day, total = record.fields.day("transaction_date"), record.fields.money("total_amount")
    own, own_text = _number(record), search_key(record.text)
    near = (
        hit.document_id
        for hit in hits
        if hit.document_type in STAGES
        and not (day is not None and hit.transaction_date is not None and abs(hit.transaction_date - day) > AROUND)
    )
    found = []
    for other in newest_records(shoko.archive, islice(near, MOST_LOOKED_AT)).values():
        if other.state in _OVER:
            continue
        ties = []
        theirs = _number(other)
        if (own and own in search_key(other.text)) or (theirs and theirs in own_text):
            ties.append(Tie.NUMBER)
        if total is not None and total.amount and other.fields.money("total_amount") == total:
            ties.append(Tie.AMOUNT)
        if ties:
            found.append(Near(record=other, ties=tuple(ties)))
    # a number says more than an amount: rents and subscriptions have the same total every month
    numbered = [near for near in found if Tie.NUMBER in near.ties]
    shown = numbered or [near for near in found if STAGES.get(near.record.classification.label) is not _stage(record)]
    return tuple(sorted(shown, key=_by_day))


def _stage(record: ArchiveRecord) -> Stage | None:
    return STAGES.get(record.classification.label)


def _by_day(near: Near) -> tuple[date, str]:
    return near.record.fields.day("transaction_date") or date.max, near.record.document_id


def _number(record: ArchiveRecord) -> str:
    number = search_key(record.fields.text("document_number") or "")
    return number if len(number) >= _LEAST_NUMBER else ""


def _duplicates(shoko: Shoko, record: ArchiveRecord) -> tuple[ArchiveRecord, ...]:
    """What review said, then what is the same by its facts or its text now."""
    said = [r.detail for r in record.review_reasons if r.code == DUPLICATE and r.detail]
    facts = shoko.archive.documents_of_facts(record.fields)
    alike = shoko.archive.documents_alike(record.text)
    found = []
    candidates = (one for one in dict.fromkeys((*said, *facts, *alike)) if one != record.document_id)
    for document_id, other in newest_records(shoko.archive, candidates).items():
        if other.state in _OVER:
            continue
        known = document_id in said or document_id in facts
        if known and _contradicts(record, other) and document_id not in said:
            continue
        if known or (not _contradicts(record, other) and likeness(record.text, other.text).same_paper):
            found.append(other)
    return tuple(found[:MOST_SHOWN])


def _contradicts(one: ArchiveRecord, other: ArchiveRecord) -> bool:
    """A number or a time that differs, or another class: two papers."""
    if one.classification.label is not other.classification.label:
        return True
    for name in ("document_number", "time", "transaction_date", "total_amount"):
        mine, theirs = one.fields.value(name), other.fields.value(name)
        if mine is not None and theirs is not None and mine != theirs:
            return True
    return False
