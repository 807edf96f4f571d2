"""Receipts and invoices in English, German and two languages at once: to count what Latin letters are worth by.

They have no truth beside their print, belong to the development half and are never measured on.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from domain.fields import DocumentType
from samples.generator.damage import DAMAGES, Damage, Pixels, Random, damaged
from samples.generator.facts import Facts
from samples.generator.layouts import Layout
from samples.generator.making import Sample
from samples.generator.printer import Printer, pdf_text

FONTS = ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono", "Nimbus Sans", "Nimbus Sans Narrow", "Nimbus Roman")
TILL_FONTS = ("DejaVu Sans Mono", "Nimbus Mono PS", "Noto Sans Mono CJK JP", "Nimbus Sans", "DejaVu Sans Condensed")
_NOON = 12
_FIRST_DAY = date(2015, 1, 1)
TEMPLATE = "latin.html"
_LOST = (0.0, 0.25, 0.45)
"""Share of its dots that the print head leaves out: whole letters are simple enough to be read without errors, whatever
else happens to the paper."""
_DOTS_PER_MM = 4
_CAPITALS = 0.35
"""Share of documents all in capitals, as tills print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRow:
    """A row of such a paper."""

    cells: tuple[str, ...]
    set: str
    """How it is set: ``shop``, ``head``, ``title``, ``plain``, ``row``, ``big`` or ``rule``."""


@lru_cache(maxsize=1)
def _languages() -> dict[str, Any]:
    languages: dict[str, Any] = json.loads((Path(__file__).parent / "latin_words.json").read_text(encoding="utf-8"))
    return languages


LANGUAGES = ("en", "de", "both")


def latin_facts(rng: random.Random, language: str, *, till: bool) -> Facts:
    """What such a paper prints, row by row: each has cells, and says how it is set."""
    words = _languages()[language]
    title, number, day_label, *heads = words["labels"]
    named = " ".join((rng.choice(words["names"]), rng.choice(words["trades"]), rng.choice(words["forms"])))
    day = _FIRST_DAY + timedelta(days=rng.randrange(4000), minutes=rng.randrange(8 * 60, 21 * 60))
    rows = [_row(named, "shop"), _row(rng.choice(words["streets"]), "head"), _row(rng.choice(words["towns"]), "head")]
    rows += [_row(f"Tel. {rng.randrange(10, 99)}-{rng.randrange(10**6, 10**8)}", "head"), _row(title, "title")]
    rows += [_row(f"{number} {rng.choice('ABRTX')}{rng.randrange(10**5, 10**8)}", "plain")]
    rows += [
        _row(f"{day_label}: {_stamped(day, rng, rng.choice(words['days']))}", "plain"),
        PrintedRow(cells=(), set="rule"),
    ]
    rows.append(PrintedRow(cells=tuple(heads[:2] if till else heads[:3]), set="row"))
    total = 0
    for name in rng.sample(words["goods"], rng.randint(3, 9)):
        cents, count = rng.randrange(50, 30_000), rng.choice((1, 1, 1, 2, 3, 12))
        total += cents * count
        cells = (name, str(count), _money(cents, words), _money(cents * count, words))
        rows.append(PrintedRow(cells=(cells[0], cells[-1]) if till else cells, set="row"))
    tax, paid = total // 11, -(-total // 5000) * 5000
    rows.append(PrintedRow(cells=(), set="rule"))
    for label, cents in zip(heads[3:], (total - tax, tax, total, paid, paid - total), strict=True):
        rows.append(PrintedRow(cells=(label, _money(cents, words)), set="big" if cents == total else "row"))
    rows += [_row(note, "head" if till else "plain") for note in rng.sample(words["notes"], 3)]
    if rng.random() < _CAPITALS and language != "both":
        rows = [replace(row, cells=tuple(_capitals(cell) for cell in row.cells)) for row in rows]
    kind = DocumentType.RECEIPT if till else DocumentType.INVOICE
    return Facts(document_type=kind, fields={}, view={"rows": rows})


def _row(text: str, how: str) -> PrintedRow:
    return PrintedRow(cells=(text,), set=how)


def _stamped(day: date, rng: random.Random, form: str) -> str:
    hour, minute = rng.randrange(8, 21), rng.randrange(60)
    filled = form.replace("%H", f"{hour:02d}").replace("%M", f"{minute:02d}")
    filled = filled.replace("%I", f"{(hour - 1) % 12 + 1:02d}").replace("%p", "PM" if hour >= _NOON else "AM")
    return day.strftime(filled)


def _money(cents: int, words: Mapping[str, Any]) -> str:
    form = str(words["money"])
    if form.startswith("¥"):  # yen have no decimals
        return form.format(f"{cents:,}")
    plain = f"{cents // 100:,}.{cents % 100:02d}"
    return form.format(plain.translate(str.maketrans(",.", ".,")) if words["comma"] else plain)


def _capitals(text: str) -> str:
    return "".join(c if c == "ß" else c.upper() for c in text)


def latin_samples(*, seed: int, count: int, printer: Printer) -> Iterator[Sample]:
    """A set: languages, tills and sheets, and kinds of damage in turn."""
    worn = [damage for damage in DAMAGES if damage.apply is not None]
    for index in range(count):
        language = LANGUAGES[index % len(LANGUAGES)]
        till = index // len(LANGUAGES) % 2 == 0
        damage = worn[index % len(worn)]
        lost = _LOST[index // 3 % len(_LOST)]
        name = f"latin-{language}-{'till' if till else 'sheet'}-{damage.name}-{seed * 100_000 + index}"
        rng = random.Random(f"shoko {name}")
        facts = latin_facts(rng, language, till=till)
        layout = _layout(till=till)
        html = printer.html(facts, layout, fonts=TILL_FONTS if till else FONTS, rng=rng)
        pdf = printer.pdf(html, layout)
        spoken = printer.spoken()
        content, suffix = damaged(pdf, thinned(damage, lost), seed=zlib.crc32(name.encode()))
        truth: dict[str, object] = {"document_type": facts.document_type.value, "damage": damage.name}
        yield Sample(
            name=name,
            truth=truth,
            pdf=pdf,
            content=content,
            suffix=suffix,
            text=pdf_text(pdf),
            spoken=spoken,
            drawn="",
            printed={},
        )


def thinned(damage: Damage, lost: float) -> Damage:
    """The same damage to pages whose print has lost a share of its dots and is pale where it has."""

    def apply(pixels: Pixels, rng: Random) -> Pixels:
        height, width = pixels.shape[:2]
        cell = max(1, round(damage.dpi / 25.4 / _DOTS_PER_MM))
        there = (rng.random((-(-height // cell), -(-width // cell))) >= lost).astype(np.float32)
        ink = np.kron(there, np.ones((cell, cell), np.float32))[:height, :width, None] * np.float32(1 - lost)
        thin = (255 - (255 - pixels.astype(np.float32)) * ink).astype(np.uint8)
        return damage.apply(thin, rng) if damage.apply else thin

    return replace(damage, apply=apply) if lost else damage


def _layout(*, till: bool) -> Layout:
    return Layout(
        name="latin_till" if till else "latin_sheet",
        types=(DocumentType.RECEIPT if till else DocumentType.INVOICE,),
        template=TEMPLATE,
        make_facts=lambda rng, _words, _kind: latin_facts(rng, "en", till=till),
        paper=(80, None) if till else (210, 297),
        margin_mm=(4, 6) if till else (16, 22),
        font_size=(7.5, 9.5) if till else (9, 11.5),
    )
