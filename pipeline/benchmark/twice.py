"""``python -m pipeline.benchmark.twice --count N --seed N``: is the same picture scanned twice found, and nothing else?

Papers of made senders (held-back layouts where asked for) reach the office twice, each time in another wear and way up.
Judged is what stands in for texts that cannot say: the mark finds, and both pictures laid over each other decide. Said
apart are a scan at another resolution, a photo, and a paper that was stamped in between. Held against each paper are
another paper of the same sender on the same layout, and the same paper with other days and amounts, or with a single
digit changed.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table

from domain.fields import DocumentType
from domain.picture_mark import NEAR, apart, bands, turned
from extractors.pages import cleanup
from extractors.pages.mark import picture_mark
from extractors.pages.same_picture import same_picture
from pipeline.benchmark.rates import Rate, rate
from samples.generator import held_back as held
from samples.generator import layouts
from samples.generator.damage import BY_NAME, rasterise
from samples.generator.making import TYPE_WEIGHTS
from samples.generator.printer import Printer
from samples.generator.seals import draw_day_stamp
from samples.generator.vocabulary import DEVELOPMENT, make_company

if TYPE_CHECKING:
    from domain.page import PixelArray

WEARS = (
    "scan200",
    "scan300",
    "skew",
    "noise",
    "blur",
    "jpeg",
    "light",
    "fade",
    "bleed",
    "fold",
    "fax",
    "photo",
    "tiff",
)
_STAMP_MM, _TILL_MM = 22, 90
"""Width of a stamp; how far down till rolls may be stamped."""
_FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+|\d{4}年.{1,3}月.{1,3}日|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}")
_MARKUP = re.compile(r"(<style.*?</style>|<[^>]*>)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper with two that only look like it, as printed."""

    whole: bytes
    next_one: bytes
    """Of the same sender on the same layout."""
    other_figures: bytes
    """The same but for days and amounts."""
    other_digit: bytes | None
    """The same but for one digit of a day or an amount; None where it has none."""
    stamped: bytes
    """The same with the day of receipt stamped on it, anywhere."""


def papers(count: int, *, seed: int, held_back: bool, printer: Printer) -> Iterator[Paper]:
    """Papers of made senders; always the same for a seed."""
    words = held.VOCABULARY if held_back else DEVELOPMENT
    pool = held.LAYOUTS if held_back else layouts.DEVELOPMENT
    gothic, mincho = (held.GOTHIC, held.MINCHO) if held_back else (layouts.GOTHIC, layouts.MINCHO)
    for number in range(count):
        rng = random.Random(f"twice {seed} {number}")  # noqa: S311 - made documents
        kind = rng.choices(tuple(DocumentType), weights=[TYPE_WEIGHTS.get(t, 1) for t in DocumentType])[0]
        layout = rng.choice([one for one in pool if kind in one.types])
        sender = replace(words, companies=(make_company(rng, words),))
        fonts = gothic if layout.gothic_only else gothic + mincho
        look = rng.random()
        html = [
            printer.html(
                layout.make_facts(rng, sender, kind),
                layout,
                fonts=fonts,
                rng=random.Random(look),  # noqa: S311 - the sender's look
            )
            for _ in range(2)
        ]
        changing = random.Random(look)  # noqa: S311 - made figures
        figures, digit = with_other_figures(html[0], changing), with_other_digit(html[0], changing)
        yield Paper(
            whole=printer.pdf(html[0], layout),
            next_one=printer.pdf(html[1], layout),
            other_figures=printer.pdf(figures, layout),
            other_digit=printer.pdf(digit, layout) if digit != html[0] else None,
            stamped=printer.pdf(with_stamp(html[0], layout.paper, rng), layout),
        )


def with_stamp(html: str, paper: tuple[float, float | None], rng: random.Random) -> str:
    """A page with the day of its receipt stamped on it, wherever there was a hand's breadth, or none."""
    image = draw_day_stamp(rng, f"{rng.randint(7, 9)}.{rng.randint(1, 12)}.{rng.randint(1, 28)}")
    left, top = rng.uniform(2, paper[0] - _STAMP_MM - 2), rng.uniform(2, (paper[1] or _TILL_MM) - _STAMP_MM - 2)
    style = f"position:absolute;left:{left:.1f}mm;top:{top:.1f}mm;width:{_STAMP_MM}mm;mix-blend-mode:multiply"
    before, after = html.rsplit("</body>", 1)
    return f'{before}<img src="{image}" style="{style}"></body>{after}'


def with_other_figures(html: str, rng: random.Random) -> str:
    """A page with other days and amounts, its markup as it was."""

    def other(match: re.Match[str]) -> str:
        return re.sub(r"\d", lambda _: str(rng.randint(1, 9)), match[0])

    return "".join(part if part.startswith("<") else _FIGURE.sub(other, part) for part in _MARKUP.split(html))


