"""Which of the dates is the document's own, which is the due date, which span the supply (DESIGN §6.3)."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date, timedelta

from domain.fields import CalendarDate, DocumentType, Field
from extractors.fields.evidence import found
from extractors.fields.labelled import LabelledDate, Locale
from extractors.fields.layout import Layout
from extractors.fields.roles import DateRole

_SCORES = {
    DateRole.OWN: 1.0,
    DateRole.ISSUE: 0.9,
    DateRole.NONE: 0.5,
    DateRole.CLOSING: 0.45,
    DateRole.SUPPLY: 0.35,
}
_RECEIPT_SCORES = {
    DateRole.OWN: 1.0,
    DateRole.ISSUE: 0.95,
    DateRole.NONE: 0.7,
    DateRole.SUPPLY: 0.6,
    DateRole.PRINTED: 0.3,
}
_CONFIDENCE = {
    DateRole.OWN: 0.98,
    DateRole.ISSUE: 0.97,
    DateRole.NONE: 0.9,
    DateRole.CLOSING: 0.85,
    DateRole.SUPPLY: 0.7,
    DateRole.PRINTED: 0.6,
}
"""How often a reading with this role was the right one on the development sets, before the quality of OCR counts."""
_RIVAL = 0.12
"""A different day whose score is closer than this makes the reading ambiguous."""
_TIME = re.compile(r"^\s*(?:\(.{1,3}\))?\s*,?\s*\d{1,2}\s?[:時]\s?\d{2}")
_STAMPED = re.compile(r"^\d{1,2}\.\d{1,2}\.\d{1,2}$")
"""How the stamp of the day of receipt writes it."""
_STAMP = 0.25
_HEAD = 0.45
"""Upper part of the page where an unlabelled date is the document's own."""


def settled(day: LabelledDate, locale: Locale) -> LabelledDate:
    """Drop the readings that the document's own habits rule out (day and month swapped)."""
    if not locale.order_certain:
        return day
    kept = tuple(a for a in day.found.alternatives if not (a.year == day.day.year and a.month == day.day.day))
    return replace(day, found=replace(day.found, alternatives=kept))


def choose_transaction_date(
    layout: Layout, dates: tuple[LabelledDate, ...], *, document_type: DocumentType, locale: Locale, today: date
) -> Field | None:
    """The document's own date (DESIGN §6.3), or None where no date can be it."""
    receipt = document_type is DocumentType.RECEIPT
    scores = _RECEIPT_SCORES if receipt else _SCORES
    ranked: dict[date, tuple[float, LabelledDate]] = {}
    counts: dict[date, int] = {}
    for reading in dates:
        base = scores.get(reading.role)
        counts[reading.day] = counts.get(reading.day, 0) + 1
        if base is None:
            continue
        score = base + _place_bonus(layout, reading, receipt=receipt)
        if reading.day > today + timedelta(days=1):
            score -= 0.4
        if reading.day not in ranked or ranked[reading.day][0] < score:
            ranked[reading.day] = (score, reading)
    if not ranked:
        return _only_day(dates, receipt=receipt)
    order = sorted(((s + 0.05 * min(counts[d] - 1, 2), r) for d, (s, r) in ranked.items()), key=lambda item: -item[0])
    score, best = order[0]
    best = settled(best, locale)
    rivals = [r for s, r in order[1:] if s > score - _RIVAL]
    confidence = _CONFIDENCE[best.role]
    if best.role is DateRole.NONE:
        alone = len(ranked) == 1
        confidence += (0.04 if alone else 0.0) + (0.04 if receipt and _has_time(layout, best) else 0.0)
    if counts[best.day] > 1:
        confidence += 0.01
    if best.found.year_assumed:
        confidence -= 0.04
    again = [d.span.confidence for d in dates if d.day == best.day and not d.found.ambiguous]
    confidence = min(confidence, 0.99) * max(best.span.confidence, *again, 0.0)
    stamped = not receipt and best.role is DateRole.NONE and bool(_STAMPED.match(best.span.raw.strip()))
    ambiguous = bool(rivals) or best.found.ambiguous or stamped
    return found(
        "transaction_date",
        CalendarDate(day=best.day),
        best.span,
        confidence=min(confidence, 0.6) if ambiguous else confidence,
        ambiguous=ambiguous,
    )


