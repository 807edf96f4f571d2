"""A person settles what was asked about a document, takes that back, or puts the document aside for a while.

Settling is a correction like any other, recorded as the person's act even where they changed nothing. What they
answered is theirs; what they were not asked about stays the engines'.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domain.acts import ActKind, ActRecord
from domain.errors import CorrectionInvalid, RevisionConflict
from domain.fields import FieldStatus
from domain.precedence import PERSON_ENGINE
from domain.record import ArchiveRecord, DocumentDraft, DocumentReading, DocumentState, ReviewReason
from domain.requests import REASON
from extractors.habits.teach import field_lesson
from pipeline.steps.correct import draft_of, lesson_of, revision_of, write_correction
from pipeline.steps.habits import publish_habits
from pipeline.steps.relations import every_revision, known_document
from pipeline.steps.texts import recorded_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.corrections import Correction
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

UNDONE = "取消（第{revision}版を元に戻す）"
"""Reason of a revision that takes another back."""
_STILL_WRONG = frozenset({"check_failed", "check_digit_failed", "future_date", "issuer_not_registered"})
"""Doubts that a value just typed must not leave behind without a second look."""
STANDS = "stands"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a document that a person answered about."""

    record: ArchiveRecord
    """Its newest revision."""
    again: tuple[ReviewReason, ...]
    """New doubts about what was answered, or what is left to others: the document waits until somebody looks there."""


def settle(shoko: Shoko, document_id: str, correction: Correction) -> Settled:
    """Take a person's answers; the document is filed unless the answers themselves raise a doubt.

    1. What the answers would make of the document is worked out.
    2. Doubts that were not there before (another class reads other fields; a typed amount does not add up) keep it
       waiting, with the answers in it. Answered again without a change, they are accepted.
    3. Otherwise the person has looked at everything that was asked. A doubt about a document that they may not see was
       not: it stays, for somebody who sees both.

    Raises:
        ObjectMissing: no such document.
        RevisionConflict: somebody else settled or changed it first.
        AppendOnlyViolation: it is approved or deleted.
        CorrectionInvalid: an answer is not a value of its field.
    """
    base, texts = revision_of(shoko, document_id, correction.base_revision)
    again: tuple[ReviewReason, ...] = ()
    if correction.values or correction.document_type is not None or correction.paper is not None:
        draft = draft_of(shoko, base, replace(correction, reviewed=False), texts)  # 1
        again = _new_doubts(base, draft, correction)  # 2
    record = write_correction(shoko, base, replace(correction, reviewed=not again), texts)  # 3
    logger.info("settled: %s revision %d, %d new doubts", document_id, record.revision, len(again))
    if not again and record.state is DocumentState.NEEDS_REVIEW:
        again = shoko.archive.told((record,))[0].review_reasons
    return Settled(record=record, again=again)


def _new_doubts(base: ArchiveRecord, draft: DocumentDraft, correction: Correction) -> tuple[ReviewReason, ...]:
    """What is doubtful about the answers and was not asked, or is still wrong although values were changed."""
    before = {(r.code, r.field, r.detail) for r in base.review_reasons}
    return tuple(
        reason
        for reason in draft.reading.review_reasons
        if (reason.code, reason.field, reason.detail) not in before
        or (correction.values and reason.code in _STILL_WRONG)
        or (correction.paper is not None and reason.code == "capture_quality")
    )


