"""``python -m pipeline.benchmark.understanding --folder FOLDER --page FILE``: measure understanding, write the page.

Made documents of held-back layouts as worn scans and with text layers, the public sets, stacks and papers that come
twice: goals, tables, reliability curves and every silent error, with pictures of those in ``FOLDER/silent``. Parts that
are in the folder already are taken as they are, so that a run that broke off goes on. Seeds that rules were worked on
with are no measurement: name others.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from rich.table import Table

from domain.calendar import tokyo_day, utc_now
from pipeline.benchmark.page import page
from pipeline.benchmark.reading.speed import machine
from pipeline.benchmark.report import BenchReport, SetResult, summarise
from pipeline.benchmark.settings import PUBLIC_SETS
from pipeline.benchmark.splitting.measure import Splitting
from pipeline.benchmark.splitting.run import run_splitting, splitting_table
from pipeline.benchmark.tables import tables
from pipeline.benchmark.twice import Twice, run_twice, twice_table
from pipeline.benchmark.understanding.parts import SILENT, Measuring, Part
from pipeline.benchmark.understanding.targets import targets_table
from pipeline.settings import load_settings
from pipeline.wiring import build_reader
from samples.generator.checking import held_back_digest

_SEED = 1
_SCANS, _STACKS, _PAPERS = 150, 60, 30
_TEXT_LAYERS, _TEXT_SEEDS = 350, 10
"""With some 86 of a hundred going straight through, 3,000 documents that nobody looks at."""


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m pipeline.benchmark.understanding", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="keeps parts and pictures")
    parser.add_argument("--page", type=Path, help="Markdown file that gets the tables")
    parser.add_argument("--seed", type=int, default=_SEED, help="of everything for which no other is named")
    parser.add_argument("--text-seed", type=int, help="first seed of text layers, which take the ones after it too")
    parser.add_argument("--scan-seed", type=int)
    parser.add_argument("--stack-seed", type=int)
    parser.add_argument("--paper-seed", type=int)
    parser.add_argument("--scans", type=int, default=_SCANS, help="worn scans and other ways in")
    parser.add_argument("--text-layers", type=int, default=_TEXT_LAYERS, help="documents with a text layer, per seed")
    parser.add_argument("--text-seeds", type=int, default=_TEXT_SEEDS, help="seeds of text layers")
    parser.add_argument("--stacks", type=int, default=_STACKS)
    parser.add_argument("--papers", type=int, default=_PAPERS, help="papers that come twice")
    parser.add_argument("--data", type=Path, default=os.environ.get("SHOKO_SAMPLE_DATA"), help="the public sets")
    asked = parser.parse_args(given)
    for name in ("text_seed", "scan_seed", "stack_seed", "paper_seed"):
        if getattr(asked, name) is None:
            setattr(asked, name, asked.seed)
    return asked


def _sets(measuring: Measuring, given: argparse.Namespace) -> Iterator[SetResult]:
    texts = [
        Part(seed=given.text_seed + number, count=given.text_layers, text_layers=True)
        for number in range(given.text_seeds if given.text_layers else 0)
    ]
    if texts:
        read = list(chain.from_iterable(measuring.made(part) for part in texts))
        yield summarise("文字層", "", read, grouped=True)
    if given.scans:
        read = measuring.made(Part(seed=given.scan_seed, count=given.scans, text_layers=False))
        yield summarise("スキャン", "", read, grouped=True)
    for name in PUBLIC_SETS if given.data else ():
        found = measuring.public(name, given.data)
        if found is not None:
            yield summarise(name, "", found, grouped=False)


def _progress(what: str, done: int, total: int) -> None:
    sys.stderr.write(f"\r{what} {done}/{total}" + ("\n" if done == total else ""))


def _tables(measuring: Measuring, given: argparse.Namespace, found: tuple[SetResult, ...]) -> Iterator[Table]:
    def stacks() -> list[Splitting]:
        reader, today = measuring.reader, measuring.today
        return [
            run_splitting(
                reader=reader,
                today=today,
                count=given.stacks,
                seed=given.stack_seed,
                held_back=True,
                progress=_progress,
            )
        ]

    def papers() -> list[Twice]:
        return [run_twice(given.papers, seed=given.paper_seed, held_back=True)]

    yield from (targets_table(one) for one in found if one.by_condition)
    if given.stacks:
        yield from map(splitting_table, measuring.kept(f"stacks-{given.stack_seed}-{given.stacks}", Splitting, stacks))
    if given.papers:
        yield from map(twice_table, measuring.kept(f"twice-{given.paper_seed}-{given.papers}", Twice, papers))
    report = BenchReport(
        seed=given.seed,
        count=given.scans,
        engines=tuple(map(str, measuring.reader.engines)),
        machine="",
        held_back_digest="",
        sets=found,
        peer=None,
    )
    yield from tables(report)


def silent_pictures(found: Sequence[SetResult], *, folder: Path, page: Path) -> str:
    """Markdown that shows the silent errors of made documents; their pictures go into a folder beside the page.

    Those of public sets have licences of their own and stay where they are.
    """
    shown = []
    beside = page.with_suffix("")
    for failure in (failure for one in found if one.by_condition for failure in one.silent):
        picture = folder / SILENT / f"{failure.file}.png"
        if picture.is_file():
            beside.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, beside / picture.name)
            words = f"{failure.field}: {failure.expected} → {failure.got}".replace("[", "(").replace("]", ")")
            shown.append(f"![{words}]({beside.name}/{picture.name})")
    return "".join(f"\n{line}\n" for line in dict.fromkeys(shown))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is not kept yet, print, write the page."""
    given = _arguments(arguments)
    measuring = Measuring(
        folder=given.folder,
        reader=build_reader(load_settings()),
        today=tokyo_day(utc_now()),
        progress=_progress,
    )
    found = tuple(_sets(measuring, given))
    made = list(_tables(measuring, given, found))
    here = machine(len(os.sched_getaffinity(0)))
    told = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in vars(given).items() if type(value) is int)
    about = (
        f"{measuring.today}, {here.processor} ({here.cores}), `python -m pipeline.benchmark.understanding {told}`. "
        f"{' '.join(map(str, measuring.reader.engines))}. Digest of the held-back half: {held_back_digest()}."
    )
    text = page(made, about=about)
    sys.stdout.write(text)
    if given.page:
        given.page.write_text(text + silent_pictures(found, folder=given.folder, page=given.page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
