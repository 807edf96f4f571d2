"""Slips drawn without a browser: rows of strokes that look like print from afar."""

import cv2
import numpy as np

from samples.generator.platen import SLIP_DPI, Slip


def strokes(width_mm, height_mm, *, seed, frame=False):
    rng = np.random.default_rng(seed)
    width, height = (round(side / 25.4 * SLIP_DPI) for side in (width_mm, height_mm))
    page = np.full((height, width, 3), 255, np.uint8)
    margin, step = 50, 62
    for top in range(margin, height - margin - 40, step):
        left = margin + int(rng.integers(0, 60))
        while left < width - margin - 40:
            length = int(rng.integers(20, 44))
            cv2.line(page, (left, top), (left + length, top + 34), (20, 20, 20), 4)
            cv2.line(page, (left, top + 30), (left + length, top + 6), (20, 20, 20), 4)
            left += length + (12 if rng.random() < 0.85 else 120)
    if frame:
        cv2.rectangle(page, (30, 30), (width - 31, height - 31), (30, 30, 30), 4)
    return Slip(pixels=page, layout="strokes", text="")


def slips():
    sizes = [(80, 120), (58, 90), (80, 160), (58, 80), (150, 80)]
    return [strokes(*size, seed=number) for number, size in enumerate(sizes)]


def sheet(seed=9):
    page = strokes(210, 297, seed=seed)
    for top in range(1500, 2700, 200):
        cv2.rectangle(page.pixels, (200, top), (2280, top + 200), (30, 30, 30), 4)
    return page
