"""Stacks: several documents in one file, as a sheet feeder or a mail programme makes them, with their true borders."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pikepdf
import pypdfium2
from PIL import Image

from domain.fields import DocumentType
from samples.generator import held_back as held
from samples.generator import layouts
from samples.generator.composed.layouts import COMPOSED
from samples.generator.damage import BY_NAME, Pixels, rasterise
from samples.generator.layouts import Layout
from samples.generator.making import TYPE_WEIGHTS
from samples.generator.pdf_files import without_dates
from samples.generator.printer import Printer
from samples.generator.stack_pages import (
    DEVELOPMENT_WORDS,
    HELD_BACK_WORDS,
    VARIED_WORDS,
    StackWords,
    attachment,
    full_head,
    marks,
    terms,
)
from samples.generator.varied.layouts import VARIED_LAYOUTS
from samples.generator.vocabulary import DEVELOPMENT, make_company

_T = DocumentType
_PAIRS = (
    (_T.DELIVERY_NOTE, _T.INVOICE),
    (_T.INVOICE, _T.DELIVERY_NOTE),
    (_T.QUOTATION, _T.PURCHASE_ORDER),
    (_T.INVOICE, _T.INVOICE),
    (_T.DELIVERY_NOTE, _T.DELIVERY_NOTE),
    (_T.PURCHASE_ORDER, _T.INSPECTION),
    (_T.RECEIPT, _T.RECEIPT),
)
"""Classes that come one after the other from the same sender."""
_COVERED = ((_T.OTHER, _T.INVOICE), (_T.OTHER, _T.CONTRACT), (_T.OTHER, _T.DELIVERY_NOTE, _T.INVOICE))
"""The same under a covering letter (development only)."""
_TITLES: dict[DocumentType, tuple[str, ...]] = {
    _T.INVOICE: ("請求書", "御請求書"),
    _T.QUOTATION: ("見積書", "御見積書"),
    _T.PURCHASE_ORDER: ("注文書", "発注書"),
    _T.DELIVERY_NOTE: ("納品書",),
    _T.INSPECTION: ("検収書",),
    _T.PAYMENT_STATEMENT: ("支払通知書",),
    _T.CREDIT_NOTE: ("返品伝票", "返還請求書"),
}
"""What forms repeat at the head of later pages."""
_PAIR_SHARE = 0.45
_OTHER_WORDS = 0.7
_ATTACHED_SHARE, _OFTEN_ATTACHED = 0.12, 0.25
"""Of documents that have a list, and of those that have terms; varied ones have them more often."""
_LONG_SHARE = 0.4
_MOST_PAGES = 8
_BLANK = (1654, 2339)
"""A4 at 200 dpi."""
CONDITIONS = ("born_digital", "scan200", "skew", "duplex", "bleed", "noise")
"""How a stack reaches the office; ``duplex`` scans both sides of every sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One document of a stack."""

    name: str
    pdf: bytes
    pages: int
    document_type: DocumentType
    layout: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One file with its truth."""

    name: str
    content: bytes
    suffix: str
    documents: tuple[tuple[int, ...], ...]
    """Indices of the pages of each document, in order; empty pages and separator sheets belong to none."""
    page_count: int
    condition: str


