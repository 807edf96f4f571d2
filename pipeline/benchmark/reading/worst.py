"""The worst pages as pictures: what was misread in red, what was missed in blue, what was read right in green."""

from __future__ import annotations

import html
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from domain.geometry import Box, union
from domain.page import Page, TextReading, Word
from pipeline.benchmark.rates import plain
from pipeline.benchmark.reading.alignment import aligned
from pipeline.benchmark.reading.conditions import turned
from pipeline.benchmark.reading.matching import MatchedWord, Matching, matched
from pipeline.benchmark.reading.truth import PageTruth

FONTS = (
    Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf"),
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
)
"""Of the labels; without them labels are left out."""
_GREEN, _RED, _BLUE = (0, 150, 70), (220, 30, 30), (30, 70, 230)
_LABEL_PX = 22
_INLIER_PX = 12.0
"""Words further than this from where the printed page says they are do not vote on how the page lies."""
_ENOUGH = 6
"""Words needed to know how the printed page lies on the picture."""
_OUT_OF_ORDER = 0.01
"""Share of a page's characters that stand elsewhere than they are spoken, from which the order is named."""
_SHOWN = 40
"""Most misread words listed beside a picture."""
_AROUND_PX = 80
"""White around errors on a small picture."""
_SMALL_SIDE, _SMALL_QUALITY = 1000, 55
"""Of the small pictures: ten of them have half a megabyte, so that they can be kept beside the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstPage:
    """What went wrong on one page."""

    picture: str
    """File of the drawn page."""
    small: str
    """File of a small picture of where it went wrong."""
    title: str
    """Condition, layout and wear."""
    unordered_rate: float
    ordered_rate: float
    missed: str
    """Printed characters that nothing was read for."""
    misread: str
    """Printed characters that something else was read for."""
    invented: int
    """Characters read where none is printed: of stains, of rules, of what shines through."""
    wrong: tuple[str, ...]
    """Words that say something else than what is printed, the first ones."""

    @property
    def what(self) -> str:
        """What went wrong in a few words, the most first."""
        counts = (
            (len(self.missed), "読み落とし / missed"),
            (len(self.misread), "読み違い / misread"),
            (self.invented, "無い字 / not there"),
        )
        said = [f"{label} {count}" for count, label in sorted(counts, key=lambda pair: -pair[0]) if count]
        if self.ordered_rate - self.unordered_rate > _OUT_OF_ORDER:
            said.append(f"順序 / order {self.ordered_rate - self.unordered_rate:.0%}")
        return ", ".join(said) or "なし / nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadPage:
    """One page, with everything that is needed to draw it."""

    title: str
    content: bytes
    printed: bytes | None
    truth: PageTruth
    reading: TextReading
    unordered_rate: float
    ordered_rate: float


def draw_worst(folder: Path, pages: Sequence[BadPage]) -> tuple[WorstPage, ...]:
    """Write one PNG and a small WebP per page, and ``index.html``; gives what went wrong on each."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for number, page in enumerate(pages, start=1):
        path = folder / f"{number:02d}.png"
        picture, wrong, words, matching = _drawn(page)
        picture.save(path)
        _small(picture, wrong).save(path.with_suffix(".webp"), quality=_SMALL_QUALITY)
        found.append(_told(path, page, words, matching))
    rows = "\n".join(map(_row, found))
    (folder / "index.html").write_text(_INDEX.format(rows=rows), encoding="utf-8")
    return tuple(found)


def _drawn(page: BadPage) -> tuple[Image.Image, list[Box], list[Word], Matching]:
    """The picture with its marks, those of errors, and what was matched."""
    upright = page.reading.pages[0]
    words = [word for text in page.reading.texts for line in text.lines for word in line.words]
    matching, on_picture = _laid(page, words)
    picture = _upright_picture(page.content, upright)
    pencil = ImageDraw.Draw(picture)
    font = _font()
    marks: list[Box] = []
    for word, match in zip(words, matching.words, strict=True):
        wrong = not all(match.judged)
        box = word.box
        pencil.rectangle((box.left, box.top, box.right, box.bottom), outline=_RED if wrong else _GREEN, width=2)
        if wrong:
            marks.append(box)
        if wrong and font:
            pencil.text((box.left, max(0, box.top - _LABEL_PX)), word.text, fill=_RED, font=font)
    for index in (*matching.missed, *matching.misread):
        printed = on_picture.get(index)
        if printed is not None:
            edges = (printed.left, printed.top, printed.right, printed.bottom)
            pencil.rectangle(edges, outline=_BLUE, width=3)
            marks.append(printed)
    return picture, marks, words, matching


def _small(picture: Image.Image, marks: Sequence[Box]) -> Image.Image:
    """The part of the picture that holds all errors, small; all of it where none has a place."""
    if marks:
        box = union(tuple(marks))
        left, top = max(0, box.left - _AROUND_PX), max(0, box.top - _AROUND_PX)
        right, bottom = min(picture.width, box.right + _AROUND_PX), min(picture.height, box.bottom + _AROUND_PX)
        if right > left and bottom > top:
            picture = picture.crop((left, top, right, bottom))
    picture.thumbnail((_SMALL_SIDE, _SMALL_SIDE))
    return picture


