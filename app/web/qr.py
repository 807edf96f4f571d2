"""A QR code as an SVG picture, for an authenticator app."""

from __future__ import annotations

from markupsafe import Markup

_QUIET = 4
"""Modules of white around it, as ISO/IEC 18004 asks."""


def qr_svg(text: str, *, title: str) -> Markup:
    """The picture; black on white whatever the page's colours are."""
    import cv2  # noqa: PLC0415 - only where somebody sets up a second factor

    modules = cv2.QRCodeEncoder.create().encode(text)
    dark = [(x, y) for y, row in enumerate(modules) for x, value in enumerate(row) if value == 0]
    size = max(modules.shape)
    border = _QUIET if dark and min(x for x, _ in dark) == 0 else 0  # some versions of the encoder draw it themselves
    side = size + 2 * border
    path = "".join(f"M{x + border} {y + border}h1v1h-1z" for x, y in dark)
    return Markup(
        '<svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{title}" shape-rendering="crispEdges">'
        '<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
    ).format(side=side, title=title, path=path)
