"""Filing against the master: whom a document names, by number first, then by name."""

from __future__ import annotations

from dataclasses import replace

from domain.counterparties import Counterparty, name_key
from domain.evidence import Check, Outcome
from domain.fields import BankAccount, DocumentType, Field, FieldSet, FieldStatus, Text
from domain.record import DocumentReading, ReviewReason
from domain.registration import check_digit_ok
from extractors.parties.correcting import PARTIES_ENGINE, settle_name
from extractors.parties.matching import Evidence, PartyIndex, nearness
from pipeline.steps.read import with_reasons

AS_DATA = frozenset({"pdf-text.v1", "einvoice.v1"})
"""Who reads text that came as data: its characters are what they are, and only a known writing is replaced."""
_PROVES = {Evidence.NUMBER: 0.98, Evidence.REGISTER: 0.98, Evidence.PHONE: 0.95, Evidence.ACCOUNT: 0.95}
"""How likely the owner of a number is meant where the name read is like its own. A registration number with its check
digit is one of the owner's in all but misprints; telephones and accounts are passed on and shared."""
_LIKE = {Evidence.NUMBER: 0.4, Evidence.REGISTER: 0.4, Evidence.PHONE: 0.55, Evidence.ACCOUNT: 0.55}
"""Similarity from which a name that was read is the owner's, misread: below it a shop stands beside its company."""
_FILLED = 0.8
"""Where no name was read and only the number speaks: a person looks."""
_SAYS_WHO = frozenset({Evidence.NUMBER, Evidence.REGISTER})
CHECK = "counterparty_known"
_UNSURE = frozenset({"counterparty_unsure", "field_unsure"})


def with_counterparty(
    document: DocumentReading,
    *,
    index: PartyIndex | None,
    issued_by_us: bool,
    least_certain: float,
    registered: Counterparty | None = None,
) -> DocumentReading:
    """The document with its counterparty as the master has it, where the document names an entry of the master.

    An altered name keeps its raw text, says who altered it, and has the probability that the entry is meant. One that
    was altered with no number to prove it never goes straight through (DESIGN §3.6).

    Args:
        document: as read.
        index: the master; None while it is empty.
        issued_by_us: numbers on it are ours.
        least_certain: confidence from which nobody is asked.
        registered: whose registration number it is by the public register, asked where the master does not know it.
    """
    field = document.fields.get("counterparty")
    if field is None or field.status is FieldStatus.CORRECTED:
        return document
    owner = None if issued_by_us else _owner(document.fields, index, registered)
    name = field.value.text if isinstance(field.value, Text) else None
    if name is None:
        return document if owner is None else _changed(document, _filled(field, owner, document.fields), least_certain)
    typed = field.engine.name in AS_DATA
    settled = settle_name(name, confidence=field.confidence, index=index, misreadable=not typed)
    party, by, found = settled.party, settled.by, settled.name
    probability, differs = settled.probability, False
    if owner is None and party is None and (found, probability) == (name, field.confidence):
        return document
    if owner is not None:
        theirs, named = owner
        like = nearness(name, (theirs.name, *theirs.variants))
        if party == theirs or (like >= _LIKE[named] and by is not Evidence.NAME):
            party, by = theirs, named
            found = name if typed and settled.party is None else theirs.name
            probability = max(probability, _PROVES[named])
        elif like < _LIKE[named]:
            differs = named in _SAYS_WHO and document.classification.label is not DocumentType.RECEIPT
    altered = replace(
        field,
        value=Text(text=found),
        raw_text=field.raw_text or name,
        confidence=round(probability, 4),
        engine=field.engine if found == name else PARTIES_ENGINE,
        status=FieldStatus.FOUND if by in _PROVES else field.status,
    )
    guessed = by not in _PROVES and name_key(found) != name_key(name)
    out = _changed(document, altered, 1.0 if guessed else least_certain)
    if differs:
        detail = "number_of_another"
        out = with_reasons(out, ReviewReason(code="counterparty_unsure", field="counterparty", detail=detail))
        return replace(out, checks=(*out.checks, Check(name=CHECK, outcome=Outcome.INDETERMINATE, detail=detail)))
    if party is None or by is None:
        return out
    return replace(out, checks=(*out.checks, Check(name=CHECK, outcome=Outcome.PASSED, detail=by.value)))


def _owner(
    fields: FieldSet, index: PartyIndex | None, registered: Counterparty | None
) -> tuple[Counterparty, Evidence] | None:
    """Whose registration number, account or telephone stands on a document."""
    number = fields.text("registration_number")
    found = index.by_number(number) if index is not None and number and check_digit_ok(number) else None
    if found is not None:
        return found, Evidence.NUMBER
    if registered is not None:
        return registered, Evidence.REGISTER
    if index is None:
        return None
    account = fields.value("bank_account")
    found = index.by_account(account) if isinstance(account, BankAccount) else None
    if found is not None:
        return found, Evidence.ACCOUNT
    found = index.by_phone(fields.text("phone") or "")
    return None if found is None else (found, Evidence.PHONE)


def _filled(field: Field, owner: tuple[Counterparty, Evidence], fields: FieldSet) -> Field:
    """The owner of a number where no name was read: the number is the source."""
    party, by = owner
    source = fields.get("registration_number" if by in _SAYS_WHO else by.value)
    return replace(
        field,
        value=Text(text=party.name),
        raw_text=source.raw_text if source else None,
        sources=source.sources if source else (),
        status=FieldStatus.FOUND,
        confidence=_FILLED,
        engine=PARTIES_ENGINE,
    )


def _changed(document: DocumentReading, field: Field, least_certain: float) -> DocumentReading:
    """The document with this counterparty; reasons about it follow its confidence."""
    filled = document.fields.value("counterparty") is None
    sure = field.confidence >= least_certain and field.status is not FieldStatus.AMBIGUOUS and not filled
    kept = tuple(
        reason
        for reason in document.review_reasons
        if not (sure and reason.field == "counterparty" and reason.code in _UNSURE)
    )
    out = replace(document, fields=document.fields.replaced(field), review_reasons=kept)
    if field.confidence >= least_certain or filled:
        return out
    return with_reasons(out, ReviewReason(code="counterparty_unsure", field="counterparty"))
