"""The counterparty master: who we deal with, by which names, numbers, telephones and accounts they are known.

A master is a tuple of counterparties; it grows by batches, each holding the new state of those that changed. What is
said about one (``PartyFacts``) comes from a table that a person imported or from a document that a person confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from domain.companies import strip_honorific
from domain.fields import BankAccount
from domain.ids import counterparty_id_for
from domain.text import nfkc, search_key

Master = tuple["Counterparty", ...]
"""Every counterparty, in the order in which they became known."""


class PartySource(StrEnum):
    """Where a batch comes from."""

    IMPORTED = "imported"
    """A table that a person handed in."""
    LEARNED = "learned"
    """Documents whose values a person set or approved."""
    KEPT = "kept"
    """What stays is stated anew, because what it stood beside is removed with the last document of somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterparty:
    """One company, shop or person we deal with."""

    counterparty_id: str
    name: str
    """As it is to stand in the records, NFKC."""
    variants: tuple[str, ...] = ()
    """Other writings: old names, shop names, readings that a person put right."""
    registration_numbers: tuple[str, ...] = ()
    """``T`` and 13 digits (law: inv-regnum)."""
    phones: tuple[str, ...] = ()
    """Digits only."""
    bank_accounts: tuple[BankAccount, ...] = ()
    account_title: str | None = None
    """勘定科目 that a person last confirmed for it."""
    closed: bool = False
    """No longer in use: kept, and never chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFacts:
    """What is said about a counterparty."""

    name: str
    variants: tuple[str, ...] = ()
    registration_numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    bank_accounts: tuple[BankAccount, ...] = ()
    account_title: str | None = None
    counterparty_id: str | None = None
    """Named: the facts replace what was known of it. None: they are added to whom they belong to."""
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterpartyBatch:
    """One change of the master. Personal: it lives in payloads only."""

    client_id: str
    number: int
    """From 1, without gaps."""
    source: PartySource
    entries: Master
    """New states of those that changed; a later state replaces an earlier one of the same id."""
    recorded_at: datetime
    """UTC."""
    recorded_by: str
    """``engine`` or the login of a person."""
    forgotten: tuple[str, ...] = ()
    """Ids of those whose last document was destroyed: the master does not have them any more."""


def name_key(name: str) -> str:
    """What two writings of one name share; the legal form and its place count (株式会社甲 is not 甲株式会社)."""
    return search_key(strip_honorific(name)[0])


def phone_key(text: str) -> str | None:
    """Digits of a Japanese telephone number; None where there are not 9 to 11 of them."""
    digits = re.sub(r"\D", "", re.sub(r"^\s*\(?\+81\)?[\s-]*\(?0?\)?", "0", nfkc(text)))
    return digits if 9 <= len(digits) <= 11 and digits.startswith("0") else None


def account_key(account: BankAccount) -> tuple[str, str, str] | None:
    """Bank, branch and number of an account; None where one of them is missing and it names nobody."""
    if not (account.bank and account.branch and account.number):
        return None
    bank = re.sub(r"銀行$", "", search_key(account.bank))
    branch = re.sub(r"(?:支店|出張所)$", "", search_key(account.branch))
    return bank, branch, re.sub(r"\D", "", nfkc(account.number)).lstrip("0")


def folded(batches: Iterable[CounterpartyBatch], known: Master = ()) -> Master:
    """The master after these batches, oldest first."""
    states = {one.counterparty_id: one for one in known}
    for batch in batches:
        for counterparty_id in batch.forgotten:
            states.pop(counterparty_id, None)
        for entry in batch.entries:
            states[entry.counterparty_id] = entry
    return tuple(states.values())


@dataclass(slots=True)
class _Book:
    """A master while facts are added to it."""

    states: dict[str, Counterparty] = field(default_factory=dict)
    by_name: dict[str, list[str]] = field(default_factory=dict)
    by_number: dict[str, str] = field(default_factory=dict)

    def put(self, one: Counterparty) -> None:
        """Add or replace a counterparty; keys of its earlier states stay and are checked when used."""
        self.states[one.counterparty_id] = one
        for name in (one.name, *one.variants):
            ids = self.by_name.setdefault(name_key(name), [])
            if one.counterparty_id not in ids:
                ids.append(one.counterparty_id)
        for number in one.registration_numbers:
            self.by_number.setdefault(number, one.counterparty_id)

    def owner(self, facts: PartyFacts) -> Counterparty | None:
        """Whom facts are about: by id, by registration number, by name where the numbers do not contradict it."""
        if facts.counterparty_id is not None:
            return self.states.get(facts.counterparty_id)
        for number in facts.registration_numbers:
            found = self.states.get(self.by_number.get(number, ""))
            if found is not None and number in found.registration_numbers:
                return found
        key = name_key(facts.name)
        for counterparty_id in self.by_name.get(key, ()):
            found = self.states[counterparty_id]
            named = any(name_key(name) == key for name in (found.name, *found.variants))
            if named and not (facts.registration_numbers and found.registration_numbers):
                return found
        return None


def changes(
    master: Master, facts: Sequence[PartyFacts], *, source: PartySource, client_id: str, number: int
) -> tuple[Counterparty, ...]:
    """New states of whoever these facts change; empty where they are all known.

    Args:
        master: what is known.
        facts: what is said, in order.
        source: a table may rename a counterparty; a document adds another writing.
        client_id: whose master.
        number: of the batch that the states will stand in; ids of new counterparties follow from it.
    """
    book = _Book()
    for one in master:
        book.put(one)
    before = dict(book.states)
    new = 0
    for said in facts:
        known = book.owner(said)
        if known is None:
            made = said.counterparty_id or counterparty_id_for(client_id=client_id, batch=number, index=new)
            new += 1
            known = Counterparty(counterparty_id=made, name=said.name)
        book.put(_merged(known, said, source=source))
    return tuple(one for key, one in book.states.items() if before.get(key) != one)


def _merged(known: Counterparty, said: PartyFacts, *, source: PartySource) -> Counterparty:
    if said.counterparty_id is not None:
        return Counterparty(
            counterparty_id=known.counterparty_id,
            name=said.name,
            variants=_writings(said.name, said.variants),
            registration_numbers=said.registration_numbers,
            phones=said.phones,
            bank_accounts=said.bank_accounts,
            account_title=said.account_title,
            closed=said.closed,
        )
    name = said.name if source is PartySource.IMPORTED else known.name
    return replace(
        known,
        name=name,
        variants=_writings(name, (*known.variants, known.name, *said.variants, said.name)),
        registration_numbers=_union(known.registration_numbers, said.registration_numbers),
        phones=_union(known.phones, said.phones),
        bank_accounts=_accounts((*known.bank_accounts, *said.bank_accounts)),
        account_title=said.account_title or known.account_title,
        closed=said.closed,
    )


def _union(known: tuple[str, ...], said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *said)))


def _writings(name: str, others: Iterable[str]) -> tuple[str, ...]:
    """Other writings, each once, without those that differ from the name in folding alone."""
    found = {name_key(name): name}
    for other in others:
        found.setdefault(name_key(other), other)
    found.pop("", None)
    return tuple(text for key, text in found.items() if key != name_key(name))


def _accounts(accounts: Iterable[BankAccount]) -> tuple[BankAccount, ...]:
    found: dict[object, BankAccount] = {}
    for account in accounts:
        found.setdefault(account_key(account) or account, account)
    return tuple(found.values())
