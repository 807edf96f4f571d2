"""Which of the characters that were read are right: reading and print are laid over one another and aligned.

The print is known with the place of every glyph (a PDF's text layer), the reading comes from a worn picture of it.
Words that occur once on both sides show how the two pages lie on one another, whatever damage did; then every word read
is aligned with the glyphs in its own place, so that a misread amount is not excused by the same amount elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from domain.folding import fold

if TYPE_CHECKING:
    import numpy.typing as npt

    Plane = npt.NDArray[np.float64]

_ANCHOR_LENGTH = 4
"""Words shorter than this are not sure enough to be unique."""
_FEWEST_ANCHORS = 6
_TOLERANCE = 0.012
"""How far (as a share of the page) an anchor may lie from where the others put it."""
_INLIER_SHARE = 0.6
_REACH = 0.6
"""Print is looked for this many character sizes around a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """A printed character and where it stands, as shares of the page's width and height."""

    text: str
    x: float
    y: float
    height: float
    """Share of the page's height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWord:
    """A word as read."""

    text: str
    corners: tuple[float, float, float, float]
    """Left, top, right, bottom on the picture that was read, in pixels."""
    vertical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What became of a word's characters."""

    right: tuple[bool, ...]
    """For each character of its text."""
    missed: int
    """Printed characters inside the word's place that it does not have."""
    printed: int
    """Printed characters found in its place."""

    @property
    def whole(self) -> bool:
        """Every character right and none missed."""
        return all(self.right) and self.missed == 0


_SAME = str.maketrans({"〜": "~", "\\": "¥", "·": "・", "•": "・"})
"""Look the same in print: Japanese fonts draw the backslash as a yen sign."""


def plain(text: str) -> str:
    """As characters are compared: NFKC, one kind of dash, wave and bullet, no spaces."""
    return "".join(fold(text).text.translate(_SAME).split())


def judge(words: Sequence[ReadWord], printed: Sequence[Glyph]) -> tuple[Judged, ...] | None:
    """Judge every word of a page, or None where reading and print cannot be laid over one another."""
    plane = _plane(words, printed)
    if plane is None:
        return None
    places = np.array([(g.x, g.y) for g in printed])
    return tuple(_judged(word, plane, printed, places) for word in words)


def _plane(words: Sequence[ReadWord], printed: Sequence[Glyph]) -> Plane | None:
    """From pixels of the picture to shares of the printed page (a homography)."""
    text = ""
    owners: list[int] = []
    for number, glyph in enumerate(printed):
        for character in plain(glyph.text):
            text += character
            owners.append(number)
    read = Counter(plain(word.text) for word in words)
    anchors: list[tuple[tuple[float, float], tuple[float, float]]] = []
    for word in words:
        wanted = plain(word.text)
        if len(wanted) < _ANCHOR_LENGTH or read[wanted] > 1 or text.count(wanted) != 1:
            continue
        at = text.index(wanted)
        glyphs = [printed[owners[n]] for n in range(at, at + len(wanted))]
        left, top, right, bottom = word.corners
        middle = ((glyphs[0].x + glyphs[-1].x) / 2, (glyphs[0].y + glyphs[-1].y) / 2)
        anchors.append((((left + right) / 2, (top + bottom) / 2), middle))
    if len(anchors) < _FEWEST_ANCHORS:
        return None
    source = np.array([a for a, _ in anchors], np.float64)
    target = np.array([b for _, b in anchors], np.float64)
    found, inliers = cv2.findHomography(source, target, cv2.RANSAC, _TOLERANCE)
    if found is None or inliers.mean() < _INLIER_SHARE:
        return None
    return np.asarray(found, np.float64)


def _judged(word: ReadWord, plane: Plane, printed: Sequence[Glyph], places: Plane) -> Judged:
    left, top, right, bottom = word.corners
    size = (right - left) if word.vertical else (bottom - top)
    grown = (left - _REACH * size, top, right + _REACH * size, bottom)
    if word.vertical:
        grown = (left, top - _REACH * size, right, bottom + _REACH * size)
    inside = [n for n in _inside(grown, plane, places) if plain(printed[n].text)]
    strict = set(_inside(word.corners, plane, places))
    axis = 1 if word.vertical else 0
    ordered = sorted(inside, key=lambda n: places[n][axis])
    truth: list[tuple[str, bool]] = [(c, n in strict) for n in ordered for c in plain(printed[n].text)]
    marks, missed = aligned(word.text, truth)
    return Judged(right=marks, missed=missed, printed=len(strict))


def _inside(corners: tuple[float, float, float, float], plane: Plane, places: Plane) -> list[int]:
    left, top, right, bottom = corners
    ring = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float64)
    quad = cv2.perspectiveTransform(ring, plane)[0]
    kept = np.ones(len(places), bool)
    turn = 0.0
    for a, b in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        turn += a[0] * b[1] - b[0] * a[1]
    for a, b in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        side = (b[0] - a[0]) * (places[:, 1] - a[1]) - (b[1] - a[1]) * (places[:, 0] - a[0])
        kept &= side * turn >= 0
    return [int(n) for n in np.flatnonzero(kept)]


def aligned(read: str, truth: Sequence[tuple[str, bool]]) -> tuple[tuple[bool, ...], int]:
    """For each character read whether it is right, and how many printed ones are missing.

    ``truth`` is what is printed in order, each with whether it must be there: glyphs around the word's place may belong
    to its neighbours, and leaving those out costs nothing.
    """
    letters: list[tuple[str, int]] = [(c, n) for n, char in enumerate(read) for c in plain(char)]
    rows, columns = len(letters) + 1, len(truth) + 1
    cost = [[0.0] * columns for _ in range(rows)]
    for j in range(1, columns):
        cost[0][j] = cost[0][j - 1] + (1.0 if truth[j - 1][1] else 0.01)
    for i in range(1, rows):
        cost[i][0] = cost[i - 1][0] + 1.0
        for j in range(1, columns):
            same = letters[i - 1][0] == truth[j - 1][0]
            cost[i][j] = min(
                cost[i - 1][j - 1] + (0.0 if same else 1.2),
                cost[i - 1][j] + 1.0,
                cost[i][j - 1] + (1.0 if truth[j - 1][1] else 0.01),
            )
    hits = [0] * len(read)
    missed = 0
    i, j = rows - 1, columns - 1
    while i or j:
        if i and j:
            same = letters[i - 1][0] == truth[j - 1][0]
            if abs(cost[i][j] - cost[i - 1][j - 1] - (0.0 if same else 1.2)) < 1e-9:
                hits[letters[i - 1][1]] += same
                i, j = i - 1, j - 1
                continue
        if i and abs(cost[i][j] - cost[i - 1][j] - 1.0) < 1e-9:
            i -= 1
            continue
        missed += truth[j - 1][1]
        j -= 1
    wanted = Counter(n for _, n in letters)
    return tuple(hits[n] == wanted[n] for n in range(len(read))), missed
