"""An approved copy: a document's pages with a row of seals above the first, and a page that says what was approved.

It is a rendition and says so on every part that is added; nothing is laid over what the document shows. What is added
is drawn as pictures, since the seals' type is whatever Japanese font the machine has.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Name
from PIL import Image, ImageDraw, ImageFont

from domain.errors import ConfigError, DamagedDocument
from domain.seals import SIZE

if TYPE_CHECKING:
    from domain.seals import Drawing

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf",
    "/usr/share/fonts/opentype/ipafont-mincho/ipam.ttf",
    "/System/Library/Fonts/ヒラギノ明朝 ProN.ttc",
    "C:/Windows/Fonts/yumindb.ttf",
    "C:/Windows/Fonts/msmincho.ttc",
)
"""Where Japanese fonts usually lie, those for seals first."""
_DPI = 300
_POINTS = 72.0
_STRIP_POINTS = 96.0
"""Height of the strip: a box of 82 points, in which a seal of 18 mm (51 points) stands as on paper."""
_BOX = (66.0, 82.0)
_A4 = (595.28, 841.89)
_INK, _SEAL, _GREY = (29, 39, 51), (181, 55, 43), (120, 128, 136)
_ERRORS = (pikepdf.PdfError, ValueError, RuntimeError, TypeError, KeyError, IndexError)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyBox:
    """One box of the row of seals."""

    label: str
    name: str
    day: str
    seal: Drawing | None
    """None: nothing was sealed here; ``note`` says why."""
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What is added to the pages."""

    heading: str
    """承認済み写し."""
    warning: str
    """That it is a rendition and not the original."""
    boxes: tuple[CopyBox, ...]
    facts: tuple[tuple[str, str], ...]
    """Lines of the last page: what, and its value."""


def find_font(chosen: Path | None) -> Path:
    """The font that was chosen, or the first that lies where such fonts usually lie.

    Raises:
        ConfigError: there is none.
    """
    for path in (chosen,) if chosen is not None else map(Path, FONTS):
        if path.is_file():
            return path
    raise ConfigError(
        "no Japanese font for seals",
        message_ja="承認済み写しに使う日本語フォントが見つかりません。設定 approvals.font_file で指定してください",
    )


def sealed_copy(content: bytes, cover: Cover, *, font: Path) -> bytes:
    """The PDF with its strip and its last page.

    Raises:
        DamagedDocument: it is no PDF that can be added to.
        ConfigError: the font cannot be read.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            first = document.pages[0]
            if int(first.get("/Rotate", 0)) == 0:
                _add_strip(document, first, cover, font)
            _add_page(document, cover, font)
            with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
                for name in ("pdfaid:part", "pdfaid:conformance"):  # it is no archive copy any more
                    if name in metadata:
                        del metadata[name]
                metadata["dc:title"] = cover.heading
            out = io.BytesIO()
            document.save(out)
            return out.getvalue()
    except _ERRORS as error:
        raise DamagedDocument(
            "the PDF cannot be added to", message_ja="写しを作れませんでした（PDFに書き加えられません）"
        ) from error


def _add_strip(document: pikepdf.Pdf, page: pikepdf.Page, cover: Cover, font: Path) -> None:
    """Make the page higher by a strip, and put the row of seals there: the page's own content stays uncovered."""
    left, bottom, right, top = (float(side) for side in page.mediabox)
    picture = _strip(cover, width=right - left, font=font)
    box = Array([left, bottom, right, top + _STRIP_POINTS])
    page.mediabox = box
    if "/CropBox" in page:
        page.cropbox = box
    _show(document, page, picture, (left, top, right - left, _STRIP_POINTS))


def _add_page(document: pikepdf.Pdf, cover: Cover, font: Path) -> None:
    page = document.add_blank_page(page_size=_A4)
    _show(document, page, _last_page(cover, font=font), (0.0, 0.0, *_A4))


def _show(
    document: pikepdf.Pdf, page: pikepdf.Page, picture: Image.Image, place: tuple[float, float, float, float]
) -> None:
    stream = document.make_stream(
        b"",
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
    )
    stream.write(zlib.compress(picture.tobytes(), 9), filter=Name.FlateDecode)
    name = page.add_resource(stream, Name.XObject, prefix="ShokoSeal")
    x, y, width, height = place
    drawing = f"\nq {width:.3f} 0 0 {height:.3f} {x:.3f} {y:.3f} cm {name} Do Q\n".encode("ascii")
    # Whatever the page leaves behind in its graphics state must not move the picture.
    page.contents_add(document.make_stream(b"q\n"), prepend=True)
    page.contents_add(document.make_stream(b"\nQ" + drawing))


