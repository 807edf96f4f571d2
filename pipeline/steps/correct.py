"""A person puts a document right: a revision of their values, and a lesson for the engines."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from classifiers.features import features_of
from compliance.document_class import importance
from compliance.facts import RESOLUTION
from domain.calendar import end_of_tokyo_day, tokyo_day
from domain.engines import FieldContext
from domain.errors import CorrectionInvalid, ObjectMissing, RevisionConflict
from domain.evidence import Check, Outcome
from domain.fields import DocumentType, Field, FieldSet, FieldStatus, Value, fields_for, missing, settable_fields
from domain.ids import ISSUED_BY_US, Origin
from domain.lessons import Lesson
from domain.page import EngineId, PageText
from domain.precedence import PERSON_ENGINE
from domain.record import ArchiveRecord, Classification, DocumentDraft, DocumentReading, DocumentState, ReviewReason
from extractors.fields import extract_fields
from extractors.fields.checks import run_checks
from extractors.fields.review import review_reasons
from extractors.habits.layout import layout_of
from extractors.habits.teach import field_lesson
from pipeline.steps.filing import NOT_SCANNED, retention_day
from pipeline.steps.habits import publish_habits
from pipeline.steps.intake import VAULT
from pipeline.steps.issuers import BY_REGISTER, look_up_issuer, with_standing
from pipeline.steps.naming import CHECK as KNOWN
from pipeline.steps.read import with_reasons
from pipeline.steps.recapture import resolution_checks
from pipeline.steps.relations import every_revision, untold_doubts
from pipeline.steps.texts import recorded_texts

if TYPE_CHECKING:
    from datetime import date

    from domain.corrections import Correction
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

PERSON = EngineId(name=PERSON_ENGINE, version="1")
_JUDGED = frozenset(
    {
        "type_unsure",
        "field_missing",
        "field_unsure",
        "field_ambiguous",
        "counterparty_unsure",
        "check_failed",
        "check_digit_failed",
        "future_date",
        "issuer_not_registered",
    }
)
"""Reasons that follow from class, fields, checks and the register."""
_UNKNOWN = EngineId(name="none", version="0")


def correct_document(shoko: Shoko, document_id: str, correction: Correction) -> ArchiveRecord:
    """Append a revision with what the person put, and the lesson that it teaches; gives the newest revision.

    1. The newest revision and the recorded text are looked up.
    2. With another class, the fields of that class are read from the text anew; a person's values stay.
    3. Values, checks, importance and retention follow; what the person dealt with needs no review any more.
    4. Revision, lesson and lock are written. The same call again changes nothing.

    Raises:
        ObjectMissing: no such document.
        RevisionConflict: somebody revised it first.
        AppendOnlyViolation: it is approved or deleted.
        CorrectionInvalid: nothing is said, or a field that the class does not have.
    """
    base, texts = revision_of(shoko, document_id, correction.base_revision)  # 1
    return write_correction(shoko, base, correction, texts)


def revision_of(shoko: Shoko, document_id: str, number: int) -> tuple[ArchiveRecord, tuple[PageText, ...]]:
    """The revision that a person looked at, and the recorded text of its pages.

    Raises:
        ObjectMissing: no such document.
        RevisionConflict: no such revision.
    """
    history = every_revision(shoko, document_id)
    if not history:
        raise ObjectMissing(
            f"no document {document_id}", message_ja=f"書類 {document_id} は見つかりません。IDを確かめてください"
        )
    if not 1 <= number <= history[-1].revision:
        raise RevisionConflict(f"document {document_id} has no revision {number}")
    base = history[number - 1]
    return base, recorded_texts(shoko, base)


def write_correction(
    shoko: Shoko, base: ArchiveRecord, correction: Correction, texts: tuple[PageText, ...]
) -> ArchiveRecord:
    """Steps 2 to 4 of ``correct_document``, on a revision that was looked up."""
    document_id = base.document_id
    draft = draft_of(shoko, base, correction, texts)
    record = shoko.archive.revise_document(
        document_id,
        base_revision=correction.base_revision,
        draft=draft,
        recorded_by=correction.recorded_by,
        reason=correction.reason,
    )
    if record.revision > base.revision:
        if correction.of_content:
            shoko.archive.record_lesson(lesson_of(base, record, texts, reviewed=correction.reviewed))
            publish_habits(shoko)
        lock_units(shoko, record)
    logger.info("corrected: %s revision %d", document_id, record.revision)
    return record


def draft_of(shoko: Shoko, base: ArchiveRecord, correction: Correction, texts: tuple[PageText, ...]) -> DocumentDraft:
    """What a correction would make of a revision; nothing is written.

    Raises:
        CorrectionInvalid: nothing is said, or a field that the class does not have.
    """
    label = correction.document_type or base.classification.label
    known = set(settable_fields(label))
    unknown = (set(correction.values) | correction.confirmed) - known - {f.name for f in base.fields.fields}
    if unknown:
        name = min(unknown)
        raise CorrectionInvalid(
            f"{label.value} has no field {name}", message_ja=f"この種類の書類に項目 {name[:40]} はありません"
        )
    if not (correction.of_content or correction.origin or correction.received_on or correction.paper):
        raise CorrectionInvalid("nothing to correct", message_ja="訂正する内容がありません。何も変更していません")
    _check_day(shoko, correction.received_on)
    classification = base.classification
    origin = correction.origin or base.origin
    received_on = correction.received_on or base.received_on
    if correction.document_type is not None or correction.reviewed:
        classification = Classification(label=label, confidence=1.0, reasons=("person",), engine=PERSON)
    context = _context(shoko, base, origin=origin)
    fields = base.fields
    if label is not base.classification.label:  # 2
        fields = _fields_of_class(base, label=label, texts=texts, context=context)
    fields = fields.replaced(*(_put(base.fields.get(name), name, value) for name, value in correction.values.items()))
    fields = fields.replaced(*(_confirmed(fields, name) for name in sorted(correction.confirmed)))  # 3
    checks = run_checks(label, fields, context=context)
    judged = {check.name for check in run_checks(base.classification.label, base.fields, context=context)}
    judged |= BY_REGISTER | ({KNOWN} if "counterparty" in correction.values else set())
    weight = base.importance
    if (label, origin) != (base.classification.label, base.origin):
        weight = importance(label, origin, stored_at=tokyo_day(shoko.clock()))
    capture, captures = resolution_checks(
        shoko, base, origin=origin, importance=weight, document_type=label, paper=correction.paper
    )
    judged |= {RESOLUTION}
    kept = tuple(check for check in base.checks if check.name not in judged | {c.name for c in checks})
    reading = DocumentReading(
        pages=base.pages,
        classification=classification,
        fields=fields,
        checks=(*checks, *kept, *capture),
        review_reasons=_reasons(shoko, base, correction, classification=classification, fields=fields, checks=checks),
        text=base.text,
        captures=captures,
    )
    if origin not in ISSUED_BY_US:
        reading = with_standing(reading, look_up_issuer(reading, shoko.issuers))
    if any(check.outcome is Outcome.FAILED for check in capture):
        reading = with_reasons(reading, ReviewReason(code="capture_quality"))
    reasons = untold_doubts(shoko, base) if correction.reviewed else reading.review_reasons
    reading = replace(reading, review_reasons=reasons)
    return DocumentDraft(
        document_id=base.document_id,
        state=DocumentState.NEEDS_REVIEW if reasons else DocumentState.FILED,
        reading=reading,
        importance=weight,
        origin=origin,
        received_on=received_on,
        received_on_assumed=base.received_on_assumed and correction.received_on is None,
        retain_until=max(filter(None, (base.retain_until, retention_day(shoko, received_on, reading)))),
    )


def _context(shoko: Shoko, base: ArchiveRecord, *, origin: Origin) -> FieldContext:
    return FieldContext(
        our_companies=shoko.company.names,
        received_on=None if base.received_on_assumed else base.received_on,
        today=tokyo_day(shoko.clock()),
        issued_by_us=origin in ISSUED_BY_US,
    )


def _check_day(shoko: Shoko, received_on: date | None) -> None:
    if received_on is not None and received_on > tokyo_day(shoko.clock()):
        raise CorrectionInvalid(
            f"received on {received_on}, which is still to come", message_ja="受領日に未来の日付は指定できません"
        )


def _settled(correction: Correction) -> frozenset[str]:
    """Reasons for review that end with what the person said about how and when it came."""
    codes = set()
    if correction.origin is not None:
        codes |= {"direction_unsure"}
        codes |= set() if correction.origin is Origin.UNKNOWN else {"origin_unknown"}
        codes |= {"capture_quality"} if correction.origin in NOT_SCANNED else set()
    if correction.received_on is not None:
        codes |= {"received_on_assumed"}
    if correction.paper is not None:
        codes |= {"capture_quality"}
    return frozenset(codes)


def _fields_of_class(
    base: ArchiveRecord, *, label: DocumentType, texts: tuple[PageText, ...], context: FieldContext
) -> FieldSet:
    """The fields of another class: read anew where the text is recorded, else those that both classes have."""
    engine = base.fields.fields[0].engine if base.fields.fields else _UNKNOWN
    if texts:
        read = extract_fields(label, texts, context=context)
    else:
        known = {f.name: f for f in base.fields.fields}
        read = FieldSet(fields=tuple(known.get(name) or missing(name, engine=engine) for name in fields_for(label)))
    return read.replaced(*(f for f in base.fields.fields if f.status is FieldStatus.CORRECTED))


def _put(before: Field | None, name: str, value: Value | None) -> Field:
    """A person's value. Boxes stay where it is the value that was read; another value stands nowhere for sure."""
    same = before is not None and before.value == value
    return Field(
        name=name,
        value=value,
        raw_text=before.raw_text if before is not None and same else None,
        status=FieldStatus.CORRECTED,
        sources=before.sources if before is not None and same else (),
        confidence=1.0,
        engine=PERSON,
    )


