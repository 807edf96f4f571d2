"""Picture files as pictures of a PDF: the stored stream unchanged where PDF can hold it, otherwise without loss.

JPEG goes in as it is. Black-and-white pages are packed as fax group 4 (a group 4 TIFF of one strip: its very bytes).
Kinds that PDF lacks and that were packed with loss (HEIC, WebP) are packed as JPEG; everything else is deflated.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pikepdf import Dictionary, Name
from PIL import Image, ImageOps

from domain.errors import DamagedDocument
from extractors import media
from extractors.pages.image import DECODE_ERRORS, opened_image, quietly
from extractors.pages.rendition import check_size

if TYPE_CHECKING:
    import pikepdf

    from extractors.settings import ExtractorSettings

_LOSSY = frozenset({media.HEIC, media.WEBP})
_LOSSY_QUALITY = 92
"""Of the JPEG made from HEIC and WebP: no visible loss on text."""
_EXIF_TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
"""EXIF orientation → clockwise turn that shows the picture upright. The mirrored ones are decoded and turned."""
_ORIENTATION = 0x0112
_STRIP_OFFSETS, _STRIP_BYTES, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER, _ROWS = 273, 279, 259, 262, 266, 278
_GROUP4 = 4
_DPI_RANGE = (50.0, 2400.0)
_GREY, _COLOUR = "L", "RGB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One page of a picture file, ready for a PDF."""

    data: bytes
    """Packed."""
    entries: dict[str, Any]
    """Of the stream dictionary: filter, colours, size."""
    width_px: int
    """As stored."""
    height_px: int
    turn_degrees: int
    """Clockwise turn that shows it as viewers show the file."""
    dpi: tuple[float, float] | None
    """Along and across the stored picture, where the file tells."""
    unchanged: bool
    """The packed bytes are those of the file."""


def pictures(
    content: bytes, *, media_type: str, page_indices: frozenset[int], settings: ExtractorSettings
) -> Iterator[tuple[int, Picture]]:
    """The asked-for pages of a picture file, one at a time.

    Raises:
        DamagedDocument: the file cannot be opened.
        DocumentTooLarge: a page is over the limits.
    """
    with opened_image(content, media_type) as image:
        for index in sorted(page_indices):
            with quietly():
                try:
                    image.seek(index)
                    check_size(image.width, image.height, page_index=index, settings=settings)
                    picture = _picture(image, content, media_type)
                except DECODE_ERRORS as error:
                    raise DamagedDocument(
                        f"page {index + 1} cannot be decoded: {type(error).__name__}", page_number=index + 1
                    ) from error
            yield index, picture


def add_picture(document: pikepdf.Pdf, picture: Picture) -> Any:
    """The picture as an object of a PDF."""
    stream = document.make_stream(b"")
    stream.write(picture.data, filter=picture.entries["Filter"], decode_parms=picture.entries.get("DecodeParms"))
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = picture.width_px, picture.height_px
    stream.ColorSpace = picture.entries["ColorSpace"]
    stream.BitsPerComponent = picture.entries["BitsPerComponent"]
    return stream


def jpeg(pixels: Image.Image, *, quality: int) -> tuple[bytes, dict[str, Any]]:
    """Pixels as a JPEG stream and the entries of its dictionary."""
    out = io.BytesIO()
    plain = pixels if pixels.mode in {_GREY, _COLOUR} else pixels.convert(_COLOUR)
    plain.save(out, "JPEG", quality=quality)
    return out.getvalue(), _jpeg_entries(plain.mode)


def _picture(image: Image.Image, content: bytes, media_type: str) -> Picture:
    orientation = int(image.getexif().get(_ORIENTATION, 1) or 1)
    turn = _EXIF_TURNS.get(orientation)
    dpi = _dpi(image)
    if turn is not None:
        stored = _as_stored(image, content, media_type)
        if stored is not None:
            data, entries = stored
            return Picture(
                data=data,
                entries=entries,
                width_px=image.width,
                height_px=image.height,
                turn_degrees=turn,
                dpi=dpi,
                unchanged=True,
            )
    image.load()
    shown = ImageOps.exif_transpose(image)
    swapped = orientation in {5, 6, 7, 8}
    data, entries = _packed(shown, lossy=media_type in _LOSSY)
    return Picture(
        data=data,
        entries=entries,
        width_px=shown.width,
        height_px=shown.height,
        turn_degrees=0,
        dpi=(dpi[1], dpi[0]) if dpi and swapped else dpi,
        unchanged=False,
    )


