"""Papers cut out of a scan without loss: what is preserved beside the scan as units of their own.

A JPEG is cut along the borders of its compressed blocks, which are copied (Debian's ``jpegtran``): nothing is encoded
anew. Every other picture is decoded, cut and stored as PNG, pixel for pixel. A PDF page is cut only where one upright
picture is all there is on it; that picture is taken out as it is stored.

Blocks hold colour for up to 16 x 16 pixels, and decoders blend colour across two pixels at the edge of a picture. So
a cut reaches to the border of the block after those two pixels: the paper's own pixels are the scan's.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from domain.errors import DamagedDocument, InputError
from domain.geometry import Box
from domain.page import Page
from extractors import media
from extractors.pages.image import DECODE_ERRORS, opened_image, quietly
from extractors.pages.pdf import PDFIUM, open_pdf
from extractors.pages.platen import find_pieces
from extractors.pages.rendition import check_size

if TYPE_CHECKING:
    from domain.page import PixelArray
    from extractors.settings import ExtractorSettings

BLOCKS = "jpeg-blocks"
PIXELS = "pixels"
_EDGE_PX = 2
"""Pixels at the edge of a cut that decoders blend with their neighbours."""
_SECONDS = 30
_MAX_PAGES = 50
"""Longer files are stacks of pages, not platens."""
_COVERS = 0.97
"""Share of a PDF page that its picture fills."""
_POINTS_PER_INCH = 72.0
_WITHOUT_COLOUR = frozenset({"1", "L", "LA", "I;16"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One paper cut out of a page."""

    content: bytes
    media_type: str
    region: Box
    """Where it was, in pixels of the stored page picture."""
    method: str
    """``BLOCKS`` or ``PIXELS``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutPage:
    """A page that holds several papers, or may hold them."""

    page: Page
    """At the size of its stored picture."""
    cuts: tuple[Cut, ...]
    """Empty where it may hold several papers and was left whole."""
    doubtful: bool = False
    """A person should look: whether it holds several papers, or whether each was cut out whole, is not certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """A page's picture as it is stored."""

    page_index: int
    content: bytes
    """A JPEG or another picture file; the page is its first frame unless ``frame`` says otherwise."""
    media_type: str
    frame: int
    dpi: tuple[float, float] | None


def cut_pages(content: bytes, *, media_type: str, settings: ExtractorSettings) -> tuple[CutPage, ...]:
    """Pages that hold several papers, each paper cut out; nothing where a file is what it seems to be.

    Never fails a document: what cannot be decoded here is told by reading it.
    """
    found = []
    try:
        for picture in _pictures(content, media_type, settings):
            page = _cut_page(picture, settings)
            if page is not None:
                found.append(page)
    except (InputError, pdfium.PdfiumError, MemoryError, cv2.error, *DECODE_ERRORS):
        return tuple(found)
    return tuple(found)


def cut_out(
    content: bytes, box: Box, *, media_type: str, frame: int = 0, dpi: tuple[float, float] | None = None
) -> Cut:
    """A part of a picture file.

    Raises:
        DamagedDocument: it cannot be decoded.
    """
    if media_type == media.JPEG:
        cut = _by_blocks(content, box, dpi)
        if cut is not None:
            return cut
    return _by_pixels(content, box, media_type, frame, dpi)


def _cut_page(picture: _Picture, settings: ExtractorSettings) -> CutPage | None:
    with _image(picture.content, picture.media_type, picture.frame) as image:
        check_size(image.width, image.height, page_index=picture.page_index, settings=settings)
        dpi = picture.dpi or _dpi(image)
        pixels = _pixels(image)
        width, height = image.size
    platen = find_pieces(pixels, dpi=dpi[0] if dpi else 0.0)
    if not platen.pieces and not platen.doubtful:
        return None
    cuts = tuple(
        cut_out(picture.content, piece.box, media_type=picture.media_type, frame=picture.frame, dpi=dpi)
        for piece in platen.pieces
    )
    page = Page(page_index=picture.page_index, width_px=width, height_px=height, dpi=dpi[0] if dpi else 0.0)
    return CutPage(page=page, cuts=cuts, doubtful=platen.doubtful)


def _pictures(content: bytes, media_type: str, settings: ExtractorSettings) -> Iterator[_Picture]:
    if media_type == media.PDF:
        yield from _pdf_pictures(content, settings)
        return
    if media_type not in media.IMAGES:
        return
    frames = 1
    if media_type == media.TIFF:
        with _image(content, media_type, 0) as image:
            frames = int(getattr(image, "n_frames", 1))
    for frame in range(frames if frames <= _MAX_PAGES else 0):
        yield _Picture(page_index=frame, content=content, media_type=media_type, frame=frame, dpi=None)


def _pdf_pictures(content: bytes, settings: ExtractorSettings) -> Iterator[_Picture]:
    with open_pdf(content, settings) as document:
        for index in range(len(document) if len(document) <= _MAX_PAGES else 0):
            with PDFIUM:
                page = document[index]
                try:
                    found = _only_picture(page, index, settings)
                finally:
                    page.close()
            if found is not None:
                yield found


