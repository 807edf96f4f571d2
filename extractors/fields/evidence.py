"""Candidates: readings that were really made, with what speaks for them; and the making of fields from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.fields import Field, FieldStatus, Source, Value
from domain.page import EngineId
from extractors.fields.layout import Segment, Span

NAME = "fields.v1"
VERSION = "15"
"""Raised with every change of rules that can change a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The words that say what a number or date is."""

    text: str
    """Compact (no spaces, lower case)."""
    where: str
    """``same`` segment, ``left`` on the row, ``above`` as a column head, or ``none``."""
    segment: Segment | None = None
    """Where it stands."""


NO_LABEL = Label(text="", where="none")


def own_engine(engine: EngineId) -> EngineId:
    """Who made a field: the engine that read the characters, with the version of these rules."""
    return replace(engine, version=f"{engine.version}+{NAME.removesuffix('.v1')}.{VERSION}")


def found(
    name: str,
    value: Value,
    spans: Span | Sequence[Span],
    *,
    confidence: float,
    ambiguous: bool = False,
) -> Field:
    """A field read from one or more places.

    ``confidence`` is how likely these are the right characters to take (a rule's experience) times the probability that
    they were read rightly (``Span.confidence``).
    """
    places = (spans,) if isinstance(spans, Span) else tuple(spans)
    return Field(
        name=name,
        value=value,
        raw_text=" ".join(p.raw for p in places),
        status=FieldStatus.AMBIGUOUS if ambiguous else FieldStatus.FOUND,
        sources=_sources(places),
        confidence=round(max(0.0, min(confidence, 1.0)), 4),
        engine=own_engine(places[0].engine),
    )


def renamed(field: Field, name: str) -> Field:
    """The same reading under another name (concluded_on beside transaction_date)."""
    return replace(field, name=name)


def _sources(places: Sequence[Span]) -> tuple[Source, ...]:
    pages: dict[int, list[Span]] = {}
    for place in places:
        pages.setdefault(place.page_index, []).append(place)
    return tuple(Source(page_index=index, boxes=tuple(p.box for p in spans)) for index, spans in pages.items())