def _laid(page: BadPage, words: Sequence[Word]) -> tuple[Matching, dict[int, Box]]:
    """Words on the truth, first by what they say and then by where it is printed; and every printed character's box."""
    truth = plain(page.truth.spoken)
    texts = [word.text for word in words]
    matching = matched(texts, truth, optional=page.truth.drawn)
    places = _places(page.printed, truth) if page.printed else {}
    lying = _lying(words, matching.words, places)
    if lying is None:
        return matching, {}
    on_picture = {index: _box(lying, *place) for index, place in places.items()}

    def far(number: int, stretch: range) -> float:
        centres = [on_picture[index].center for index in stretch if index in on_picture]
        if not centres:
            return math.inf
        x, y = words[number].box.center
        return math.dist((x, y), (sum(c[0] for c in centres) / len(centres), sum(c[1] for c in centres) / len(centres)))

    return matched(texts, truth, optional=page.truth.drawn, far=far), on_picture


def _box(lying: npt.NDArray[np.float64], x: float, y: float, half: float) -> Box:
    corners = np.array([[(x - half, y - half)], [(x + half, y + half)]], np.float64)
    (left, top), (right, bottom) = cv2.perspectiveTransform(corners, lying)[:, 0]
    xs, ys = sorted((int(left), int(right))), sorted((int(top), int(bottom)))
    return Box(left=xs[0], top=ys[0], right=xs[1] + 1, bottom=ys[1] + 1)


def _lying(
    words: Sequence[Word], matches: Sequence[MatchedWord], places: dict[int, tuple[float, float, float]]
) -> npt.NDArray[np.float64] | None:
    """How points of the printed page come to lie on the picture, from the words that were read right."""
    paper, picture = [], []
    for word, match in zip(words, matches, strict=True):
        known = [places[p] for p in match.places if p is not None and p in places]
        if len(known) == len(match.text) > 1:
            paper.append((sum(k[0] for k in known) / len(known), sum(k[1] for k in known) / len(known)))
            picture.append(word.box.center)
    if len(paper) < _ENOUGH:
        return None
    source, target = np.array(paper, np.float64), np.array(picture, np.float64)
    found: Any = cv2.findHomography(source, target, cv2.RANSAC, _INLIER_PX)[0]
    return None if found is None else np.asarray(found, np.float64)


def _places(pdf: bytes, spoken: str) -> dict[int, tuple[float, float, float]]:
    """Index of the plain spoken text → middle and half the size of its glyph on the first page, in points."""
    glyphs: list[tuple[str, tuple[float, float, float]]] = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        height = page.get_height()
        layer = page.get_textpage()
        for number in range(layer.count_chars()):
            left, bottom, right, top = layer.get_charbox(number, loose=True)
            place = ((left + right) / 2, height - (top + bottom) / 2, max(right - left, top - bottom) / 2)
            glyphs += [(character, place) for character in plain(layer.get_text_range(number, 1))]
    finally:
        document.close()
    pairs = aligned(spoken, "".join(character for character, _ in glyphs))
    return {p.expected: glyphs[p.got][1] for p in pairs if p.same and p.expected is not None and p.got is not None}


def _upright_picture(content: bytes, page: Page) -> Image.Image:
    pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    return Image.fromarray(turned(pixels, page.rotation_degrees)).resize((page.width_px, page.height_px))


def _font() -> ImageFont.FreeTypeFont | None:
    path = next((path for path in FONTS if path.is_file()), None)
    return ImageFont.truetype(str(path), _LABEL_PX) if path else None


def _told(path: Path, page: BadPage, words: Sequence[Word], matching: Matching) -> WorstPage:
    truth = plain(page.truth.spoken)
    wrong = [word.text for word, match in zip(words, matching.words, strict=True) if not all(match.judged)]
    false = sum(match.judged.count(False) for match in matching.words)
    return WorstPage(
        picture=str(path),
        small=str(path.with_suffix(".webp")),
        title=page.title,
        unordered_rate=page.unordered_rate,
        ordered_rate=page.ordered_rate,
        missed="".join(truth[index] for index in matching.missed),
        misread="".join(truth[index] for index in matching.misread),
        invented=max(0, false - len(matching.misread)),
        wrong=tuple(wrong[:_SHOWN]),
    )


def _row(page: WorstPage) -> str:
    picture = html.escape(Path(page.picture).name)
    cells = (
        f'<a href="{picture}"><img src="{picture}" width="420"></a>',
        html.escape(page.title),
        f"{page.unordered_rate:.2%} / {page.ordered_rate:.2%}",
        html.escape(page.what),
        html.escape(page.missed),
        html.escape(page.misread),
        html.escape(" ".join(page.wrong)),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


_INDEX = """<!doctype html><html lang="ja"><meta charset="utf-8"><title>読み取りが最も悪い頁</title>
<style>td{{vertical-align:top;border-bottom:1px solid #ccc;padding:6px;max-width:26em}}</style>
<h1>読み取りが最も悪い頁</h1>
<p>赤: 読み違い、青: 読み落とし(印字の位置)、緑: 正しい読み取り / red: misread, blue: missed, green: right</p>
<table><tr><th>頁<th>条件<th>文字誤り率(順不同/順序込み)<th>何を誤ったか<th>読み落とし<th>読み違えた印字<th>誤った語</tr>
{rows}
</table></html>
"""
