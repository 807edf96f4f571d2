"""What people do at the page beside correcting values: papers, days of receipt, deletions, requests, books."""

from __future__ import annotations

import threading
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from app.papers.render import Paper, issue_papers
from app.web.job_place import Again
from compliance.retention import held_by_company
from domain.acts import ActRecord
from domain.circumstances import Channel, Delay, channels_of, delay_of
from domain.compliance import PaperState
from domain.errors import ObjectMissing, RequestRefused
from domain.paperwork import Books, LedgerRef
from domain.query import Hits, Query
from domain.record import DocumentState
from domain.relations import Link, Relation
from domain.requests import Request, RequestKind
from pipeline.journal import read_back
from pipeline.steps import (
    access,
    books,
    circumstances,
    destroy,
    journal,
    paper,
    relations,
    requests,
    rescan,
    retention,
)
from pipeline.steps.compliance import standings, survey, survey_all
from pipeline.steps.dashboard import Dashboard, Dashboards
from pipeline.steps.deletion import delete_document, needs_request
from pipeline.steps.receipt import confirm_received, unconfirmed
from pipeline.steps.unchanged import Unchanged
from pipeline.steps.verify import publish
from storage import figures
from storage.archive.many import newest_records
from storage.search import search

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from app.web.jobs import Job, Jobs, Task
    from compliance.facts import StampDuty
    from domain.circumstances import DelayCause
    from domain.people import User
    from domain.record import ArchiveRecord
    from domain.visibility import Access, Visibility
    from pipeline.journal import Product
    from pipeline.journal.products import Written
    from pipeline.steps.access import AccessChange
    from pipeline.steps.compliance import Standing, Survey
    from pipeline.steps.destroy import Destruction
    from pipeline.steps.paper import PaperPage
    from pipeline.wiring import Shoko

LAW = "law"
DESTROY = "destroy"
"""Kind of the job that judges every document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What people did to a document beside its values, and what may be done now."""

    acts: tuple[ActRecord, ...]
    """Newest first."""
    links: tuple[Link, ...]
    books: Books
    requests: tuple[Request, ...]
    needs_request: bool
    """Deleting it takes an approved request (law: et-rules-template)."""
    delay: Delay | None = None
    """Why its input could not be in time, as somebody stated."""
    channels: frozenset[Channel] = frozenset()
    """Through what it was exchanged, as somebody stated."""
    hold: ActRecord | None = None
    """By which it is held (law: ret-other)."""
    held_by_day: bool = False
    """It is held with everything that was received in its days."""


