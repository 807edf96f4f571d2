"""Learn to tell handwriting from print, and write ``extractors/ocr/handwriting_weights.py``.

Run as ``python -m extractors.ocr.training.handwriting FONT…`` with font files that imitate handwriting (Chromium draws
the printed pages). ``--measure`` writes nothing: it says how much of the writing in these fonts is found by the weights
in force, and how often printed lines of held-back layouts are taken for it.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from extractors.ocr import handwriting, ppocr
from extractors.ocr.recognition import cut
from extractors.pages import cleanup
from extractors.pages.render import render_pages
from extractors.pages.rendition import RenderedPage
from extractors.settings import ExtractorSettings

if TYPE_CHECKING:
    import numpy.typing as npt

    from domain.page import PixelArray
    from extractors.ocr.detection import Quad

    Strips = Iterator[PixelArray]
    Look = Callable[[PixelArray], Sequence[Quad]]

WEIGHTS_FILE = Path(handwriting.__file__).with_name("handwriting_weights.py")
SEED = 23
LINES = 600
"""Handwritten ones, from all fonts in turn."""
DOCUMENTS = 150
"""Printed ones: ten of each damage, about three thousand lines."""
_STEPS = 6_000
_RATE = 0.5
_DECAY = 1e-3
_WIDE = 2.0
_PAPER = 250


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fonts", type=Path, nargs="+")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--measure", action="store_true", help="nothing is written")
    parser.add_argument("--out", type=Path, default=WEIGHTS_FILE)
    asked = parser.parse_args(arguments)
    look = _looking()
    by_hand = [s for strip in handwritten(asked.fonts, asked.lines, seed=asked.seed) for s in _found(strip, look)]
    print_ = list(printed(asked.documents, seed=asked.seed, held_back=asked.measure, look=look))
    if asked.measure:
        found = np.mean([handwriting.log_odds(strip) > handwriting.SURELY for strip in by_hand])
        wrong = np.mean([handwriting.log_odds(strip) > handwriting.SURELY for strip in print_])
        sys.stdout.write(f"found {found:.3f} of {len(by_hand)}; wrong {wrong:.4f} of {len(print_)}\n")
        return 0
    weights, bias = fitted(_measured(by_hand), _measured(print_))
    asked.out.write_text(_module(weights, bias), encoding="utf-8")
    return 0


def handwritten(fonts: Sequence[Path], count: int, *, seed: int) -> Strips:
    """Handwritten lines on white paper with room around them."""
    from samples.generator import handwriting as hand  # noqa: PLC0415  # only for training

    words, rng = random.Random(seed), np.random.default_rng(seed)  # noqa: S311  # drawing, not secrets
    for number in range(count):
        size = words.randrange(30, 58)
        font = fonts[number % len(fonts)]
        line = hand.handwritten_line(hand.handwritten_text(words), font, size=size, rng=rng, paper=_PAPER)
        worn = line + rng.normal(0, words.choice((0.5, 3.0, 12.0)), line.shape)
        yield np.pad(np.clip(worn, 0, 255).astype(np.uint8), ((size, size), (size, size), (0, 0)), mode="edge")


def printed(count: int, *, seed: int, held_back: bool, look: Look) -> Strips:
    """Printed lines of generated documents with every damage."""
    from samples.generator.making import samples  # noqa: PLC0415  # only for training
    from samples.generator.printer import Printer  # noqa: PLC0415  # only for training

    with Printer() as printer:
        for made in samples(seed=seed, count=count, held_back=held_back, printer=printer):
            if made.pdf and made.suffix != ".xml":
                for page in render_pages(made.content, media_type=made.media_type, settings=ExtractorSettings()):
                    if isinstance(page, RenderedPage):
                        yield from _found(cleanup.clean(page.pixels).pixels, look)


def fitted(by_hand: npt.NDArray[np.float64], print_: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], float]:
    """Weights of the measures and of their squares, and the bias: logistic regression, both classes counting alike."""
    measured = np.concatenate((by_hand, print_))
    values = np.hstack((measured, measured**2))
    truth = np.concatenate((np.ones(len(by_hand)), np.zeros(len(print_))))
    counts = np.where(truth == 1, 1 / len(by_hand), 1 / len(print_)) * len(truth) / 2
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    scaled = (values - middle) / spread
    weights, bias = np.zeros(scaled.shape[1]), 0.0
    for _ in range(_STEPS):
        missed = (1 / (1 + np.exp(-(scaled @ weights + bias))) - truth) * counts
        weights -= _RATE * (scaled.T @ missed / len(truth) + _DECAY * weights)
        bias -= _RATE * float(missed.mean())
    weights = weights / spread
    return weights, bias - float(weights @ middle)


def _looking() -> Look:
    engine = ppocr.create()
    return lambda pixels: engine.look(pixels, page_index=0).quads


def _found(pixels: PixelArray, look: Look) -> Strips:
    for quad in look(pixels):
        if quad.width > _WIDE * quad.height:
            yield cut(pixels, quad)


def _measured(strips: Sequence[PixelArray]) -> npt.NDArray[np.float64]:
    return np.array([m for strip in strips if (m := handwriting.measures(strip)) is not None])


def _module(weights: npt.NDArray[np.float64], bias: float) -> str:
    head = (
        '"""Weights of the twenty measures and of their squares, and the bias: written by the training command."""\n\n'
    )
    return head + "WEIGHTS = (\n" + "".join(f"    {w:.4f},\n" for w in weights) + f")\nBIAS = {bias:.4f}\n"


if __name__ == "__main__":
    sys.exit(main())
