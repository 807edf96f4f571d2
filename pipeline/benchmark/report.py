"""What the benchmark found: plain values that print as tables and dump as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.benchmark.accuracy import DocumentScore, SetScore, Verdict
from pipeline.benchmark.rates import Rate, rate

FIELDS = (
    "date",
    "total_amount",
    "counterparty",
    "registration_number",
    "number",
    "due_date",
    "net_amount",
    "tax_amount",
)
"""Fields of the tables, by their keys in ``truth.jsonl``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """One document of a set, read and judged."""

    score: DocumentScore
    type: str
    """True class."""
    damage: str | None
    layout: str | None
    pages: int
    seconds: dict[str, float]
    """By stage."""
    split_right: bool
    """One file, one document."""
    others: tuple[tuple[str, bool], ...] = ()
    """(field, right) of the fields beyond the key ones, where they are known."""
    error: str | None = None
    """Code, where it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldResult:
    """One field over a group of documents."""

    field: str
    right: Rate
    """Right among those where truth and class know the field (null counts as known where truth states absence)."""
    wrong: int
    missing: int
    invented: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResult:
    """A class, a kind of damage, a layout, or all of a set."""

    name: str
    documents: int
    type_right: Rate
    fields: tuple[FieldResult, ...]
    silent_errors: Rate
    """Core fields wrong without review, among the documents."""
    review: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class SetResult:
    """One set."""

    name: str
    source: str
    """Where it comes from and its licence; empty for our own."""
    whole: GroupResult
    by_class: tuple[GroupResult, ...] = ()
    by_damage: tuple[GroupResult, ...] = ()
    by_layout: tuple[GroupResult, ...] = ()
    others: tuple[tuple[str, Rate], ...] = ()
    """Fields beyond the key ones: right among those printed or read."""
    pages: int
    seconds: dict[str, float]
    """By stage, over the whole set."""
    split_wrong: int
    silent: tuple[tuple[str, str], ...]
    """(file, field) of every silent error."""
    unreadable: tuple[tuple[str, str], ...] = ()
    """(file, code)."""

    @property
    def seconds_per_page(self) -> dict[str, float]:
        """By stage; data without pages counts as one page."""
        return {stage: spent / max(self.pages, 1) for stage, spent in self.seconds.items()}

    @property
    def seconds_per_document(self) -> dict[str, float]:
        """By stage."""
        return {stage: spent / max(self.whole.documents, 1) for stage, spent in self.seconds.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerResult:
    """Shoko against ocrmypdf on the same scanned pages."""

    peer: str
    command: str
    pages: int
    shoko_seconds: float
    """Everything from bytes to fields."""
    peer_seconds: float
    ratio: float
    """Ours over theirs: below 1 is quicker."""
    shoko_character_errors: float
    """Edit distance over length."""
    peer_character_errors: float
    shoko_unordered_errors: float
    """Blind to reading order."""
    peer_unordered_errors: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchReport:
    """The whole benchmark."""

    seed: int
    count: int
    engines: tuple[str, ...]
    machine: str
    held_back_digest: str
    """Of the held-back half of the generator: results with another digest do not compare."""
    sets: tuple[SetResult, ...]
    peer: PeerResult | None
    left_out: tuple[str, ...] = field(default=())
    """Sets that are not on this machine."""


def group(name: str, documents: Sequence[ReadDocument]) -> GroupResult:
    """Count one group."""
    scores = SetScore(name=name, documents=tuple(d.score for d in documents))
    fields = []
    for key in FIELDS:
        counts = scores.counts(key)
        judged = sum(counts.values())
        if judged:
            fields.append(
                FieldResult(
                    field=key,
                    right=rate(counts[Verdict.RIGHT], judged),
                    wrong=counts[Verdict.WRONG],
                    missing=counts[Verdict.MISSING],
                    invented=counts[Verdict.INVENTED],
                )
            )
    count = len(documents)
    return GroupResult(
        name=name,
        documents=count,
        type_right=rate(sum(d.score.type_right for d in documents), count),
        fields=tuple(fields),
        silent_errors=rate(sum(bool(d.score.silent_errors) for d in documents), count),
        review=rate(sum(d.score.needs_review for d in documents), count),
    )


def _groups(documents: Sequence[ReadDocument], names: Iterable[str | None]) -> tuple[GroupResult, ...]:
    by_name: dict[str, list[ReadDocument]] = {}
    for document, name in zip(documents, names, strict=True):
        if name is not None:
            by_name.setdefault(name, []).append(document)
    return tuple(group(name, members) for name, members in sorted(by_name.items()))


def _others(documents: Sequence[ReadDocument]) -> tuple[tuple[str, Rate], ...]:
    judged: dict[str, list[bool]] = {}
    for document in documents:
        for name, right in document.others:
            judged.setdefault(name, []).append(right)
    return tuple((name, rate(sum(found), len(found))) for name, found in judged.items())


def summarise(name: str, source: str, documents: Sequence[ReadDocument], *, grouped: bool) -> SetResult:
    """Everything about one set."""
    seconds: dict[str, float] = {}
    for document in documents:
        for stage, spent in document.seconds.items():
            seconds[stage] = seconds.get(stage, 0.0) + spent
    return SetResult(
        name=name,
        source=source,
        whole=group("all", documents),
        by_class=_groups(documents, (d.type for d in documents)) if grouped else (),
        by_damage=_groups(documents, (d.damage for d in documents)) if grouped else (),
        by_layout=_groups(documents, (d.layout for d in documents)) if grouped else (),
        others=_others(documents),
        pages=sum(d.pages for d in documents),
        seconds=seconds,
        split_wrong=sum(not d.split_right for d in documents),
        silent=tuple((d.score.file, key) for d in documents for key in d.score.silent_errors),
        unreadable=tuple((d.score.file, d.error) for d in documents if d.error),
    )