class Desk:
    """One installation as people work on it. Methods may raise the errors of ``domain.errors``."""

    def __init__(self, shoko: Shoko) -> None:
        self._shoko = self._whole = shoko
        self._binder = threading.Lock()
        self._dashboards = Dashboards()
        self._unconfirmed = Unchanged[Hits]()

    def seen_by(self, visibility: Visibility) -> Self:
        """The same desk as somebody may see it."""
        twin = copy(self)
        twin._shoko = self._shoko.seen_by(visibility)  # noqa: SLF001  # our own
        return twin

    def access(self, ids: Sequence[str]) -> tuple[tuple[ArchiveRecord, Access], ...]:
        """Documents with who may see them."""
        known = tuple(relations.known_document(self._shoko, one) for one in dict.fromkeys(ids))
        return tuple((record, access.access_of_document(self._shoko, record.document_id)) for record in known)

    def readers(self) -> tuple[Mapping[str, str], tuple[User, ...]]:
        """For whom a document may be confidential: departments by code, and people who can log in."""
        users = tuple(user for user in self._shoko.people.users() if not user.disabled)
        return access.departments(self._shoko), users

    def departments(self) -> Mapping[str, str]:
        """Names of departments by code."""
        return access.departments(self._shoko)

    def say_access(self, ids: Sequence[str], change: AccessChange, *, by: str, reason: str) -> None:
        """To which department documents belong, and who alone may see them."""
        access.say_access(self._shoko, ids, change, by=by, reason=reason)

    def binder(self) -> tuple[Paper, ...]:
        """The papers that the law wants, as the settings are now."""
        from app.cli.main import command_line  # noqa: PLC0415 - the command line starts this page

        with self._binder:
            return issue_papers(self._shoko, command_line())

    def journal(self, asked: Query, product: Product, *, first: int, most: int, file: str = "") -> Written:
        """Entries for the books of what a search finds; ``file``: a digest by which some may have been tied already.

        Raises:
            RequestRefused: it finds more than ``most``.
        """
        if search(self._shoko.archive, replace(asked, offset=0, limit=1, count_limit=most + 1)).total > most:
            raise RequestRefused(
                f"more than {most} documents",
                message_ja=f"対象が {most:,} 件を超えています。取引年月日などで絞ってください",
            )
        asked = replace(asked, offset=0, count_limit=None)
        return journal.journal_of(self._shoko, asked, product, first=first, file=file)

    def hand_over(self, done: Written, product: Product, *, by: str) -> int:
        """Tie what a file of entries holds to its numbers."""
        return journal.hand_over(self._shoko, done, product, by=by)

    def hand_over_file(self, content: bytes, product: Product, *, by: str, most: int) -> Written:
        """Tie what a file holds that was taken in to its numbers; the file.

        Raises:
            RequestRefused: it holds more than ``most``, or its documents changed.
        """
        if len(read_back(product, content)[1]) > most:
            raise RequestRefused(
                f"more than {most} documents in the file",
                message_ja=f"ファイルの書類が {most:,} 件を超えています。shoko journal --link で関連付けてください",
            )
        return journal.hand_over_file(self._shoko, content, product, by=by)

    def in_review(self) -> int:
        """How many documents wait for a person."""
        return figures.count(self._shoko.archive, Query(states=(DocumentState.NEEDS_REVIEW,)))

    def dashboard(self) -> Dashboard:
        """The figures at a glance, at most a minute old."""
        return self._dashboards.look(self._shoko)

    def past(self, record: ArchiveRecord) -> Past:
        """What was done to a document."""
        acts = own = self._shoko.archive.acts(record.document_id)
        for unit_id in dict.fromkeys(page.unit_id for page in record.pages):
            acts += tuple(act for act in self._shoko.archive.acts(unit_id) if act not in acts)
        return Past(
            acts=tuple(sorted(acts, key=lambda act: act.recorded_at, reverse=True)),
            links=relations.relations(self._shoko, record.document_id),
            books=books.books(self._shoko, record.document_id),
            delay=delay_of(own),
            channels=channels_of(own),
            requests=requests.requests_about(self._shoko, record.document_id),
            needs_request=needs_request(self._shoko, record),
            hold=retention.hold_of(self._shoko, record.document_id),
            held_by_day=held_by_company(record.received_on, settings=self._shoko.company),
        )

    def records(self, ids: Iterable[str]) -> dict[str, ArchiveRecord]:
        """The newest revisions of those of these documents that there are."""
        return newest_records(self._shoko.archive, ids)

    def file_names(self, unit_ids: Iterable[str]) -> dict[str, str]:
        """The names of the files that originals first came as."""
        units = (unit for one in unit_ids if (unit := self._shoko.archive.get_unit(one)) is not None)
        drops = ((unit.unit_id, self._shoko.archive.get_drop(unit.first_drop_id)) for unit in units)
        return {unit_id: drop.deposit.original_name for unit_id, drop in drops if drop is not None}

    def papers(self, *, state: PaperState | None, discarded: bool, start: int, limit: int) -> PaperPage:
        """Scans with whether their paper may go; the longest filed first."""
        return paper.paper_page(self._shoko, state=state, discarded=discarded, start=start, limit=limit)

    def law(self, *, most: int) -> Survey:
        """The newest documents before the law."""
        return survey(self._shoko, most=most)

    def standings(self, ids: Sequence[str]) -> tuple[tuple[ArchiveRecord, Standing], ...]:
        """Documents that may be seen, with what the law says of them today."""
        return tuple(standings(self._shoko, ids))

    def begin_survey(self, jobs: Jobs, owner: str) -> Job:
        """Begin to judge every document that may be seen.

        Raises:
            RequestRefused: this person's last survey has not ended.
        """
        return jobs.begin(
            LAW, owner, lambda task: survey_all(self._shoko, progress=task.progress), again=Again(path="/law")
        )

    def check_sameness(self, ids: Sequence[str], *, same: bool, by: str, note: str) -> None:
        """A person held papers against their pictures."""
        paper.check_sameness(self._shoko, ids, same=same, by=by, note=note)

    def keep_paper(self, ids: Sequence[str], *, place: str, by: str) -> None:
        """Where papers are kept."""
        paper.keep_paper(self._shoko, ids, place=place, by=by)

    def discard_paper(self, ids: Sequence[str], *, by: str) -> None:
        """Papers were thrown away."""
        paper.discard_paper(self._shoko, ids, by=by)

    def unconfirmed(self, *, limit: int) -> Hits:
        """Documents whose day of receipt nobody has confirmed."""
        return self._unconfirmed.get(self._shoko.archive, lambda: unconfirmed(self._shoko, limit=limit), of=limit)

    def confirm_received(self, ids: Sequence[str], *, by: str, on: date | None) -> int:
        """Confirm the day of receipt; gives how many documents got a revision."""
        return len(confirm_received(self._shoko, ids, by=by, on=on))

    def requests(self) -> tuple[Request, ...]:
        """Every request, oldest first."""
        return requests.requests(self._shoko)

    def ask(self, kind: RequestKind, document_id: str, *, by: str, reason: str, form: Mapping[str, str]) -> None:
        """Ask for something that another person approves; ``form`` are entries of the application form."""
        requests.ask(self._shoko, kind, [document_id], by=by, reason=reason, form=form)

    def decide(self, request_id: str, *, approve: bool, by: str, reason: str) -> None:
        """Approve or reject."""
        requests.decide(self._shoko, request_id, approve=approve, by=by, reason=reason)

    def take_back(self, request_id: str, *, by: str, reason: str) -> None:
        """Take a request back."""
        requests.take_back(self._shoko, request_id, by=by, reason=reason)

    def report(self, request_id: str, *, by: str, reason: str) -> None:
        """Report that it was carried out."""
        requests.report(self._shoko, request_id, by=by, words=reason)

    def begin_destruction(self, jobs: Jobs, owner: str, request_id: str, *, by: str) -> Job:
        """Begin to destroy what an approved request names; whoever begins must see all of it.

        Raises:
            ObjectMissing: no such request, or it names a document that who asks may not see.
            RequestRefused: it is not approved, asks for something else, or such a job is under way.
        """
        request = requests.approved(self._whole, request_id, RequestKind.DESTRUCTION)
        left = [one for one in request.subjects if self._whole.archive.destruction_of(one) is None]
        if len(self._shoko.archive.seen_documents(left)) < len(left):
            raise ObjectMissing(f"no request {request_id}", message_ja=f"申請 {request_id} は見つかりません")
        shoko = self._whole  # an original may lie beside documents that this person does not see

        def work(task: Task) -> Destruction:
            done = destroy.carry_out(shoko, request_id, by=by, progress=task.progress)
            publish(shoko)
            return done

        again = Again(path=f"/requests/{request_id}", values=(("action", "carry-out"),))
        return jobs.begin(DESTROY, owner, work, about={"request": request_id}, again=again)

    def delete(self, document_id: str, *, by: str, reason: str, base_revision: int, request_id: str | None) -> None:
        """Tombstone a document."""
        delete_document(
            self._shoko, document_id, by=by, reason=reason, base_revision=base_revision, request_id=request_id
        )

    def relate(self, document_id: str, relation: Relation, to_id: str, *, by: str, reason: str) -> None:
        """Say what a document is to another."""
        relations.relate(self._shoko, document_id, relation, to_id, by=by, reason=reason)

    def note_defect(self, document_id: str, *, found_on: date, by: str, reason: str) -> None:
        """The picture of a paper is bad."""
        rescan.note_defect(self._shoko, document_id, found_on=found_on, by=by, reason=reason)

    def rescan(self, document_id: str, new_id: str, *, found_on: date, by: str, reason: str) -> None:
        """A new scan stands in the place of the one before."""
        rescan.rescan(self._shoko, document_id, new_id, found_on=found_on, by=by, reason=reason)

    def say_stamp_duty(self, ids: Sequence[str], *, said: StampDuty, by: str) -> None:
        """What a person says of the revenue stamp."""
        paper.say_stamp_duty(self._shoko, ids, said=said, by=by)

    def say_delay(
        self, document_id: str, cause: DelayCause, *, until: date | None, by: str, reason: str, evidence: str
    ) -> None:
        """State why input could not be in time."""
        circumstances.say_delay(self._shoko, [document_id], cause, until=until, by=by, reason=reason, evidence=evidence)

    def take_back_delay(self, document_id: str, *, by: str, reason: str) -> None:
        """A stated cause does not stand."""
        circumstances.take_back_delay(self._shoko, [document_id], by=by, reason=reason)

    def say_channel(self, document_id: str, channel: Channel, *, service: str, by: str, ends: bool) -> None:
        """State through what an electronic document came, or take that back."""
        circumstances.say_channel(self._shoko, [document_id], channel, service=service, by=by, ends=ends)

    def link_book(self, document_id: str, *, book: str, number: str, by: str, ends: bool = False) -> None:
        """Tie a document to a number in a book, or untie it."""
        books.link_book(self._shoko, [document_id], LedgerRef(book=book, number=number), by=by, ends=ends)

    def no_book(self, document_id: str, *, by: str, ends: bool) -> None:
        """Say that no book has an entry for it, or take that back."""
        books.say_no_book(self._shoko, [document_id], by=by, ends=ends)