def _as_stored(image: Image.Image, content: bytes, media_type: str) -> tuple[bytes, dict[str, Any]] | None:
    """The bytes of the file that PDF can hold as they are, or None."""
    if media_type == media.JPEG and image.format in {"JPEG", "MPO"} and image.mode in {_GREY, _COLOUR}:
        image.load()  # a truncated file must not go in unseen
        return content, _jpeg_entries(image.mode)
    tags = getattr(image, "tag_v2", None)
    if media_type != media.TIFF or tags is None or image.mode != "1" or tags.get(_COMPRESSION) != _GROUP4:
        return None
    offsets, sizes = tags.get(_STRIP_OFFSETS, ()), tags.get(_STRIP_BYTES, ())
    if len(offsets) != 1 or len(sizes) != 1 or tags.get(_FILL_ORDER, 1) != 1 or tags.get(_PHOTOMETRIC) not in {0, 1}:
        return None
    data = content[offsets[0] : offsets[0] + sizes[0]]
    return (data, _fax_entries(image.width, image.height, inverted=tags[_PHOTOMETRIC] == 1)) if data else None


def _packed(shown: Image.Image, *, lossy: bool) -> tuple[bytes, dict[str, Any]]:
    if shown.mode == "1":
        return _group4(shown)
    if shown.mode.startswith("I") or shown.mode == "F":
        low, high = (float(v) for v in shown.getextrema())  # type: ignore[arg-type]  # one band has one pair
        step = 255.0 / (65535.0 if high > 255 else 255.0)  # 8 or 16 bit
        plain = shown.point(lambda v: v * step + min(low, 0.0)).convert(_GREY)
    elif "transparency" in shown.info or shown.mode in {"RGBA", "LA", "PA", "RGBa", "La"}:
        colours = shown.convert("RGBA")
        plain = Image.alpha_composite(Image.new("RGBA", colours.size, "white"), colours).convert(_COLOUR)
    else:
        plain = shown if shown.mode in {_GREY, _COLOUR} else shown.convert(_COLOUR)
    if lossy:
        return jpeg(plain, quality=_LOSSY_QUALITY)
    entries: dict[str, Any] = {"Filter": Name.FlateDecode, "ColorSpace": _space(plain.mode), "BitsPerComponent": 8}
    return zlib.compress(plain.tobytes(), 6), entries


def _group4(picture: Image.Image) -> tuple[bytes, dict[str, Any]]:
    """Black and white as one strip of fax group 4."""
    out = io.BytesIO()
    tags = {_ROWS: picture.height}
    picture.save(out, "TIFF", compression="group4", tiffinfo=tags)
    packed = out.getvalue()
    with Image.open(io.BytesIO(packed), formats=["TIFF"]) as again:
        found = again.tag_v2  # type: ignore[attr-defined]  # Pillow's TIFF class has it
        start, size = found[_STRIP_OFFSETS][0], found[_STRIP_BYTES][0]
        inverted = found.get(_PHOTOMETRIC) == 1
    return packed[start : start + size], _fax_entries(picture.width, picture.height, inverted=inverted)


def _fax_entries(width: int, height: int, *, inverted: bool) -> dict[str, Any]:
    return {
        "Filter": Name.CCITTFaxDecode,
        "DecodeParms": Dictionary(K=-1, Columns=width, Rows=height, BlackIs1=inverted),
        "ColorSpace": Name.DeviceGray,
        "BitsPerComponent": 1,
    }


def _jpeg_entries(mode: str) -> dict[str, Any]:
    return {"Filter": Name.DCTDecode, "ColorSpace": _space(mode), "BitsPerComponent": 8}


def _space(mode: str) -> Name:
    return Name.DeviceGray if mode == _GREY else Name.DeviceRGB


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    claimed = image.info.get("dpi")
    try:
        along, across = (float(v) for v in claimed) if claimed else (0.0, 0.0)
    except (TypeError, ValueError, ArithmeticError):
        return None
    return (along, across) if min(along, across) >= 50.0 and max(along, across) <= 2400.0 else None
