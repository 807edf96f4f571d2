"""Blank A4 pages as scanners make them."""

from __future__ import annotations

import io

from PIL import Image

A4_AT_200 = (1654, 2339)


def page_picture(shade, kind, *, device=None, taken=None):
    """A page of one shade of grey in colour, 200 dpi, as PNG or JPEG, naming its scanner where it does."""
    exif = Image.Exif()
    if device is not None:
        exif[0x010F], exif[0x0110] = device
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = taken
    out = io.BytesIO()
    options = {"exif": exif.tobytes()} if len(exif) else {}
    Image.new("RGB", A4_AT_200, (shade, shade, shade)).save(out, kind, dpi=(200, 200), **options)
    return out.getvalue()
