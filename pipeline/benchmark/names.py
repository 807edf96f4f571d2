"""Company names as OCR services really read them, put right against a master: JaPOC's pairs with names held back.

``samples.training.parties`` learned from the other half of the true names; no name is on both sides.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from extractors.fields.review import LEAST_CERTAIN
from extractors.parties.correcting import NameReading, settle_name
from extractors.parties.matching import Evidence, PartyIndex
from samples.generator.other_names import other_names
from samples.training.parties import OTHERS, Pair, load_pairs, master_of

FOLDER = "japoc"
PUBLISHED = 0.948
"""Share right that the data's authors reach with a language model trained on their full set (arXiv:2409.19948)."""
_PARTS = 4
"""Parts of the names that are left out of the master in turn."""
_SEED = 2
"""Other names than those learned with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameScore:
    """How one OCR service's readings fare."""

    engine: str
    pairs: int
    as_read: int
    """Equal to the true name without doing anything."""
    without_master: int
    """Equal after what can be put right without knowing the company."""
    without_master_wronged: int
    """Right as read, and no longer."""
    with_master: int
    """Equal, with a master that holds the right names among ten thousand others."""
    altered: int
    """Names that the master changed."""
    altered_wrongly: int
    silently_wrong: int
    """Changed to a wrong name, and nobody is asked."""
    unknown_altered: int
    """Names changed where the master does not hold the right one: every one of them is wrong."""
    unknown_silently: int
    """Of them those about which nobody is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesReport:
    """The whole measurement."""

    scores: tuple[NameScore, ...]
    names: int
    """True names held back."""
    master: int
    milliseconds: float
    """Mean of a look-up, of processor time."""
    published: float = PUBLISHED


def names_table(report: NamesReport) -> Table:
    """The measurement as a table in Japanese."""
    title = f"会社名の補正（学習に使っていない {report.names} 社、{report.milliseconds:.1f} ミリ秒/件）"
    table = Table(title=title)
    for heading in ("読み取り", "組", "そのまま", "マスタなし", f"マスタ {report.master:,} 件", "変えた/誤り/見逃し"):
        table.add_column(heading, justify="left" if heading == "読み取り" else "right")
    table.add_column("マスタにない会社を変えた/見逃し", justify="right")
    for score in report.scores:
        shares = (score.as_read, score.without_master, score.with_master)
        table.add_row(
            score.engine,
            str(score.pairs),
            *(f"{100 * share / max(score.pairs, 1):.1f}%" for share in shares),
            f"{score.altered}/{score.altered_wrongly}/{score.silently_wrong}",
            f"{score.unknown_altered}/{score.unknown_silently}",
        )
    table.add_row("公表値（全データで学習した言語モデル）", "", "", f"{100 * report.published:.1f}%", "", "", "")
    return table


def run_names(data_folder: Path, *, progress: Callable[[str, int, int], None]) -> NamesReport:
    """Measure on the pairs whose true names are held back."""
    pairs = [pair for pair in load_pairs(data_folder / FOLDER) if pair.held_back]
    names = sorted({pair.true for pair in pairs})
    others = other_names(random.Random(_SEED), count=OTHERS, real=names)  # noqa: S311  # reproducible
    index = PartyIndex(master_of((*names, *others)))
    scores: list[NameScore] = []
    spent = 0.0
    for engine in dict.fromkeys(pair.engine for pair in pairs):
        mine = [pair for pair in pairs if pair.engine == engine]
        started = time.process_time()
        known = [settle_name(pair.read, confidence=None, index=index) for pair in mine]
        spent += time.process_time() - started
        progress("names", len(scores) + 1, 2)
        scores.append(_score(engine, mine, known, _without(mine, names, others)))
    return NamesReport(
        scores=tuple(scores), names=len(names), master=len(index), milliseconds=1000 * spent / max(len(pairs), 1)
    )


def _without(pairs: Sequence[Pair], names: Sequence[str], others: Sequence[str]) -> list[NameReading]:
    """What becomes of each reading where the master lacks the right name: several masters, each lacking some."""
    found: dict[int, NameReading] = {}
    for part in range(_PARTS):
        gone = {name for i, name in enumerate(names) if i % _PARTS == part}
        index = PartyIndex(master_of([name for name in (*names, *others) if name not in gone]))
        for i, pair in enumerate(pairs):
            if pair.true in gone:
                found[i] = settle_name(pair.read, confidence=None, index=index)
    return [found[i] for i in range(len(pairs))]


def asked(got: NameReading) -> bool:
    """Whether a person is asked about an altered name: always where it was only similar."""
    return got.by is Evidence.SIMILAR or got.probability < LEAST_CERTAIN


def _score(
    engine: str, pairs: Sequence[Pair], known: Sequence[NameReading], unknown: Sequence[NameReading]
) -> NameScore:
    mended = [settle_name(pair.read, confidence=None, index=None).name for pair in pairs]
    altered = [(pair, got) for pair, got in zip(pairs, known, strict=True) if got.altered(pair.read)]
    wrong = [got for pair, got in altered if got.name != pair.true]
    strange = [
        got for pair, got in zip(pairs, unknown, strict=True) if got.party is not None and got.altered(pair.read)
    ]
    return NameScore(
        engine=engine,
        pairs=len(pairs),
        as_read=sum(pair.read == pair.true for pair in pairs),
        without_master=sum(name == pair.true for pair, name in zip(pairs, mended, strict=True)),
        without_master_wronged=sum(pair.read == pair.true != name for pair, name in zip(pairs, mended, strict=True)),
        with_master=sum(got.name == pair.true for pair, got in zip(pairs, known, strict=True)),
        altered=len(altered),
        altered_wrongly=len(wrong),
        silently_wrong=sum(not asked(got) for got in wrong),
        unknown_altered=len(strange),
        unknown_silently=sum(not asked(got) for got in strange),
    )
