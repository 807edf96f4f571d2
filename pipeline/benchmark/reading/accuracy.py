"""Character errors of our path and of plain engines on the same pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.errors import EngineMissing
from pipeline.benchmark.peer import pages_as_pdf, run_peer
from pipeline.benchmark.reading.peers import PEERS
from pipeline.benchmark.reading.pool import EngineSpec, read_pages
from pipeline.benchmark.reading.reader import PageRead
from pipeline.benchmark.reading.report import PeerScore, SetScore
from pipeline.benchmark.reading.score import PageScore, ratio_interval, score_page, summarised
from pipeline.benchmark.reading.truth import PageSet, PageTruth

Progress = Callable[[str, int, int], None]
OCRMYPDF = "ocrmypdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A set to read."""

    pages: PageSet
    label_ja: str
    label_en: str
    target: float | None
    peer_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyResult:
    """All sets, and what our path read of every page."""

    sets: tuple[SetScore, ...]
    reads: tuple[tuple[PageRead, ...], ...]
    """By set and page."""
    left_out: tuple[str, ...]
    """Peers that are not installed."""


def accuracy(asked: Sequence[Asked], *, workers: int, peer_seconds: float, progress: Progress) -> AccuracyResult:
    """Read every page by our path, and some pages of each set by the plain engines."""
    files = [a.pages.folder / page.file for a in asked for page in a.pages.pages]
    ours = read_pages(EngineSpec(), files, workers=workers, done=lambda done: progress("read", done, len(files))).reads
    by_set = _divided(asked, ours)
    chosen = [spread(a.pages.pages, a.peer_pages) for a in asked]
    theirs: dict[str, list[list[PageRead]]] = {}
    left_out = []
    for name in (*PEERS, OCRMYPDF):
        found = _peer(name, asked, chosen, workers=workers, peer_seconds=peer_seconds, progress=progress)
        if found is None:
            left_out.append(name)
        else:
            theirs[name] = found
    sets = []
    for number, (a, reads) in enumerate(zip(asked, by_set, strict=True)):
        scores = [score_page(truth, read) for truth, read in zip(a.pages.pages, reads, strict=True)]
        compared = [(name, found[number]) for name, found in theirs.items() if found[number]]
        sets.append(
            SetScore(
                name=a.pages.folder.name,
                label_ja=a.label_ja,
                label_en=a.label_en,
                target=a.target,
                score=summarised(scores),
                peers=tuple(_compared(name, chosen[number], scores, found) for name, found in compared),
                pages=tuple(scores),
            )
        )
    return AccuracyResult(sets=tuple(sets), reads=by_set, left_out=tuple(left_out))


def spread(pages: Sequence[PageTruth], count: int) -> list[PageTruth]:
    """So many pages, evenly from the whole set: layouts and wears come in turn, so that all are among them."""
    if count >= len(pages):
        return list(pages)
    return [pages[number * len(pages) // count] for number in range(count)]


def _divided(asked: Sequence[Asked], reads: Sequence[PageRead]) -> tuple[tuple[PageRead, ...], ...]:
    rest = iter(reads)
    return tuple(tuple(next(rest) for _ in a.pages.pages) for a in asked)


def _peer(
    name: str,
    asked: Sequence[Asked],
    chosen: Sequence[Sequence[PageTruth]],
    *,
    workers: int,
    peer_seconds: float,
    progress: Progress,
) -> list[list[PageRead]] | None:
    files = [a.pages.folder / page.file for a, pages in zip(asked, chosen, strict=True) for page in pages]
    if not files:
        return [[] for _ in asked]
    progress(name, 0, len(files))
    if name == OCRMYPDF:
        pdf = pages_as_pdf([(path.name, path.read_bytes()) for path in files])
        run = run_peer(pdf, timeout_seconds=peer_seconds, jobs=workers, deskew=True)
        if run is None or len(run.texts) < len(files):
            return None
        reads = [PageRead(text=text, seconds=run.seconds / len(files)) for text in run.texts[: len(files)]]
        progress(name, len(files), len(files))
    else:
        if not _installed(name):
            return None
        timed = read_pages(
            EngineSpec(name=name), files, workers=workers, done=lambda done: progress(name, done, len(files))
        )
        reads = list(timed.reads)
    rest = iter(reads)
    return [[next(rest) for _ in pages] for pages in chosen]


def _installed(name: str) -> bool:
    try:
        PEERS[name]()
    except EngineMissing:
        return False
    return True


def _compared(
    name: str, truths: Sequence[PageTruth], ours: Sequence[PageScore], reads: Sequence[PageRead]
) -> PeerScore:
    by_file = {score.file: score for score in ours}
    same = [by_file[truth.file] for truth in truths]
    theirs = [score_page(truth, read) for truth, read in zip(truths, reads, strict=True)]
    return PeerScore(
        name=name,
        score=summarised(theirs),
        ours=summarised(same),
        unordered_ratio=ratio_interval([s.unordered_rate for s in same], [s.unordered_rate for s in theirs]),
        ordered_ratio=ratio_interval([s.ordered_rate for s in same], [s.ordered_rate for s in theirs]),
    )
