"""Run the reading benchmark: make pages, read them, judge them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import ConfigError
from pipeline.benchmark.reading.ablation import ablation
from pipeline.benchmark.reading.accuracy import AccuracyResult, Asked, accuracy, spread
from pipeline.benchmark.reading.born_digital import BornDigital, born_digital
from pipeline.benchmark.reading.conditions import CONDITIONS, SPEED, Condition
from pipeline.benchmark.reading.engines import SHOKO, build, warmed
from pipeline.benchmark.reading.making import DEVELOPMENT, HELD_BACK, make_set, printed_pages
from pipeline.benchmark.reading.memory import Memory, memory_of_worker
from pipeline.benchmark.reading.orientation import Orientation, orientation, tasks_of
from pipeline.benchmark.reading.platens import Platens, everyday_scans, measure_platens, scans
from pipeline.benchmark.reading.public import PUBLIC, public_pages
from pipeline.benchmark.reading.reliability import curves, judged_page
from pipeline.benchmark.reading.report import ReadingReport
from pipeline.benchmark.reading.score import own_calls
from pipeline.benchmark.reading.settings import ReadingBenchSettings
from pipeline.benchmark.reading.speed import Speed, machine, speed
from pipeline.benchmark.reading.truth import PageSet, load_set
from pipeline.benchmark.reading.worst import BadPage, WorstPage, draw_worst

if TYPE_CHECKING:
    from samples.generator.printer import Printer

Progress = Callable[[str, int, int], None]
"""(what, done, total)."""
ORIENTATION_DOCUMENTS = 48
"""Printed pages for the way up: each comes in several wears and always all four ways."""
SLIPS, SHEETS, CARDS = 24, 16, 6
"""Printed papers for platens: each is laid out many times."""
_PUBLIC_LABELS = {"ja-pages": "国税庁の文書", "ja-receipts-synthetic": "合成レシート(既知の値)"}


def run_reading(
    settings: ReadingBenchSettings,
    *,
    folder: Path,
    today: date,
    data_folder: Path | None,
    worst: Path | None,
    progress: Progress,
) -> ReadingReport:
    """Measure everything that the settings ask for.

    Args:
        settings: what, and how much.
        folder: where pages are written; pages that are there already are used again.
        today: resolves two-digit years where whole documents are read.
        data_folder: where the public sets are; None leaves them out.
        worst: where pictures of the worst pages are written; None leaves them out.
        progress: hears about every page.

    Raises:
        ConfigError: no browser to draw pages with.
    """
    with ExitStack() as stack:
        made = _Making(settings, folder, stack, progress)
        sets = made.conditions()
        for_speed = made.for_speed()
        cut, cut_everyday = made.platens()
        printed = made.printed(ORIENTATION_DOCUMENTS if settings.orientation_pages else 0)
    public = [found for name in PUBLIC if (found := public_pages(data_folder, name))] if settings.pages else []
    read = _accuracy(settings, sets, public, progress)
    own = list(read.reads[: len(sets)])
    pairs = [
        (pages, truth, page)
        for pages, reads in zip(sets, own, strict=True)
        for truth, page in zip(pages.pages, reads, strict=True)
    ]
    readings = [page.reading for _, _, page in pairs if page.reading and page.reading.texts]
    return ReadingReport(
        seed=settings.seed,
        held_back=settings.held_back,
        machine=machine(settings.workers),
        engine=str(readings[0].texts[0].engine) if readings else "",
        conditions=read.sets[: len(sets)],
        public=read.sets[len(sets) :],
        own_calls=own_calls([page for _, _, page in pairs]) if pairs else None,
        speed=_speed(settings, for_speed, progress),
        orientation=_orientation(settings, printed, progress),
        platens=cut,
        everyday_platens=cut_everyday,
        born_digital=_born_digital(settings, sets, progress),
        memory=_memory(settings, sets, today, progress),
        ablation=ablation(
            [_part(pages, settings.ablation_pages) for pages in sets],
            workers=settings.workers,
            done=lambda done, total: progress("ablation", done, total),
        )
        if settings.ablation_pages
        else (),
        reliability=curves(judged_page(truth, page.reading) for _, truth, page in pairs if page.reading)
        if pairs
        else (),
        worst=_worst(settings, worst, read, sets),
        left_out=(
            *read.left_out,
            *(name for name in PUBLIC if settings.pages and name not in {p.name for p in public}),
        ),
    )


class _Making:
    """Pages, drawn by one browser that starts with the first page that is not there yet."""

    def __init__(self, settings: ReadingBenchSettings, folder: Path, stack: ExitStack, progress: Progress) -> None:
        self._settings = settings
        self._half = HELD_BACK if settings.held_back else DEVELOPMENT
        self._folder = folder / f"seed{settings.seed}" / self._half
        self._stack = stack
        self._progress = progress
        self._running: list[Printer] = []

    def printer(self) -> Printer:
        from playwright.sync_api import Error as BrowserError  # noqa: PLC0415 - the generator only where pages are made

        from samples.generator.printer import Printer  # noqa: PLC0415

        if not self._running:
            try:
                self._running.append(self._stack.enter_context(Printer()))
            except BrowserError as error:
                message = "the generator of pages needs Chromium (Debian package chromium)"
                message_ja = "測定用の頁を作るには Chromium が必要です(Debian のパッケージ chromium を入れてください)"
                raise ConfigError(message, message_ja=message_ja) from error
        return self._running[0]

    def conditions(self) -> list[PageSet]:
        settings = self._settings
        found = []
        wanted = _conditions(settings)
        for number, condition in enumerate(wanted):
            folder = self._folder / condition.name
            make_set(
                folder,
                condition,
                seed=settings.seed,
                count=settings.pages,
                held_back=settings.held_back,
                printer=self.printer,
                made=self._shown(number * settings.pages, len(wanted) * settings.pages),
            )
            found.append(load_set(folder))
        return found

    def _shown(self, before: int, total: int) -> Callable[[int], None]:
        return lambda done: self._progress("draw", before + done, total)

    def for_speed(self) -> PageSet | None:
        settings = self._settings
        if not settings.speed_pages:
            return None
        folder = self._folder / SPEED.name
        make_set(
            folder,
            SPEED,
            seed=settings.seed,
            count=settings.speed_pages,
            held_back=settings.held_back,
            printer=self.printer,
            only_a4=True,
        )
        return load_set(folder)

    def platens(self) -> tuple[Platens | None, Platens | None]:
        """Receipts laid at random, and platens as people make them."""
        settings = self._settings
        if not settings.platen_pages:
            return None, None
        from samples.generator.everyday import Papers, make_cards  # noqa: PLC0415 - only where they are asked for
        from samples.generator.platen import make_sheets, make_slips  # noqa: PLC0415

        seed, held_back, printer = settings.seed, settings.held_back, self.printer()
        slips = make_slips(seed=seed, count=SLIPS, held_back=held_back, printer=printer)
        sheets = make_sheets(seed=seed + 1, count=SHEETS, held_back=held_back, printer=printer)
        cards = make_cards(seed=seed + 2, count=CARDS, held_back=held_back, printer=printer)
        upright = tuple(sheet for sheet in sheets if sheet.size_mm[0] < sheet.size_mm[1])
        papers = Papers(slips=slips, sheets=upright, cards=cards)
        count, heard = settings.platen_pages, itertools.count(1)
        total = count + (count + 1) // 2 + count
        laid = (
            scans(seed=seed, count=count, slips=slips, sheets=sheets),
            everyday_scans(seed=seed, count=count, papers=papers, held_back=held_back),
        )
        random, everyday = (
            measure_platens(made, heard=lambda _: self._progress("platen", next(heard), total)) for made in laid
        )
        return random, everyday

    def printed(self, count: int) -> list[tuple[str, bytes]]:
        if not count:
            return []
        found = []
        pages = printed_pages(
            seed=self._settings.seed * 1000 + 999,
            count=count,
            held_back=self._settings.held_back,
            printer=self.printer(),
        )
        for page in pages:
            found.append((page.name, page.pdf))
            self._progress("draw A4", len(found), count)
        return found


def _conditions(settings: ReadingBenchSettings) -> tuple[Condition, ...]:
    return tuple(c for c in CONDITIONS if c.name in settings.conditions) if settings.pages else ()


def _accuracy(
    settings: ReadingBenchSettings, sets: list[PageSet], public: list[PageSet], progress: Progress
) -> AccuracyResult:
    asked = [
        Asked(
            pages=pages,
            label_ja=condition.label_ja,
            label_en=condition.label_en,
            target=condition.target,
            peer_pages=settings.peer_pages,
        )
        for pages, condition in zip(sets, _conditions(settings), strict=True)
    ]
    asked += [
        Asked(
            pages=pages,
            label_ja=_PUBLIC_LABELS[pages.name],
            label_en=pages.name,
            target=None,
            peer_pages=settings.public_peer_pages,
        )
        for pages in public
    ]
    if not asked:
        return AccuracyResult(sets=(), reads=(), left_out=())
    return accuracy(asked, workers=settings.workers, peer_seconds=settings.peer_seconds, progress=progress)


def _speed(settings: ReadingBenchSettings, pages: PageSet | None, progress: Progress) -> Speed | None:
    if pages is None:
        return None
    total = 3 * len(pages.pages)
    return speed(
        pages,
        workers=settings.workers,
        timeout_seconds=settings.peer_seconds,
        done=lambda done: progress("speed", done, total),
    )


def _orientation(
    settings: ReadingBenchSettings, printed: list[tuple[str, bytes]], progress: Progress
) -> Orientation | None:
    if not settings.orientation_pages or not printed:
        return None
    tasks = list(tasks_of(printed, pages=settings.orientation_pages))
    return orientation(
        tasks,
        workers=settings.workers,
        done=lambda done: progress("orientation", done, 4 * len(tasks)),
    )


def _born_digital(settings: ReadingBenchSettings, sets: list[PageSet], progress: Progress) -> BornDigital | None:
    documents = [
        (f"{number}.pdf", content)
        for number, (pages, truth) in enumerate((pages, truth) for pages in sets[:1] for truth in pages.pages)
        if (content := pages.printed(truth)) is not None
    ][: settings.born_digital_pages]
    if not documents:
        return None
    progress("born-digital", 0, 1)
    found = born_digital(documents, warmed(build(SHOKO)))
    progress("born-digital", 1, 1)
    return found


def _memory(settings: ReadingBenchSettings, sets: list[PageSet], today: date, progress: Progress) -> Memory | None:
    files = [pages.folder / page.file for pages in sets for page in pages.pages]
    if not settings.memory_pages or not files:
        return None
    total = settings.memory_pages
    return memory_of_worker(files, pages=total, today=today, done=lambda done: progress("memory", done, total))


def _part(pages: PageSet, count: int) -> PageSet:
    return PageSet(name=pages.name, folder=pages.folder, pages=tuple(spread(pages.pages, count)))


def _worst(
    settings: ReadingBenchSettings, folder: Path | None, read: AccuracyResult, sets: list[PageSet]
) -> tuple[WorstPage, ...]:
    if folder is None:
        return ()
    found = []
    for scored, pages, reads in zip(read.sets, sets, read.reads, strict=False):
        for score, truth, page in zip(scored.pages, pages.pages, reads, strict=True):
            if page.reading is not None and page.reading.pages:
                found.append(
                    BadPage(
                        title=f"{scored.label_ja} / {scored.label_en}: {truth.layout}, {truth.damage}",
                        content=pages.content(truth),
                        printed=pages.printed(truth),
                        truth=truth,
                        reading=page.reading,
                        unordered_rate=score.unordered_rate,
                        ordered_rate=score.ordered_rate,
                    )
                )
    found.sort(key=lambda bad: (-bad.unordered_rate, -bad.ordered_rate))
    return draw_worst(folder, found[: settings.worst_pages]) if found else ()
