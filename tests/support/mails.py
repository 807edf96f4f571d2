"""Mails with attachments."""

from __future__ import annotations

import io
from email.message import EmailMessage

import numpy as np
from PIL import Image


def picture(side: int, *, kind: str = "PNG") -> bytes:
    """A grey square."""
    out = io.BytesIO()
    Image.fromarray(np.full((side, side), 200, np.uint8)).save(out, format=kind)
    return out.getvalue()


def mail(
    *files: tuple[str, str, bytes], text: str = "お世話になっております。\n書類をお送りします。", logo: bool = False
) -> EmailMessage:
    """A mail; ``files`` are (name, media type, bytes). With ``logo`` its HTML shows a small picture."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.jp", "b@example.jp", "書類送付"
    message["Date"] = "Fri, 20 Nov 2026 10:00:00 +0900"
    message.set_content(text)
    if logo:
        message.add_alternative("<p>お世話になっております。</p><img src='cid:logo'>", subtype="html")
        message.get_payload()[1].add_related(picture(120), "image", "png", cid="<logo>", filename="logo.png")
    for name, kind, data in files:
        main, sub = kind.split("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message