def _only_picture(page: Any, index: int, settings: ExtractorSettings) -> _Picture | None:
    """The one upright picture that fills a page; None where there is anything else on it."""
    items = [item for item, _ in zip(page.get_objects(max_depth=2), range(3), strict=False)]
    items = [item for item in items if item.type != pdfium_c.FPDF_PAGEOBJ_FORM]
    if len(items) != 1 or items[0].type != pdfium_c.FPDF_PAGEOBJ_IMAGE or page.get_rotation():
        return None
    matrix = items[0].get_matrix()
    width_pt, height_pt = page.get_size()
    upright = matrix.a > 0 and matrix.d > 0 and abs(matrix.b) < 1 and abs(matrix.c) < 1
    if not upright or matrix.a < _COVERS * width_pt or matrix.d < _COVERS * height_pt:
        return None
    width, height = items[0].get_px_size()
    check_size(width, height, page_index=index, settings=settings)
    dpi = (width / matrix.a * _POINTS_PER_INCH, height / matrix.d * _POINTS_PER_INCH)
    if items[0].get_filters() == ["DCTDecode"]:
        stored = bytes(items[0].get_data())
        return _Picture(page_index=index, content=stored, media_type=media.JPEG, frame=0, dpi=dpi)
    out = io.BytesIO()
    items[0].get_bitmap().to_pil().save(out, format="PNG", compress_level=1)
    return _Picture(page_index=index, content=out.getvalue(), media_type=media.PNG, frame=0, dpi=dpi)


@contextmanager
def _image(content: bytes, media_type: str, frame: int) -> Iterator[Image.Image]:
    with opened_image(content, media_type) as image, quietly():
        if frame:
            image.seek(frame)
        yield image


def _pixels(image: Image.Image) -> PixelArray:
    if image.mode in {"L", "RGB"}:  # converting would copy it
        return np.asarray(image)
    return np.asarray(image.convert("L" if image.mode in _WITHOUT_COLOUR else "RGB"))


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    claimed = image.info.get("dpi")
    if not isinstance(claimed, tuple) or len(claimed) != 2:
        return None
    return float(claimed[0]), float(claimed[1])


def _by_blocks(content: bytes, box: Box, dpi: tuple[float, float] | None) -> Cut | None:
    """Compressed blocks copied; None where that is not possible or what comes out is not the same picture."""
    program = shutil.which("jpegtran")
    if program is None:
        return None
    with _image(content, media.JPEG, 0) as image:
        layers = getattr(image, "layer", ()) or ((0, 2, 2, 0),)
        size = image.size
    block = (8 * max(int(entry[1]) for entry in layers), 8 * max(int(entry[2]) for entry in layers))
    region = Box(
        left=max(0, (box.left - _EDGE_PX) // block[0]) * block[0],
        top=max(0, (box.top - _EDGE_PX) // block[1]) * block[1],
        right=min(size[0], -(-(box.right + _EDGE_PX) // block[0]) * block[0]),
        bottom=min(size[1], -(-(box.bottom + _EDGE_PX) // block[1]) * block[1]),
    )
    wanted = f"{region.width}x{region.height}+{region.left}+{region.top}"
    try:
        done = subprocess.run(  # noqa: S603  # a fixed program, numbers as its arguments
            [program, "-copy", "all", "-crop", wanted],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    cut = _with_density(done.stdout, dpi)
    if not _same(content, cut, region, inner=_inner(region, size)):
        return None
    return Cut(content=cut, media_type=media.JPEG, region=region, method=BLOCKS)


def _inner(region: Box, size: tuple[int, int]) -> Box:
    """The part of a region that decodes alike inside and outside the whole picture."""
    return Box(
        left=region.left + (_EDGE_PX if region.left else 0),
        top=region.top + (_EDGE_PX if region.top else 0),
        right=region.right - (_EDGE_PX if region.right < size[0] else 0),
        bottom=region.bottom - (_EDGE_PX if region.bottom < size[1] else 0),
    )


def _same(whole: bytes, cut: bytes, region: Box, *, inner: Box) -> bool:
    try:
        with _image(whole, media.JPEG, 0) as image:
            before = np.asarray(image.crop((inner.left, inner.top, inner.right, inner.bottom)))
        with _image(cut, media.JPEG, 0) as image:
            if image.size != (region.width, region.height):
                return False
            left, top = inner.left - region.left, inner.top - region.top
            after = np.asarray(image.crop((left, top, left + inner.width, top + inner.height)))
    except (InputError, *DECODE_ERRORS):
        return False
    return before.shape == after.shape and bool((before == after).all())


def _with_density(content: bytes, dpi: tuple[float, float] | None) -> bytes:
    """A JPEG whose JFIF header says its resolution; pictures inside a PDF leave that to the page."""
    if dpi is None or content[2:4] != b"\xff\xe0" or content[6:11] != b"JFIF\0":
        return content
    density = b"\x01" + b"".join(max(1, min(65535, round(value))).to_bytes(2, "big") for value in dpi)
    return content[:13] + density + content[18:]


def _by_pixels(content: bytes, box: Box, media_type: str, frame: int, dpi: tuple[float, float] | None) -> Cut:
    out = io.BytesIO()
    try:
        with _image(content, media_type, frame) as image:
            part = image.crop((box.left, box.top, box.right, box.bottom))
            known: dict[str, Any] = {"icc_profile": image.info.get("icc_profile")}
            if dpi or _dpi(image):
                known["dpi"] = dpi or _dpi(image)
            if part.mode in {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}:
                kind = media.PNG
                part.save(out, format="PNG", **known)
            else:
                kind = media.TIFF
                part.save(out, format="TIFF", compression="tiff_adobe_deflate", **known)
    except DECODE_ERRORS as error:
        raise DamagedDocument(f"a paper cannot be cut out: {type(error).__name__}") from error
    return Cut(content=out.getvalue(), media_type=kind, region=box, method=PIXELS)