def _only_day(dates: tuple[LabelledDate, ...], *, receipt: bool) -> Field | None:
    """The only day on a slip, where it is that of something else (入庫, 入場): proposed, and never sure."""
    if not receipt or len({d.day for d in dates if d.role is DateRole.EVENT}) != 1 or len(dates) > _EVENTS:
        return None
    best = next(d for d in dates if d.role is DateRole.EVENT)
    return found(
        "transaction_date",
        CalendarDate(day=best.day),
        best.span,
        confidence=0.6 * best.span.confidence,
        ambiguous=True,
    )


_EVENTS = 2
"""Days on a slip (in and out) among which one of an event is proposed as its own."""


def choose_due_date(dates: tuple[LabelledDate, ...], *, document_type: DocumentType, locale: Locale) -> Field | None:
    """When to pay (a payment statement: when it is paid)."""
    wanted = {DateRole.DUE}
    due = [settled(d, locale) for d in dates if d.role in wanted]
    if document_type is DocumentType.PURCHASE_ORDER:
        due = [d for d in due if "納" not in d.label.text]
    if document_type is DocumentType.QUOTATION:
        due = [d for d in due if "有効" not in d.label.text and "見積" not in d.label.text]
    if not due:
        return None
    days = {d.day for d in due}
    best = due[0]
    ambiguous = len(days) > 1 or best.found.ambiguous
    return found(
        "due_date",
        CalendarDate(day=best.day),
        best.span,
        confidence=(0.6 if ambiguous else 0.96) * best.span.confidence,
        ambiguous=ambiguous,
    )


def supply_dates(dates: tuple[LabelledDate, ...], *, document_type: DocumentType) -> tuple[Field, ...]:
    """When goods or services were supplied, where printed: a period, or one day for both ends."""
    pairs = [
        (a, b)
        for a, b in itertools.pairwise(dates)
        if a.segment.row == b.segment.row and a.day <= b.day and _is_period(a, b)
    ]
    if pairs:
        first, last = pairs[0]
        return (_supply("supply_from", first), _supply("supply_to", last))
    wanted = {DateRole.SUPPLY}
    if document_type is DocumentType.DELIVERY_NOTE:
        wanted.add(DateRole.OWN)
    single = [d for d in dates if d.role in wanted]
    if len({d.day for d in single}) == 1:
        return (_supply("supply_from", single[0]), _supply("supply_to", single[0]))
    return ()


def _supply(name: str, reading: LabelledDate) -> Field:
    return found(name, CalendarDate(day=reading.day), reading.span, confidence=0.9 * reading.span.confidence)


_NOT_SUPPLY = re.compile(r"有効|見積|支払|振込|契約期間|保証")


def _is_period(a: LabelledDate, b: LabelledDate) -> bool:
    if _NOT_SUPPLY.search(a.label.text):
        return False
    if a.segment is b.segment:
        between = a.segment.folded.original[a.found.end : b.found.start]
        return bool(re.fullmatch(r"\s*(?:\([月火水木金土日]\))?\s*(?:~|〜|～|-|－|–|から|より|to|bis|/)\s*", between))
    return a.role is DateRole.PERIOD and b.role is DateRole.PERIOD


def _place_bonus(layout: Layout, reading: LabelledDate, *, receipt: bool) -> float:
    if reading.role is not DateRole.NONE:
        return 0.0
    _, y = layout.relative(reading.segment)
    bonus = 0.0
    if not receipt and _STAMPED.match(reading.span.raw.strip()):
        bonus -= _STAMP
    if reading.segment.page_index == layout.first_page and y < _HEAD:
        bonus += 0.1
    if receipt and _has_time(layout, reading):
        bonus += 0.1
    alone = len(reading.segment.compact) <= len("".join(reading.span.raw.split())) + 4
    return bonus + (0.1 if alone else -0.1)


def _has_time(layout: Layout, reading: LabelledDate) -> bool:
    after = reading.segment.text[len(reading.segment.folded.original[: reading.found.end]) :]
    beside = " ".join(s.text for s in layout.right_of(reading.segment)[:1])
    return bool(_TIME.match(after) or re.match(r"^\s*\d{1,2}:\d{2}", beside))
