"""Stacks read by the shipped path, and their borders held against the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from domain.engines import FieldContext
from domain.errors import AppError
from pipeline.benchmark.rates import Rate, rate
from pipeline.steps.apart import read_apart
from pipeline.steps.read import Reader, text_of
from pipeline.steps.reading import Reading

if TYPE_CHECKING:
    from domain.record import DocumentReading, DropReading
    from samples.generator.stacks import Stack

_DOUBTS = frozenset({"several_documents", "parted_in_doubt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitStack:
    """One stack, judged."""

    name: str
    condition: str
    documents: int
    right: bool
    """Every document has exactly its pages."""
    missed: int
    """Borders that were not found."""
    invented: int
    """Borders inside a document."""
    doubted: bool
    """A person is asked whether it holds several documents, or whether some belong together."""
    unseen: int
    """Wrong borders at which a person is asked about neither document."""
    borders: int
    """Places between pages of documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """All stacks that came one way."""

    name: str
    files_right: Rate
    wrong_unseen: Rate
    """Files with a wrong border beside which no document waits for review because of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Splitting:
    """All stacks."""

    held_back: bool
    files_right: Rate
    borders_wrong: Rate
    borders_unseen: Rate
    """Places where a border is wrong and nobody is asked about the documents beside it."""
    wrong_unseen: Rate
    doubted: Rate
    conditions: tuple[Condition, ...]
    wrong: tuple[SplitStack, ...]


def judge(stack: Stack, *, reader: Reader, today: date) -> SplitStack:
    """Read one stack as ``shoko read`` does, and compare."""
    how = Reading(
        client_id="bench",
        reader=reader,
        context=FieldContext(today=today),
        text_of=lambda content, name: text_of(content, file_name=name, reader=reader),
    )
    try:
        reading = read_apart(stack.content, file_name=stack.name + stack.suffix, unit_id="", how=how).reading
        found = tuple(_pages(document, reading) for document in reading.documents)
        asked = tuple(any(reason.code in _DOUBTS for reason in d.review_reasons) for d in reading.documents)
    except AppError:  # a person gets the whole file
        found, asked = (tuple(range(stack.page_count)),), (True,)
    real, made = _borders(stack.documents), _borders(found)
    inside = sorted(page for pages in stack.documents for page in pages)[1:]
    return SplitStack(
        name=stack.name,
        condition=stack.condition,
        documents=len(stack.documents),
        right=found == stack.documents,
        missed=len(real - made),
        invented=len(made - real),
        doubted=any(asked),
        unseen=sum(not any(_beside(page, found, asked)) for page in real ^ made),
        borders=len(inside),
    )


def _pages(document: DocumentReading, reading: DropReading) -> tuple[int, ...]:
    """Indices in the file of a document's pages."""
    taken = {extract.unit_id: extract.extract.pages for extract in reading.extracts}
    return tuple(taken[p.unit_id][p.page_index] if p.unit_id in taken else p.page_index for p in document.pages)


def _beside(border: int, documents: Sequence[tuple[int, ...]], asked: Sequence[bool]) -> Iterator[bool]:
    """Of the documents that have the pages before and after a border: is a person asked about them?"""
    before = max((page for pages in documents for page in pages if page < border), default=border)
    for pages, doubt in zip(documents, asked, strict=True):
        if border in pages or before in pages:
            yield doubt


def _borders(documents: Iterable[tuple[int, ...]]) -> set[int]:
    return {pages[0] for pages in documents if pages}


def measure(
    stacks: Iterable[Stack],
    *,
    held_back: bool,
    reader: Reader,
    today: date,
    heard: Callable[[SplitStack], None] = lambda _: None,
) -> Splitting:
    """Judge every stack; ``heard`` is told of each."""
    found = []
    for stack in stacks:
        one = judge(stack, reader=reader, today=today)
        heard(one)
        found.append(one)
    return summed(found, held_back=held_back)


def summed(found: list[SplitStack], *, held_back: bool) -> Splitting:
    """Rates over judged stacks."""
    names = dict.fromkeys(one.condition for one in found)
    places = sum(one.borders for one in found)
    return Splitting(
        held_back=held_back,
        files_right=rate(sum(one.right for one in found), len(found)),
        borders_wrong=rate(sum(one.missed + one.invented for one in found), places),
        borders_unseen=rate(sum(one.unseen for one in found), places),
        wrong_unseen=rate(sum(one.unseen > 0 for one in found), len(found)),
        doubted=rate(sum(one.doubted for one in found), len(found)),
        conditions=tuple(_condition(name, [one for one in found if one.condition == name]) for name in names),
        wrong=tuple(one for one in found if not one.right),
    )


def _condition(name: str, found: list[SplitStack]) -> Condition:
    return Condition(
        name=name,
        files_right=rate(sum(one.right for one in found), len(found)),
        wrong_unseen=rate(sum(one.unseen > 0 for one in found), len(found)),
    )
