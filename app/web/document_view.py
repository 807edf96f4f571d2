"""A record as the document page shows it: rows of fields with their boxes, changes between revisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.web import codes
from app.web.entering import row_of
from app.web.format import day_text, money_text
from app.web.services import Evidence
from domain.codec import to_plain
from domain.evidence import Check, LogLeaf, Outcome, Report
from domain.fields import FIELDS, Field, FieldStatus, Value, fields_for, settable_fields, value_to_plain
from domain.labels import DOCUMENT_TYPES, LAW_RULES, ORIGINS, REVIEW_REASONS, Label, label
from domain.precedence import PERSON_ENGINE
from domain.record import ArchiveRecord, ReviewReason
from storage.evidence import labels as evidence_labels

LOW_CONFIDENCE = 0.8
"""Below this a value is marked for the eye; what goes to review is decided where fields are extracted."""
MOST_SHOWN = 500
"""Checks that did not pass on one screen; JSON has them all."""
WIDE_KINDS = frozenset({"tax_breakdown", "line_items", "parties"})
"""Values that need a row of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedBox:
    """A rectangle on one page of the document, in pixels of the upright page."""

    page: int
    """From 0 within the document."""
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One line of the table of fields."""

    name: str
    label: Label
    value: Value | None
    raw_text: str | None
    status: FieldStatus
    confidence: float
    engine: str
    boxes: tuple[PlacedBox, ...]
    reasons: tuple[Label, ...]
    """Why a person should look at it."""

    @property
    def low(self) -> bool:
        """True where the eye should go."""
        return self.value is not None and self.confidence < LOW_CONFIDENCE and self.status is not FieldStatus.CORRECTED

    @property
    def wide(self) -> bool:
        """True for tables."""
        return self.value is not None and self.value.kind in WIDE_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A review reason with what to do."""

    code: str
    what: Label
    todo: Label
    field: str | None
    field_label: Label | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two revisions."""

    label: Label
    before: Value | Label | None
    """A value, or the words for a class, an origin or a day."""
    after: Value | Label | None
    confirmed: bool = False
    """A person found the value right: it is theirs now, and unchanged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One line of the history."""

    record: ArchiveRecord
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCount:
    """One check over many subjects."""

    name: str
    passed: int
    failed: int
    indeterminate: int


def field_rows(record: ArchiveRecord) -> tuple[FieldRow, ...]:
    """Every field that the class can have, in reading order, then whatever else was found."""
    reasons: dict[str, list[Label]] = {}
    for reason in record.review_reasons:
        if reason.field:
            reasons.setdefault(reason.field, []).append(reason_label(reason.code))
    names = [name for name in FIELDS if name in fields_for(record.classification.label) or record.fields.value(name)]
    rows = []
    for name in names:
        field = record.fields.get(name)
        # yen are what every amount is in unless it says otherwise
        if field is not None and (name != "currency" or record.fields.text("currency") not in {None, "JPY"}):
            rows.append(_row(record, field, tuple(reasons.get(name, ()))))
    return tuple(rows)


def form_rows(record: ArchiveRecord) -> tuple[dict[str, Any], ...]:
    """One row per field that the class can have, with its value as it may be typed."""
    doubtful = {reason.field for reason in record.review_reasons}
    label = record.classification.label
    names = [n for n in FIELDS if n in settable_fields(label) or record.fields.value(n) is not None]
    return tuple(row_of(record, name) | {"doubt": name in doubtful} for name in names)


def proposals_of(record: ArchiveRecord, history: tuple[ArchiveRecord, ...]) -> dict[str, Field]:
    """What the engines had last read where a person's value stands now and says something else: shown beside it."""
    found = {}
    for field in record.fields.fields:
        if field.engine.name != PERSON_ENGINE:
            continue
        earlier = (version.fields.get(field.name) for version in reversed(history[: record.revision]))
        read = next((one for one in earlier if one is not None and one.engine.name != PERSON_ENGINE), None)
        if read is not None and read.value is not None and read.value != field.value:
            found[field.name] = read
    return found


