"""Count how often scores are right, and write ``extractors/ocr/calibration.json``.

Run as ``python -m extractors.ocr.training.calibrate`` (Chromium draws the pages; some minutes on one core). The same
seed gives the same pages, and on the same machine the same file. How true it is on layouts held back, ``shoko bench``
shows.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.ocr import calibration, duo, ppocr, tesseract
from extractors.ocr.calibration import NONE
from extractors.ocr.duo import Opinion
from extractors.ocr.latin import in_latin
from extractors.ocr.training.fitting import fit_curve
from extractors.ocr.training.judging import JudgedWord, judged_words
from extractors.settings import ExtractorSettings
from extractors.text import read_text

if TYPE_CHECKING:
    from domain.engines import OcrEngine
    from samples.generator.making import Sample

SEED = 11
COUNT = 150
"""Documents: ten of each damage, some 60,000 characters."""
LATIN = 42
"""Documents in English, German and two languages: one of each damage in each."""
_SEEN_BEFORE = 1.0
"""Agreements and disagreements assumed beforehand on either side, so that no opinion is ever taken for certain."""
_PAPER = frozenset({"born_digital", "xml"})


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--latin", type=int, default=LATIN)
    parser.add_argument("--out", type=Path, default=calibration.DATA)
    asked = parser.parse_args(arguments)
    made = fitted(seed=asked.seed, count=asked.count, latin=asked.latin)
    asked.out.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    _say({"written": str(asked.out), "counted": made["counted"]})
    return 0


def fitted(*, seed: int, count: int, latin: int) -> dict[str, object]:
    """Everything that ``calibration.json`` holds."""
    heard: dict[int, tuple[Opinion, ...]] = {}
    raw = ppocr.create(calibrated=False)
    engine = duo.combined(raw, tesseract.create(), NONE, heard=heard.__setitem__)
    words: list[JudgedWord] = []
    outcomes: list[tuple[bool, bool]] = []
    documents = 0
    for sample, japanese_paper in _papers(seed=seed, count=count, latin=latin):
        heard.clear()
        found = _judged(sample, engine)
        words += found
        if japanese_paper:  # Tesseract misreads what lost its dots: its opinion on that says nothing about others
            outcomes += _outcomes(found, heard)
        documents += 1
    roman = [w for w in words if in_latin(w.word.text)]
    japanese = [w for w in words if not in_latin(w.word.text)]
    agreement, disagreement = factors(outcomes)
    return {
        "made_by": f"python -m extractors.ocr.training.calibrate --seed {seed} --count {count} --latin {latin}",
        "engine": str(raw.engine_id),
        "counted": {
            "documents": documents,
            "words": len(words),
            "characters": sum(len(w.word.text) for w in words),
            "characters in Latin words": sum(len(w.word.text) for w in roman),
            "agreements": [sum(same for _, same in outcomes), sum(same and not ok for ok, same in outcomes)],
            "disagreements": [sum(not same for _, same in outcomes), sum(not same and not ok for ok, same in outcomes)],
        },
        "japanese": curves(japanese),
        "latin": curves(roman),
        "second_opinion": {"agreement": agreement, "disagreement": disagreement},
    }


def curves(words: Sequence[JudgedWord]) -> dict[str, object]:
    """The two curves of words of one kind."""
    scores = [s for w in words for s in w.word.character_confidences]
    character = fit_curve(scores, [ok for w in words for ok in w.judged.right])
    products = [math.prod(character.at(s) for s in w.word.character_confidences) for w in words]
    whole = fit_curve(products, [w.judged.whole for w in words])
    return {"character": character.points, "word": whole.points}


def _outcomes(words: Sequence[JudgedWord], heard: Mapping[int, tuple[Opinion, ...]]) -> Iterator[tuple[bool, bool]]:
    """(were the digits right, did the second engine agree) for each opinion on a word whose print is known."""
    places = {(w.page_index, w.line, w.index): w for w in words}
    for page_index, opinions in heard.items():
        for opinion in opinions:
            doubt = opinion.doubt
            found = places.get((page_index, doubt.line, doubt.word))
            if found is not None and found.word.text == opinion.word and opinion.other:
                run = range(doubt.start, doubt.end)
                yield all(found.judged.right[n] for n in run if opinion.word[n].isdigit()), opinion.same


def factors(outcomes: Sequence[tuple[bool, bool]]) -> tuple[float, float]:
    """By how much agreement and disagreement multiply the odds of being right (likelihood ratios)."""
    counts = Counter(outcomes)
    right = {same: counts[True, same] + _SEEN_BEFORE for same in (True, False)}
    wrong = {same: counts[False, same] + _SEEN_BEFORE for same in (True, False)}
    ratio = sum(wrong.values()) / sum(right.values())
    agreement, disagreement = (right[same] / wrong[same] * ratio for same in (True, False))
    return round(max(agreement, 1.0), 2), round(min(disagreement, 1.0), 3)


def _papers(*, seed: int, count: int, latin: int) -> Iterator[tuple[Sample, bool]]:
    """Each with whether it is Japanese."""
    # The generator needs a browser, which nothing else here does.
    from samples.generator.latin import latin_samples  # noqa: PLC0415
    from samples.generator.making import samples  # noqa: PLC0415
    from samples.generator.printer import Printer  # noqa: PLC0415

    with Printer() as printer:
        for sample in samples(seed=seed, count=count, held_back=False, printer=printer):
            if sample.truth["damage"] not in _PAPER:
                yield sample, True
        for sample in latin_samples(seed=seed, count=latin, printer=printer):
            yield sample, False


def _judged(sample: Sample, engine: OcrEngine) -> list[JudgedWord]:
    reading = read_text(sample.content, file_name=sample.file_name, settings=ExtractorSettings(), engine=engine)
    return list(judged_words(reading.texts, sample.pdf))


def _say(plain: object) -> None:
    sys.stdout.write(json.dumps(plain, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
