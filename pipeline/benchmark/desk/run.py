"""How long searches take over an archive of real size while several people ask at once."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from domain.calendar import utc_now
from domain.fields import DocumentType
from domain.ids import DEFAULT_CLIENT_ID
from domain.query import Query
from domain.record import DocumentState
from pipeline.benchmark.desk.settings import DeskBenchSettings
from pipeline.benchmark.reading.speed import Machine, machine
from storage.archive import ArchiveSettings, database
from storage.archive.reader import ArchiveReader
from storage.search import search
from storage.search_sums import suggest_names, totals

PAGE = 50
_COUNTED = 1000
"""Up to where hits are counted behind the page."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One kind of question."""

    name: str
    asked: int
    median_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTiming:
    """One page as the server answers it, pictures and styles left out."""

    name: str
    status: int
    size_bytes: int
    alone_ms: float
    """Median where nobody else asks."""
    median_ms: float
    """Where all people ask, each with pauses."""
    p95_ms: float
    paint_ms: float | None = None
    """When Chromium first shows something of it, nothing cached; None where that was not measured."""
    sent_bytes: int | None = None
    """With styles and scripts, without pictures, as they come over the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReport:
    """What was measured."""

    machine: Machine
    documents: int
    people: int
    load: float
    """Load average of the machine at the end: what else ran on it."""
    timings: tuple[Timing, ...]
    """Everybody asks the next question as soon as an answer is there: more than people can."""
    unhurried: tuple[Timing, ...]
    """Everybody looks at an answer for a second or three before the next question."""
    pages: tuple[PageTiming, ...] = ()
    """Whole pages, where they were asked for."""


def questions(today: date) -> dict[str, Query]:
    """What an accountant asks, by name: rare and common words, ranges, states, orders, all together."""
    month = today.replace(day=1)
    return {
        "everything": Query(),
        "month": Query(date_from=month - timedelta(days=31), date_to=month),
        "common_word": Query(words=("請求書",)),
        "frequent_word": Query(words=("トナー",)),
        "rare_number": Query(words=("INV-2404-00012",)),
        "one_character": Query(words=("青",)),
        "two_characters": Query(words=("切手",)),
        "counterparty": Query(counterparty="光洋繊維"),
        "company_form": Query(counterparty="株式会社"),
        "exact_amount": Query(amount_min=Decimal(128960), amount_max=Decimal(128960)),
        "large_amounts": Query(amount_min=Decimal(1_000_000), order="-total_amount"),
        "waiting": Query(states=(DocumentState.NEEDS_REVIEW,), order="-received_on"),
        "combined": Query(
            date_from=today - timedelta(days=365),
            amount_min=Decimal(100_000),
            document_types=(DocumentType.INVOICE,),
            words=("トナー",),
        ),
        "nothing": Query(words=("存在しない言葉",)),
    }


def run_desk(settings: DeskBenchSettings, *, today: date, progress: Progress) -> DeskReport:
    """Ask every question by every person, in an order of each one's own; the database is only read.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    engine = database.create_engine(settings.database, ArchiveSettings())
    archive = ArchiveReader(engine, client_id=DEFAULT_CLIENT_ID, clock=utc_now)
    asked: dict[str, Callable[[], object]] = {
        name: _asking(archive, query, settings.count_limit) for name, query in questions(today).items()
    }
    asked["count_and_sum"] = lambda: totals(archive, questions(today)["frequent_word"], most=_COUNTED)
    asked["suggest"] = lambda: suggest_names(archive, "光", limit=8)
    try:
        documents = search(archive, Query(include_deleted=True, limit=1)).total
        for question in asked.values():
            question()  # once before anything is timed
        timings = _together(asked, settings, rounds=settings.rounds, pause=(0.0, 0.0), progress=progress)
        pause = (settings.least_pause_seconds, settings.longest_pause_seconds)
        unhurried = _together(asked, settings, rounds=settings.unhurried_rounds, pause=pause, progress=progress)
    finally:
        archive.close()
    return DeskReport(
        machine=machine(len(os.sched_getaffinity(0))),
        documents=documents,
        people=settings.people,
        load=round(os.getloadavg()[0], 1),
        timings=timings,
        unhurried=unhurried,
    )


def _together(
    asked: dict[str, Callable[[], object]],
    settings: DeskBenchSettings,
    *,
    rounds: int,
    pause: tuple[float, float],
    progress: Progress,
) -> tuple[Timing, ...]:
    if not rounds:
        return ()
    taken: dict[str, list[float]] = {name: [] for name in asked}
    with ThreadPoolExecutor(settings.people) as pool:
        waiting = [pool.submit(_person, asked, rounds, number, pause) for number in range(settings.people)]
        for number, one in enumerate(waiting, 1):
            for name, seconds in one.result():
                taken[name].append(seconds)
            progress("people", number, len(waiting))
    every = [one for seconds in taken.values() for one in seconds]
    return (*(_timing(name, seconds) for name, seconds in taken.items()), _timing("all", every))


def _asking(archive: ArchiveReader, query: Query, most: int) -> Callable[[], object]:
    sized = replace(query, limit=PAGE, count_limit=most)
    return lambda: search(archive, sized)


def percentile_ms(seconds: Sequence[float], share: float) -> float:
    """Milliseconds within which this share of answers came."""
    ordered = sorted(seconds)
    return round(1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1)


def _person(
    asked: dict[str, Callable[[], object]], rounds: int, number: int, pause: tuple[float, float]
) -> list[tuple[str, float]]:
    dice = random.Random(number)  # noqa: S311  # reproducible
    taken = []
    for name in (one for _ in range(rounds) for one in dice.sample(sorted(asked), len(asked))):
        time.sleep(dice.uniform(*pause))  # before: people do not all begin in the same moment
        begun = time.perf_counter()
        asked[name]()
        taken.append((name, time.perf_counter() - begun))
    return taken


def _timing(name: str, seconds: list[float]) -> Timing:
    return Timing(
        name=name, asked=len(seconds), median_ms=percentile_ms(seconds, 0.5), p95_ms=percentile_ms(seconds, 0.95)
    )
