"""Fit the curves of confidence: ``python -m pipeline.benchmark.fit --keep FOLDER [--count N] [--seed N …]``.

Reads development documents (``varied`` and ``development`` in every wear, papers chosen for what few of their class
state, and several times as many with a text layer, which cost nearly nothing), compares every field with its truth, and
writes ``extractors/fields/trust.json``: a curve for what was recognised from a picture, and one for what the file says
itself. Says how far they can be believed: each fifth of the documents is judged by curves that were counted on the
others. With a folder that keeps texts, a second run takes minutes. Deterministic.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import product
from pathlib import Path
from statistics import fmean

import numpy as np
import numpy.typing as npt

from domain.engines import FieldContext
from domain.fields import DocumentType, FieldStatus
from extractors.fields import extract_fields
from extractors.fields.trust import CURVES, GRID, READ, TYPED, along, recognised, way_of
from pipeline.benchmark.accuracy import Verdict
from pipeline.benchmark.calibration import calibration
from pipeline.benchmark.corpus import BenchDocument, generated
from pipeline.benchmark.exact import judged_fields
from pipeline.benchmark.keeping import Kept
from pipeline.benchmark.run import TEXT_LAYERS
from pipeline.benchmark.settings import DEVELOPMENT, VARIED
from pipeline.settings import load_settings
from pipeline.steps.read import Reader, text_of
from pipeline.wiring import build_reader

_Vector = npt.NDArray[np.float64]
PULL = 2.0
"""How strongly a curve is held to the claim itself: about as much as this many documents say. Few documents then change
little; of n values that were all right, about 1 - 1/2n is claimed."""
_DAY = date(2026, 11, 23)
"""On which the documents are read, whenever that is: two-digit years then mean the same every time."""
_FOLDS = 5
"""Parts of the documents, each of which is judged by curves of the others."""
_STEPS = 60
_STRIDE = 0.5
"""Longest step of the search: a full one can overshoot where all values are right."""
_EDGE = 0.002
"""Claims of 0 and 1 are taken for this much less, since no count of documents proves certainty."""
WORN = ("scan200", "skew", "noise", "blur", "jpeg", "light", "fade", "bleed", "fold", "fax", "scan_pdf", "tiff")
"""How papers that are chosen for a field reach the office."""
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


Pairs = dict[tuple[str, str], list[tuple[float, bool]]]
"""(How it was read, field) → what the rules claim about each value, and whether it is right."""


def curves_of(pairs: Mapping[tuple[str, str], Sequence[tuple[float, bool]]]) -> dict[str, dict[str, tuple[float, ...]]]:
    """A curve for every field with enough values, by the way in which they were read."""
    out: dict[str, dict[str, tuple[float, ...]]] = {READ: {}, TYPED: {}}
    for (way, name), found in sorted(pairs.items()):
        if len(found) >= _LEAST:
            out[way][name] = fit(found)
    return out


def claims(documents: Iterable[BenchDocument], *, reader: Reader, kept: Kept) -> Pairs:
    """What the rules claim about each value of the right class before any curve, and whether it is right.

    What the rules doubt is left out: a curve does not lift it.
    """
    out: Pairs = {}
    engines = " ".join(str(engine) for engine in reader.engines[:2])
    for document in documents:
        if document.fields is None or document.damage == "xml":
            continue

        def read(made: BenchDocument = document) -> object:
            return text_of(made.content, file_name=made.file_name, reader=reader)

        text = kept.text(document.content, engine=engines, read=read)  # type: ignore[arg-type]  # a TextReading
        kind = DocumentType(str(document.truth["type"]))
        context = FieldContext(our_companies=document.our_companies, today=_DAY)
        fields = extract_fields(kind, text.texts, context=context, calibrated=False)
        pictured = recognised(text.texts)
        for row in judged_fields(kind, document.fields, fields):
            field = fields.get(row.field)
            if field is not None and field.status is FieldStatus.FOUND:
                way = way_of(field, pictured)
                out.setdefault((way, row.field), []).append((row.confidence, row.verdict is Verdict.RIGHT))
    return out


def together(folds: Iterable[Pairs]) -> Pairs:
    """All values of several parts."""
    out: Pairs = {}
    for fold in folds:
        for key, found in fold.items():
            out.setdefault(key, []).extend(found)
    return out


def checked(folds: Sequence[Pairs]) -> Iterator[str]:
    """A line for each field: how far curves can be believed on documents that they were not counted on."""
    judged: Pairs = {}
    for number, fold in enumerate(folds):
        curves = curves_of(together((*folds[:number], *folds[number + 1 :])))
        for (way, name), found in fold.items():
            curve = curves[way].get(name) or curves[READ].get(name)
            sure = [(along(curve, claim) if curve else claim, right) for claim, right in found]
            judged.setdefault((way, name), []).extend(sure)
    for (way, name), found in sorted(judged.items()):
        one = calibration(name, found)
        said, right = (fmean(value) for value in zip(*found, strict=True))
        yield (
            f"{way} {name} {one.count}: error {one.expected_error:.3f} (by chance {one.by_chance.mean:.3f},"
            f" at most {one.by_chance.high:.3f}), said {said:.3f}, right {right:.3f}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Development documents that curves are counted on."""

    set_name: str
    text_layers: bool = False
    types: tuple[DocumentType, ...] | None = None
    carrying: tuple[str, ...] = ()
    """Fields of which each document states one or another; any document where empty."""
    share: float = 1.0
    """How many there are for each that was asked for."""

    def documents(self, given: argparse.Namespace, kept: Kept, *, seed: int) -> list[BenchDocument]:
        count = round(self.share * (given.text_layers if self.text_layers else given.count))
        parts = (self.set_name, str(seed), str(count), *(("text",) if self.text_layers else ()))
        make = partial(
            generated,
            seed=seed,
            count=count,
            held_back=False,
            varied=self.set_name == VARIED,
            kinds=TEXT_LAYERS if self.text_layers else WORN if self.carrying else None,
            types=self.types,
            carrying=self.carrying,
        )
        return kept.documents("-".join((*parts, *(kind.value for kind in self.types or ()), *self.carrying)), make)


