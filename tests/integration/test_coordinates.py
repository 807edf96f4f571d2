"""Boxes lie where the words were drawn, on the page turned upright, whatever the paper and clean-up went through."""

import io
from functools import lru_cache

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from domain.geometry import Box, Transform, quarter_turn, union
from extractors.ocr import ppocr
from extractors.pages.cleanup import turn
from extractors.settings import ExtractorSettings
from extractors.text import read_text
from samples.generator.seals import FONT

pytestmark = pytest.mark.ocr
WIDTH, HEIGHT = 1000, 1400
WORDS = {
    "請求番号": (90, 110),
    "発行年月日": (640, 130),
    "下記の通りご請求申し上げます": (120, 480),
    "合計金額": (600, 820),
    "振込先銀行": (100, 1240),
    "登録事業者": (660, 1250),
}
FILLER = ("品名と数量をご確認ください", "お支払期日までにお振込みください", "手数料はご負担願います")
TURNS = (0, 90, 180, 270)


@lru_cache(maxsize=4)
def page(size=36):
    """The page and where its words stand."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (250, 250, 248))
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(str(FONT), size)
    places = {}
    for word, at in WORDS.items():
        draw.text(at, word, font=font, fill=(20, 20, 20))
        left, top, right, bottom = draw.textbbox(at, word, font=font)
        places[word] = Box(left=round(left), top=round(top), right=round(right), bottom=round(bottom))
    for number, text in enumerate(FILLER):
        draw.text((120, 560 + 70 * number), text, font=font, fill=(20, 20, 20))
    return np.asarray(picture), places


def moved(matrix, size, ground=(250, 250, 248)):
    pixels, places = page()
    out = cv2.warpPerspective(pixels, matrix, size, borderMode=cv2.BORDER_CONSTANT, borderValue=ground)
    return out, {word: Transform(matrix=tuple(matrix.ravel())).box(box) for word, box in places.items()}


def straight():
    return page()


def askew(degrees):
    return moved(np.vstack([cv2.getRotationMatrix2D((500, 700), degrees, 1.0), (0, 0, 1)]), (WIDTH, HEIGHT))


def photographed():
    corners = np.array([(180, 150), (1130, 220), (1200, 1560), (120, 1610)], np.float32)
    sheet = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32)
    return moved(cv2.getPerspectiveTransform(sheet, corners), (1320, 1760), (80, 85, 90))


def in_shadow():
    pixels, places = page()
    shade = np.linspace(0.4, 1.0, WIDTH, dtype=np.float32)[None, :, None]
    return (pixels * shade).astype(np.uint8), places


def shone_through():
    pixels, places = page()
    back = cv2.GaussianBlur(pixels[:, ::-1], (0, 0), 1.6).astype(np.float32)
    return np.minimum(pixels, 255 - (255 - back) * 0.2).astype(np.uint8), places


def sealed():
    pixels, places = page()
    out = pixels.copy()
    box = places["合計金額"]
    cv2.circle(out, (box.right, box.top), 50, (215, 45, 50), 4)
    cv2.circle(out, (box.right, box.top), 30, (215, 45, 50), 4)
    return np.minimum(out, pixels), places


def small():
    return moved(np.diag((0.48, 0.48, 1.0)), (480, 672))


def on_glass():
    """Scanned with the lid open, askew."""
    matrix = np.vstack([cv2.getRotationMatrix2D((500, 700), 3.0, 1.0), (0, 0, 1)])
    matrix[:2, 2] += 150
    return moved(matrix, (1300, 1700), (15, 15, 18))


KINDS = {
    "straight": straight,
    "a little askew": lambda: askew(-1.2),
    "askew": lambda: askew(6.0),
    "photo": photographed,
    "shadow": in_shadow,
    "shining through": shone_through,
    "seal": sealed,
    "small": small,
    "lid open": on_glass,
}


@pytest.fixture(scope="module")
def engine():
    return ppocr.create()


def words_of(reading):
    """Boxes of the drawn words, joined where a word was read in parts."""
    (text,) = reading.texts
    found = {}
    for wanted in WORDS:
        for line in text.lines:
            flat = "".join(word.text for word in line.words)
            at = flat.find(wanted)
            if at < 0:
                continue
            boxes, start = [], 0
            for word in line.words:
                if start < at + len(wanted) and start + len(word.text) > at:
                    boxes.append(word.box)
                start += len(word.text)
            found[wanted] = union(tuple(boxes))
    return found


def encoded(pixels, *, kind="PNG", **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def overlap(a, b):
    width = min(a.right, b.right) - max(a.left, b.left)
    height = min(a.bottom, b.bottom) - max(a.top, b.top)
    both = max(width, 0) * max(height, 0)
    return both / (a.width * a.height + b.width * b.height - both), both / (b.width * b.height)


def check(reading, places, *, at_least=5):
    found = words_of(reading)
    assert len(found) >= at_least, sorted(found)
    for word, box in found.items():
        same, covered = overlap(box, places[word])
        assert covered > 0.75, (word, box, places[word])
        assert same > 0.45, (word, box, places[word])


@pytest.mark.parametrize("lies", TURNS)
@pytest.mark.parametrize("kind", KINDS)
def test_boxes_cover_the_words_that_were_drawn(kind, lies, engine):
    pixels, places = KINDS[kind]()
    height, width = pixels.shape[:2]
    reading = read_text(encoded(turn(pixels, lies)), file_name="a.png", settings=ExtractorSettings(), engine=engine)
    (shown,) = reading.pages
    assert shown.rotation_degrees == -lies % 360
    assert (shown.width_px, shown.height_px) == (width, height)
    check(reading, places, at_least=4 if kind == "small" else 5)  # small letters are not all read right


@pytest.mark.parametrize("lies", TURNS)
def test_boxes_of_a_page_that_is_read_reduced(lies, engine):
    pixels, places = page()
    settings = ExtractorSettings(reading_side_px=900)
    reading = read_text(encoded(turn(pixels, lies)), file_name="a.png", settings=settings, engine=engine)
    assert (reading.pages[0].width_px, reading.pages[0].height_px) == (WIDTH, HEIGHT)
    check(reading, places)


@pytest.mark.parametrize("lies", TURNS)
def test_boxes_of_a_fax_with_half_the_rows(lies, engine):
    pixels, places = page(size=42)
    turned = turn(pixels, lies)
    height, width = turned.shape[:2]
    squeezed = cv2.resize(turned, (width, height // 2), interpolation=cv2.INTER_AREA)
    content = encoded((squeezed > 150).all(axis=2), kind="TIFF", compression="group4", dpi=(204, 102))
    reading = read_text(content, file_name="a.tif", settings=ExtractorSettings(), engine=engine)
    to_fax = Transform(matrix=(1, 0, 0, 0, 0.5, 0, 0, 0, 1))
    lying = quarter_turn(lies, width_px=WIDTH, height_px=HEIGHT).then(to_fax)
    upright = lying.then(quarter_turn(-lies % 360, width_px=width, height_px=height // 2))
    assert reading.pages[0].rotation_degrees == -lies % 360
    check(reading, {word: upright.box(box) for word, box in places.items()}, at_least=4)