def undo(shoko: Shoko, document_id: str, *, revision: int, by: str) -> ArchiveRecord:
    """Take back a person's own newest revision: a new one says what the one before it said, and nothing is erased.

    What the revision taught is taught back: a lesson that the values before it stood where they stood. The same call
    again changes nothing.

    Raises:
        ObjectMissing: no such document.
        RevisionConflict: the revision is not the newest any more.
        CorrectionInvalid: somebody else made it, it is the first, or it took an approval back.
        AppendOnlyViolation: the document is approved or deleted.
    """
    history = every_revision(shoko, known_document(shoko, document_id).document_id)
    if not 1 <= revision <= len(history):
        raise RevisionConflict(f"document {document_id} has no revision {revision}")
    taken_back = history[revision - 1]
    if taken_back.recorded_by != by or revision == 1:
        raise CorrectionInvalid(
            f"revision {revision} of {document_id} was not made by who takes it back",
            message_ja="元に戻せるのは、自分が最後に記録した訂正だけです。何も変更していません",
        )
    before = history[revision - 2]
    if before.state is DocumentState.APPROVED:
        raise CorrectionInvalid(
            f"revision {revision} of {document_id} reopened it",
            message_ja="承認の取消しは元に戻せません。改めて承認を申請してください",
        )
    record = shoko.archive.revise_document(
        document_id,
        base_revision=revision,
        draft=_as_before(before, taken_back),
        recorded_by=by,
        reason=UNDONE.format(revision=revision),
    )
    if record.revision > revision:
        _teach_back(shoko, before, taken_back, record)
    logger.info("taken back: %s revision %d", document_id, revision)
    return record


def _as_before(before: ArchiveRecord, now: ArchiveRecord) -> DocumentDraft:
    """What the revision before said; the end of retention is never brought forward."""
    return DocumentDraft(
        document_id=before.document_id,
        state=before.state,
        reading=DocumentReading(
            captures=before.captures,
            pages=before.pages,
            classification=before.classification,
            fields=before.fields,
            checks=before.checks,
            review_reasons=before.review_reasons,
            text=before.text,
        ),
        importance=before.importance,
        origin=before.origin,
        received_on=before.received_on,
        received_on_assumed=before.received_on_assumed,
        retain_until=max(filter(None, (before.retain_until, now.retain_until)), default=None),
    )


def _teach_back(shoko: Shoko, before: ArchiveRecord, taken_back: ArchiveRecord, record: ArchiveRecord) -> None:
    """Of equally similar lessons the newest counts: this one says what stood before."""
    texts = recorded_texts(shoko, before)
    put = [f for f in taken_back.fields.fields if f.status is FieldStatus.CORRECTED or f.engine.name == PERSON_ENGINE]
    fields = tuple(
        field_lesson(field, was, texts)
        for field in put
        if (was := before.fields.get(field.name)) is not None and was != field
    )
    same_class = taken_back.classification.label is before.classification.label
    lesson = replace(
        lesson_of(taken_back, record, texts, reviewed=False),
        read_type=before.classification.label,
        put_type=before.classification.label,
        type_settled=not same_class,
        fields=fields,
    )
    shoko.archive.record_lesson(lesson)
    publish_habits(shoko)


def park(shoko: Shoko, document_id: str, *, by: str, note: str) -> ActRecord:
    """Put a document aside: it waits behind all others until it is changed or taken up again.

    Raises:
        ObjectMissing: no such document.
        CorrectionInvalid: it does not wait for anybody.
    """
    record = known_document(shoko, document_id)
    if record.state is not DocumentState.NEEDS_REVIEW:
        raise CorrectionInvalid(
            f"{document_id} does not wait for review", message_ja="この書類は確認待ちではありません"
        )
    return shoko.archive.record_act(
        ActKind.PARKED,
        document_id,
        recorded_by=by,
        facts={"revision": record.revision, STANDS: True},
        personal={REASON: note},
        retain_until=record.retain_until,
    )


def unpark(shoko: Shoko, document_id: str, *, by: str) -> None:
    """Take a document up again that was put aside; one that was not stays as it is.

    Raises:
        ObjectMissing: no such document.
    """
    record = known_document(shoko, document_id)
    if parked_of(shoko.archive.acts(document_id), revision=record.revision) is None:
        return
    shoko.archive.record_act(
        ActKind.PARKED,
        document_id,
        recorded_by=by,
        facts={"revision": record.revision, STANDS: False},
        retain_until=record.retain_until,
    )


def parked_of(acts: Sequence[ActRecord], *, revision: int) -> ActRecord | None:
    """The act that put this revision of a document aside, if it still is."""
    newest = next((act for act in reversed(acts) if act.kind is ActKind.PARKED), None)
    if newest is None or newest.facts.get(STANDS) is not True or newest.facts.get("revision") != revision:
        return None
    return newest