def _confirmed(fields: FieldSet, name: str) -> Field:
    found = fields.get(name)
    return _put(found, name, found.value if found is not None else None)


def _reasons(
    shoko: Shoko,
    base: ArchiveRecord,
    correction: Correction,
    *,
    classification: Classification,
    fields: FieldSet,
    checks: tuple[Check, ...],
) -> tuple[ReviewReason, ...]:
    """What still needs a person: judged anew, but for what does not come from class, fields and checks.

    Where nothing is said about the content, what a person dealt with before does not come back.
    """
    settled = _settled(correction)
    if not correction.of_content:
        return tuple(reason for reason in base.review_reasons if reason.code not in settled)
    judged = review_reasons(
        classification,
        fields,
        checks,
        context=_context(shoko, base, origin=base.origin),
        least_certain=shoko.settings.extractors.least_certain,
    )
    put = {f.name for f in fields.fields if f.engine.name == PERSON_ENGINE}
    by_person = classification.engine.name == PERSON_ENGINE
    kept = (reason for reason in base.review_reasons if reason.code not in _JUDGED | settled)
    new = (reason for reason in judged if reason.field not in put and not (by_person and reason.code == "type_unsure"))
    return tuple(dict.fromkeys((*kept, *new)))


def lesson_of(base: ArchiveRecord, record: ArchiveRecord, texts: tuple[PageText, ...], *, reviewed: bool) -> Lesson:
    """What a person's revision teaches: every field that changed, with where it stands on the page."""
    fields = record.fields
    changed = (f for f in fields.fields if f.status is FieldStatus.CORRECTED and f != base.fields.get(f.name))
    by_person = record.classification.engine.name == PERSON_ENGINE
    return Lesson(
        client_id=record.client_id,
        number=0,
        document_id=record.document_id,
        revision=record.revision,
        read_type=base.classification.label,
        type_engine=base.classification.engine,
        put_type=record.classification.label,
        type_settled=by_person or reviewed,
        issuer=fields.text("issuer") or fields.text("counterparty"),
        registration_number=fields.text("registration_number"),
        layout=layout_of(texts),
        features=features_of(texts),
        fields=tuple(field_lesson(base.fields.get(f.name), f, texts) for f in changed),
        recorded_at=record.recorded_at,
        recorded_by=record.recorded_by,
    )


def lock_units(shoko: Shoko, record: ArchiveRecord) -> None:
    """Another class or another end of a contract may ask for longer retention; a lock is never shortened."""
    if record.retain_until is None or record.state is DocumentState.NEEDS_REVIEW:
        return
    until = end_of_tokyo_day(record.retain_until)
    for unit in shoko.archive.unit_of_document(record.document_id):
        blob = unit.blob
        shoko.store.extend_retention(VAULT, blob.key, version_id=blob.version_id, until=until)
