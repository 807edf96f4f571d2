"""From a seed to a document: facts, layout, font, damage."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from domain.fields import DocumentType
from samples.generator import held_back as held
from samples.generator import layouts
from samples.generator.composed.layouts import COMPOSED
from samples.generator.damage import BY_NAME, DAMAGES, MEDIA_TYPES, Damage, damaged
from samples.generator.facts import Facts
from samples.generator.layouts import Layout
from samples.generator.printer import Printer, pdf_text
from samples.generator.seals import characters_drawn
from samples.generator.ubl import to_ubl
from samples.generator.varied.layouts import VARIED_LAYOUTS
from samples.generator.vocabulary import DEVELOPMENT, Vocabulary

TYPE_WEIGHTS = {DocumentType.RECEIPT: 4, DocumentType.INVOICE: 4, DocumentType.CONTRACT: 2}
"""How often a class comes when none is asked for; the others count once."""
XML = "xml"
"""Damage name of a JP PINT e-invoice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One made document."""

    name: str
    """``<type>-<layout>-<damage>-<seed>``, without suffix."""
    truth: dict[str, object]
    """``document_type``, ``our_company``, ``layout``, ``damage``, ``pages``, ``fields`` (plain form of DESIGN §6.3)."""
    pdf: bytes
    """As printed, before damage; empty for XML."""
    content: bytes
    """As it reaches the office."""
    suffix: str
    """Of the file, with dot."""
    text: str
    """What is printed on it (the text layer before damage)."""
    spoken: str
    """The same in the order of its source, as a screen reader speaks it; empty for XML."""
    drawn: str
    """Characters on seals and stamps, which are pictures: neither printed text nor free of characters."""
    printed: dict[str, str]
    """Raw text of key fields."""

    @property
    def media_type(self) -> str:
        """Of ``content``."""
        return MEDIA_TYPES[self.suffix]

    @property
    def file_name(self) -> str:
        """Name and suffix."""
        return self.name + self.suffix


def make(
    seed: int,
    *,
    document_type: DocumentType | None = None,
    layout: str | None = None,
    damage: str | None = None,
    held_back: bool = False,
    varied: bool = False,
    printer: Printer | None = None,
) -> Sample:
    """The document of a seed: always the same truth and the same pixels on the same machine.

    Args:
        seed: Any integer.
        document_type: One of the ten classes; drawn from the seed where None.
        layout: Name of a layout that draws the class; drawn where None (composed ones only by name).
        damage: Name of a damage (``samples.generator.damage``) or ``xml``; ``born_digital`` where None.
        held_back: Layouts, fonts and words that are kept for measuring.
        varied: Layouts that are put together anew for each document (development only).
        printer: A running printer; where None, one is started for this document.
    """
    chosen, facts, rng = _facts(seed, document_type, layout=layout, held_back=held_back, varied=varied)
    vocabulary = held.VOCABULARY if held_back else DEVELOPMENT
    wear = damage or "born_digital"
    name = f"{facts.document_type.value}-{chosen.name}-{wear}-{seed}"
    if wear == XML:
        return _xml_sample(facts, vocabulary, name)
    if printer is None:
        with Printer() as own:
            return _drawn(own, facts, vocabulary, chosen, BY_NAME[wear], name=name, rng=rng, held_back=held_back)
    return _drawn(printer, facts, vocabulary, chosen, BY_NAME[wear], name=name, rng=rng, held_back=held_back)


def _facts(
    seed: int, document_type: DocumentType | None, *, layout: str | None = None, held_back: bool, varied: bool
) -> tuple[Layout, Facts, random.Random]:
    """What the document of a seed says and on which layout, with the source of what its drawing leaves to chance."""
    rng = random.Random(f"shoko {seed} {held_back}")
    kind = document_type or rng.choices(tuple(DocumentType), weights=[TYPE_WEIGHTS.get(t, 1) for t in DocumentType])[0]
    pool = [found for found in _layouts(held_back=held_back, varied=varied) if kind in found.types]
    if layout is not None and not held_back:
        pool += COMPOSED
    chosen = rng.choice(pool) if layout is None else next(found for found in pool if found.name == layout)
    rng = random.Random(f"shoko {seed} {kind.value} {chosen.name}")
    vocabulary = held.VOCABULARY if held_back else DEVELOPMENT
    return chosen, chosen.make_facts(rng, vocabulary, kind), rng


def _layouts(*, held_back: bool, varied: bool) -> tuple[Layout, ...]:
    if varied and not held_back:  # classes without a varied layout keep theirs
        done = {kind for found in VARIED_LAYOUTS for kind in found.types}
        return VARIED_LAYOUTS + tuple(found for found in layouts.DEVELOPMENT if not done & set(found.types))
    return held.LAYOUTS if held_back else layouts.DEVELOPMENT


def _drawn(
    printer: Printer,
    facts: Facts,
    vocabulary: Vocabulary,
    layout: Layout,
    damage: Damage,
    *,
    name: str,
    rng: random.Random,
    held_back: bool,
) -> Sample:
    html = printer.html(facts, layout, fonts=_fonts(layout, held_back=held_back), rng=rng)
    pdf = printer.pdf(html, layout)
    text, spoken = pdf_text(pdf), printer.spoken()
    content, suffix = damaged(pdf, damage, seed=zlib.crc32(name.encode()))
    return Sample(
        name=name,
        truth=_truth(facts, vocabulary, layout=layout.name, damage=damage.name, pages=text.count("\f") + 1),
        pdf=pdf,
        content=content,
        suffix=suffix,
        text=text.replace("\f", "\n"),
        spoken=spoken,
        drawn=characters_drawn(facts.view),
        printed=facts.printed,
    )


def _fonts(layout: Layout, *, held_back: bool) -> tuple[str, ...]:
    gothic, mincho = (held.GOTHIC, held.MINCHO) if held_back else (layouts.GOTHIC, layouts.MINCHO)
    return gothic if layout.gothic_only else gothic + mincho


def _xml_sample(facts: Facts, vocabulary: Vocabulary, name: str) -> Sample:
    content = to_ubl(facts)
    return Sample(
        name=name,
        truth=_truth(facts, vocabulary, layout=XML, damage=XML, pages=0),
        pdf=b"",
        content=content,
        suffix=".xml",
        text=content.decode(),
        spoken="",
        drawn="",
        printed={},
    )


def _truth(facts: Facts, vocabulary: Vocabulary, *, layout: str, damage: str, pages: int) -> dict[str, object]:
    return {
        "document_type": facts.document_type.value,
        "our_company": vocabulary.our_company,
        "layout": layout,
        "damage": damage,
        "pages": pages,
        "fields": dict(facts.fields),
    }


def samples(
    *,
    seed: int,
    count: int,
    held_back: bool,
    kinds: Sequence[str] | None = None,
    types: Sequence[DocumentType] | None = None,
    carrying: Sequence[str] = (),
    varied: bool = False,
    printer: Printer,
) -> Iterator[Sample]:
    """A set: classes in their weights, kinds of damage in turn, layouts at random.

    ``carrying``: only documents that state one of these fields; others are passed over before they are drawn.
    """
    wears = tuple(kinds or (damage.name for damage in DAMAGES))
    index = 0
    for number in range(seed * 100_000, (seed + 1) * 100_000):
        if index == count:
            return
        kind = types[index % len(types)] if types else None
        wear = wears[index % len(wears)]
        if wear == XML:
            kind = DocumentType.INVOICE
        elif wear in ("fade", "photo") and kind is None and index % 2:
            kind = DocumentType.RECEIPT
        if carrying and not _states(number, kind, carrying, held_back=held_back, varied=varied):
            continue
        yield make(number, document_type=kind, damage=wear, held_back=held_back, varied=varied, printer=printer)
        index += 1


def _states(seed: int, kind: DocumentType | None, fields: Sequence[str], *, held_back: bool, varied: bool) -> bool:
    _, facts, _ = _facts(seed, kind, held_back=held_back, varied=varied)
    return any(facts.fields.get(name) is not None for name in fields)


def make_set(
    folder: Path,
    *,
    seed: int,
    count: int,
    held_back: bool = False,
    kinds: Sequence[str] | None = None,
    types: Sequence[DocumentType] | None = None,
    printer: Printer | None = None,
) -> tuple[Path, ...]:
    """Write a set to a folder: one file per document and ``truth.jsonl``."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with ExitStack() as stack:
        drawing = printer or stack.enter_context(Printer())
        lines = stack.enter_context((folder / "truth.jsonl").open("w", encoding="utf-8"))
        for sample in samples(seed=seed, count=count, held_back=held_back, kinds=kinds, types=types, printer=drawing):
            path = folder / sample.file_name
            path.write_bytes(sample.content)
            lines.write(json.dumps({"file": path.name} | sample.truth, ensure_ascii=False) + "\n")
            written.append(path)
    return tuple(written)