def _carrying(*, text_layers: bool) -> Iterator[_Part]:
    """Papers chosen for what few of their class state; revenue stamps are on contracts of one set only."""
    for set_name in (VARIED, DEVELOPMENT):
        if not text_layers:  # of these every other part has enough
            yield _Part(set_name=set_name, types=(DocumentType.INVOICE,), carrying=("bank_account",), share=0.75)
        for name, share in (("discount", 0.75), ("issuer_branch", 0.375)):
            yield _Part(
                set_name=set_name,
                text_layers=text_layers,
                types=(DocumentType.RECEIPT,),
                carrying=(name,),
                share=share / 1.5 if text_layers else share,
            )
    yield _Part(
        set_name=DEVELOPMENT,
        text_layers=text_layers,
        types=(DocumentType.CONTRACT,),
        carrying=("stamp_duty",),
        share=0.25 if text_layers else 0.375,
    )


_PARTS = (
    _Part(set_name=VARIED),
    _Part(set_name=DEVELOPMENT),
    *_carrying(text_layers=False),
    _Part(set_name=VARIED, text_layers=True),
    _Part(set_name=DEVELOPMENT, text_layers=True),
    # Fields that only these classes have, and not each of their papers.
    _Part(set_name=DEVELOPMENT, text_layers=True, types=(DocumentType.CONTRACT,)),
    _Part(set_name=DEVELOPMENT, text_layers=True, types=(DocumentType.RECEIPT,)),
    *_carrying(text_layers=True),
)


def main() -> None:
    """Make or take the documents, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--count", type=int, default=150, help="worn documents of each of two sets")
    parser.add_argument("--text-layers", type=int, default=400, help="documents with a text layer of each of four sets")
    parser.add_argument("--seed", type=int, nargs="+", default=[11], help="each makes so many documents")
    parser.add_argument(
        "--text-seed", type=int, nargs="+", help="those of them with text layers; all of them if unsaid"
    )
    parser.add_argument("--out", type=Path, default=CURVES)
    parser.add_argument(
        "--only", nargs="*", default=(), help="fields that get a new curve; all of them where none is named"
    )
    given = parser.parse_args()
    reader, kept = build_reader(load_settings()), Kept(folder=given.keep)
    layers = replace(reader, second=None)
    folds: list[Pairs] = [{} for _ in range(_FOLDS)]
    for seed, part in product(given.seed, _PARTS):
        if part.text_layers and seed not in (given.text_seed or given.seed):
            continue
        by = layers if part.text_layers else reader
        documents = part.documents(given, kept, seed=seed)
        for number, fold in enumerate(folds):
            for key, found in claims(documents[number::_FOLDS], reader=by, kept=kept).items():
                fold.setdefault(key, []).extend(found)
    sys.stdout.write("".join(f"{line}\n" for line in checked(folds)))
    new = curves_of(together(folds))
    if given.only:
        known = json.loads(CURVES.read_text(encoding="utf-8"))
        wanted = set(given.only)
        new = {way: known[way] | {name: new[way][name] for name in wanted & new[way].keys()} for way in new}
    plain = {way: dict(sorted(found.items())) for way, found in new.items()}
    given.out.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
