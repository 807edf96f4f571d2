"""``python -m pipeline.benchmark.reading``: make page sets (``--make``) and score an engine on one (``--set``)."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from pipeline.benchmark.reading.conditions import CONDITIONS
from pipeline.benchmark.reading.engines import build, described, warmed
from pipeline.benchmark.reading.making import COMPOSED, DEVELOPMENT, HELD_BACK, make_set
from pipeline.benchmark.reading.reader import PageRead, PageReader
from pipeline.benchmark.reading.recordings import late, recorded
from pipeline.benchmark.reading.score import Interval, OwnCalls, PageScore, own_calls, score_page, summarised
from pipeline.benchmark.reading.switches import SWITCH_BY_NAME, switched_off
from pipeline.benchmark.reading.truth import load_set
from pipeline.settings import load_settings

WORST = 5


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline.benchmark.reading", description=__doc__)
    parser.add_argument("--make", type=Path, help="folder to write page sets to")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dev", type=int, default=24, help="pages of each condition from development layouts")
    parser.add_argument("--held", type=int, default=40, help="pages of each condition from held-back layouts")
    parser.add_argument(
        "--composed", type=int, default=24, help="pages put together from blocks, clean: for their order"
    )
    parser.add_argument("--set", type=Path, help="a folder with truth.json")
    parser.add_argument(
        "--engine", default="shoko", help="shoko (settings in force), ppocr, tesseract, rapidocr, or a registered name"
    )
    parser.add_argument("--precision", choices=("f32", "bf16"))
    parser.add_argument("--no-clean-up", action="store_true", help="read pages as they come")
    parser.add_argument(
        "--off", action="append", default=[], help="turn a choice off (repeat): " + ", ".join(SWITCH_BY_NAME)
    )
    parser.add_argument(
        "--recordings", type=Path, help="folder that keeps what was seen, so that another order is judged in seconds"
    )
    parser.add_argument("--limit", type=int, help="most pages")
    parser.add_argument("--json", action="store_true", help="every page, as JSON")
    return parser


def _make(options: argparse.Namespace) -> None:
    from samples.generator.printer import Printer  # noqa: PLC0415 - the generator only where pages are made

    with ExitStack() as stack:
        running: list[Printer] = []

        def printer() -> Printer:
            if not running:
                running.append(stack.enter_context(Printer()))
            return running[0]

        halves = (
            (DEVELOPMENT, options.dev, CONDITIONS),
            (HELD_BACK, options.held, CONDITIONS),
            (COMPOSED, options.composed, CONDITIONS[:1]),
        )
        for half, count, conditions in halves:
            for condition in conditions:
                folder = options.make / half / condition.name
                make_set(
                    folder,
                    condition,
                    seed=options.seed,
                    count=count,
                    held_back=half == HELD_BACK,
                    composed=half == COMPOSED,
                    printer=printer,
                )
                sys.stdout.write(f"{folder}\n")
                sys.stdout.flush()


def _score(options: argparse.Namespace) -> None:
    pages = load_set(options.set)
    switched_off(options.off)
    reader = _reader(options)
    scores: list[PageScore] = []
    reads: list[PageRead] = []
    for truth in pages.pages[: options.limit]:
        read = reader(pages.content(truth), truth.file)
        scores.append(score_page(truth, read))
        reads.append(described(read))
    whole = summarised(scores)
    if options.json:
        sys.stdout.write(
            json.dumps({"set": pages.name, "score": asdict(whole), "pages": [*map(asdict, scores)]}) + "\n"
        )
        return
    own = own_calls([read for read in reads if not read.recorded])
    lines = [
        f"{pages.name}: {whole.pages} pages, {options.engine}",
        f"order-free CER  {_percent(whole.unordered)}  pooled {whole.unordered_pooled:.2%}",
        f"CER with order  {_percent(whole.ordered)}  pooled {whole.ordered_pooled:.2%}",
        f"  blocks side by side in either order  {_percent(whole.either)}",
    ]
    if own.pages:
        lines += [
            f"seconds/page    {own.seconds / own.pages:.3f} wall, {own.cpu_seconds / own.pages:.3f} processor",
            f"whole/networks  {own.ratio:.3f} wall, {own.cpu_ratio:.3f} processor; networks: {_shares(own)}",
        ]
    if own.pages < whole.pages:
        lines.append(f"from recordings {whole.pages - own.pages} pages: no time was measured")
    lines.append("worst pages (order-free, with order):")
    worst = sorted(scores, key=lambda s: -s.unordered_rate)[:WORST]
    lines += [f"  {s.unordered_rate:7.2%} {s.ordered_rate:7.2%}  {s.file}" for s in worst]
    sys.stdout.write("\n".join(lines) + "\n")


def _reader(options: argparse.Namespace) -> PageReader:
    def made() -> PageReader:
        return warmed(build(options.engine, precision=options.precision, clean_up=not options.no_clean_up))

    if options.recordings is None:
        return made()
    settings = load_settings()
    how = (options.engine, options.precision, options.no_clean_up, sorted(options.off))
    return recorded(late(made), options.recordings, engine=f"{how} {settings.reading} {settings.extractors}")


def _percent(value: Interval) -> str:
    return f"{value.mean:.2%} ({value.low:.2%} to {value.high:.2%})"


def _shares(own: OwnCalls) -> str:
    return ", ".join(f"{reason} {own.share(reason):.1%}" for reason in own.reasons)


def main() -> int:
    """Parse and do."""
    parser = _parser()
    options = parser.parse_args()
    if options.make:
        _make(options)
    elif options.set:
        _score(options)
    else:
        parser.error("--make or --set is needed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
