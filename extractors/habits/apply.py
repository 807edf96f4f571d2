"""What corrections taught, applied to the next page of the same layout: candidates with evidence, never guesses.

A value is taken from where the person found it on the earlier page: behind the same words, on the same side. A name or
number that stays the same is taken where it is printed again. What arithmetic has proved is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from domain.companies import same_company, strip_honorific
from domain.dates import DateOrder, find_dates
from domain.engines import FieldContext
from domain.evidence import Outcome
from domain.fields import (
    FIELDS,
    CalendarDate,
    DocumentType,
    Field,
    FieldSet,
    FieldStatus,
    Money,
    Source,
    Text,
    Value,
    fields_for,
    missing,
)
from domain.lessons import FieldLesson, Lesson, Place
from domain.page import EngineId, PageText
from domain.record import Classification
from extractors.fields.checks import run_checks
from extractors.habits.layout import Run, find_value, label_of, layout_of, runs_of, similarity
from extractors.habits.values import KINDS, parse_as

ENGINE = EngineId(name="habits.v1", version="1")
MOST_LESSONS = 2000
"""Newest lessons that a page is compared with: some milliseconds."""
ALIKE = 0.5
"""Likeness from which two pages have one layout: of 30,000 pairs of generated pages of different layouts and classes,
one in a thousand is more alike than this."""
ALIKE_SAME_ISSUER = 0.3
"""The same where both carry one registration number."""
_SAME_EVERY_TIME = frozenset(
    {
        "issuer",
        "counterparty",
        "recipient",
        "registration_number",
        "phone",
        "issuer_company",
        "issuer_branch",
        "issuer_address",
        "currency",
    }
)
"""Fields whose value belongs to the issuer rather than to the paper."""
_PARTIES = frozenset({"issuer", "counterparty", "recipient", "issuer_company"})
_SUBJECTS = ("counterparty", "issuer")
_TRUST = 0.97
"""A place that was right once is right again this often, on 20 simulated layouts of five papers each (no error)."""
_UNREAD = 0.6
"""A name that the person knew and the page does not show: it goes to review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    lesson: Lesson
    likeness: float


def settle_class(
    lessons: Sequence[Lesson], texts: Sequence[PageText], classification: Classification
) -> Classification:
    """The class that a person gave to the most similar page on which the same mistake was made, if there is one."""
    if not lessons:
        return classification
    for match in _matches(lessons, texts, number=None):
        lesson = match.lesson
        if not lesson.type_settled or lesson.read_type is not classification.label:
            continue
        if lesson.put_type is classification.label:
            return classification
        return Classification(
            label=lesson.put_type,
            confidence=round(min(0.95, 0.5 + match.likeness / 2), 3),
            reasons=(f"lesson:{lesson.number}", *classification.reasons),
            engine=replace(ENGINE, config_digest=f"{lesson.number}"),
        )
    return classification


def with_habits(
    lessons: Sequence[Lesson],
    document_type: DocumentType,
    texts: Sequence[PageText],
    fields: FieldSet,
    *,
    context: FieldContext,
) -> FieldSet:
    """The fields as the lessons of this layout would have them.

    Args:
        lessons: oldest first.
        document_type: the class of the document.
        texts: its pages.
        fields: what the rules read.
        context: for the checks that must not get worse.
    """
    if not lessons or not texts:
        return fields
    runs = runs_of(texts)
    taught: dict[str, tuple[FieldLesson, Lesson]] = {}
    for match in _matches(lessons, texts, number=fields.text("registration_number")):
        for one in match.lesson.fields:
            taught.setdefault(one.name, (one, match.lesson))
    for name in fields_for(document_type):
        if name in taught:
            one, lesson = taught[name]
            candidate = _candidate(one, lesson, texts, runs, fields.get(name))
            if candidate is not None:
                fields = _unless_worse(fields, candidate, document_type, context)
    return fields


def _matches(lessons: Sequence[Lesson], texts: Sequence[PageText], *, number: str | None) -> list[_Match]:
    """Lessons of this layout: the most similar first, of equally similar ones the newest."""
    layout = layout_of(texts)
    found = []
    for lesson in lessons[-MOST_LESSONS:]:
        likeness = similarity(layout, lesson.layout)
        same = number is not None and number == lesson.registration_number
        if likeness >= (ALIKE_SAME_ISSUER if same else ALIKE):
            found.append(_Match(lesson=lesson, likeness=likeness))
    return sorted(found, key=lambda match: (-round(match.likeness, 1), -match.lesson.number))


def _candidate(
    one: FieldLesson, lesson: Lesson, texts: Sequence[PageText], runs: Sequence[Run], now: Field | None
) -> Field | None:
    """What the lesson makes of this page; None where it says nothing or nothing else."""
    if FIELDS[one.name].kind not in KINDS:
        return None
    if now is not None and now.value is not None and now.value == one.put:
        return None
    if one.put is None:
        return _absent(one, texts, now, lesson)
    if one.name in _SAME_EVERY_TIME:
        again = find_value(texts, one.name, one.put)
        if again is not None:
            return _field(one.name, one.put, again.run, again.place.raw, lesson)
        if one.name in _PARTIES:
            return _known_name(one, now, lesson)
    place = one.put_at
    if place is None or not place.label:
        return None
    found = sorted(_behind(one, place, runs), key=lambda item: _distance(item[1], place, runs))
    if not found:
        return None
    value, run, raw = found[0]
    if now is not None and now.value == value:
        return None
    return _field(one.name, value, run, raw, lesson)