def with_other_digit(html: str, rng: random.Random) -> str:
    """A page with one other digit in a day or an amount; the same where it has none."""
    parts = _MARKUP.split(html)
    places = [
        (number, at)
        for number, part in enumerate(parts)
        if not part.startswith("<")
        for found in _FIGURE.finditer(part)
        for at in range(*found.span())
        if part[at].isdigit()
    ]
    for number, at in places and [rng.choice(places)]:
        part = parts[number]
        other = rng.choice([digit for digit in "123456789" if digit != part[at]])
        parts[number] = part[:at] + other + part[at + 1 :]
    return "".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twice:
    """What was measured."""

    found: Rate
    """Of papers that came twice in any wear: their marks meet, and the pictures are the same."""
    found_other_dpi: Rate
    """Of papers scanned at 200 and at 300 dots per inch."""
    found_photo: Rate
    """Of papers scanned, and taken with a phone."""
    found_stamped: Rate
    """Of papers scanned, and again after the day of receipt was stamped on them."""
    wrongly: Rate
    """Of other papers of the same sender and layout: suspected."""
    wrongly_figures: Rate
    """Of the same papers with other days and amounts: suspected."""
    wrongly_digit: Rate
    """Of the same papers with one digit changed: suspected."""
    missed: tuple[str, ...]
    """Wears of papers that were not found."""


def measure(made: Sequence[Paper], *, seed: int) -> Twice:
    """Scan and compare."""
    hits, wrong, wrong_figures, wrong_digit, missed = 0, 0, 0, 0, []
    dpi, photo, stamped = 0, 0, 0
    for number, paper in enumerate(made):
        rng = random.Random(f"wear {seed} {number}")  # noqa: S311 - made damage
        first, second, third, fourth = rng.sample(WEARS, 4)
        turn = 90 * rng.randrange(4)
        one = _scanned(paper.whole, first, seed=number)
        if _taken_for_one(one, _scanned(paper.whole, second, seed=number + 1), turn):
            hits += 1
        else:
            missed.append(f"{first} {second}")
        plain = _scanned(paper.whole, "scan200", seed=number + 5)
        dpi += _taken_for_one(plain, _scanned(paper.whole, "scan300", seed=number + 6), turn)
        photo += _taken_for_one(plain, _scanned(paper.whole, "photo", seed=number + 7), turn)
        stamped += _taken_for_one(plain, _scanned(paper.stamped, "scan200", seed=number + 8), turn)
        wrong += _taken_for_one(one, _scanned(paper.next_one, third, seed=number + 2), turn)
        wrong_figures += _taken_for_one(one, _scanned(paper.other_figures, fourth, seed=number + 3), turn)
        if paper.other_digit is not None:
            wrong_digit += _taken_for_one(one, _scanned(paper.other_digit, second, seed=number + 4), turn)
    return Twice(
        found=rate(hits, len(made)),
        found_other_dpi=rate(dpi, len(made)),
        found_photo=rate(photo, len(made)),
        found_stamped=rate(stamped, len(made)),
        wrongly=rate(wrong, len(made)),
        wrongly_figures=rate(wrong_figures, len(made)),
        wrongly_digit=rate(wrong_digit, sum(paper.other_digit is not None for paper in made)),
        missed=tuple(missed),
    )


def _scanned(pdf: bytes, wear: str, *, seed: int) -> PixelArray:
    damage = BY_NAME[wear]
    pixels = rasterise(pdf, dpi=damage.dpi)[0]
    return damage.apply(pixels, np.random.default_rng(seed)) if damage.apply else pixels


def _taken_for_one(first: PixelArray, second: PixelArray, turn_degrees: int) -> bool:
    """As at filing; the second lies turned, and nothing on it says which way up it belongs."""
    mine, theirs = (picture_mark(cleanup.clean(pixels).pixels) for pixels in (first, second))
    lying = turned(theirs)[turn_degrees // 90] if theirs else ""
    ways = turned(lying)
    if not any(set(bands(mine)) & set(bands(way)) for way in ways):
        return False
    distance, back = min(((apart(mine, way), number) for number, way in enumerate(ways)), default=(1.0, 0))
    upright = cleanup.turn(cleanup.turn(second, turn_degrees), 90 * back)
    return distance <= NEAR and same_picture(first, upright)


def run_twice(count: int, *, seed: int, held_back: bool) -> Twice:
    """Draw papers and measure."""
    with Printer() as printer:
        made = list(papers(count, seed=seed, held_back=held_back, printer=printer))
    return measure(made, seed=seed)


def twice_table(found: Twice) -> Table:
    """Rates for a terminal, in Japanese."""
    missed = f"見つからなかった汚れの組: {', '.join(found.missed)}" if found.missed else None
    table = Table(title="同じ紙を2度スキャンしたもの(95%信頼区間)", caption=missed)
    table.add_column("問い")
    table.add_column("割合", justify="right")
    rows = (
        ("2度目を見つけた", found.found),
        ("200 dpi と 300 dpi で見つけた", found.found_other_dpi),
        ("写真でも見つけた", found.found_photo),
        ("日付印が押された後でも見つけた", found.found_stamped),
        ("同じ差出人の別の書類を疑った", found.wrongly),
        ("日付と金額だけが違う紙を疑った", found.wrongly_figures),
        ("1字だけ違う紙を疑った", found.wrongly_digit),
    )
    for label, one in rows:
        table.add_row(label, f"{one.hits}/{one.of} ({100 * one.low:.1f}–{100 * one.high:.1f} %)")
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, scan twice, compare, say."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.benchmark.twice", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="papers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--development", action="store_true", help="layouts of development")
    given = parser.parse_args(arguments)
    told = run_twice(given.count, seed=given.seed, held_back=not given.development)
    for name in (one.name for one in fields(told) if one.name != "missed"):
        share: Rate = getattr(told, name)
        sys.stdout.write(f"{name}: {share.hits}/{share.of} ({100 * share.low:.1f}-{100 * share.high:.1f} %)\n")
    sys.stdout.write(f"missed: {', '.join(told.missed) or '-'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
