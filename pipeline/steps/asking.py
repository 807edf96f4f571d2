"""What to ask a person about a document that waits: one question for each doubt, with what could be the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.corrections import value_to_text
from domain.fields import FIELDS, DocumentType, Field, FieldStatus, settable_fields
from domain.ids import Origin
from domain.labels import PAPER_SIZES
from domain.precedence import PERSON_ENGINE
from domain.questions import Asked, Choice, ChoiceSource, Question, Spot
from domain.record import ReviewReason
from pipeline.steps.candidates import candidates_for
from pipeline.steps.filing import NOT_SCANNED
from pipeline.steps.second_readings import second_readings
from pipeline.steps.texts import page_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

CHECKED_FIELDS: dict[str, tuple[str, ...]] = {
    "totals_add_up": ("total_amount", "subtotal", "tax_total"),
    "tax_per_rate": ("tax_total", "tax_breakdown"),
    "items_add_up": ("total_amount", "subtotal"),
    "cash_and_change": ("total_amount", "cash_received", "change"),
    "registration_check_digit": ("registration_number",),
    "issuer_registered": ("registration_number",),
    "date_plausible": ("transaction_date",),
    "date_not_future": ("transaction_date",),
    "due_after_issue": ("transaction_date", "due_date"),
    "supply_in_order": ("supply_from", "supply_to"),
    "term_in_order": ("effective_from", "effective_to"),
}
"""Which values a check is about: where it failed, one of them is wrong."""
_ABOUT_TYPE = "type_unsure"
_ABOUT_ORIGIN = frozenset({"origin_unknown", "direction_unsure", "same_bytes_other_origin"})
_ABOUT_PICTURE = "capture_quality"
_ABOUT_DAY = "received_on_assumed"
MOST_CHOICES = 9
"""One key each."""
MOST_TYPES = 10
"""There are ten classes; the tenth is the key 0."""


def questions_of(shoko: Shoko, record: ArchiveRecord, history: Sequence[ArchiveRecord] = ()) -> tuple[Question, ...]:
    """What is unsure about a document: its class first, then its fields in reading order, then the rest.

    A day of receipt that nobody confirmed is asked for where deadlines run from it: for scans (law: regime-basis-date).

    Args:
        shoko: the installation.
        record: its newest revision.
        history: every revision, oldest first; what earlier readings had becomes a possible answer.
    """
    reasons = record.review_reasons
    used: set[ReviewReason] = set()

    def taken(found: Iterable[ReviewReason]) -> tuple[ReviewReason, ...]:
        out = tuple(found)
        used.update(out)
        return out

    out: list[Question] = []
    if about := taken(r for r in reasons if r.code == _ABOUT_TYPE):
        out.append(_type_question(record, about))
    if about := taken(r for r in reasons if r.code in _ABOUT_ORIGIN):
        out.append(_origin_question(record, about))
    texts = page_texts(shoko, record)
    for name in doubtful_fields(record):
        about = taken(r for r in reasons if name in fields_of(r))
        first, *earlier = (*_read(record, name, history), None)
        other = second_readings(record, name, texts, spots_of(record, record.fields.get(name)))
        candidates = candidates_for(shoko, record, name, texts)
        known = (first, *other, *earlier, *candidates)
        out.append(_field_question(record, name, about, (one for one in known if one is not None)))
    about = taken(r for r in reasons if r.code == _ABOUT_DAY)
    if about or (record.received_on_assumed and record.origin not in NOT_SCANNED):
        out.append(_day_question(record, about))
    if about := taken(r for r in reasons if r.code == _ABOUT_PICTURE):
        out.append(_paper_question(record, about))
    out.extend(Question(asked=Asked.NOTE, reasons=(r,), proposal="") for r in reasons if r not in used)
    return tuple(out)


def doubtful_fields(record: ArchiveRecord) -> tuple[str, ...]:
    """Fields that a reason names, or that a check is about which failed, in reading order."""
    named = {name for reason in record.review_reasons for name in fields_of(reason)}
    known = {*settable_fields(record.classification.label), *(f.name for f in record.fields.fields)}
    return tuple(name for name in FIELDS if name in named and name in known)


def fields_of(reason: ReviewReason) -> tuple[str, ...]:
    """The fields that a reason is about."""
    if reason.field is not None:
        return (reason.field,)
    return CHECKED_FIELDS.get(reason.detail or "", ())


def spots_of(record: ArchiveRecord, field: Field | None) -> tuple[Spot, ...]:
    """Where a value stands on the pages of its document."""
    if field is None:
        return ()
    place: dict[tuple[str | None, int], int] = {
        key: number
        for number, ref in reversed(list(enumerate(record.pages)))
        for key in ((None, ref.page_index), (ref.unit_id, ref.page_index))
    }
    return tuple(
        Spot(page=place[source.unit_id, source.page_index], box=box)
        for source in field.sources
        if (source.unit_id, source.page_index) in place
        for box in source.boxes
    )


def _field_question(
    record: ArchiveRecord, name: str, reasons: tuple[ReviewReason, ...], choices: Iterable[Choice]
) -> Question:
    return Question(
        asked=Asked.FIELD,
        field=name,
        reasons=reasons,
        proposal=value_to_text(record.fields.value(name)),
        choices=_once(choices, MOST_CHOICES),
    )


def _read(record: ArchiveRecord, name: str, history: Sequence[ArchiveRecord]) -> Iterator[Choice]:
    """What stands now, then what earlier revisions had, the newest first."""
    for version in (record, *reversed(history)):
        field = version.fields.get(name)
        if field is None or field.value is None:
            continue
        person = field.engine.name == PERSON_ENGINE or field.status is FieldStatus.CORRECTED
        source = ChoiceSource.PERSON if person else ChoiceSource.READ if version is record else ChoiceSource.EARLIER
        yield Choice(
            text=value_to_text(field.value),
            source=source,
            spots=spots_of(version, field),
            confidence=None if person else field.confidence,
        )


def _type_question(record: ArchiveRecord, reasons: tuple[ReviewReason, ...]) -> Question:
    label = record.classification.label
    person = record.classification.engine.name == PERSON_ENGINE
    first = Choice(
        text=label.value,
        source=ChoiceSource.PERSON if person else ChoiceSource.READ,
        confidence=None if person else record.classification.confidence,
    )
    others = (Choice(text=kind.value, source=ChoiceSource.PAGE) for kind in DocumentType)
    return Question(
        asked=Asked.TYPE, reasons=reasons, proposal=label.value, choices=_once((first, *others), MOST_TYPES)
    )


def _origin_question(record: ArchiveRecord, reasons: tuple[ReviewReason, ...]) -> Question:
    known = record.origin is not Origin.UNKNOWN
    ways = (record.origin, *Origin) if known else tuple(Origin)
    choices = (
        Choice(text=way.value, source=ChoiceSource.READ if way is record.origin else ChoiceSource.PAGE)
        for way in ways
        if way is not Origin.UNKNOWN
    )
    return Question(
        asked=Asked.ORIGIN,
        reasons=reasons,
        proposal=record.origin.value if known else "",
        choices=_once(choices, MOST_CHOICES),
    )


def _day_question(record: ArchiveRecord, reasons: tuple[ReviewReason, ...]) -> Question:
    """The assumed day first; paper seldom comes on the day it was written, but it may."""
    days = [Choice(text=record.received_on.isoformat(), source=ChoiceSource.READ)]
    dated = record.fields.day("transaction_date")
    if dated is not None and dated <= record.received_on:
        field = record.fields.get("transaction_date")
        days.append(Choice(text=dated.isoformat(), source=ChoiceSource.PAGE, spots=spots_of(record, field)))
    return Question(
        asked=Asked.RECEIVED_ON,
        reasons=reasons or (ReviewReason(code=_ABOUT_DAY),),
        proposal=record.received_on.isoformat(),
        choices=_once(days, MOST_CHOICES),
    )


def _paper_question(record: ArchiveRecord, reasons: tuple[ReviewReason, ...]) -> Question:
    """A scan of known size has a known resolution: naming the paper may settle it (law: scan-resolution-tone)."""
    sizes = () if record.origin in NOT_SCANNED else tuple(PAPER_SIZES)
    choices = tuple(Choice(text=size, source=ChoiceSource.PAGE) for size in sizes)
    return Question(asked=Asked.PAPER, reasons=reasons, proposal="", choices=choices)


def _once(choices: Iterable[Choice], most: int) -> tuple[Choice, ...]:
    """Each answer once, as it was first given; what stands on the page lends its place to one that has none."""
    found: dict[str, Choice] = {}
    for choice in choices:
        found.setdefault(choice.text, choice)
    return tuple(found.values())[:most]