def _behind(one: FieldLesson, place: Place, runs: Sequence[Run]) -> Iterator[tuple[Value, Run, str]]:
    """Values of the kind behind the same words, on the same side."""
    orders = _orders(one)
    for run in runs:
        for raw, value in _values(one.name, run, orders):
            label, side = label_of(run, raw, runs)
            if side == place.side and label == place.label:
                yield value, run, raw
                break


def _values(name: str, run: Run, orders: Sequence[DateOrder]) -> Iterator[tuple[str, Value]]:
    if orders:
        for order in orders:
            for found in find_dates(run.text, order=order):
                yield found.raw, CalendarDate(day=found.day)
        return
    for raw, value in parse_as(name, run.text):
        if isinstance(value, Text) and name in _PARTIES:
            yield raw, Text(text=strip_honorific(value.text)[0])
        else:
            yield raw, value


def _orders(one: FieldLesson) -> tuple[DateOrder, ...]:
    """Orders of year, month and day in which the earlier page says what the person put."""
    if not isinstance(one.put, CalendarDate) or one.put_at is None:
        return ()
    day = one.put.day
    raw = one.put_at.raw
    return tuple(order for order in DateOrder if any(f.day == day for f in find_dates(raw, order=order)))


def _distance(run: Run, place: Place, runs: Sequence[Run]) -> int:
    left = min(one.box.left for one in runs)
    right = max(one.box.right for one in runs)
    top = min(one.box.top for one in runs)
    bottom = max(one.box.bottom for one in runs)
    x = (run.box.left - left) * 1000 // max(right - left, 1)
    y = (run.box.top - top) * 1000 // max(bottom - top, 1)
    return abs(x - place.x) + abs(y - place.y)


def _known_name(one: FieldLesson, now: Field | None, lesson: Lesson) -> Field | None:
    """A name that the page does not show, where the same misreading was put right before: kept for review."""
    before, after = one.read, now.value if now is not None else None
    alike = before == after or (
        isinstance(before, Text) and isinstance(after, Text) and same_company(before.text, after.text)
    )
    if not alike or one.put_at is not None:
        return None
    return Field(
        name=one.name,
        value=one.put,
        raw_text=now.raw_text if now is not None else None,
        status=FieldStatus.AMBIGUOUS,
        sources=now.sources if now is not None else (),
        confidence=_UNREAD,
        engine=replace(ENGINE, config_digest=f"{lesson.number}"),
    )


def _absent(one: FieldLesson, texts: Sequence[PageText], now: Field | None, lesson: Lesson) -> Field | None:
    """The same place misread again as a value that the paper does not carry."""
    if now is None or now.value is None or one.read_at is None:
        return None
    again = find_value(texts, one.name, now.value)
    if again is None or (again.place.label, again.place.side) != (one.read_at.label, one.read_at.side):
        return None
    return missing(one.name, engine=replace(ENGINE, config_digest=f"{lesson.number}"), confidence=_TRUST)


def _field(name: str, value: Value, run: Run, raw: str, lesson: Lesson) -> Field:
    words = [word for word in run.words if word.text and (word.text in raw or raw in word.text)] or list(run.words)
    return Field(
        name=name,
        value=value,
        raw_text=raw,
        status=FieldStatus.FOUND,
        sources=(Source(page_index=run.page_index, boxes=tuple(word.box for word in words)),),
        confidence=round(_TRUST * min(word.confidence for word in words), 3),
        engine=replace(ENGINE, config_digest=f"{lesson.number}"),
    )


def _unless_worse(fields: FieldSet, candidate: Field, kind: DocumentType, context: FieldContext) -> FieldSet:
    """The fields with the candidate, but not where a check that passed would pass no more."""
    before = fields.get(candidate.name)
    if isinstance(candidate.value, Money) and before is not None and isinstance(before.value, Money):
        candidate = replace(candidate, value=replace(candidate.value, currency=before.value.currency))
    changed = fields.replaced(candidate)
    if candidate.name in _SUBJECTS:
        changed = _follow(fields, changed, candidate)
    passed = {c.name for c in run_checks(kind, fields, context=context) if c.outcome is Outcome.PASSED}
    still = {c.name for c in run_checks(kind, changed, context=context) if c.outcome is Outcome.PASSED}
    return changed if passed <= still else fields


def _follow(before: FieldSet, after: FieldSet, candidate: Field) -> FieldSet:
    """Issuer and counterparty that were one name stay one name."""
    other = after.get(_SUBJECTS[1 - _SUBJECTS.index(candidate.name)])
    was = before.get(candidate.name)
    if other is None or was is None or other.value is None or other.value != was.value:
        return after
    return after.replaced(replace(candidate, name=other.name))
