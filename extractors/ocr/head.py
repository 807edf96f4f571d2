"""Our own last layers of the recogniser: PP-OCRv6's, trained further on generated lines of Japanese business paper.

Everything before them is the published network. How they were trained: ``samples/training/README.md``.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from domain.errors import EngineMissing

if TYPE_CHECKING:
    import numpy.typing as npt

PATH = Path(__file__).parent / "japanese_head.npz"
WEIGHT, BIAS = "linear_8.w_0", "linear_8.b_0"
"""Names of the fully connected layer in the network's file."""
CHARACTERS = "characters"
"""Entry of the file that says what each output stands for: code points, 0 for no character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Trained layers, in the arithmetic of the network's file."""

    characters: tuple[str, ...]
    """What each output stands for; the first means no character."""
    tensors: dict[str, npt.NDArray[np.float32]]
    """By the name that they replace in the network's file; the fully connected layer has one column per character."""

    def held_to(self, wanted: Callable[[str], bool]) -> Head:
        """The same layers without the outputs of characters that are not ``wanted``."""
        kept = [0, *(index for index, character in enumerate(self.characters) if index and wanted(character))]
        ends = {WEIGHT: self.tensors[WEIGHT][:, kept], BIAS: self.tensors[BIAS][kept]}
        return Head(characters=tuple(self.characters[index] for index in kept), tensors=self.tensors | ends)


def load_head(path: Path = PATH) -> Head:
    """Read trained layers.

    Raises:
        EngineMissing: the file is not there or not what it should be.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        points = arrays.pop(CHARACTERS)
        characters = ("", *(chr(point) for point in points[1:].tolist()))
        tensors = {name: array.astype(np.float32) for name, array in arrays.items()}
        fits = tensors[WEIGHT].shape[1] == len(tensors[BIAS]) == len(characters)
    except (OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise EngineMissing(
            f"trained layers missing or damaged: {path.name}",
            message_ja=f"文字認識の学習済みデータ {path.name} を読み込めません",
        ) from error
    if not fits:
        raise EngineMissing(
            f"trained layers do not fit together: {path.name}",
            message_ja=f"文字認識の学習済みデータ {path.name} が壊れています",
        )
    return Head(characters=characters, tensors=tensors)
