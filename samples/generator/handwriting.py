"""Lines as a hand would write them, from fonts that imitate handwriting: every character moved, turned, sized and bent.

The fonts are not part of the repository; any will do (Debian: fonts-kiloji, fonts-seto, fonts-yozvox-yozfont,
fonts-aoyagi-soseki and others; fonts-klee, fonts-yusei-magic and fonts-kouzan-mouhitsu were kept for measuring).
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from samples.generator.damage import Pixels, Random

_NAMES = (
    "株式会社灯台製作所",
    "有限会社山田商店",
    "佐藤",
    "田中一郎",
    "上",
    "鈴木建設(株)",
    "みどり工務店",
    "宮本直樹",
)
_PURPOSES = ("お品代", "飲食代", "文具代", "書籍代", "駐車場代", "会議費", "お車代", "修理代", "講師謝礼", "切手代")
_INKS = ((30, 30, 30), (20, 30, 120), (60, 60, 70), (10, 10, 80))
_cv: Any = cv2  # its stubs know no element types


def handwritten_text(rng: random.Random) -> str:
    """What people write on receipts and forms."""
    year, month, day = rng.randrange(5, 9), rng.randrange(1, 13), rng.randrange(1, 29)
    return rng.choice(
        (
            rng.choice(_NAMES) + rng.choice((" 様", " 御中", "様")),
            rng.choice("¥金") + f"{rng.randrange(500, 400_000):,}" + rng.choice(("-", "", "円")),
            f"但し {rng.choice(_PURPOSES)}として",
            f"令和{year}年{month}月{day}日",
            f"{2018 + year}年 {month}月 {day}日",
            f"東京都千代田区見本町{rng.randrange(1, 9)}-{rng.randrange(1, 30)}",
        )
    )


def handwritten_line(text: str, font: Path, *, size: int, rng: Random, paper: int = 250) -> Pixels:
    """One line of writing, three times as high as its letters."""
    letters = ImageFont.truetype(str(font), size)
    room = int(size * 1.5 * len(text)) + 4 * size
    ink = np.zeros((3 * size, room), np.float32)
    sizes, places, turns = rng.uniform(0.02, 0.07), rng.uniform(0.02, 0.07), rng.uniform(1, 5)
    drift, gap = rng.uniform(-0.03, 0.03), rng.uniform(0.0, 0.22)
    at = float(size)
    for character in text:
        if character.isspace():
            at += 0.6 * size
            continue
        glyph = _bent(_moved(_glyph(character, letters, size), size, (sizes, places, turns), rng), size, rng)
        left, top = int(at - size / 2), int(0.5 * size + drift * at)
        if left + 2 * size > room or not 0 <= top <= size:
            break
        below = ink[top : top + 2 * size, left : left + 2 * size]
        np.maximum(below, glyph, out=below)
        at += float(letters.getlength(character)) * (1 + gap) + rng.normal(0, 0.03 * size)
    depth = (ink[:, : int(at + size), None] / 255) * rng.uniform(0.75, 1.0)
    colour = np.array(_INKS[int(rng.integers(len(_INKS)))], np.float32)
    line: Pixels = np.clip(paper * (1 - depth) + colour * depth, 0, 255).astype(np.uint8)
    return line


def _glyph(character: str, letters: ImageFont.FreeTypeFont, size: int) -> Any:
    image = Image.new("L", (2 * size, 2 * size), 0)
    ImageDraw.Draw(image).text((size // 2, size // 3), character, fill=255, font=letters)
    return np.asarray(image, np.float32)


def _moved(glyph: Any, size: int, spread: tuple[float, float, float], rng: Random) -> Any:
    sizes, places, turns = spread
    matrix = _cv.getRotationMatrix2D((size, size), rng.normal(0, turns), 1 + rng.normal(0, sizes))
    matrix[:, 2] += rng.normal(0, places * size, 2)
    matrix[0, 1] += rng.normal(0, 0.04)
    return _cv.warpAffine(glyph, matrix, (2 * size, 2 * size))


def _bent(glyph: Any, size: int, rng: Random) -> Any:
    side = 2 * size
    bend = [
        _cv.resize(rng.normal(0, 0.02 * size, (5, 5)).astype(np.float32), (side, side), interpolation=_cv.INTER_CUBIC)
        for _ in range(2)
    ]
    down, across = np.mgrid[0:side, 0:side].astype(np.float32)
    return _cv.remap(glyph, across + bend[0], down + bend[1], _cv.INTER_LINEAR)
