"""Papers without text, and what scanners make of them."""

import random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

_BELOW = (
    "Please transfer the amount to the account below by the end of next month.",
    "Minamo Bank, main branch, ordinary account 1234567, Aozora Trading Co.",
    "Transfer fees are to be paid by the customer. Thank you for your business.",
    "Registration number T9999912345678, telephone 03-0000-1234",
    "This page was made by machine and bears no seal.",
)


def drawing(seed, *, form=None, size=(1100, 780)):
    """A sketch of short strokes, as written notes have them; ``form`` is drawn below it, the same each time."""
    height, width = size
    pixels = np.full((height, width, 3), 255, np.uint8)
    for owner in (form, seed):
        rng = random.Random(f"drawing {owner}")
        for _ in range(0 if owner is None else 26):
            x, y = rng.randint(90, width - 220), rng.randint(80, height - 120)
            points = [(x + rng.randint(0, 130), y + rng.randint(0, 40)) for _ in range(rng.randint(3, 9))]
            cv2.polylines(pixels, [np.array(points, np.int32)], isClosed=False, color=(30, 30, 60), thickness=3)
    return pixels


def full_page(*, day="2026-11-30", number="A-1001", total="220,000"):
    """A monthly invoice that fills an A4 page of 300 dpi with print."""
    image = Image.new("RGB", (2480, 3508), "white")
    draw = ImageDraw.Draw(image)
    fonts = {size: ImageFont.load_default(size=size) for size in (44, 60, 90)}

    def put(x, y, text, size=44):
        draw.text((x, y), text, font=fonts[size], fill=(20, 20, 20))

    put(960, 210, "INVOICE", 90)
    put(1620, 390, f"No. {number}")
    put(1620, 465, f"Date {day}")
    put(240, 540, "Midori Trading Co. 1-2-3 Kitamicho, Chiyoda")
    put(240, 645, f"Amount due JPY {total}", 60)
    for row in range(20):
        y = 810 + 93 * row
        draw.line([(225, y - 18), (2250, y - 18)], fill=(90, 90, 90), width=3)
        put(255, y, f"{row + 1:2d}  Rent and common charge, section {row + 1}, monthly")
        for x, text in ((1500, "1"), (1680, "11,000"), (2010, "11,000")):
            put(x, y, text)
    put(1680, 2700, "Total")
    put(1980, 2700, total)
    for row, text in enumerate(_BELOW):
        put(240, 2850 + 90 * row, text)
    return np.array(image)


def scanned(pixels, seed, *, degrees=0.0, scale=1.0, noise=4.0, shade=1.0):
    """As a scanner gives it: askew, in another resolution, with grain, in other light."""
    rng = np.random.default_rng(seed)
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    out = cv2.warpAffine(pixels, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=(250, 250, 250))
    out = cv2.resize(out, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    light = np.linspace(shade, 1.0, out.shape[1])[None, :, None]
    return np.clip(out * light + rng.normal(0, noise, out.shape), 0, 255).astype(np.uint8)


def as_png(pixels):
    done, encoded = cv2.imencode(".png", np.ascontiguousarray(pixels[:, :, ::-1]))
    assert done
    return encoded.tobytes()
