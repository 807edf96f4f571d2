"""Administration as the page sees it: what is in force, what it means in law, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from app.cli.doctor import counts_of, facts_of
from app.web.accounts import Accounts
from app.web.auditing import owner_of
from app.web.job_place import Again
from app.web.log_words import Choice, Subject, choices_of, parts_named, subjects_of
from compliance.fiscal_years import FiscalYear, fiscal_year_of
from compliance.penalties import added_points
from compliance.rulepack import RulePack, load_rulepack
from domain.calendar import tokyo_day
from domain.query import Query
from pipeline.settings import Origin, company_origins
from pipeline.steps import administering, company, destroy, log_subjects, retention
from pipeline.steps.company_preview import effect_of
from pipeline.steps.stamps import ageing_tokens, stamp_queue
from pipeline.steps.verify import found_ids, prove_inclusion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.web.jobs import Job, Jobs, Task
    from app.web.people import Who
    from compliance.packfile import Rule
    from compliance.settings import CompanySettings
    from domain.record import ArchiveRecord
    from domain.requests import Request
    from domain.visibility import Visibility
    from pipeline.steps.administering import Hold, LogPage
    from pipeline.steps.company import CompanyChange
    from pipeline.steps.health import Health
    from pipeline.wiring import Shoko
    from storage.evidence.proofs import InclusionProof

STORE_TEST = "store_test"
RECONCILE = "reconcile"
DUE = "due"
COMPANY = "company"
_AGAIN = {
    STORE_TEST: Again(path="/admin/system", values=(("action", STORE_TEST),)),
    RECONCILE: Again(path="/admin/system", values=(("action", RECONCILE),)),
    DUE: Again(path="/admin/retention", values=(("action", "look"),)),
}
"""The form behind each look."""
_MOST_AGEING = 200
"""Tokens near their end that a page names."""
_NAMED_SHOWN = 6
"""Documents, files and people that are named one by one where words may stand for many."""
_MOST_HELD = 500
"""Documents of one form."""
_PEOPLE = 64
"""People, or groups who see the same, for whom counts are kept."""
_Counted = dict["Visibility", tuple[int, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDocument:
    """A hold with the document, where there is one that may be seen."""

    hold: Hold
    record: ArchiveRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """The rules of a day."""

    on: date
    pack: RulePack
    added_points: int
    """Percentage points added to the heavy penalty where the return is due on that day (law: pen-10)."""
    penalty: Rule | None
    """The row that adds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNamed:
    """What typed words stand for in the log."""

    ids: frozenset[str]
    """Under which the log speaks of it."""
    documents: int
    files: int
    others: int
    """People, and parts of the whole."""
    more: bool
    """There are more documents or files; the newest were taken."""
    choices: tuple[Choice, ...]
    """The first of each, to look at one alone."""