def make_members(seed: int, *, held_back: bool, varied: bool = False, printer: Printer) -> tuple[Member, ...]:
    """One document, or two or three of the same sender that come one after the other.

    Args:
        seed: any integer.
        held_back: layouts, fonts and words that are kept for measuring.
        varied: every layout of development, those that are put together anew for each document among them, and
            covering letters.
        printer: a running printer.
    """
    varied = varied and not held_back
    rng = random.Random(f"stack {seed} {'varied' if varied else held_back}")
    vocabulary = held.VOCABULARY if held_back else DEVELOPMENT
    words = HELD_BACK_WORDS if held_back else DEVELOPMENT_WORDS
    if varied and rng.random() < _OTHER_WORDS:
        words = VARIED_WORDS
    pool = held.LAYOUTS if held_back else layouts.DEVELOPMENT
    pool += (*VARIED_LAYOUTS, *COMPOSED) if varied else ()
    kinds: tuple[DocumentType, ...] = tuple(rng.choices(tuple(_T), weights=[TYPE_WEIGHTS.get(t, 1) for t in _T], k=1))
    layout = None
    if rng.random() < _PAIR_SHARE:
        kinds = rng.choice((*_PAIRS, *_COVERED) if varied else _PAIRS)
        if rng.random() < 0.3:
            kinds = (*kinds, kinds[-1])
        vocabulary = replace(vocabulary, companies=(make_company(rng, vocabulary),))
        if kinds[0] is not _T.OTHER:
            layout = rng.choice([one for one in pool if all(kind in one.types for kind in kinds)])
    members = []
    for number, kind in enumerate(kinds):
        chosen = layout or rng.choice([one for one in pool if kind in one.types])
        if rng.random() < _LONG_SHARE:
            chosen, long = _longer(chosen, rng), replace(vocabulary, long_share=0.8, long_times=(3, 12))
        else:
            long = vocabulary
        facts = chosen.make_facts(rng, long, kind)
        gothic, mincho = (held.GOTHIC, held.MINCHO) if held_back else (layouts.GOTHIC, layouts.MINCHO)
        fonts = gothic if chosen.gothic_only else gothic + mincho
        pdf = printer.pdf(printer.html(facts, chosen, fonts=fonts, rng=rng), chosen)
        pdf = _completed(pdf, chosen, kind, facts.fields, rng=rng, words=words, printer=printer, font=rng.choice(fonts))
        with pikepdf.open(io.BytesIO(pdf)) as made:
            pages = len(made.pages)
        if pages <= _MOST_PAGES:
            name = f"{kind.value}-{chosen.name}-{seed}-{number}"
            members.append(Member(name=name, pdf=pdf, pages=pages, document_type=kind, layout=chosen.name))
    return tuple(members)


def _longer(layout: Layout, rng: random.Random) -> Layout:
    """The same layout in larger type, so that what it holds needs more pages."""
    if layout.paper[1] is None or layout.paper[0] < 200:
        return layout
    low, high = layout.font_size
    times = rng.uniform(1.0, 1.6) if DocumentType.CONTRACT in layout.types else rng.uniform(1.0, 1.2)
    return replace(layout, font_size=(low * times, high * times))


def _completed(
    pdf: bytes,
    layout: Layout,
    kind: DocumentType,
    fields: dict[str, object],
    *,
    rng: random.Random,
    words: StackWords,
    printer: Printer,
    font: str,
) -> bytes:
    """With what is attached to it, and what is printed at the edges of every page."""
    if layout.paper[1] is None:
        return pdf
    number, issuer = str(fields.get("document_number") or ""), str(fields.get("issuer") or "")
    parts = [pdf]
    priced = kind in layouts.FORMS or (kind is _T.CONTRACT and words is VARIED_WORDS)
    sheet = replace(layout, paper=(210, 297))
    attached = _OFTEN_ATTACHED if words is VARIED_WORDS else _ATTACHED_SHARE
    if priced and rng.random() < attached:
        parts.append(printer.pdf(attachment(rng, words, number=number, font=font), sheet))
    if priced and rng.random() < attached:
        parts.append(printer.pdf(terms(rng, words, font=font), sheet))
    whole = merged(parts)
    with pikepdf.open(io.BytesIO(whole)) as made:
        count = len(made.pages)
    head = full_head(
        rng,
        title=rng.choice(_TITLES.get(kind, ("",))),
        number=number,
        day=str(fields.get("transaction_date") or ""),
        recipient=str(fields.get("recipient") or ""),
        issuer=issuer,
    )
    html = marks(
        rng,
        words,
        pages=count,
        number=number,
        issuer=issuer,
        full_head=head if kind in _TITLES else "",
        paper=layout.paper,
        font=font,
    )
    if html is None:
        return whole
    return _overlaid(whole, printer.pdf(html, layout))


