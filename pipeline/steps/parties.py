"""The counterparty master: a table in, a table out, and what confirmed documents teach."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.companies import same_company
from domain.counterparties import Counterparty, Master, PartyFacts, PartySource, folded, phone_key
from domain.fields import BankAccount, FieldSet, FieldStatus
from domain.precedence import ENGINE, PERSON_ENGINE
from domain.record import ArchiveRecord, DocumentState
from domain.registration import check_digit_ok
from extractors.parties.matching import PartyIndex
from extractors.parties.table import parse_table, write_table

if TYPE_CHECKING:
    from pipeline.wiring import Shoko
    from storage.archive import Archive

logger = logging.getLogger(__name__)

_TEACHING_KINDS = frozenset({"revised", "approved"})
"""Kinds of log entry behind which a person may stand."""
_ISSUED_FIELDS = ("registration_number", "phone", "bank_account")
"""Fields that speak of whoever issued the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What became of a table."""

    rows: int
    """Counterparties that it speaks of."""
    changed: int
    """Those that are new or changed by it."""
    warnings: tuple[str, ...]


@dataclass(slots=True)
class PartyBook:
    """The master as it now is, read once and then brought up to date; thread-safe."""

    archive: Archive
    _master: Master = ()
    _number: int = 0
    _index: PartyIndex | None = None
    _learned_below: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def master(self) -> Master:
        """Every counterparty."""
        with self._lock:
            batches = self.archive.counterparty_batches(after=self._number)
            if batches:
                self._master = folded(batches, self._master)
                self._number = batches[-1].number
                self._index = None
            return self._master

    def index(self) -> PartyIndex | None:
        """The master ready to be asked, built anew only when it changed; None while it is empty."""
        master = self.master()
        with self._lock:
            if self._index is None and master:
                self._index = PartyIndex(master)
            return self._index

    def learn(self) -> tuple[Counterparty, ...]:
        """Add what confirmed documents say; every log entry is looked at once per process. Returns whoever changed.

        A confidential document teaches nothing: the master is shown to everybody.
        """
        size = self.archive.log_size()
        if size == self._learned_below:
            return ()
        documents = [
            one
            for one in self.archive.subjects(_TEACHING_KINDS, start=self._learned_below)
            if self.archive.access_of(one).readers is None
        ]
        facts = [said for document_id in documents if (said := facts_of(self.archive.history(document_id))) is not None]
        changed = (
            self.archive.record_counterparties(facts, source=PartySource.LEARNED, recorded_by=ENGINE) if facts else ()
        )
        self._learned_below = size
        if changed:
            logger.info("learned: %d counterparties", len(changed))
        return changed


def import_counterparties(shoko: Shoko, content: bytes, *, recorded_by: str) -> ImportResult:
    """Take a table of counterparties, all of it or nothing.

    Raises:
        InputError: the message names lines and columns.
    """
    master = shoko.parties.master()
    table = parse_table(content, known_ids=(one.counterparty_id for one in master))
    changed = (
        shoko.archive.record_counterparties(table.facts, source=PartySource.IMPORTED, recorded_by=recorded_by)
        if table.facts
        else ()
    )
    return ImportResult(rows=len(table.facts), changed=len(changed), warnings=table.warnings)


def export_counterparties(shoko: Shoko) -> tuple[bytes, int]:
    """The master as the table that can be imported again, and how many it holds."""
    master = shoko.parties.master()
    return write_table(master), len(master)


def facts_of(history: tuple[ArchiveRecord, ...]) -> PartyFacts | None:
    """What a document's newest revision teaches; None where no person stands behind its counterparty.

    The name is taken where a person set it or approved the document. Numbers, telephone and account are those of the
    issuer: taken where the issuer is the counterparty, from values that a person confirmed too. A reading that the
    person put right, close enough to be the same name misread, becomes another writing of it.
    """
    if not history:
        return None
    newest = history[-1]
    approved = newest.state is DocumentState.APPROVED
    if newest.state in {DocumentState.TOMBSTONED, DocumentState.DESTROYED}:
        return None
    fields = newest.fields
    name = fields.text("counterparty")
    if name is None or not (approved or _by_person(fields, "counterparty")):
        return None
    theirs = fields.text("issuer") is None or same_company(fields.text("issuer") or "", name)
    sure = {n for n in _ISSUED_FIELDS if theirs and (approved or _by_person(fields, n))}
    number = fields.text("registration_number") if "registration_number" in sure else None
    phone = phone_key(fields.text("phone") or "") if "phone" in sure else None
    account = fields.value("bank_account") if "bank_account" in sure else None
    misread = (r.fields.text("counterparty") for r in history)
    title = fields.text("account_title") if approved or _by_person(fields, "account_title") else None
    return PartyFacts(
        name=name,
        variants=tuple(dict.fromkeys(m for m in misread if m and m != name and same_company(m, name))),
        registration_numbers=(number,) if number and check_digit_ok(number) else (),
        phones=(phone,) if phone else (),
        bank_accounts=(account,) if isinstance(account, BankAccount) and account.number else (),
        account_title=title,
    )


def _by_person(fields: FieldSet, name: str) -> bool:
    found = fields.get(name)
    return found is not None and (found.status is FieldStatus.CORRECTED or found.engine.name == PERSON_ENGINE)