def reasons_of(record: ArchiveRecord) -> tuple[Reason, ...]:
    """What a person should look at, and how."""
    return tuple(_reason(reason) for reason in record.review_reasons)


def reason_label(code: str) -> Label:
    """The words for a code; an unknown code stands for itself."""
    return REVIEW_REASONS.get(code, (code, code))


def check_label(name: str) -> Label:
    """The words for a check; an unknown name stands for itself."""
    known = codes.CHECKS.get(name) or codes.DETAILS.get(name) or LAW_RULES.get(name) or evidence_labels.CHECKS.get(name)
    return known or (name, name)


def detail_text(detail: str | None, *, language: str) -> str:
    """What a check says, with the reason of the verifier in the reader's language."""
    if not detail:
        return ""
    reason, _, rest = detail.partition(": ")
    known = evidence_labels.REASONS.get(reason) or codes.DETAILS.get(reason)
    if known:
        return f"{known[language == 'en']}{'（' + rest + '）' if rest else ''}"
    for pattern, words in codes.PHRASES:
        detail = pattern.sub(words[language == "en"], detail)
    return detail.rstrip(" 。")


def versions_of(history: tuple[ArchiveRecord, ...], files: Mapping[str, str]) -> tuple[Version, ...]:
    """Newest first, each with what it changed; ``files``: names of the files that originals came as."""
    lines = []
    for index, record in enumerate(history):
        before = history[index - 1] if index else None
        lines.append(Version(record=record, changes=_changes(before, record, files) if before else ()))
    return tuple(reversed(lines))


def report_context(report: Report) -> dict[str, Any]:
    """What the report's template needs, but for what it is about: what did not pass, then every check with counts."""
    return {
        "report": report,
        "checks": ordered_checks(tuple(c for c in report.checks if c.outcome is not Outcome.PASSED))[:MOST_SHOWN],
        "summary": summary_of(report),
        "counts": counts_of(report),
        "check_label": check_label,
        "detail_text": detail_text,
    }


def log_of(evidence: Evidence) -> tuple[LogLeaf, ...]:
    """Every act on the document and its units, as the log has them."""
    leaves = {leaf.sequence: leaf for unit in evidence.units for leaf in unit.leaves}
    leaves |= {leaf.sequence: leaf for leaf in evidence.leaves}
    return tuple(leaves[sequence] for sequence in sorted(leaves))


def counts_of(report: Report) -> dict[str, int]:
    """Checks by outcome."""
    counts = {"passed": 0, "failed": 0, "indeterminate": 0}
    for check in report.checks:
        counts[check.outcome.value] += 1
    return counts


def summary_of(report: Report) -> tuple[CheckCount, ...]:
    """Outcomes by check, in the order in which they were looked at."""
    counts: dict[str, dict[str, int]] = {}
    for check in report.checks:
        counts.setdefault(check.name, {"passed": 0, "failed": 0, "indeterminate": 0})[check.outcome.value] += 1
    return tuple(CheckCount(name=name, **by_outcome) for name, by_outcome in counts.items())


