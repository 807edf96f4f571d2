"""Papers without text, and what scanners make of them."""

import random

import cv2
import numpy as np


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