class _Paper:
    """A picture measured in points, from its top left."""

    def __init__(self, width: float, height: float, font: Path) -> None:
        self.scale = _DPI / _POINTS
        self.image = Image.new("RGB", (round(width * self.scale), round(height * self.scale)), "white")
        self.draw = ImageDraw.Draw(self.image)
        self._font = font
        self._fonts: dict[int, ImageFont.FreeTypeFont] = {}

    def type(self, size: float) -> ImageFont.FreeTypeFont:
        """The font at a size in points."""
        pixels = max(4, round(size * self.scale))
        if pixels not in self._fonts:
            try:
                self._fonts[pixels] = ImageFont.truetype(str(self._font), pixels)
            except OSError as error:
                raise ConfigError(
                    f"{self._font} is no font", message_ja=f"フォント {self._font} を読めません"
                ) from error
        return self._fonts[pixels]

    def text(
        self,
        place: tuple[float, float],
        words: str,
        *,
        size: float,
        anchor: str = "mm",
        colour: tuple[int, int, int] = _INK,
        most: float | None = None,
    ) -> None:
        """One line; made smaller where it would be wider than ``most``."""
        font = self.type(size)
        if most is not None and (width := font.getlength(words) / self.scale) > most:
            font = self.type(max(3.0, size * most / width))
        self.draw.text((place[0] * self.scale, place[1] * self.scale), words, font=font, fill=colour, anchor=anchor)

    def line(self, points: Sequence[float], width: float, colour: tuple[int, int, int] = _INK) -> None:
        """A straight line."""
        self.draw.line([p * self.scale for p in points], fill=colour, width=max(1, round(width * self.scale)))

    def seal(self, drawing: Drawing, middle: tuple[float, float], size: float) -> None:
        """A seal of a size around a point; what stands beside it stays beside it."""
        unit = size / SIZE
        left, top = middle[0] - size / 2, middle[1] - size / 2
        box = [v * self.scale for v in (left, top, left + size, top + size)]
        ring = max(1, round(drawing.ring * unit * self.scale))
        if drawing.square:
            self.draw.rounded_rectangle(box, radius=60 * unit * self.scale, outline=_SEAL, width=ring)
        else:
            self.draw.ellipse(box, outline=_SEAL, width=ring)
        for x1, y1, x2, y2 in drawing.rules:
            self.line((left + x1 * unit, top + y1 * unit, left + x2 * unit, top + y2 * unit), 22 * unit, _SEAL)
        for glyph in drawing.glyphs:
            place = (left + glyph.x * unit, top + glyph.y * unit)
            self.text(place, glyph.text, size=glyph.size * unit, colour=_SEAL)


def _strip(cover: Cover, *, width: float, font: Path) -> Image.Image:
    paper = _Paper(width, _STRIP_POINTS, font)
    row = _row(paper, cover, right=width - 12, top=6, left=12)
    paper.text((12, 22), cover.heading, size=13, anchor="lm", colour=_SEAL, most=max(60.0, row - 24))
    paper.text((12, 40), cover.warning, size=7, anchor="lm", colour=_GREY, most=max(60.0, row - 24))
    paper.line((0, _STRIP_POINTS - 0.5, width, _STRIP_POINTS - 0.5), 0.5, _GREY)
    return paper.image


def _row(paper: _Paper, cover: Cover, *, right: float, top: float, left: float) -> float:
    """The row of seals from the right, as on paper; made smaller where there are many. Gives where it begins."""
    count = max(1, len(cover.boxes))
    width = min(_BOX[0], (right - left) * 0.75 / count)
    scale = width / _BOX[0]
    height, head, foot = _BOX[1], 12.0, 16.0
    begin = right - width * count
    for number, box in enumerate(cover.boxes):
        x, middle = begin + number * width, begin + (number + 0.5) * width
        corners = (x, top, x + width, top, x + width, top + height, x, top + height, x, top)
        paper.line(corners, 0.6)
        paper.line((x, top + head, x + width, top + head), 0.4)
        paper.text((middle, top + head / 2), box.label, size=7, most=width - 4)
        centre = (middle, top + head + (height - head - foot) / 2)
        if box.seal is not None:
            paper.seal(box.seal, centre, 51.0 * scale)
        else:
            paper.text(centre, box.note, size=7, colour=_GREY, most=width - 4)
        paper.text((middle, top + height - foot + 4), box.name, size=6.5, most=width - 4)
        paper.text((middle, top + height - 4.5), box.day, size=5.5, colour=_GREY, most=width - 4)
    return begin


def _last_page(cover: Cover, *, font: Path) -> Image.Image:
    width, height = _A4
    paper = _Paper(width, height, font)
    paper.text((48, 64), cover.heading, size=20, anchor="lm", colour=_SEAL)
    paper.text((48, 90), cover.warning, size=9, anchor="lm", most=width - 96)
    _row(paper, cover, right=width - 48, top=112, left=48)
    y = 226.0
    for what, value in cover.facts:
        paper.text((48, y), what, size=9, anchor="lm", colour=_GREY, most=124)
        for line in _wrapped(paper, value, size=9, most=width - 96 - 136):
            paper.text((184, y), line, size=9, anchor="lm")
            y += 14
        paper.line((48, y - 4, width - 48, y - 4), 0.3, _GREY)
        y += 6
        if y > height - 48:
            break
    return paper.image


def _wrapped(paper: _Paper, words: str, *, size: float, most: float) -> list[str]:
    """Lines that fit; Japanese and digests break anywhere."""
    font, lines, line = paper.type(size), [], ""
    for character in words:
        if character == "\n" or font.getlength(line + character) / paper.scale > most:
            lines.append(line)
            line = ""
        if character != "\n":
            line += character
    return [*lines, line]