class Administration:
    """One installation as an administrator looks after it. Methods may raise the errors of ``domain.errors``."""

    def __init__(self, shoko: Shoko, jobs: Jobs, *, counted: _Counted | None = None) -> None:
        """``jobs`` run what takes long; ``counted`` is what was counted already, for anybody."""
        self._shoko = shoko
        self._jobs = jobs
        self._counted: _Counted = {} if counted is None else counted

    def seen_by(self, visibility: Visibility) -> Self:
        """The same as somebody may see it."""
        return type(self)(self._shoko.seen_by(visibility), self._jobs.seen_by(visibility), counted=self._counted)

    @property
    def accounts(self) -> Accounts:
        """Who has an account."""
        return Accounts(self._shoko)

    def facts(self) -> dict[str, Any]:
        """What ``shoko doctor`` says: settings without secrets, counts, and notes on what is missing."""
        return facts_of(self._shoko, most=_MOST_AGEING, counts=self._counts())

    def _counts(self) -> Any:
        """How much there is of everything: counted again when the log has grown."""
        archive = self._shoko.archive
        size, known = archive.log_size(), self._counted.get(archive.visibility)
        if known is None or known[0] != size:
            if len(self._counted) >= _PEOPLE:
                self._counted.clear()
            known = self._counted[archive.visibility] = size, counts_of(self._shoko)
        return known[1]

    def looks(self) -> dict[str, Health | None]:
        """What the installation last found out about itself."""
        return administering.looks(self._shoko)

    def queue(self) -> dict[str, Any]:
        """Timestamps that wait, and those that age."""
        return {"queue": stamp_queue(self._shoko), "ageing": ageing_tokens(self._shoko, most=_MOST_AGEING)}

    def today(self) -> date:
        """The day in Tokyo."""
        return tokyo_day(self._shoko.clock())

    def company(self) -> tuple[CompanySettings, dict[str, Origin], FiscalYear]:
        """Facts about the company as they hold today, where each comes from, and the fiscal year of today."""
        today, facts, origins = self.today(), self._shoko.company, company_origins(self._shoko.settings)
        for change in self._shoko.company_book.changes():
            if change.from_on <= today:
                origins |= dict.fromkeys(change.values, Origin.SAID)
        return facts, origins, fiscal_year_of(today, settings=facts)

    def company_on(self, day: date) -> CompanySettings:
        """Facts about the company as they hold on a day."""
        return self._shoko.company_book.on(day)

    def company_changes(self) -> tuple[CompanyChange, ...]:
        """What was said about the company on the page, the newest first."""
        return tuple(reversed(self._shoko.company_book.changes()))

    def plan_company(self, values: Mapping[str, Any], *, from_on: date, reason: str) -> CompanyChange:
        """A change as it could be said.

        Raises:
            CorrectionInvalid: it makes no sense, or changes nothing.
        """
        return company.plan(self._shoko, values, from_on=from_on, reason=reason)

    def begin_company(self, who: Who | None, change: CompanyChange, group: str) -> Job:
        """Begin to look at what a change would do to every document.

        Raises:
            RequestRefused: such a look is under way already.
        """
        shoko = self._shoko
        about = {"group": group, "from_on": change.from_on.isoformat()}
        return self._jobs.begin(
            COMPANY, owner_of(who), lambda task: effect_of(shoko, change, progress=task.progress), about=about
        )

    def say_company(self, change: CompanyChange, *, by: str, base: int | None) -> None:
        """Say it.

        Raises:
            CorrectionInvalid: somebody changed the facts meanwhile.
        """
        company.say_company(self._shoko, change, by=by, base=base)

    def law(self, on: date | None) -> Law:
        """The rules of a day (today by default), and what is known to change after it."""
        day = on or tokyo_day(self._shoko.clock())
        pack = load_rulepack()
        penalty = pack.find("penalty.plus10", filing_due=day)
        return Law(on=day, pack=pack, added_points=added_points(day, pack=pack), penalty=penalty)

    def log(self, **wanted: Any) -> LogPage:
        """See ``pipeline.steps.administering.log_page``."""
        return administering.log_page(self._shoko, **wanted)

    def subjects(self, ids: Iterable[str]) -> dict[str, Subject]:
        """Of what entries speak."""
        return subjects_of(self._shoko, ids)

    def log_about(self, subject_id: str) -> frozenset[str]:
        """Under which ids the log speaks of one thing: of a document or a file its whole story."""
        return log_subjects.about(self._shoko, subject_id)

    def log_doers(self, words: str) -> frozenset[str]:
        """As whom the log knows the people that some words name."""
        return log_subjects.doers(self._shoko, words)

    def log_named(self, words: str) -> LogNamed:
        """What some words stand for in the log."""
        found, parts = log_subjects.named(self._shoko, words), parts_named(words)
        ids = log_subjects.story(self._shoko, documents=found.documents, drops=found.drops)
        return LogNamed(
            ids=frozenset({*ids, *parts, *(user.user_id for user in found.people)}),
            documents=len(found.documents),
            files=len(found.drops),
            others=len(found.people) + len(parts),
            more=found.more,
            choices=choices_of(self._shoko, found, parts, each=_NAMED_SHOWN),
        )

    def log_choices(self, words: str) -> tuple[Choice, ...]:
        """What some words may stand for, to choose from."""
        found = log_subjects.named(self._shoko, words, most=_NAMED_SHOWN)
        return choices_of(self._shoko, found, parts_named(words), each=_NAMED_SHOWN)

    def proof(self, sequence: int) -> InclusionProof:
        """That an entry is in the log of now.

        Raises:
            ConfigError: there is no such entry, or it speaks of what who asks may not see.
        """
        administering.entry_seen(self._shoko, sequence)
        return prove_inclusion(self._shoko, f"{sequence}:")

    def holds(self) -> tuple[HeldDocument, ...]:
        """Documents that are held, newest first."""
        found = administering.holds(self._shoko)
        return tuple(HeldDocument(hold=one, record=self._shoko.archive.get_document(one.document_id)) for one in found)

    def hold(self, ids: Sequence[str], query: Query | None, *, by: str, reason: str) -> int:
        """Place a hold on documents, named or found by a search; gives how many.

        Raises:
            ObjectMissing: no such document.
            RequestRefused: no reason is given.
        """
        chosen = list(ids)
        if query is not None:
            chosen += [one for one, _ in zip(found_ids(self._shoko, query), range(_MOST_HELD), strict=False)]
        return len(retention.hold(self._shoko, list(dict.fromkeys(chosen)), by=by, reason=reason))

    def lift(self, ids: Sequence[str], *, by: str, reason: str) -> int:
        """Lift holds; gives how many.

        Raises:
            RequestRefused: one is not held, or no reason is given.
        """
        return len(retention.lift(self._shoko, ids, by=by, reason=reason))

    def ask_destruction(self, ids: Sequence[str], *, by: str, reason: str) -> Request:
        """Ask for the destruction of documents whose retention is over; another person decides.

        Raises:
            RequestRefused: one has to be kept, or no reason is given.
        """
        return destroy.ask_destruction(self._shoko, ids, by=by, reason=reason)

    def begin(self, who: Who | None, kind: str) -> Job:
        """Begin one of the looks: the store, the reconciliation, what may be destroyed.

        Raises:
            RequestRefused: it is under way already.
        """
        shoko = self._shoko

        def work(task: Task) -> Any:
            match kind:
                case "store_test":
                    return administering.try_store_now(shoko)
                case "reconcile":
                    return administering.reconcile_now(shoko)
                case _:
                    return administering.due_for_destruction(shoko, progress=task.progress)

        return self._jobs.begin(kind, owner_of(who), work, again=_AGAIN.get(kind))
