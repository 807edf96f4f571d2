"""``python -m pipeline.benchmark.splitting --fit``: fit the model of borders anew, on development layouts.

Every fifth group of documents is kept back from the fit; the new coefficients are written only where they place its
borders no worse than those in force. Deterministic: the same groups give the same coefficients. Those in force were
fitted by the same functions on more groups than this command makes, scans of documents among them.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import classifiers.split
from classifiers.page_signs import PageSigns, is_blank, signs_of
from domain.errors import AppError
from extractors.ocr.null import create as no_engine
from extractors.settings import ExtractorSettings
from extractors.text import read_text
from pipeline.benchmark.splitting.fit import as_json, borders, fit, repeated_heads, right_share
from samples.generator.printer import Printer
from samples.generator.stacks import Member, make_members

_MODEL = Path(classifiers.split.__file__).parent / "split_model.json"
_PARTIES = 400
_STACKS = 3_000
_HEADED_SHARE = 0.12
"""Documents that are seen once more with their head on every page. Twice as many make the model doubt pages of other
documents; without them repeated heads part what belongs together."""
_KEPT_BACK = 5
"""One group of so many judges the fit instead of taking part in it."""
_LEAST = 10
"""Groups below which nothing can be fitted and judged."""
_STACK_SHARE = 4
"""Made stacks of the fit for each of the judgement."""


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


def made_parties(count: int, *, varied: bool = False, printer: Printer) -> Iterator[list[list[PageSigns]]]:
    """Documents of one sender, some of them once more with their head on every page."""
    rng = random.Random(5)  # noqa: S311 - which documents are seen twice
    for seed in range(count):
        members = make_members(seed, held_back=False, varied=varied, printer=printer)
        for headed in (False, True) if rng.random() < _HEADED_SHARE else (False,):
            party = [signs for member in members if (signs := _signs(member, headed=headed))]
            if party and (not headed or any(len(signs) > 1 for signs in party)):
                yield party


def fitted(parties: Sequence[list[list[PageSigns]]], *, stacks: int, out: Path) -> tuple[float, float] | None:
    """Fit, judge and write; gives the share of borders placed rightly before and after, None for too few groups."""
    if len(parties) < _LEAST:
        return None
    teaching = [party for number, party in enumerate(parties) if number % _KEPT_BACK]
    judging = list(borders(parties[::_KEPT_BACK], seed=2, count=max(stacks // _STACK_SHARE, 1)))
    model = fit(list(borders(teaching, seed=1, count=stacks)))
    before, after = (right_share(one, judging) for one in (classifiers.split.model(), model))
    if after >= before:
        out.write_text(as_json(model), encoding="utf-8")
    return before, after


def main(arguments: Sequence[str] | None = None) -> int:
    """Make documents, read their text layers, fit, judge, write the coefficients."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.benchmark.splitting", description=__doc__)
    parser.add_argument("--fit", action="store_true", required=True, help="fit and write the coefficients")
    parser.add_argument("--varied", action="store_true", help="documents of every layout, with lists and covers")
    parser.add_argument("--parties", type=int, default=_PARTIES, help="groups of documents of one sender")
    parser.add_argument("--stacks", type=int, default=_STACKS, help="stacks put together from their texts")
    parser.add_argument("--out", type=Path, default=_MODEL, help="file that gets the coefficients")
    options = parser.parse_args(arguments)
    with Printer() as printer:
        parties = list(made_parties(options.parties, varied=options.varied, printer=printer))
    judged = fitted(parties, stacks=options.stacks, out=options.out)
    if judged is None:
        sys.stderr.write(f"{len(parties)} groups of documents are too few: {_LEAST} are needed\n")
        return 2
    before, after = judged
    said = "written to" if after >= before else "refused, not written to"
    shares = f"borders right on groups kept back: {before:.4f} before, {after:.4f} after"
    sys.stdout.write(f"{len(parties)} groups of documents; {shares}; {said} {options.out.name}\n")
    return 0 if after >= before else 1


if __name__ == "__main__":
    sys.exit(main())
