"""HTML to PDF by Chromium: one browser for many documents."""

from __future__ import annotations

import random
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pypdfium2
from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import sync_playwright

from samples.generator.facts import Facts
from samples.generator.layouts import TEMPLATES, Layout
from samples.generator.pdf_files import without_dates
from samples.generator.placed import PlacedPage, placed, places, side_by_side
from samples.generator.seals import draw_day_stamp, draw_seal, draw_stamp

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

CHROMIUM = "/usr/bin/chromium"
HELD_BACK_TEMPLATES = Path(__file__).parent / "held_back" / "templates"
_ACCENTS = ("#1f4e79", "#2e7d5b", "#7a2e2e", "#444444", "#5b3f8c", "#a05a00")


class Printer:
    """Chromium, started once; use it as a context manager."""

    def __init__(self, *, chromium: str = CHROMIUM) -> None:
        self._chromium = chromium
        self._templates = Environment(
            loader=FileSystemLoader([TEMPLATES, HELD_BACK_TEMPLATES]), autoescape=True, trim_blocks=True
        )
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._page: Page | None = None

    def __enter__(self) -> Self:
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=self._chromium, args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"]
        )
        self._page = self._browser.new_page()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._browser:
            self._browser.close()
        if self._playwright:
            self._playwright.stop()
        self._page = self._browser = self._playwright = None

    def html(self, facts: Facts, layout: Layout, *, fonts: tuple[str, ...], rng: random.Random) -> str:
        """The document as HTML."""
        view = dict(facts.view)
        view["view"] = view
        if view.get("seal"):
            view["seal_image"] = draw_seal(rng, str(view["seal_text"]))
        if view.get("seal_text_2"):
            view["seal_image_2"] = draw_seal(rng, str(view["seal_text_2"]))
        if view.get("stamp"):
            view["stamp_image"] = draw_stamp(rng, str(view["stamp"]))
        if view.get("day_stamp"):
            view["day_stamp_image"] = draw_day_stamp(rng, str(view["day_stamp"]))
            view["day_stamp_place"] = rng.choice(
                ("right:12mm;bottom:10mm", "left:84mm;top:16mm", "right:30mm;bottom:24mm")
            )
        width, height = layout.paper
        latin = rng.choice(("", "", "'Liberation Sans', ", "'DejaVu Sans', "))
        return self._templates.get_template(layout.template).render(
            **view,
            paper=f"{width}mm {height or 297}mm",
            font=f"{latin}'{rng.choice(fonts)}'",
            font_size=round(rng.uniform(*layout.font_size), 1),
            line_height=round(rng.uniform(1.35, 1.65), 2),
            margin=round(rng.uniform(*layout.margin_mm), 1),
            title_weight=rng.choice(("normal", "bold")),
            blank_rows=rng.randint(*layout.blank_rows),
            accent=rng.choice(_ACCENTS),
        )

    def pdf(self, html: str, layout: Layout) -> bytes:
        """The document as PDF, the same bytes for the same HTML."""
        if self._page is None:
            msg = "use Printer as a context manager"
            raise RuntimeError(msg)
        page = self._page
        width, height = layout.paper
        page.set_viewport_size({"width": round(width / 25.4 * 96), "height": 800})
        page.set_content(html, wait_until="load")
        if height is None:
            height_px = page.evaluate("Math.ceil(document.querySelector('.sheet').getBoundingClientRect().height)")
            height = height_px * 25.4 / 96 + 4
            page.add_style_tag(content=f"@page {{ size: {width}mm {height}mm }}")
        content = page.pdf(
            width=f"{width}mm",
            height=f"{height}mm",
            print_background=True,
            margin={"top": "0", "right": "0", "bottom": "0", "left": "0"},
        )
        return without_dates(content)

    def placed(self, html: str, layout: Layout) -> PlacedPage:
        """Where everything of a document stands, without printing it."""
        if self._page is None:
            msg = "use Printer as a context manager"
            raise RuntimeError(msg)
        return placed(self._page, html, layout)

    def side_by_side(self) -> tuple[tuple[int, int, int], ...]:
        """Blocks of the document printed last that may be spoken in either order (``placed.side_by_side``)."""
        if self._page is None:
            msg = "use Printer as a context manager"
            raise RuntimeError(msg)
        found = places(self._page, "")
        same = "".join(word.text for word in found.words) == "".join(self.spoken().split())
        return side_by_side(found) if same else ()

    def spoken(self) -> str:
        """Text of the document printed last in the order of its source, as a screen reader speaks it.

        Block after block and table row after table row, whatever the direction of writing and wherever a style puts
        them on the paper; cells are divided by tabs, blocks by newlines. Pictures (seals, stamps) say nothing.
        """
        if self._page is None:
            msg = "use Printer as a context manager"
            raise RuntimeError(msg)
        return str(self._page.evaluate("document.body.innerText"))


def pdf_text(content: bytes) -> str:
    """Text layer, a form feed between pages."""
    document = pypdfium2.PdfDocument(content)
    try:
        return "\f".join(page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document)
    finally:
        document.close()


def pdf_rows(content: bytes) -> str:
    """Text layer in rows from top to bottom, as people and OCR engines read a page: for comparing texts."""
    return "\n".join(pdf_page_rows(content))


def pdf_page_rows(content: bytes) -> tuple[str, ...]:
    """The same, page by page."""
    document = pypdfium2.PdfDocument(content)
    try:
        return tuple(_rows(page.get_textpage()) for page in document)
    finally:
        document.close()


def _rows(page: Any) -> str:
    glyphs: list[tuple[float, float, float, str]] = []
    for index in range(page.count_chars()):
        text = page.get_text_range(index, 1)
        if text.strip():
            left, bottom, _, top = page.get_charbox(index, loose=True)
            glyphs.append(((top + bottom) / 2, top - bottom, left, text))
    glyphs.sort(key=lambda glyph: -glyph[0])
    rows: list[list[tuple[float, float, float, str]]] = []
    for glyph in glyphs:
        # A glyph belongs to the row above it where its middle is within half of that row's height.
        if rows and rows[-1][0][0] - glyph[0] < rows[-1][0][1] / 2:
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return "\n".join("".join(text for *_, text in sorted(row, key=lambda glyph: glyph[2])) for row in rows)
