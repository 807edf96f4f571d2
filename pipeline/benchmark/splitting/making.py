"""Stacks for measuring and for fitting: documents in random order, those of one sender kept together."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from extractors.separators import separator_sheets

if TYPE_CHECKING:
    from samples.generator.stacks import Member, Stack

_MOST_DOCUMENTS = 6
_SEPARATED = 10
"""Every so many stacks have separator sheets between their documents."""


def orders(parties: Sequence[Sequence[Member]], *, seed: int, count: int) -> Iterator[tuple[Member, ...]]:
    """Documents of stacks: two to six, in which the documents of one sender come one after the other."""
    rng = random.Random(f"orders {seed}")  # noqa: S311 - orders of made documents
    for _ in range(count):
        wanted = rng.randint(1, _MOST_DOCUMENTS)
        chosen: list[Member] = []
        while len(chosen) < wanted:
            chosen += rng.choice(parties)
        yield tuple(chosen[: wanted + 1])


def stacks(parties: Sequence[Sequence[Member]], *, seed: int, count: int) -> Iterator[Stack]:
    """Files in every condition in turn."""
    from samples.generator.stacks import CONDITIONS, assemble  # noqa: PLC0415 - the generator is the benchmark's alone

    for number, members in enumerate(orders(parties, seed=seed, count=count)):
        yield assemble(
            f"stack-{seed}-{number}",
            members,
            condition=CONDITIONS[number % len(CONDITIONS)],
            seed=seed * 100_000 + number,
            separator=separator_sheets() if number % _SEPARATED == _SEPARATED - 1 else None,
        )
