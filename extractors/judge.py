"""How likely a cut is right, asked of small networks: some for level and some for upright cuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from extractors.cuts import Cut

if TYPE_CHECKING:
    import numpy.typing as npt

    from extractors.zones import Zone

WEIGHTS = Path(__file__).with_name("order.npz")
"""Written by ``python -m extractors.training.order``."""
_FURTHEST = 8.0
"""Measures are held within so many standard deviations of what was seen in training."""
_STEEPEST = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Some small networks of three layers over the same measures, asked together."""

    mean: npt.NDArray[np.float32]
    deviation: npt.NDArray[np.float32]
    layers: tuple[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]], ...]
    """Weights and biases, one plane for each of the networks."""

    def chances(self, measures: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """One probability per row of measures."""
        x = np.clip((measures - self.mean) / self.deviation, -_FURTHEST, _FURTHEST)
        for weights, bias in self.layers[:-1]:
            x = np.maximum(x @ weights + bias, 0)
        weights, bias = self.layers[-1]
        out = np.clip(x @ weights + bias, -_STEEPEST, _STEEPEST)[..., 0]
        result: npt.NDArray[np.float32] = (1 / (1 + np.exp(-out))).mean(axis=0)
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges cuts."""

    level: Network
    upright: Network

    def chances(self, cuts: Sequence[Cut]) -> list[float]:
        """How likely each is right, 0 to 1."""
        out = [0.0] * len(cuts)
        for network, way in ((self.level, False), (self.upright, True)):
            chosen = [i for i, cut in enumerate(cuts) if cut.upright is way]
            if chosen:
                measures = np.array([cuts[i].measures for i in chosen], np.float32)
                if not way:
                    measures = np.hstack([measures, zone_measures(self.upright, [cuts[i].zones for i in chosen])])
                found = network.chances(measures)
                for index, chance in zip(chosen, found.tolist(), strict=True):
                    out[index] = chance
        return out

    def save(self, path: Path) -> None:
        """Write the weights."""
        stored: dict[str, npt.NDArray[np.float32]] = {}
        for name, network in (("level", self.level), ("upright", self.upright)):
            stored |= {f"{name}_mean": network.mean, f"{name}_deviation": network.deviation}
            for number, (weights, bias) in enumerate(network.layers):
                stored |= {f"{name}_weights_{number}": weights, f"{name}_bias_{number}": bias}
        np.savez(path, **stored)  # type: ignore[arg-type]  # its stub takes the names for options


def zone_measures(
    upright: Network, zones: Sequence[Sequence[Zone | npt.NDArray[np.float32] | None]]
) -> npt.NDArray[np.float32]:
    """For every zone of each level cut: whether there is one, how likely it falls into columns, its measures.

    A cut that runs through no zone has zeros for them.
    """
    every = [zone for of_cut in zones for zone in of_cut]
    known = {id(zone): zone for zone in every if zone is not None}  # several cuts run through one zone
    chances = upright.chances(np.array(list(known.values()), np.float32)).tolist() if known else []
    found = dict(zip(known, chances, strict=True))
    told = np.zeros((len(every), 2 + upright.mean.size), np.float32)
    for row, zone in zip(told, every, strict=True):
        if zone is not None:
            row[0], row[1], row[2:] = 1.0, found[id(zone)], zone
    return told.reshape(len(zones), -1)


@lru_cache(maxsize=1)
def load_judge() -> Judge:
    """The one that was trained."""
    with np.load(WEIGHTS) as stored:
        return Judge(level=_network(stored, "level"), upright=_network(stored, "upright"))


def _network(stored: np.lib.npyio.NpzFile, name: str) -> Network:
    layers: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = []
    while f"{name}_weights_{len(layers)}" in stored:
        number = len(layers)
        layers.append((stored[f"{name}_weights_{number}"], stored[f"{name}_bias_{number}"]))
    return Network(mean=stored[f"{name}_mean"], deviation=stored[f"{name}_deviation"], layers=tuple(layers))
