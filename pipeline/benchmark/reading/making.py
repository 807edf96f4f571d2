"""Making the page sets: one page per document, all classes, all layouts, vertical and wide-set writing among them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.benchmark.reading.conditions import Condition, worn
from pipeline.benchmark.reading.truth import PageTruth, first_page, is_made, write_truth

if TYPE_CHECKING:
    from samples.generator.layouts import Layout
    from samples.generator.printer import Printer

DEVELOPMENT = "dev"
HELD_BACK = "held"
COMPOSED = "composed"
"""Pages put together from blocks at random: development pages for reading order."""
_TRIES = 20
"""Documents drawn for one page before giving up: a first page whose text is not a beginning of the spoken text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The first page of a made document, before anything happened to it."""

    name: str
    """``<type>-<layout>-<number>``."""
    pdf: bytes
    rows: str
    spoken: str
    drawn: str
    layout: str
    document_type: str
    seed: int
    beside: tuple[tuple[int, int, int], ...] = ()
    """Blocks side by side (``PageTruth.beside``)."""


def printed_pages(
    *, seed: int, count: int, held_back: bool, printer: Printer, only_a4: bool = False, composed: bool = False
) -> Iterator[Printed]:
    """So many pages: layouts in turn, and within a layout its classes in turn."""
    pool = [found for found in _layouts(held_back=held_back, composed=composed) if not only_a4 or _is_a4(found)]
    number = seed * 1_000_000
    for index in range(count):
        layout = pool[index % len(pool)]
        kind = layout.types[(index + index // len(pool)) % len(layout.types)]
        for _ in range(_TRIES):
            number += 1
            made = _printed(number, kind=kind, layout=layout.name, held_back=held_back, printer=printer)
            if made is not None:
                yield made
                break


def _layouts(*, held_back: bool, composed: bool) -> tuple[Layout, ...]:
    from samples.generator import held_back as held  # noqa: PLC0415 - the generator only where pages are made
    from samples.generator import layouts  # noqa: PLC0415
    from samples.generator.composed.layouts import COMPOSED as FAMILIES  # noqa: PLC0415

    return FAMILIES if composed else held.LAYOUTS if held_back else layouts.DEVELOPMENT


def _is_a4(layout: Layout) -> bool:
    width, height = layout.paper
    return {width, height} == {210, 297}


def _printed(number: int, *, kind: Any, layout: str, held_back: bool, printer: Printer) -> Printed | None:
    from samples.generator.making import make  # noqa: PLC0415 - the generator only where pages are made
    from samples.generator.printer import pdf_page_rows  # noqa: PLC0415

    sample = make(number, document_type=kind, layout=layout, held_back=held_back, printer=printer)
    rows = pdf_page_rows(sample.pdf)
    spoken = first_page(sample.spoken, rows)
    if spoken is None:
        return None
    return Printed(
        name=f"{kind.value}-{layout}-{number}",
        pdf=sample.pdf,
        rows=rows[0],
        spoken=spoken,
        drawn=sample.drawn,
        layout=layout,
        document_type=kind.value,
        seed=number,
        beside=tuple(swap for swap in printer.side_by_side() if swap[2] <= len("".join(spoken.split()))),
    )


def make_set(
    folder: Path,
    condition: Condition,
    *,
    seed: int,
    count: int,
    held_back: bool,
    printer: Callable[[], Printer],
    made: Callable[[int], None] = lambda _: None,
    only_a4: bool = False,
    composed: bool = False,
) -> None:
    """Write the pages of one condition with their truth, unless they are there; ``made`` hears how many there are."""
    about = {"condition": condition.name, "held_back": held_back, "seed": seed, "count": count}
    about |= {"composed": True} if composed else {}
    if is_made(folder, about):
        return
    (folder / "printed").mkdir(parents=True, exist_ok=True)
    truths = []
    offset = zlib.crc32(condition.name.encode()) % 997
    pages = printed_pages(
        seed=seed * 1000 + offset,
        count=count,
        held_back=held_back,
        printer=printer(),
        only_a4=only_a4,
        composed=composed,
    )
    for index, page in enumerate(pages):
        wear = condition.wear(index + index // 8)
        name = f"{page.name}-{wear.damage.name}"
        content, suffix = worn(page.pdf, wear, name=name)
        (folder / f"{name}{suffix}").write_bytes(content)
        (folder / "printed" / f"{page.name}.pdf").write_bytes(page.pdf)
        truths.append(
            PageTruth(
                file=f"{name}{suffix}",
                rows=page.rows,
                spoken=page.spoken,
                drawn=page.drawn,
                printed=f"printed/{page.name}.pdf",
                layout=page.layout,
                document_type=page.document_type,
                damage=wear.damage.name,
                turned_degrees=wear.turned_degrees,
                dpi=wear.damage.dpi,
                seed=page.seed,
                beside=page.beside,
            )
        )
        made(len(truths))
    write_truth(folder, truths, about=about)
