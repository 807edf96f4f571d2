"""Which strip of a table's rows belongs to which head: by place, by what its cells look like, and by arithmetic.

Every assignment keeps the order of the page. Where price times quantity comes out at the amount in its rows, an
assignment is right however its heads are ranged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice, permutations

from domain.amounts import find_amounts
from domain.geometry import Box
from extractors.fields.counts import PIECES

_OFF_CENTRE = 0.05
"""Part of the distance between the middles of head and strip that counts beside the distance between their edges."""
_EMPTY = {"description": 100.0, "amount": 30.0, "quantity": 30.0}
_EMPTY_OTHER = 8.0
"""What it costs (in line heights of distance) to leave a head without a strip: notes are often empty, goods never."""
_SHARED = {"description": 2.0, "note": 2.0, "quantity": 4.0}
_SHARED_OTHER = 15.0
"""What it costs to give one head two strips: words of a description, a number and its unit."""
_UNLIKE = 24.0
"""What it costs to give a head a strip of which no cell looks like it: more than any head stands beside its column."""
_PROVEN = 40.0
"""What an assignment gains by which price times quantity is the amount in every row that has all three."""
_KEPT = 6
"""Assignments of the first strips to a head that are followed up."""

_NUMBER = r"[▲△-]?\s*[¥\\]?\s*[▲△-]?\s*\d[\d,.]*\s*円?-?"
_FITS: dict[str, re.Pattern[str]] = {
    "amount": re.compile(rf"^{_NUMBER}(?:\s*[※*＊軽])?$"),
    "tax": re.compile(rf"^{_NUMBER}$"),
    "unit_price": re.compile(rf"^[@＠]?\s*{_NUMBER}(?:\s*/\s*\S{{1,3}})?$"),
    "quantity": re.compile(r"^[▲△-]?\s*\d[\d,.]*\s*[^\d\s¥\\%.,]?[^\s¥\\%]{0,5}$"),
    "unit": re.compile(
        r"^[^\d¥%]{1,4}$|^m[23²³]$|^(?:セット|ケース|ダース|ページ|パック|カートン|時間|ヶ月|か月|カ月)$"
    ),
    "tax_rate": re.compile(
        r"^(?:\d{1,2}\s*%|軽減?\d*%?|※|[*＊]|非課?税?|不課?税?|免税?|対象外|標準|課税|外税?|内税?|10|8)+$"
    ),
    "date": re.compile(r"^(?:\d{2,4}\s*[/.年-]\s*)?\d{1,2}\s*[/.月-]\s*\d{1,2}日?$"),
    "no": re.compile(r"^\(?\d{1,4}[.)]?$"),
    "code": re.compile(r"^[A-Za-z0-9\-_./# ]+$"),
    "description": re.compile(r"[^\W\d_]"),
}
"""What a cell of each column looks like, without the spaces around it; notes may be anything."""
_OPEN = frozenset({"note", "unknown"})
_FIGURES = ("quantity", "unit_price", "amount")
_SETTLED = 0.7
"""Share of rows in which price times quantity must be the amount before a head that nobody knows is taken for one."""
_MOST_MISSING = 2
"""Of quantity, price and amount one must be known by its head: three columns of figures multiply too easily."""
_MOST_TRIED = 12
_MONEY = re.compile(r"[¥\\円@価値額給料代賃]")
_COUNTS = re.compile(rf"[数量]|\d\s*{PIECES}+$")
"""What speaks for a column of prices, and for one of counts, in its head or in its cells."""


@dataclass(frozen=True, slots=True)
class Place:
    """A head by its name and place."""

    name: str
    box: Box
    text: str = ""
    """As printed."""


def settle(
    heads: Sequence[Place], strips: Sequence[tuple[int, int]], cells: Sequence[Sequence[str]], height: float
) -> tuple[Sequence[Place], tuple[int, ...]]:
    """Heads and the head of each strip; a head of which nothing is known is quantity, price or amount if that holds.

    Counts and prices multiply either way round: where both heads are unknown, words or cells must tell them apart.
    """
    given = owners(heads, strips, cells, height)
    missing = [name for name in _FIGURES if name not in {h.name for h in heads}]
    open_heads = [index for index, head in enumerate(heads) if head.name in _OPEN]
    if not 0 < len(missing) <= min(len(open_heads), _MOST_MISSING):
        return heads, given
    for chosen in islice(permutations(open_heads, len(missing)), _MOST_TRIED):
        names = dict(zip(chosen, missing, strict=True))
        named = [replace(head, name=names.get(index, head.name)) for index, head in enumerate(heads)]
        other = owners(named, strips, cells, height)
        if _proven([named[i].name for i in other], cells) >= _SETTLED and (
            "amount" in missing or len(missing) == 1 or _is_price(named, other, cells)
        ):
            return named, other
    return heads, given


def _is_price(heads: Sequence[Place], owner: Sequence[int], cells: Sequence[Sequence[str]]) -> bool:
    """Whether more speaks for the price being what is named so than for its being the quantity."""

    def said(name: str) -> int:
        own = [number for number, index in enumerate(owner) if heads[index].name == name]
        column = [row[number] for row in cells for number in own if row[number]]
        words = [head.text for head in heads if head.name == name]
        money, counts = (any(sign.search(text) for text in (*words, *column)) for sign in (_MONEY, _COUNTS))
        return money - counts

    return said("unit_price") > said("quantity")


def owners(
    heads: Sequence[Place], strips: Sequence[tuple[int, int]], cells: Sequence[Sequence[str]], height: float
) -> tuple[int, ...]:
    """The head of each strip, by index; a strip of its own for each head where there are enough.

    Takes: strips from left to right, ``cells`` the text of each row in each of them ("" where there is none), and the
    height of a line in pixels.
    """
    ways: list[list[list[tuple[float, tuple[int, ...]]]]] = []
    empty = [_EMPTY.get(h.name, _EMPTY_OTHER) for h in heads]
    for number, strip in enumerate(strips):
        column = [row[number] for row in cells if row[number]]
        here = [_apart(h.box, strip) / height + _UNLIKE * _unlike(h.name, column) for h in heads]
        if not number:
            ways.append([[(here[i] + sum(empty[:i]), (i,))] for i in range(len(heads))])
            continue
        ways.append([_continued(ways[-1], heads, empty, index, here[index]) for index in range(len(heads))])
    if not ways:
        return ()
    ends = [(cost + sum(empty[i + 1 :]), way) for i, found in enumerate(ways[-1]) for cost, way in found]
    names = [h.name for h in heads]
    return min(ends, key=lambda end: end[0] - _PROVEN * _proven([names[i] for i in end[1]], cells))[1]


def _continued(
    before: list[list[tuple[float, tuple[int, ...]]]],
    heads: Sequence[Place],
    empty: Sequence[float],
    index: int,
    here: float,
) -> list[tuple[float, tuple[int, ...]]]:
    """The cheapest ways to give the next strip to a head."""
    shared = _SHARED.get(heads[index].name, _SHARED_OTHER)
    found = [
        (cost + here + (shared if last == index else sum(empty[last + 1 : index])), (*way, index))
        for last in range(index + 1)
        for cost, way in before[last]
    ]
    return sorted(found)[:_KEPT]


def _apart(head: Box, strip: tuple[int, int]) -> float:
    left, right = strip
    outside = max(left - head.right, head.left - right, 0)
    return outside + _OFF_CENTRE * abs((left + right) / 2 - head.center[0])


def _unlike(name: str, column: Sequence[str]) -> float:
    """Share of cells that do not look like the head's, 0 to 1."""
    if name in _OPEN or not column:
        return 0.0
    return sum(not looks_like(name, text) for text in column) / len(column)


def looks_like(name: str, text: str) -> bool:
    """Whether a cell can stand in a column."""
    return name in _OPEN or bool(_FITS[name].search(text.strip()))


def _proven(names: Sequence[str], cells: Sequence[Sequence[str]]) -> float:
    """Share of rows in which price times quantity is the amount, among those that have all three."""
    if not set(_FIGURES) <= set(names):
        return 0.0
    good = whole = 0
    for row in cells:
        values = {
            column: figure("".join(text for name, text in zip(names, row, strict=True) if name == column))
            for column in _FIGURES
        }
        count, price, amount = values["quantity"], values["unit_price"], values["amount"]
        if count is not None and price is not None and amount is not None:
            whole += 1
            good += abs(count * price - amount) < 1
    return good / whole if whole else 0.0


def figure(text: str) -> Decimal | None:
    """The number of a cell, or None where it holds none or more than one."""
    amounts = find_amounts(text) if text else ()
    return amounts[0].value if len(amounts) == 1 else None
