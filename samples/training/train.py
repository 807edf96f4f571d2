"""Trains the recogniser's last layers on features of generated lines and writes the file that production reads."""

from __future__ import annotations

import json
import logging
import math
import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch

from extractors.ocr.head import BIAS, CHARACTERS, WEIGHT
from extractors.ocr.repertoire import select, wanted
from samples.training.layers import Layers

_LOG = logging.getLogger(__name__)
_ALSO = {"㈲": "㈱", "㎡": "m", "№": "N", "㎜": "m", "㎝": "c", "㎏": "k", "ｰ": "-", "㎥": "m"}
"""Characters that the published network lacks, each begun as another one."""
_STEPS_PER_BATCH = 1600
"""Steps of all lines of a batch together; lines of a batch are equally wide."""
_NECK_RATE = 3e-4
_LAST_RATE = 0.3
"""Length of a step of the fully connected layer as a whole: its gradient is scaled by one number for all characters, so
that characters which no line holds hardly move."""
_WARM_UP = 40
_NOTHING_TIMES = 3
"""Lines without text count this often."""
SEED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Example:
    features: npt.NDArray[np.float16]
    target: list[int]


def train(features: Path, network: Path, out: Path, *, batches: int) -> None:
    """Train on all feature files of a folder and write the layers.

    Args:
        features: folder of ``samples.training.features``.
        network: the published ONNX file.
        out: where the trained layers go.
        batches: how many batches are learnt from.
    """
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    (stored,) = (p.value for p in onnx.load(network).metadata_props if p.key == "character")
    published = stored.splitlines()
    keep, alphabet = select(published)
    also = {new: like for new, like in _ALSO.items() if wanted(new) and new not in alphabet}
    layers = Layers(network, keep, [published.index(like) + 1 for like in also.values()])
    alphabet += also
    examples = _examples(features, {character: index for index, character in enumerate(alphabet)})
    _LOG.info("%d lines, %d characters", len(examples), len(alphabet))
    _learn(layers, examples, batches)
    arrays = {name: tensor.detach().numpy().astype(np.float16) for name, tensor in layers.weights.items()}
    arrays[CHARACTERS] = np.array([ord(character) if character else 0 for character in alphabet], np.uint32)
    np.savez_compressed(out, **arrays)


def _examples(folder: Path, indices: dict[str, int]) -> list[_Example]:
    """Lines whose characters the network has outputs for, and which have steps enough for them."""
    out = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path, allow_pickle=False) as stored:
            texts = json.loads(stored["texts"].tobytes())
            steps = np.split(stored["features"], np.cumsum(stored["lengths"])[:-1])
        for text, features in zip(texts, steps, strict=True):
            target = [indices[character] for character in text if character in indices]
            doubled = sum(a == b for a, b in pairwise(target))
            if len(target) == len(text) and len(target) + doubled <= len(features):
                out.append(_Example(features=features, target=target))
    return out


def _batches(examples: list[_Example], rng: random.Random) -> list[list[_Example]]:
    widths: dict[int, list[_Example]] = {}
    for example in examples:
        times = 1 if example.target else _NOTHING_TIMES
        widths.setdefault(len(example.features), []).extend([example] * times)
    out = []
    for steps, same in widths.items():
        rng.shuffle(same)
        size = max(4, _STEPS_PER_BATCH // steps)
        out += [same[start : start + size] for start in range(0, len(same), size)]
    rng.shuffle(out)
    return out


def _learn(layers: Layers, examples: list[_Example], batches: int) -> None:
    rng = random.Random(SEED)
    last = [layers.weights[WEIGHT], layers.weights[BIAS]]
    neck = [tensor for name, tensor in sorted(layers.weights.items()) if name not in {WEIGHT, BIAS}]
    optimiser = torch.optim.Adam(neck, lr=_NECK_RATE, betas=(0.9, 0.98))
    momentum = [torch.zeros_like(tensor) for tensor in last]
    scale = [0.0, 0.0]
    waiting: list[list[_Example]] = []
    for number in range(batches):
        waiting = waiting or _batches(examples, rng)
        rate = min(1.0, (number + 1) / _WARM_UP) * 0.5 * (1 + math.cos(math.pi * number / batches))
        for tensor in (*neck, *last):
            tensor.grad = None
        loss = _loss(layers, waiting.pop())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(neck, 1.0)
        optimiser.param_groups[0]["lr"] = _NECK_RATE * rate
        optimiser.step()
        with torch.no_grad():
            for at, tensor in enumerate(last):
                scale[at] = 0.98 * scale[at] + 0.02 * float((tensor.grad**2).sum())
                length = math.sqrt(scale[at] / (1 - 0.98 ** (number + 1))) + 1e-8
                momentum[at].mul_(0.9).add_(tensor.grad, alpha=0.1)
                tensor.add_(momentum[at], alpha=-_LAST_RATE * rate / length)
        if number % 50 == 0:
            _LOG.info("batch %d: loss %.4f per character", number, loss.item())


def _loss(layers: Layers, batch: list[_Example]) -> Any:
    stacked = np.stack([example.features for example in batch]).astype(np.float32)
    logits = layers(torch.from_numpy(stacked).permute(0, 2, 1).unsqueeze(2))
    shares = torch.log_softmax(logits, -1).transpose(0, 1)
    lengths = torch.tensor([len(example.target) for example in batch])
    targets = torch.tensor([index for example in batch for index in example.target], dtype=torch.long)
    steps = torch.full((len(batch),), logits.shape[1])
    loss = torch.nn.functional.ctc_loss(shares, targets, steps, lengths, reduction="sum", zero_infinity=True)
    return loss / max(1, int(lengths.sum()))