def ordered_checks(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """What failed first, then what could not be decided."""
    rank = {"failed": 0, "indeterminate": 1, "passed": 2}
    return tuple(sorted(checks, key=lambda c: rank[c.outcome.value]))


def record_to_plain(record: ArchiveRecord) -> dict[str, Any]:
    """The record as JSON: fields as in ``shoko read`` (pages from 1)."""
    plain: dict[str, Any] = to_plain(record)
    plain["document_type"] = record.classification.label.value
    plain["fields"] = {
        field.name: {"value": None}
        if field.value is None
        else {
            "value": value_to_plain(field.value),
            "raw": field.raw_text,
            "status": field.status.value,
            "confidence": field.confidence,
            "source": field.engine.name,
            "places": [
                {"page": source.page_index + 1, "boxes": [box.as_list() for box in source.boxes]}
                for source in field.sources
            ],
        }
        for field in record.fields.fields
    }
    return plain


def report_to_plain(report: Report) -> dict[str, Any]:
    """The report with its total."""
    return {"outcome": report.outcome.value, "checks": to_plain(report)["checks"]}


def _row(record: ArchiveRecord, field: Field, reasons: tuple[Label, ...]) -> FieldRow:
    spec = FIELDS.get(field.name)
    place: dict[tuple[str | None, int], int] = {
        key: number
        for number, ref in reversed(list(enumerate(record.pages)))
        for key in ((None, ref.page_index), (ref.unit_id, ref.page_index))
    }
    boxes = tuple(
        PlacedBox(
            page=place[source.unit_id, source.page_index],
            left=box.left,
            top=box.top,
            width=box.width,
            height=box.height,
        )
        for source in field.sources
        for box in source.boxes
        if (source.unit_id, source.page_index) in place
    )
    return FieldRow(
        name=field.name,
        label=(spec.label_ja, spec.label_en) if spec else (field.name, field.name),
        value=field.value,
        raw_text=field.raw_text,
        status=field.status,
        confidence=field.confidence,
        engine=str(field.engine),
        boxes=boxes,
        reasons=reasons,
    )


def _reason(reason: ReviewReason) -> Reason:
    spec = FIELDS.get(reason.field) if reason.field else None
    # a code of its own says already which check it was
    said = reason.detail if reason.code == "check_failed" or reason.detail not in codes.CHECKS else None
    return Reason(
        code=reason.code,
        what=reason_label(reason.code),
        todo=codes.REVIEW_ACTIONS.get(reason.code, codes.DEFAULT_ACTION),
        field=reason.field,
        field_label=(spec.label_ja, spec.label_en) if spec else None,
        detail=said,
    )


def _changes(before: ArchiveRecord, after: ArchiveRecord, files: Mapping[str, str]) -> tuple[Change, ...]:
    changes = [*_frame_changes(before, after, files)]
    for name, spec in FIELDS.items():
        old, new = before.fields.value(name), after.fields.value(name)
        confirmed = old == new and _corrected(after, name) and not _corrected(before, name)
        if old != new or confirmed:
            changes.append(Change(label=(spec.label_ja, spec.label_en), before=old, after=new, confirmed=confirmed))
    return tuple(changes)


def _frame_changes(before: ArchiveRecord, after: ArchiveRecord, files: Mapping[str, str]) -> Iterator[Change]:
    """What changed about the document as a whole."""
    if before.classification.label is not after.classification.label:
        kinds = (DOCUMENT_TYPES[r.classification.label] for r in (before, after))
        yield Change(label=("種類", "Type"), before=next(kinds), after=next(kinds))
    if before.origin is not after.origin:
        yield Change(label=("受領方法", "Origin"), before=ORIGINS[before.origin], after=ORIGINS[after.origin])
    if (before.received_on, before.received_on_assumed) != (after.received_on, after.received_on_assumed):
        yield Change(label=("受領日", "Received"), before=_received(before), after=_received(after))
    if before.pages != after.pages:
        yield Change(label=("画像", "Pictures"), before=_files(before, files), after=_files(after, files))


def _files(record: ArchiveRecord, files: Mapping[str, str]) -> Label:
    """The files that the pages of a revision came in; of one that is not known only that it is one."""
    units, count = tuple(dict.fromkeys(page.unit_id for page in record.pages)), len(record.pages)
    japanese, english = (
        between.join(dict.fromkeys(files.get(one, unknown) for one in units))
        for between, unknown in (("、", "別のファイル"), (", ", "another file"))
    )
    return f"{japanese}（{count}ページ）", f"{english} ({count} page{'s' if count > 1 else ''})"


def _received(record: ArchiveRecord) -> Label:
    day = day_text(record.received_on)
    return (f"{day}（仮）", f"{day} (assumed)") if record.received_on_assumed else (day, day)


def _corrected(record: ArchiveRecord, name: str) -> bool:
    field = record.fields.get(name)
    return field is not None and field.status is FieldStatus.CORRECTED


def title_of(record: ArchiveRecord, *, language: str) -> str:
    """A document in a few words: class, counterparty, amount."""
    money = record.fields.money("total_amount")
    parts = (
        label(DOCUMENT_TYPES[record.classification.label], language=language),
        record.fields.text("counterparty"),
        money_text(money) if money is not None else None,
    )
    return " ".join(part for part in parts if part)
