"""``python -m pipeline.benchmark.twice_filed --count N --seed N``: papers that come twice, through the whole archive.

Each made paper is scanned, read and filed; then it comes again (at another resolution, turned, as a photo, stamped),
and papers come that only look like it (of the same sender on the same layout, with other days and amounts, with one
other digit). Counted is what is shown as a possible duplicate: of itself, or of another paper.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.batch import Resident, open_batch, run_plain
from pipeline.benchmark.rates import Rate, rate
from pipeline.benchmark.twice import Paper, papers
from pipeline.reading_worker import ReadingWorker
from pipeline.settings import load_settings
from pipeline.steps.duplicates import DUPLICATE
from pipeline.wiring import open_shoko
from samples.generator.damage import BY_NAME, damaged
from samples.generator.printer import Printer

FIRST = "first"
AGAIN = ("300dpi", "turned", "photo", "stamped")
"""The same paper."""
OTHERS = ("next", "figures", "digit")
"""Papers that only look like it."""
_BEFORE = "2026-11-19"
_AFTER = "2026-11-20"


def run_filed(count: int, *, seed: int, held_back: bool, folder: Path) -> dict[str, Rate]:
    """Of each way to come: how many are shown as a duplicate of their paper (``OTHERS``: of any other paper)."""
    settings = load_settings(
        data_folder=folder, company={"names": ("株式会社みどり商事",)}, intake={"still_seconds": 0.0}
    )
    home = Resident(shoko=open_shoko(settings), pool=ReadingWorker.start(settings))
    with Printer() as printer:
        made = list(papers(count, seed=seed, held_back=held_back, printer=printer))
    for way, day in ((FIRST, _BEFORE), *((way, _AFTER) for way in (*AGAIN, *OTHERS))):
        inbox = settings.data_folder / "store" / "inbox" / "paper" / day
        inbox.mkdir(parents=True, exist_ok=True)
        for number, paper in enumerate(made):
            for content, suffix in _scanned(paper, way, seed=10 * (seed * 1000 + number) + len(way)):
                (inbox / f"{number:04d}-{way}{suffix}").write_bytes(content)
        while (batch := open_batch(home)).drop_ids:
            run_plain(batch)
    found = _counted(home)
    home.shoko.close()
    return found


def _scanned(paper: Paper, way: str, *, seed: int) -> Iterator[tuple[bytes, str]]:
    """The file, or none where there is no such paper."""
    wears = {"300dpi": "scan300", "photo": "photo"}
    pdf = {
        "stamped": paper.stamped,
        "next": paper.next_one,
        "figures": paper.other_figures,
        "digit": paper.other_digit,
    }.get(way, paper.whole)
    if pdf is None:
        return
    content, suffix = damaged(pdf, BY_NAME[wears.get(way, "scan200")], seed=seed)
    if way == "turned" and suffix == ".jpg":
        with Image.open(io.BytesIO(content)) as image:
            lying = Image.fromarray(np.rot90(np.asarray(image), random.Random(seed).randint(1, 3)))  # noqa: S311 - seeded
        out = io.BytesIO()
        lying.save(out, format="JPEG", quality=88, dpi=(200, 200))
        content = out.getvalue()
    yield content, suffix


def _counted(home: Resident) -> dict[str, Rate]:
    archive = home.shoko.archive
    named: dict[str, tuple[str, str]] = {}
    for status in archive.drops(limit=100_000):
        number, way = Path(status.drop.deposit.original_name).stem.split("-", 1)
        for document_id in status.outcome.document_ids if status.outcome is not None else ():
            named[document_id] = (number, way)
    came = Counter(way for _, way in named.values())
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for document_id, (number, way) in named.items():
        record = archive.get_document(document_id)
        reasons = record.review_reasons if record is not None else ()
        shown = [named[one.detail] for one in reasons if one.code == DUPLICATE and one.detail in named]
        own = [theirs for other, theirs in shown if other == number and theirs not in OTHERS]
        same = way not in OTHERS
        right[way] += bool(own) and same
        wrong[way] += len(shown) > (len(own) if same else 0)
    rates = {f"{way} found": rate(right[way], came[way]) for way in AGAIN}
    return rates | {f"{way} falsely": rate(wrong[way], came[way]) for way in (FIRST, *AGAIN, *OTHERS)}


def main(arguments: Sequence[str] | None = None) -> int:
    """File, count, say."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.benchmark.twice_filed", description=__doc__)
    parser.add_argument("--count", type=int, default=50, help="papers, each filed eight times")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--development", action="store_true", help="layouts of development")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="shoko-twice-") as folder:
        told = run_filed(given.count, seed=given.seed, held_back=not given.development, folder=Path(folder))
    for name, one in told.items():
        if one.share is not None:
            sys.stdout.write(f"{name}: {one.hits}/{one.of} ({100 * one.low:.1f}-{100 * one.high:.1f} %)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
