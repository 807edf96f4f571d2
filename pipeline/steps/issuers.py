"""Filing against the register of qualified issuers: whose number it is, and whether it is valid on the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from domain.calendar import tokyo_day
from domain.companies import same_company
from domain.counterparties import Counterparty
from domain.evidence import Check, Outcome
from domain.fields import DocumentType
from domain.issuers import IssuerAnswer, IssuerRegister, IssuerStanding
from domain.record import DocumentReading, ReviewReason
from domain.registration import check_digit_ok
from extractors.parties.matching import nearness
from pipeline.steps.read import with_reasons
from storage.issuers.files import read_files

if TYPE_CHECKING:
    from pipeline.wiring import Shoko

REGISTERED, NAME = "issuer_registered", "issuer_name_agrees"
BY_REGISTER = frozenset({REGISTERED, NAME})
"""Checks that follow from the register."""
_NAMES = ("issuer", "issuer_company", "counterparty")
_ALIKE = 0.55
"""Similarity from which a name on the document is the registered one, misread or written otherwise."""


def look_up_issuer(document: DocumentReading, register: IssuerRegister) -> IssuerAnswer | None:
    """What the register says of the document's registration number; None where it has none that could be one."""
    number = document.fields.text("registration_number")
    # Whether numbers of persons follow the check digit's formula is not known (law: inv-checkdigit): all are asked.
    return register.find(number) if number is not None and len(number) == 14 and number.startswith("T") else None


def party_of(answer: IssuerAnswer | None) -> Counterparty | None:
    """The registered issuer as a counterparty that the master lacks; None where its name is not published."""
    record = answer.record if answer is not None else None
    if record is None or not record.names or not check_digit_ok(record.number):
        return None
    first, *others = record.names
    return Counterparty(counterparty_id="", name=first, variants=tuple(others), registration_numbers=(record.number,))


def with_standing(document: DocumentReading, answer: IssuerAnswer | None) -> DocumentReading:
    """The document with what the register says (law: inv-regnum): valid on the transaction date, and in whose name."""
    if answer is None or (answer.source == "mirror" and answer.record is None and not answer.whole):
        return document  # no register at hand that could know: nothing was checked
    day = document.fields.day("transaction_date")
    standing = answer.standing(day) if day is not None else IssuerStanding.UNKNOWN
    if answer.record is None and answer.whole:
        standing = IssuerStanding.ABSENT
    outcome = {IssuerStanding.VALID: Outcome.PASSED, IssuerStanding.UNKNOWN: Outcome.INDETERMINATE}.get(
        standing, Outcome.FAILED
    )
    known = f"{answer.source} {answer.as_of.date()}" if answer.as_of else "no answer"
    checks = [Check(name=REGISTERED, outcome=outcome, detail=f"{standing.value}: {known}")]
    if answer.record is not None and answer.record.names:
        checks.append(_name_check(document, answer.record.names))
    out = replace(document, checks=(*document.checks, *checks))
    if outcome is not Outcome.FAILED:
        return out
    reason = ReviewReason(code="issuer_not_registered", field="registration_number", detail=standing.value)
    return with_reasons(out, reason)


def _name_check(document: DocumentReading, names: tuple[str, ...]) -> Check:
    printed = [text for name in _NAMES if (text := document.fields.text(name)) is not None]
    agrees = any(same_company(text, name) for text in printed for name in names) or any(
        nearness(text, names) >= _ALIKE for text in printed
    )
    if agrees:
        return Check(name=NAME, outcome=Outcome.PASSED)
    shop = document.classification.label is DocumentType.RECEIPT
    detail = "shop_of_company" if shop else "another_name"
    return Check(name=NAME, outcome=Outcome.INDETERMINATE, detail=detail)


def import_issuers(shoko: Shoko, files: tuple[Path, ...], *, whole: bool, updated_to: date | None) -> int:
    """Take published files into the copy; returns the number of entries.

    Args:
        shoko: the installation.
        files: zip, CSV, XML or JSON.
        whole: they are everybody, so that absence says something.
        updated_to: last day whose changes they hold; differences are fetched from the next day on.

    Raises:
        InputError: a file is not one of the register's; nothing is taken.
    """
    changes = chain.from_iterable(read_files(path) for path in files)
    return shoko.issuers.mirror.take(changes, whole=whole, updated_to=updated_to)


def update_issuers(shoko: Shoko) -> int:
    """Fetch the differences since the copy's last day; returns the number of entries.

    Raises:
        StorageError: switched off, no copy to update, or no answer.
    """
    return shoko.issuers.update(tokyo_day(shoko.clock()))
