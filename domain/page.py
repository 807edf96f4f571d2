"""Pages and the text on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from statistics import fmean
from typing import TYPE_CHECKING, Literal, TypeAlias

from domain.geometry import Box, union

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    PixelArray: TypeAlias = npt.NDArray[np.uint8]
    """Height × width × 3 (RGB) or height × width (grey), 8 bit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineId:
    """Who made a derived value. Stands on every one of them."""

    name: str
    """Registered name with its version, e.g. ``ppocr.v1``, or ``person``."""
    version: str
    """Version of the engine's code and models."""
    config_digest: str = ""
    """Hexadecimal digest of the settings that can change its output; empty where there are none."""

    def __str__(self) -> str:
        """``name/version``."""
        return f"{self.name}/{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as rendered for reading, at the size every box refers to."""

    page_index: int
    """From 0 within the file."""
    width_px: int
    """Of the page turned upright."""
    height_px: int
    """Of the page turned upright."""
    dpi: float
    """Pixels per inch as rendered, or as the file claims; 0 where unknown."""
    rotation_degrees: int = 0
    """Clockwise turn that was needed to make it upright: 0, 90, 180 or 270."""
    mark: str = ""
    """By which another picture of the same paper is found (``domain.picture_mark``); empty where none was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """By what, how and when pages were made into pictures: what a test of that device is about (law: scan-viewing)."""

    device: str | None
    """As the file names it: maker and model of a camera, what wrote a PDF; None where it says nothing."""
    folder: str | None = None
    """Folder of the inbox that it came through; None where it came without one. Personal: payloads only."""
    profile: str
    """Code of its settings as the file shows them, e.g. ``300dpi-color-jpeg``; see ``CapturedPage.profile``."""
    lossless: bool
    """Nothing of the picture went in compressing it, as far as the file tells."""
    made_on: date
    """Asia/Tokyo day: as the file says it, and not after it was filed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedPage:
    """A page as the scanner or camera made it: what the original file holds, before any clean-up."""

    page_index: int
    """From 0 within the file."""
    width_px: int
    """Of the stored picture."""
    height_px: int
    """Of the stored picture."""
    channels: int
    """3 for colour, 1 for grey."""
    bits_per_channel: int
    """8 for 256 levels; 1 for black and white."""
    palette: bool = False
    """Colours from a table: fewer than 256 levels of each."""
    width_mm: float | None = None
    """Paper size where the file says it (a PDF page, a scanner's resolution); None for cameras, whose claims mean
    nothing, and where unknown."""
    height_mm: float | None = None
    paper_px: tuple[int, int] | None = None
    """Width and height of the paper within a photo, where it was found; None where the picture is the paper."""
    device: str | None = None
    """What made it, as the file names it; None where it says nothing."""
    compression: str = ""
    """``jpeg``, ``jpeg2000``, ``lossless``; empty where it cannot be told."""
    made_on: date | None = None
    """Day on which the file says it was made; None where it says none."""

    @property
    def profile(self) -> str:
        """Code of its settings: resolution, colour, compression, what cannot be told left out.

        Resolution in tens: scanners write 299.7 for 300.
        """
        dpi = self.width_px / self.width_mm * 25.4 if self.width_mm else 0.0
        colour = "mono" if self.bits_per_channel == 1 else "color" if self.channels >= 3 else "grey"
        parts = (f"{round(dpi / 10) * 10}dpi" if dpi else "photo", colour, self.compression)
        return "-".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A run of characters without a gap."""

    text: str
    """As printed (raw, not normalised)."""
    box: Box
    """On the upright page."""
    confidence: float
    """Probability that every character of it is right, 0 to 1; 1 for born-digital text. Counted on generated pages for
    ``ppocr.v1`` and ``duo.v1`` (``extractors.ocr.calibration``); other engines give what they say of themselves."""
    character_confidences: tuple[float, ...] = ()
    """For each character of ``text`` the probability that it is right; empty where the engine gives none."""
    alternatives: tuple[str, ...] = ()
    """The whole word as a second opinion read it, where the two differ; ``text`` stays what was read first."""
    handwritten: bool = False
    """It was surely written by hand."""

    @property
    def mean_confidence(self) -> float:
        """Of its characters: how well it was read, whatever its length."""
        return fmean(self.character_confidences) if self.character_confidences else self.confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text in reading order."""

    words: tuple[Word, ...]
    """At least one, left to right (top to bottom where vertical)."""
    box: Box
    """Around all words."""
    vertical: bool = False
    """Set for vertical writing."""
    row: int | None = None
    """Which visual row of the page it stands on, from 0 at the top: blocks side by side share rows. None where the
    order of lines is that of rows."""

    @property
    def text(self) -> str:
        """Words joined; a space only where both neighbours are ASCII (Japanese has no spaces between words)."""
        out: list[str] = []
        for word in self.words:
            if out and out[-1] and word.text and out[-1][-1].isascii() and word.text[0].isascii():
                out.append(" ")
            out.append(word.text)
        return "".join(out)

    @property
    def handwritten(self) -> bool:
        """Some of it was surely written by hand."""
        return any(w.handwritten for w in self.words)

    @property
    def confidence(self) -> float:
        """Probability that every character of it is right, taken from its least sure word."""
        return min(w.confidence for w in self.words)


