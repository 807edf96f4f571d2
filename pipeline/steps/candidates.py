"""Possible answers for one doubtful field: what else stands on its pages, and what master and register know."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.companies import same_company, strip_honorific
from domain.corrections import value_to_text
from domain.fields import FIELDS, Money, Parties, Value
from domain.questions import Choice, ChoiceSource, Spot
from domain.registration import check_digit_ok
from domain.text import nfkc
from extractors.habits.layout import Run, label_of, runs_of
from extractors.habits.values import parse_as

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.page import PageText
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

MOST_RUNS = 4000
"""Runs of words that are looked through: some dense pages; what stands behind them is not offered."""
_MOST_OF_PAGE = 6
"""Offered from the pages: more are slower to read than the page itself."""
_MOST_OF_MASTER = 3
_NUMBER = re.compile(r"T\d{13}(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))?")
"""A year, or a day without signs between: an amount only where the words beside it say so."""
_ANNOUNCED: dict[str, re.Pattern[str]] = {
    "transaction_date": re.compile(r"発行|請求日|取引日|納品日|作成日|日付|契約日|締結|date|issued"),
    "due_date": re.compile(r"支払|期限|期日|振込|due|pay"),
    "concluded_on": re.compile(r"締結|契約日|date"),
    "effective_from": re.compile(r"開始|から|期間|from|start"),
    "effective_to": re.compile(r"終了|まで|期間|満了|until|end"),
    "total_amount": re.compile(r"合計|請求額|請求金額|総額|税込|お支払|領収|契約金額|total|amount"),
    "subtotal": re.compile(r"小計|税抜|subtotal"),
    "tax_total": re.compile(r"消費税|税額|tax"),
    "cash_received": re.compile(r"預|現金|cash"),
    "change": re.compile(r"釣|change"),
}
"""Words beside a value that speak for a field: its candidates come first."""
_PARTIES = frozenset({"counterparty", "issuer", "recipient", "issuer_company"})


def candidates_for(
    shoko: Shoko, record: ArchiveRecord, name: str, texts: Sequence[PageText | None]
) -> tuple[Choice, ...]:
    """Possible values of a field, likeliest first; the value that stands now may be among them."""
    if name in _PARTIES:
        return tuple(_parties(shoko, record, texts))
    if name == "registration_number":
        return tuple(_numbers(shoko, record, texts))
    if FIELDS[name].kind in {"date", "money"}:
        return _of_pages(record, name, texts)
    return ()


def _of_pages(record: ArchiveRecord, name: str, texts: Sequence[PageText | None]) -> tuple[Choice, ...]:
    """Values of the kind on the pages: those that the field's own words announce first, then in reading order.

    Of amounts without such words the larger come first: totals are larger than what they are made of.
    """
    currency = record.fields.text("currency") or "JPY"
    words = _ANNOUNCED.get(name)
    found: dict[str, tuple[tuple[bool, Value, int], Choice]] = {}
    for number, run, runs in _runs(texts):
        for raw, value in parse_as(name, run.text):
            if isinstance(value, Money) and (value.currency != currency or not _looks_like_money(raw)):
                continue
            label, _ = label_of(run, raw, runs)
            announced = bool(words and words.search(label))
            if isinstance(value, Money) and not announced and _YEAR.fullmatch(nfkc(raw)):
                continue
            text = value_to_text(value)
            choice = Choice(text=text, source=ChoiceSource.PAGE, beside=label, spots=(_spot(number, run, raw),))
            if text not in found or (announced and not found[text][0][0]):
                found[text] = ((announced, value, len(found)), choice)

    def key(item: tuple[tuple[bool, Value, int], Choice]) -> tuple[bool, object, int]:
        (announced, value, order), _ = item
        return not announced, -value.amount if isinstance(value, Money) else 0, order

    return tuple(choice for _, choice in sorted(found.values(), key=key))[:_MOST_OF_PAGE]


def _looks_like_money(raw: str) -> bool:
    """Three digits and more, or a sign of money: quantities and row numbers are no totals."""
    plain = nfkc(raw)
    return sum(c.isdigit() for c in plain) >= 3 or any(sign in plain for sign in "¥\\円$€")


def _parties(shoko: Shoko, record: ArchiveRecord, texts: Sequence[PageText | None]) -> Iterator[Choice]:
    """Whoever the numbers on the page name, the parties it names, then the nearest names of the master."""
    ours = shoko.company.names
    fields, index = record.fields, shoko.parties.index()
    numbers = [fields.text("registration_number"), *(choice.text for choice in _numbers(shoko, record, texts))]
    for number in dict.fromkeys(n for n in numbers if n is not None and check_digit_ok(n)):
        party = index.by_number(number) if index is not None else None
        if party is not None:
            yield Choice(text=party.name, source=ChoiceSource.MASTER, beside=number)
        answer = shoko.issuers.find(number)
        if answer.record is not None and answer.record.names:
            yield Choice(text=answer.record.names[0], source=ChoiceSource.REGISTER, beside=number)
    named = fields.value("parties")
    printed = [(row.role or "", row.name) for row in named.rows] if isinstance(named, Parties) else []
    printed += [(FIELDS[one].label_ja, text) for one in sorted(_PARTIES) if (text := fields.text(one)) is not None]
    for role, printed_name in printed:
        plain = strip_honorific(printed_name)[0]
        if plain and not any(same_company(plain, our) for our in ours):
            yield replace(_placed(texts, plain), beside=role)
    if index is None:
        return
    for _, printed_name in printed:
        for near in index.nearest(printed_name)[:_MOST_OF_MASTER]:
            if not near.party.closed:
                yield Choice(text=near.party.name, source=ChoiceSource.MASTER)


def _numbers(shoko: Shoko, record: ArchiveRecord, texts: Sequence[PageText | None]) -> Iterator[Choice]:
    """Registration numbers on the pages whose check digit is right, then those of the counterparty in the master."""
    for number, run, _ in _runs(texts):
        for match in _NUMBER.finditer(nfkc(run.text).replace("-", "").replace(" ", "")):
            if check_digit_ok(match[0]):
                yield Choice(text=match[0], source=ChoiceSource.PAGE, spots=(Spot(page=number, box=run.box),))
    index, party = shoko.parties.index(), record.fields.text("counterparty")
    known = index.named(party) if index is not None and party else None
    for registered in known.registration_numbers if known is not None else ():
        yield Choice(text=registered, source=ChoiceSource.MASTER, beside=party or "")


def _placed(texts: Sequence[PageText | None], name: str) -> Choice:
    """A name with where it stands, if it stands somewhere as it is."""
    wanted = nfkc(name).replace(" ", "")
    for number, run, _ in _runs(texts):
        if wanted in nfkc(run.text).replace(" ", ""):
            return Choice(text=name, source=ChoiceSource.PAGE, spots=(Spot(page=number, box=run.box),))
    return Choice(text=name, source=ChoiceSource.PAGE)


def _runs(texts: Sequence[PageText | None]) -> Iterator[tuple[int, Run, Sequence[Run]]]:
    """Runs of words with the number of their page in the document (from 0) and all runs of that page."""
    seen = 0
    for number, text in enumerate(texts):
        runs = runs_of((text,)) if text is not None else ()
        for run in runs:
            seen += 1
            if seen > MOST_RUNS:
                return
            yield number, run, runs


def _spot(number: int, run: Run, raw: str) -> Spot:
    """The words of a run that hold what was printed, or all of it."""
    holding = [word for word in run.words if word.text and (word.text in raw or raw in word.text)]
    if len(holding) == 1:
        return Spot(page=number, box=holding[0].box)
    return Spot(page=number, box=run.box)
