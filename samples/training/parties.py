"""Learn what is mistaken for what in company names, and how much a similar name proves.

``python -m samples.training.parties FOLDER`` with the folder of the JaPOC pairs writes
``extractors/parties/confusions.json`` from one half of the true names; the other half is for measuring.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from domain.counterparties import Counterparty, name_key
from extractors.parties.confusion import costs, learn
from extractors.parties.forms import mended
from extractors.parties.matching import PartyIndex, Weights, evidence
from samples.generator.other_names import other_names

Vector = npt.NDArray[np.float64]

FILES = ("val_robota_ocr.jsonl", "val_vision_ocr.jsonl")
SOURCE = (
    "JaPOC validation pairs (FastAccounting/ocr_correction_benchmark, commit 15aacfe, Apache-2.0): "
    "counts of misread characters among the pairs whose true name falls into the half for learning"
)
OTHERS = 10_000
"""Names in the master beside the right ones."""
KNOWN = 0.8
"""Share of documents whose counterparty is in the master: a business deals with the same companies again and again. An
assumption, since no data says so."""
_RIDGE = 0.05
_ROUNDS = 1000
_MEANT, _STANDS, _NEITHER = range(3)
"""What a reading is: the nearest name misread, right as it stands, or neither."""
_OUT = Path(__file__).parents[2] / "extractors" / "parties" / "confusions.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A name as it was read and as it stands."""

    engine: str
    read: str
    true: str

    @property
    def held_back(self) -> bool:
        """Decided by the true name alone: no name is on both sides."""
        return sha256(self.true.encode()).digest()[0] % 2 == 1


def load_pairs(folder: Path) -> tuple[Pair, ...]:
    """Every pair of both OCR services."""
    pairs = []
    for file in FILES:
        for line in (folder / file).read_text(encoding="utf-8").splitlines():
            plain = json.loads(line)
            pairs.append(Pair(engine=file.split("_")[1], read=plain["src"], true=plain["tgt"]))
    return tuple(pairs)


def master_of(names: Sequence[str]) -> tuple[Counterparty, ...]:
    """A master of these names."""
    return tuple(Counterparty(counterparty_id=str(i), name=name) for i, name in enumerate(names))


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of the JaPOC pairs")
    pairs = load_pairs(parser.parse_args().folder)
    mine = [pair for pair in pairs if not pair.held_back]
    counts = learn((pair.read, pair.true) for pair in mine)
    names = sorted({pair.true for pair in mine})
    master = (*names, *other_names(random.Random(1), count=OTHERS, real=names))
    index = PartyIndex(master_of(master), table=costs(counts), weights=Weights(meant=(), stands=()))
    rows: list[tuple[float, ...]] = []
    what: list[int] = []
    weight: list[float] = []
    for pair in mine:
        read = mended(pair.read)
        near = index.nearest(read)
        others = tuple(n for n in near if n.party.name != pair.true)
        exact = name_key(pair.read) == name_key(pair.true)
        for found, share in (((), 0.0) if exact else (near, KNOWN), (others, 1 - KNOWN)):
            if found:
                rows.append(evidence(read, found))
                what.append(_MEANT if found[0].party.name == pair.true else _stands(pair))
                weight.append(share)
    meant, stands = fit(np.array(rows), np.array(what), np.array(weight)).round(4).tolist()
    content = {"source": SOURCE, "counts": counts, "meant": meant, "stands": stands}
    _OUT.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _stands(pair: Pair) -> int:
    return _STANDS if name_key(mended(pair.read)) == name_key(pair.true) else _NEITHER


def fit(rows: Vector, what: npt.NDArray[np.int_], weight: Vector) -> Vector:
    """Weights of a logistic regression with three outcomes, the last at zero (Newton's method, small ridge)."""
    found = np.zeros((_NEITHER + 1, rows.shape[1]))
    for _ in range(_ROUNDS):
        largest = 0.0
        for outcome in (_MEANT, _STANDS):
            said = np.exp(rows @ found.T)
            share = said[:, outcome] / said.sum(axis=1)
            slope = rows.T @ (weight * ((what == outcome) - share)) - _RIDGE * found[outcome]
            bend = (rows.T * (weight * share * (1 - share))) @ rows + _RIDGE * np.eye(rows.shape[1])
            step = np.linalg.solve(bend, slope)
            found[outcome] += step
            largest = max(largest, float(np.abs(step).max()))
        if largest < 1e-9:
            break
    return found[:_NEITHER]


if __name__ == "__main__":
    main()
