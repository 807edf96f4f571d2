"""Where people settle what the engines were unsure of: the queue, one document's questions, answers, taking back."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from domain.calendar import tokyo_day
from domain.corrections import Correction
from domain.questions import Question
from domain.record import ArchiveRecord, DocumentState
from pipeline.steps.alike import AlikeGroup, Layouts, alike_groups, confirm_alike
from pipeline.steps.asking import questions_of
from pipeline.steps.review import Place, Queue, ReviewBook, ReviewItem, items_of, queue_of
from pipeline.steps.settling import Settled, park, settle, undo, unpark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.visibility import Visibility
    from pipeline.wiring import Shoko

LESSONS_LOOKED_AT = 500
"""Newest lessons in which the person's own of today are counted: more than one person settles in a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One document with what is asked about it, and its place in the queue."""

    record: ArchiveRecord
    history: tuple[ArchiveRecord, ...]
    item: Place | None
    """None where it does not wait any more."""
    questions: tuple[Question, ...]
    place: int
    """From 1 in the queue; 0 where it does not wait."""
    waiting: int
    """Documents in the queue."""
    next_id: str | None
    """The one to look at after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a person settled today."""

    documents: int
    corrected: int
    """Of these, documents in which they changed a value."""
    newest: tuple[str, ...]
    """Documents, the last one first."""


class Reviewing:
    """One installation as its reviewers see it. Methods may raise the errors of ``domain.errors``."""

    def __init__(self, shoko: Shoko) -> None:
        self._shoko = shoko
        self._book = ReviewBook()
        self._layouts: Layouts = {}

    def seen_by(self, visibility: Visibility) -> Self:
        """The same queue as somebody may see it."""
        twin = copy(self)
        twin._shoko = self._shoko.seen_by(visibility)  # noqa: SLF001  # our own
        return twin

    def queue(self) -> Queue:
        """Everything that waits, the most urgent first."""
        return queue_of(self._shoko, book=self._book)

    def shown(self, places: Sequence[Place]) -> tuple[ReviewItem, ...]:
        """Some of it with the documents."""
        return items_of(self._shoko, places)

    def work(self, record: ArchiveRecord, *, beside: str = "") -> Work:
        """A document with its questions; behind the last one comes the first that was skipped.

        ``beside`` is the document on which a person works meanwhile: where this one does not wait any more, what
        comes next is what comes after that one.
        """
        queue = self.queue()
        ids = [place.document_id for place in queue.places]
        at = ids.index(record.document_id) if record.document_id in ids else -1
        stands = at if at >= 0 or beside not in ids else ids.index(beside)
        others = ids[stands + 1 :] + ids[: max(stands, 0)]
        waits = record.state is DocumentState.NEEDS_REVIEW
        history = self._shoko.archive.history(record.document_id)
        return Work(
            record=record,
            history=history,
            item=queue.places[at] if at >= 0 else None,
            questions=questions_of(self._shoko, record, history) if waits else (),
            place=at + 1,
            waiting=queue.waiting,
            next_id=others[0] if others else None,
        )

    def settle(self, document_id: str, correction: Correction) -> Settled:
        """Take a person's answers."""
        return settle(self._shoko, document_id, correction)

    def undo(self, document_id: str, *, revision: int, by: str) -> ArchiveRecord:
        """Take back one's own newest revision."""
        return undo(self._shoko, document_id, revision=revision, by=by)

    def park(self, document_id: str, *, by: str, note: str) -> None:
        """Put a document aside."""
        park(self._shoko, document_id, by=by, note=note)

    def unpark(self, document_id: str, *, by: str) -> None:
        """Take it up again."""
        unpark(self._shoko, document_id, by=by)

    def tally(self, by: str) -> Tally:
        """What a person settled today (Asia/Tokyo), as the lessons say that every settling leaves."""
        archive, today = self._shoko.archive, tokyo_day(self._shoko.clock())
        lessons = archive.lessons(after=max(archive.newest_lesson() - LESSONS_LOOKED_AT, 0))
        mine = [one for one in lessons if one.recorded_by == by and tokyo_day(one.recorded_at) == today]
        last = {one.document_id: one for one in mine}
        # what was taken back, or only put right without being settled, waits again
        settled = [one for one in sorted(last.values(), key=lambda one: -one.number) if one.type_settled]
        return Tally(
            documents=len(settled),
            corrected=sum(any(f.read != f.put for f in one.fields) for one in settled),
            newest=tuple(one.document_id for one in settled),
        )

    def alike(self) -> tuple[AlikeGroup, ...]:
        """Documents that look the same and of which only the day of receipt is open."""
        return alike_groups(self._shoko, self._layouts)

    def confirm_alike(self, document_ids: Sequence[str], *, by: str) -> tuple[int, int]:
        """Confirm their days as shown; gives how many were, and how many were left."""
        return confirm_alike(self._shoko, document_ids, by=by)
