"""What stamps say: 領収済, 受領 with a day, PAID. Clean-up took their ink off the page; here it is read by itself.

Names on company and personal seals are no text: they are written in seal script, and the name stands beside them.
So a stamp counts only where it bears a word of the office or a day.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from domain.geometry import Transform, quarter_turn
from domain.page import Line
from extractors.pages.cleanup import turn

if TYPE_CHECKING:
    from domain.page import PageText, PixelArray
    from extractors.pages.cleanup import SealPicture

_SIDE_PX = 176
"""Stamps are read this high: letters of a day stamp become 30 pixels high."""
_GAP_PX = 24
_MOST = 6
_SURE = 0.8
_SAYS = re.compile(
    r"済|領収|受領|受付|受取|検収|検品|承認|確認|支払|入金|出金|振込|請求|見積|納品|発送|控|写|再発行|取消|無効|至急|重要"
    r"|経理|総務|営業|PAID|RECEIVED|COPY|VOID|\d{1,4}[.\-/年]\s?\d{1,2}[.\-/月]\s?\d{1,2}"
)


@dataclass(frozen=True, slots=True)
class _Placed:
    top: int
    bottom: int
    to_source: Transform
    """From the sheet to the picture that was given."""


def read_stamps(
    seals: tuple[SealPicture, ...], degrees: int, *, read: Callable[[PixelArray], PageText]
) -> tuple[Line, ...]:
    """Lines on stamps, with boxes in pixels of the picture that was given.

    Args:
        seals: ink that clean-up lifted.
        degrees: the page's quarter turn.
        read: reads one picture.
    """
    if not seals:
        return ()
    sheet, places = _sheet(seals[:_MOST], degrees)
    found: list[list[Line]] = [[] for _ in places]
    for line in read(sheet).lines:
        _, y = line.box.center
        for place, lines in zip(places, found, strict=True):
            if place.top <= y < place.bottom:
                lines.append(_moved(line, place.to_source))
    return tuple(line for lines in found if _speaks(lines) for line in lines if _sure(line))


def _sheet(seals: tuple[SealPicture, ...], degrees: int) -> tuple[PixelArray, list[_Placed]]:
    """All stamps on one sheet, the right way up, one below the other: side by side their rows would be joined."""
    cell = _SIDE_PX + 2 * _GAP_PX
    sheet = np.full((len(seals) * cell, cell, 3), 255, np.uint8)
    places: list[_Placed] = []
    for number, seal in enumerate(seals):
        upright = turn(seal.pixels, degrees)
        height, width = upright.shape[:2]
        scale = _SIDE_PX / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        x, y = _GAP_PX, number * cell + _GAP_PX
        sheet[y : y + size[1], x : x + size[0]] = cv2.resize(upright, size, interpolation=cv2.INTER_AREA)
        to_crop = Transform(matrix=(1 / scale, 0.0, -x / scale, 0.0, 1 / scale, -y / scale, 0.0, 0.0, 1.0))
        back = quarter_turn(-degrees % 360, width_px=width, height_px=height)
        places.append(_Placed(number * cell, (number + 1) * cell, to_crop.then(back).then(seal.to_source)))
    return sheet, places


def _moved(line: Line, transform: Transform) -> Line:
    words = tuple(replace(word, box=transform.box(word.box)) for word in line.words)
    return replace(line, words=words, box=transform.box(line.box))


def _speaks(lines: list[Line]) -> bool:
    return any(_SAYS.search(unicodedata.normalize("NFKC", line.text).upper()) for line in lines if _sure(line))


def _sure(line: Line) -> bool:
    letters = sum(len(word.text) for word in line.words)
    return letters > 1 and sum(word.confidence * len(word.text) for word in line.words) >= _SURE * letters