def _overlaid(below: bytes, above: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(below)) as document, pikepdf.open(io.BytesIO(above)) as layer:
        for page, mark in zip(document.pages, layer.pages, strict=False):
            page.add_overlay(mark, pikepdf.Rectangle(page.mediabox))
        document.save(out, deterministic_id=True)
    return out.getvalue()


def merged(parts: Sequence[bytes]) -> bytes:
    """The pages of several PDFs in one."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        for part in parts:
            with pikepdf.open(io.BytesIO(part)) as source:
                document.pages.extend(source.pages)
        document.save(out, deterministic_id=True)
    return out.getvalue()


def assemble(
    name: str, members: Sequence[Member], *, condition: str, seed: int, separator: bytes | None = None
) -> Stack:
    """One file out of documents in their order.

    Args:
        name: of the file, without suffix.
        members: the documents.
        condition: one of ``CONDITIONS``.
        seed: of noise and empty backs.
        separator: a PDF page that is laid between the documents.
    """
    parts: list[bytes] = []
    owners: list[int | None] = []
    for index, member in enumerate(members):
        if separator is not None and index:
            parts.append(separator)
            owners.append(None)
        parts.append(member.pdf)
        owners += [index] * member.pages
    whole = merged(parts)
    content = whole
    places: tuple[int | None, ...] = tuple(range(len(owners)))
    if condition != "born_digital":
        content, places = _scanned(whole, owners, condition, seed)
    written = _written(whole)
    owners = [owners[place] if place is not None and place in written else None for place in places]
    groups = tuple(tuple(i for i, owner in enumerate(owners) if owner == index) for index in range(len(members)))
    return Stack(
        name=name, content=content, suffix=".pdf", documents=groups, page_count=len(owners), condition=condition
    )


def _written(pdf: bytes) -> frozenset[int]:
    """Pages on which there is something to read: a form that fills its paper to the edge ends in an empty one."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return frozenset(index for index, text in enumerate(texts) if text.strip())


def _scanned(
    pdf: bytes, owners: Sequence[int | None], condition: str, seed: int
) -> tuple[bytes, tuple[int | None, ...]]:
    """The scan, and for each of its pages the page that was scanned; None for the empty backs."""
    wear = BY_NAME["scan200" if condition == "duplex" else condition]
    rng = np.random.default_rng(zlib.crc32(f"{condition} {seed}".encode()))
    pages: list[Pixels] = []
    kept: list[int | None] = []
    side = 0
    shown = rasterise(pdf, dpi=wear.dpi)
    for number, (pixels, owner) in enumerate(zip(shown, owners, strict=True)):
        pages.append(wear.apply(pixels, rng) if wear.apply else pixels)
        kept.append(number)
        side += 1
        last = number + 1 == len(owners) or owners[number + 1] != owner
        # Both sides are scanned: a document printed on one side has an empty back on every sheet, one printed on both
        # sides on its last sheet alone.
        one_sided = owner is not None and (owner + seed) % 2 == 0
        if condition == "duplex" and (one_sided or (last and side % 2)):
            pages.append(_empty_back(rng))
            kept.append(None)
        side = 0 if last else side
    images = [Image.fromarray(page) for page in pages]
    out = io.BytesIO()
    images[0].save(out, format="PDF", resolution=wear.dpi, quality=82, save_all=True, append_images=images[1:])
    return without_dates(out.getvalue()), tuple(kept)


def _empty_back(rng: np.random.Generator) -> Pixels:
    paper = rng.normal(248, 2.0, (_BLANK[1], _BLANK[0], 1)).repeat(3, axis=2)
    return np.clip(paper, 0, 255).astype(np.uint8)
