"""``python -m pipeline.benchmark.splitting --fit``: fit the model of borders anew, on development layouts."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import classifiers.split
from classifiers.page_signs import PageSigns, is_blank, signs_of
from domain.errors import AppError
from extractors.ocr.null import create as no_engine
from extractors.settings import ExtractorSettings
from extractors.text import read_text
from pipeline.benchmark.splitting.fit import as_json, borders, fit, repeated_heads
from samples.generator.printer import Printer
from samples.generator.stacks import Member, make_members

_MODEL = Path(classifiers.split.__file__).parent / "split_model.json"
_PARTIES = 400
_STACKS = 3_000
_HEADED_SHARE = 0.12
"""Documents that are seen once more with their head on every page. Twice as many make the model doubt pages of other
documents; without them repeated heads part what belongs together."""


def _signs(member: Member, *, headed: bool) -> list[PageSigns]:
    try:
        read = read_text(member.pdf, file_name="a.pdf", settings=ExtractorSettings(), engine=no_engine())
    except AppError:
        return []
    sizes = {page.page_index: (page.width_px, page.height_px) for page in read.pages}
    texts = tuple(text for text in read.texts if not is_blank(text))
    if headed and len(texts) > 1:
        texts = repeated_heads(texts)
    return [signs_of(text, size=sizes.get(text.page_index)) for text in texts]


def main() -> int:
    """Make documents, read their text layers, fit, write the coefficients."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.benchmark.splitting", description=__doc__)
    parser.add_argument("--fit", action="store_true", required=True, help="fit and write the coefficients")
    parser.add_argument("--parties", type=int, default=_PARTIES, help="groups of documents of one sender")
    options = parser.parse_args()
    rng = random.Random(5)  # noqa: S311 - which documents are seen twice
    found = []
    with Printer() as printer:
        for seed in range(options.parties):
            members = make_members(seed, held_back=False, printer=printer)
            for headed in (False, True) if rng.random() < _HEADED_SHARE else (False,):
                party = [signs for member in members if (signs := _signs(member, headed=headed))]
                if party and (not headed or any(len(signs) > 1 for signs in party)):
                    found.append(party)
    _MODEL.write_text(as_json(fit(list(borders(found, seed=1, count=_STACKS)))), encoding="utf-8")
    sys.stdout.write(f"{len(found)} groups of documents: {_MODEL.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
