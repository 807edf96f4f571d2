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
from extractors.parties.matching import PartyIndex, evidence
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
_ROUNDS = 100
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
    index = PartyIndex(master_of(master), table=costs(counts), weights=())
    rows: list[tuple[float, ...]] = []
    right: list[float] = []
    weight: list[float] = []
    for pair in mine:
        near = index.nearest(pair.read)
        others = tuple(n for n in near if n.party.name != pair.true)
        exact = name_key(pair.read) == name_key(pair.true)
        for found, share in (((), 0.0) if exact else (near, KNOWN), (others, 1 - KNOWN)):
            if found:
                rows.append(evidence(found))
                right.append(float(found[0].party.name == pair.true))
                weight.append(share)
    fitted = fit(np.array(rows), np.array(right), np.array(weight))
    content = {"source": SOURCE, "counts": counts, "weights": [round(float(w), 4) for w in fitted]}
    _OUT.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def fit(rows: Vector, right: Vector, weight: Vector) -> Vector:
    """Weights of a logistic regression (Newton's method, small ridge)."""
    found = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        said = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (weight * (right - said)) - _RIDGE * found
        bend = (rows.T * (weight * said * (1 - said))) @ rows + _RIDGE * np.eye(len(found))
        step = np.linalg.solve(bend, slope)
        found += step
        if float(np.abs(step).max()) < 1e-9:
            break
    return found


if __name__ == "__main__":
    main()
