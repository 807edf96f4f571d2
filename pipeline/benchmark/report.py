"""What the benchmark found: plain values that print as tables and dump as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from domain.fields import FIELDS as FIELD_SPECS
from pipeline.benchmark.accuracy import DocumentScore, SetScore, Verdict
from pipeline.benchmark.calibration import Calibration, calibrations
from pipeline.benchmark.conditions import CONDITIONS, condition_of
from pipeline.benchmark.exact import Failure, JudgedField
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
    "items",
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
    judged: tuple[JudgedField, ...] = ()
    """Every field, where the whole truth is known."""
    failures: tuple[Failure, ...] = ()
    """Where they are asked for (development documents only)."""
    silent: tuple[Failure, ...] = ()
    """Silent errors, of whatever set."""
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
class ConditionResult:
    """One condition of a set: all its fields, and how much goes straight through."""

    name: str
    """A key of ``conditions.CONDITIONS``, or ``all``."""
    documents: int
    type_right: Rate
    straight: Rate
    """Documents that nobody is asked to look at."""
    silent_errors: Rate
    """Documents of those with a wrong class, date, total or counterparty, among those that go straight through."""
    fields: tuple[FieldResult, ...]


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
    by_condition: tuple[ConditionResult, ...] = ()
    """Every field of DESIGN §6.3 for each way in which a document reaches the office."""
    calibration: tuple[Calibration, ...] = ()
    """How far the confidence of each field can be believed."""
    failures: tuple[Failure, ...] = ()
    """Development documents only: what to work on."""
    pages: int
    seconds: dict[str, float]
    """By stage, over the whole set."""
    split_wrong: int
    silent: tuple[Failure, ...]
    """Every silent error."""
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


def condition(name: str, documents: Sequence[ReadDocument]) -> ConditionResult:
    """Count every field of one condition: right among those that are printed, or were read although they are not."""
    verdicts: dict[str, list[Verdict]] = {}
    for document in documents:
        for row in document.judged:
            verdicts.setdefault(row.field, []).append(row.verdict)
    fields = tuple(
        FieldResult(
            field=name,
            right=rate(found.count(Verdict.RIGHT), len(found)),
            wrong=found.count(Verdict.WRONG),
            missing=found.count(Verdict.MISSING),
            invented=found.count(Verdict.INVENTED),
        )
        for name in FIELD_SPECS
        if (found := verdicts.get(name))
    )
    count = len(documents)
    through = [d for d in documents if not d.score.needs_review]
    return ConditionResult(
        name=name,
        documents=count,
        type_right=rate(sum(d.score.type_right for d in documents), count),
        straight=rate(len(through), count),
        silent_errors=rate(sum(bool(d.score.silent_errors) for d in through), len(through)),
        fields=fields,
    )


def _conditions(documents: Sequence[ReadDocument]) -> tuple[ConditionResult, ...]:
    by_name: dict[str, list[ReadDocument]] = {}
    for document in documents:
        by_name.setdefault(condition_of(document.damage), []).append(document)
    found = tuple(condition(name, by_name[name]) for name in CONDITIONS if name in by_name)
    return (*found, condition("all", documents))


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
        by_condition=_conditions(documents) if grouped else (),
        calibration=calibrations(row for document in documents for row in document.judged) if grouped else (),
        failures=tuple(failure for document in documents for failure in document.failures),
        pages=sum(d.pages for d in documents),
        seconds=seconds,
        split_wrong=sum(not d.split_right for d in documents),
        silent=tuple(failure for document in documents for failure in document.silent),
        unreadable=tuple((d.score.file, d.error) for d in documents if d.error),
    )
