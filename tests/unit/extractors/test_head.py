"""The trained last layers: read from their file, and put into the network by either runtime."""

import unicodedata

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from domain.errors import EngineMissing
from extractors.ocr import ppocr
from extractors.ocr.head import BIAS, CHARACTERS, WEIGHT, load_head
from extractors.ocr.recognition import read_strip
from extractors.ocr.repertoire import wanted

FONT = "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf"


def test_the_shipped_layers_stand_for_characters_of_japanese_documents():
    head = load_head().held_to(wanted)
    assert head.characters[0] == ""
    assert len(set(head.characters)) == len(head.characters)
    assert all(wanted(character) for character in head.characters[1:])
    assert set("領収書〒※㈱㈲㎡ｱﾞｰ髙﨑 Aa0") - {"﨑"} <= set(head.characters)
    assert head.tensors[WEIGHT].shape[1] == len(head.tensors[BIAS]) == len(head.characters)
    assert all(np.isfinite(values).all() for values in head.tensors.values())


def test_layers_held_to_a_repertoire_keep_what_they_say_of_its_characters():
    whole = load_head()
    held = whole.held_to(lambda character: character in "あ領 ")
    assert set(held.characters) == {"", "あ", "領", " "}
    for index, character in enumerate(held.characters):
        before = whole.characters.index(character)
        assert (held.tensors[WEIGHT][:, index] == whole.tensors[WEIGHT][:, before]).all()
        assert held.tensors[BIAS][index] == whole.tensors[BIAS][before]


def test_a_missing_or_damaged_file_is_named(tmp_path):
    with pytest.raises(EngineMissing, match=r"away\.npz"):
        load_head(tmp_path / "away.npz")
    (tmp_path / "torn.npz").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(EngineMissing, match=r"torn\.npz"):
        load_head(tmp_path / "torn.npz")


def test_layers_that_do_not_fit_together_are_refused(tmp_path):
    path = tmp_path / "head.npz"
    points = np.array([0, ord("あ"), ord("い")], np.uint32)
    np.savez(path, **{CHARACTERS: points, WEIGHT: np.zeros((120, 2), np.float16), BIAS: np.zeros(2, np.float16)})
    with pytest.raises(EngineMissing, match="do not fit"):
        load_head(path)


@pytest.mark.ocr
@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
@pytest.mark.parametrize(
    "text", ["〒100-0001", "※は軽減税率対象", "甲及び乙は", "2/20(土)9:14", "登録番号", "税抜", "巻"]
)
def test_both_runtimes_read_what_the_published_layers_misread(runtime, text):
    engine = ppocr.create(threads=1, runtime=runtime)
    font = ImageFont.truetype(FONT, 36)
    image = Image.new("RGB", (round(font.getlength(text)) + 24, 52), "white")
    ImageDraw.Draw(image).text((12, 7), text, font=font, fill="black")
    strip = cv2.GaussianBlur(np.asarray(image), (0, 0), 0.6)
    read = "".join(g.text for g in read_strip(strip, engine.recogniser, engine.alphabet))
    assert unicodedata.normalize("NFKC", read) == text


@pytest.mark.ocr
@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
@pytest.mark.parametrize("text", ["T1000000195000", "03-0000-3306", "¥250,000", "10000円"])
def test_numbers_in_narrow_print_lose_no_figures(runtime, text):
    engine = ppocr.create(threads=1, runtime=runtime)
    font = ImageFont.truetype(FONT, 28)
    image = Image.new("RGB", (round(font.getlength(text)) + 16, 40), "white")
    ImageDraw.Draw(image).text((8, 5), text, font=font, fill="black")
    narrow = np.asarray(image.resize((round(image.width * 0.6), image.height)))
    read = "".join(g.text for g in read_strip(narrow, engine.recogniser, engine.alphabet))
    assert unicodedata.normalize("NFKC", read) == text
