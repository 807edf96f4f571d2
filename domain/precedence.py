"""Who may change what: an engine never overrides a person, and nobody an approved document (DESIGN §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.errors import AppendOnlyViolation
from domain.fields import Field, FieldSet, FieldStatus
from domain.record import (
    ArchiveRecord,
    DocumentDraft,
    DocumentState,
    DropOutcome,
    DropState,
)

ENGINE = "engine"
"""``recorded_by`` of what no person recorded."""
PERSON_ENGINE = "person"
"""``EngineId.name`` of a value that a person set."""

_FINISHED = frozenset({DocumentState.TOMBSTONED, DocumentState.DESTROYED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a new revision may hold."""

    draft: DocumentDraft
    """With everything kept that the writer may not change."""


def revise(history: Sequence[ArchiveRecord], draft: DocumentDraft, *, recorded_by: str) -> Revision | None:
    """What of a draft may become the next revision, or None where nothing would change.

    Args:
        history: every revision of the document, oldest first; at least one.
        draft: the new reading or correction.
        recorded_by: ``engine`` or the login of a person.

    Raises:
        AppendOnlyViolation: a person tries to change an approved or a deleted document.
    """
    newest = history[-1]
    if recorded_by == ENGINE:
        return _by_engine(history, draft)
    if newest.state is DocumentState.APPROVED:
        raise AppendOnlyViolation(
            f"document {newest.document_id} is approved and frozen",
            message_ja=f"書類 {newest.document_id} は承認済みのため訂正できません。先に承認を取り消してください",
        )
    if newest.state in _FINISHED:
        raise AppendOnlyViolation(
            f"document {newest.document_id} is deleted",
            message_ja=f"書類 {newest.document_id} は削除済みのため訂正できません",
        )
    return Revision(draft=draft) if changed(newest, draft) else None


def may_end(newest: ArchiveRecord) -> None:
    """Whether a person may divide or join a document.

    Raises:
        AppendOnlyViolation: it is approved or deleted.
    """
    if newest.state is DocumentState.APPROVED:
        raise AppendOnlyViolation(
            f"document {newest.document_id} is approved and frozen",
            message_ja=f"書類 {newest.document_id} は承認済みのため分割・結合できません。先に承認を取り消してください",
        )
    if newest.state in _FINISHED:
        raise AppendOnlyViolation(
            f"document {newest.document_id} is deleted",
            message_ja=f"書類 {newest.document_id} は削除済みか、すでに分割・結合されています",
        )


def _by_engine(history: Sequence[ArchiveRecord], draft: DocumentDraft) -> Revision | None:
    newest = history[-1]
    if newest.state is DocumentState.APPROVED or newest.state in _FINISHED:
        return None
    touched = any(record.recorded_by != ENGINE for record in history)
    if not touched and newest.state is DocumentState.FILED and draft.state is DocumentState.NEEDS_REVIEW:
        return None  # a reading that is less sure is not a better one
    kept = draft.reading
    reading = replace(
        kept,
        pages=newest.pages if touched else kept.pages,
        classification=(
            newest.classification if newest.classification.engine.name == PERSON_ENGINE else kept.classification
        ),
        fields=keep_corrected(newest.fields, kept.fields),
        # Reasons that a person has dealt with do not come back because an engine has read again.
        review_reasons=newest.review_reasons if touched else kept.review_reasons,
    )
    confirmed = draft.received_on_assumed and not newest.received_on_assumed
    merged = replace(
        draft,
        reading=reading,
        state=newest.state if touched else draft.state,
        origin=newest.origin,
        received_on=newest.received_on if confirmed or touched else draft.received_on,
        received_on_assumed=newest.received_on_assumed if confirmed or touched else draft.received_on_assumed,
        retain_until=newest.retain_until if touched else draft.retain_until,
        importance=newest.importance if touched else draft.importance,
    )
    return Revision(draft=merged) if changed(newest, merged) else None


def keep_corrected(current: FieldSet, new: FieldSet) -> FieldSet:
    """The new fields, but for those that a person set: they stay as they are."""
    corrected = tuple(f for f in current.fields if f.status is FieldStatus.CORRECTED or f.engine.name == PERSON_ENGINE)
    return new.replaced(*corrected)


def changed(current: ArchiveRecord, draft: DocumentDraft) -> bool:
    """True where a draft says something else than a revision: confidences, engines and boxes alone do not count."""
    reading = draft.reading
    return (
        (current.state, current.importance, current.origin, current.retain_until)
        != (draft.state, draft.importance, draft.origin, draft.retain_until)
        or (current.received_on, current.received_on_assumed) != (draft.received_on, draft.received_on_assumed)
        or current.pages != reading.pages
        or current.classification.label is not reading.classification.label
        or current.text != reading.text
        or _said(current.fields) != _said(reading.fields)
        or {(c.name, c.outcome, c.subject) for c in current.checks}
        != {(c.name, c.outcome, c.subject) for c in reading.checks}
        or {(r.code, r.field) for r in current.review_reasons} != {(r.code, r.field) for r in reading.review_reasons}
    )


def _said(fields: FieldSet) -> dict[str, tuple[object, FieldStatus, str | None]]:
    def one(field: Field) -> tuple[object, FieldStatus, str | None]:
        return (field.value, field.status, field.raw_text)

    return {f.name: one(f) for f in fields.fields}


def outcome_to_record(newest: DropOutcome | None, outcome: DropOutcome) -> DropOutcome | None:
    """The outcome to append, or None where the newest one stands.

    The same again changes nothing, and what was once read stays read: a later failure to read does not undo it.
    """
    if newest is None:
        return outcome
    same = (newest.state, newest.document_ids, {(f.code, f.page_index) for f in newest.faults}) == (
        outcome.state,
        outcome.document_ids,
        {(f.code, f.page_index) for f in outcome.faults},
    )
    undone = newest.state is DropState.READ and outcome.state is not DropState.READ
    return None if same or undone else outcome