def _side_by_side(lines: list[Line]) -> Line:
    if len(lines) == 1:
        return lines[0]
    ordered = sorted(lines, key=lambda line: line.box.left)
    return Line(
        words=tuple(word for line in ordered for word in line.words),
        box=union(tuple(line.box for line in ordered)),
        row=lines[0].row,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table."""

    row: int
    """Of its upper left corner, from 0."""
    column: int
    """Of its upper left corner, from 0."""
    row_span: int = 1
    column_span: int = 1
    text: str
    """As printed, its lines joined by newlines; empty for an empty cell."""
    box: Box
    """Between its rules; around its words where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows and columns on a page."""

    row_count: int
    column_count: int
    cells: tuple[Cell, ...]
    """Row by row, each from left to right."""
    box: Box
    """Around all cells."""
    ruled: bool
    """Rows and columns are told by drawn rules; otherwise by alignment alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What was read on one page."""

    page_index: int
    """From 0 within the file."""
    lines: tuple[Line, ...]
    """In reading order."""
    engine: EngineId
    """Who read it."""
    source: Literal["text_layer", "ocr", "data"] = "ocr"
    """A born-digital text layer, OCR, or structured data (XML)."""
    tables: tuple[Table, ...] = ()
    """From top to bottom; their words stand in ``lines`` too."""
    reread: int = 0
    """Spans that a second opinion was asked about."""
    codes: tuple[str, ...] = ()
    """What its QR codes say; looked for on pages of several that carry little text."""

    @property
    def text(self) -> str:
        """Lines joined by newlines."""
        return "\n".join(line.text for line in self.lines)

    @property
    def rows(self) -> tuple[Line, ...]:
        """One line per visual row from top to bottom, whatever block its words belong to: what stands side by side."""
        if any(line.row is None for line in self.lines):
            return self.lines
        rows: dict[int, list[Line]] = {}
        for line in self.lines:
            rows.setdefault(line.row or 0, []).append(line)
        return tuple(_side_by_side(rows[number]) for number in sorted(rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRef:
    """A page of a document: which unit, which page, which part of it."""

    unit_id: str
    page_index: int
    region: Box | None = None
    """Set where several documents share the page."""
    width_px: int = 0
    """Of the upright page that every box on it refers to; 0 where the page was never rendered."""
    height_px: int = 0
    """Of the upright page; 0 where the page was never rendered."""
    rotation_degrees: int = 0
    """Clockwise turn from the page as viewers show it to the upright one (of its ``Page``)."""
    mark: str = ""
    """By which another picture of the same paper is found (of its ``Page``); empty in records of before there were any,
    and where the page was no picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that went wrong with one page or one file and was recorded instead of raised."""

    code: str
    """``code`` of the error."""
    message: str
    """English."""
    message_ja: str
    """Japanese."""
    page_index: int | None = None
    """None where the whole file is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReading:
    """Everything the first half of reading gives: pages, their text, and what failed."""

    media_type: str
    """As sniffed from content."""
    pages: tuple[Page, ...]
    """In file order; empty for data without pages (XML)."""
    texts: tuple[PageText, ...]
    """One per page that could be read."""
    faults: tuple[Fault, ...] = ()
    """What could not be read."""
    data_xml: bytes | None = None
    """E-invoice XML: the file itself, or the one embedded in a PDF (Factur-X)."""
    page_count: int = 0
    """Pages in the file, readable or not."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Time spent, by stage (``pages``, ``text``)."""
