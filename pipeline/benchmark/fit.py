"""Fit the curves of confidence: ``python -m pipeline.benchmark.fit --keep FOLDER [--count N] [--seed N]``.

Reads development documents (``varied`` and ``development`` in every wear, and twice as many ``varied`` ones with a text
layer, which cost nearly nothing), compares every field with its truth, and writes
``extractors/fields/trust.json``. With a folder that keeps texts, a second run takes seconds. Deterministic.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from domain.calendar import tokyo_day, utc_now
from domain.engines import FieldContext
from domain.fields import DocumentType
from extractors.fields import extract_fields
from extractors.fields.trust import CURVES, GRID
from extractors.ocr.null import create as create_null
from pipeline.benchmark.accuracy import Verdict
from pipeline.benchmark.corpus import BenchDocument, generated
from pipeline.benchmark.exact import judged_fields
from pipeline.benchmark.keeping import Kept
from pipeline.benchmark.run import TEXT_LAYERS
from pipeline.benchmark.settings import DEVELOPMENT, VARIED
from pipeline.settings import load_settings
from pipeline.steps.read import Reader, text_of
from pipeline.wiring import build_reader

_Vector = npt.NDArray[np.float64]
PULL = 4.0
"""How strongly a curve is held to the claim itself: about as much as this many documents say. Few documents then change
little."""
_STEPS = 60
_STRIDE = 0.5
"""Longest step of the search: a full one can overshoot where all values are right."""
_EDGE = 0.002
"""Claims of 0 and 1 are taken for this much less, since no count of documents proves certainty."""
_LEAST = 12
"""Values of a field below which it keeps its claims."""


def fit(pairs: Sequence[tuple[float, bool]]) -> tuple[float, ...]:
    """The monotone curve for (claim, right) pairs, at the steps of ``GRID``: a logistic line over the claim's odds."""
    x = _odds(np.array([claim for claim, _ in pairs]))
    y = np.array([float(right) for _, right in pairs])
    slope, shift = 1.0, 0.0
    for _ in range(_STEPS):  # Newton's method; the pull towards slope 1 and shift 0 keeps it convex and bounded
        p = 1 / (1 + np.exp(-(slope * x + shift)))
        weight = np.clip(p * (1 - p), 1e-6, None)
        gradient = np.array([((p - y) * x).sum() + PULL * (slope - 1), (p - y).sum() + PULL * shift / 4])
        cross = (weight * x).sum()
        matrix = np.array([[(weight * x * x).sum() + PULL, cross], [cross, weight.sum() + PULL / 4]])
        step = np.linalg.solve(matrix, gradient)
        step *= min(1.0, _STRIDE / max(float(np.abs(step).max()), 1e-12))
        slope, shift = slope - float(step[0]), shift - float(step[1])
    slope = max(slope, 0.0)
    values = 1 / (1 + np.exp(-(slope * _odds(np.array(GRID)) + shift)))
    return tuple(round(float(v), 4) for v in values)


def _odds(claims: _Vector) -> _Vector:
    inside = np.clip(claims, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(inside / (1 - inside)), dtype=np.float64)


def curves_of(pairs: Mapping[str, Sequence[tuple[float, bool]]]) -> dict[str, tuple[float, ...]]:
    """A curve for every field with enough values."""
    return {name: fit(found) for name, found in sorted(pairs.items()) if len(found) >= _LEAST}


def claims(documents: Iterable[BenchDocument], *, reader: Reader, kept: Kept) -> dict[str, list[tuple[float, bool]]]:
    """What the rules claim about each value of the right class before any curve, and whether it is right."""
    out: dict[str, list[tuple[float, bool]]] = {}
    today = tokyo_day(utc_now())
    engines = " ".join(str(engine) for engine in reader.engines[:2])
    for document in documents:
        if document.fields is None or document.damage == "xml":
            continue

        def read(made: BenchDocument = document) -> object:
            return text_of(made.content, file_name=made.file_name, reader=reader)

        text = kept.text(document.content, engine=engines, read=read)  # type: ignore[arg-type]  # a TextReading
        kind = DocumentType(str(document.truth["type"]))
        context = FieldContext(our_companies=document.our_companies, today=today)
        fields = extract_fields(kind, text.texts, context=context, calibrated=False)
        for row in judged_fields(kind, document.fields, fields):
            if row.verdict is not Verdict.MISSING:
                out.setdefault(row.field, []).append((row.confidence, row.verdict is Verdict.RIGHT))
    return out


def main() -> None:
    """Make or take the documents, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--out", type=Path, default=CURVES)
    parser.add_argument(
        "--only", nargs="*", default=(), help="fields that get a new curve; all of them where none is named"
    )
    given = parser.parse_args()
    reader, kept = build_reader(load_settings()), Kept(folder=given.keep)
    without_ocr = replace(reader, engine=create_null(), second=None)
    pairs: dict[str, list[tuple[float, bool]]] = {}
    for name, count, kinds, by in (
        (VARIED, given.count, None, reader),
        (DEVELOPMENT, given.count, None, reader),
        (VARIED, 2 * given.count, TEXT_LAYERS, without_ocr),
    ):
        make = partial(generated, seed=given.seed, count=count, held_back=False, varied=name == VARIED, kinds=kinds)
        documents = kept.documents(f"{name}-{given.seed}-{count}" + ("-text" if kinds else ""), make)
        for field, found in claims(documents, reader=by, kept=kept).items():
            pairs.setdefault(field, []).extend(found)
    new = curves_of(pairs)
    if given.only:
        known = json.loads(CURVES.read_text(encoding="utf-8"))
        new = known | {name: curve for name, curve in new.items() if name in given.only}
    given.out.write_text(json.dumps(dict(sorted(new.items())), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
