"""Words in which documents stand by their ids (what an act or a reason says), to be shown by what each of them is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_ID = re.compile(r"(doc-[0-9a-f]{32})(?![0-9a-f])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of such words."""

    text: str
    """As it stands; of a document its title, empty where who asks may not see it."""
    document_id: str | None = None
    known: bool = False


def ids_in(texts: Iterable[str]) -> frozenset[str]:
    """The documents that some texts name."""
    return frozenset(found for text in texts for found in _ID.findall(text))


def pieces(text: str, titles: Mapping[str, str]) -> tuple[Piece, ...]:
    """The parts of a text: words, and documents by their titles."""
    return tuple(
        Piece(text=titles.get(part, ""), document_id=part, known=part in titles) if place % 2 else Piece(text=part)
        for place, part in enumerate(_ID.split(text))
        if part
    )
