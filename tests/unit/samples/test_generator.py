"""The generator without a browser: truth, arithmetic, wear, the frozen half and the committed set."""

import io
import json
import random
import re
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from PIL import Image, ImageDraw

from domain.fields import DocumentType, fields_for
from samples.generator import held_back, layouts
from samples.generator.checking import frozen
from samples.generator.committed import ENTRIES, SET, table
from samples.generator.composed.layouts import COMPOSED
from samples.generator.damage import DAMAGES, damaged
from samples.generator.harder import HARDER
from samples.generator.latin import LANGUAGES, TEMPLATE, latin_facts
from samples.generator.printing import DAY_PRINTERS, kanji_number, wide
from samples.generator.ubl import to_ubl
from samples.generator.varied.layouts import VARIED_LAYOUTS
from samples.generator.vocabulary import DEVELOPMENT, check_digit, registration_number

SAMPLES = SET.parent
CASES = [
    (layout, kind, words)
    for pool, words in ((layouts.DEVELOPMENT, DEVELOPMENT), (held_back.LAYOUTS, held_back.VOCABULARY))
    for layout in pool
    for kind in layout.types
]


@pytest.mark.parametrize(
    "number", ["7010705000725", "4011001098993", "7370003003519", "1000020012131", "8040001079502"]
)
def test_check_digit(number):
    assert check_digit(number[1:]) == int(number[0])


def test_registration_numbers_are_valid():
    rng = random.Random(1)
    for _ in range(200):
        number = registration_number(rng)
        assert len(number) == 14
        assert check_digit(number[2:]) == int(number[1])


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("era", "令和6年10月31日"),
        ("era_kanji", "令和六年十月三十一日"),
        ("era_short", "R6.10.31"),
        ("slashes", "2024/10/31"),
        ("era_wide", "令和" + wide("6") + "年" + wide("10") + "月" + wide("31") + "日"),
    ],
)
def test_days(name, printed):
    assert DAY_PRINTERS[name](date(2024, 10, 31)) == printed


def test_wide_and_kanji():
    assert wide("T1,\u00a5") == "\uff34\uff11\uff0c\uffe5"
    assert [kanji_number(n) for n in (1, 10, 12, 20, 31)] == ["一", "十", "十二", "二十", "三十一"]


@pytest.mark.parametrize(("layout", "kind", "words"), CASES, ids=lambda value: getattr(value, "name", None))
def test_truth_is_complete_repeatable_and_adds_up(layout, kind, words):
    for seed in range(15):
        facts = layout.make_facts(random.Random(seed), words, kind)
        again = layout.make_facts(random.Random(seed), words, kind)
        truth = facts.fields
        assert truth == again.fields
        assert facts.printed == again.printed
        assert set(truth) == set(fields_for(kind))
        assert truth["transaction_date"]
        for row in truth.get("tax_breakdown") or []:
            base = 100 + row["rate"] if facts.view.get("inside", kind is DocumentType.RECEIPT) else 100
            assert row["tax"] in (row["taxable"] * row["rate"] // base, row["taxable"] * row["rate"] // 100)
        if kind is DocumentType.RECEIPT and truth["line_items"] and truth["subtotal"] is not None:
            assert sum(item["amount"] for item in truth["line_items"]) == truth["subtotal"]


def test_every_class_has_layouts_in_both_halves():
    for kind in DocumentType:
        development = [layout for layout in layouts.DEVELOPMENT if kind in layout.types]
        kept = [layout for layout in held_back.LAYOUTS if kind in layout.types]
        assert len(development) >= (4 if kind in {DocumentType.RECEIPT, DocumentType.INVOICE} else 2)
        assert kept


def test_the_halves_share_no_words_and_no_fonts():
    for name in ("stems", "trades", "families", "places", "banks", "shops", "subjects"):
        assert not set(getattr(DEVELOPMENT, name)) & set(getattr(held_back.VOCABULARY, name)), name
    assert not set(layouts.GOTHIC + layouts.MINCHO) & set(held_back.GOTHIC + held_back.MINCHO)


def test_the_truth_of_a_statement_says_the_tax_that_its_band_prints():
    layout = next(layout for layout in held_back.LAYOUTS if layout.make_facts is layouts.carried_facts)
    made = [layout.make_facts(random.Random(seed), held_back.VOCABULARY, DocumentType.INVOICE) for seed in range(40)]
    printed = 0
    for facts in made:
        for cell in facts.view["carry"]:
            if cell["label"].startswith("消費税"):
                printed += 1
                assert facts.fields["tax_total"] == int(re.sub(r"\D", "", cell["amount"]))
    assert printed


def test_held_back_parts_are_frozen():
    kept = (SAMPLES / "held_back.sha256").read_text(encoding="utf-8")
    assert frozen() == kept, "the held-back half changed: results measured before no longer compare"


def _page() -> bytes:
    image = Image.new("RGB", (200, 250), "white")
    draw = ImageDraw.Draw(image)
    for y in range(20, 240, 12):
        draw.line((15, y, 185, y), fill="black", width=2)
    out = io.BytesIO()
    image.save(out, format="PDF", resolution=100, save_all=True, append_images=[image])
    return out.getvalue()


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_the_same_seed_gives_the_same_pixels(damage):
    pdf = _page()
    content, suffix = damaged(pdf, damage, seed=7)
    if suffix == ".tif":
        first, second = (np.asarray(Image.open(io.BytesIO(damaged(pdf, damage, seed=7)[0])).convert("L")) for _ in "ab")
        assert np.array_equal(first, second)
        assert Image.open(io.BytesIO(content)).n_frames == 2
        assert Image.open(io.BytesIO(content)).info["dpi"][0] == pytest.approx(damage.dpi)
    else:
        assert damaged(pdf, damage, seed=7)[0] == content
        assert suffix == ".pdf"  # two pages never become one picture
        assert content.startswith(b"%PDF")


def test_a_single_page_becomes_a_picture_with_its_resolution():
    image = Image.new("RGB", (400, 500), "white")
    out = io.BytesIO()
    image.save(out, format="PDF", resolution=100)
    photo = next(damage for damage in DAMAGES if damage.name == "photo")
    content, suffix = damaged(out.getvalue(), photo, seed=3)
    assert suffix == ".jpg"
    assert content == damaged(out.getvalue(), photo, seed=3)[0]
    assert content != damaged(out.getvalue(), photo, seed=4)[0]
    assert Image.open(io.BytesIO(content)).info["dpi"][0] == photo.dpi


def test_ubl_says_what_the_truth_says():
    layout = layouts.DEVELOPMENT[0]
    for seed in range(10):
        facts = layout.make_facts(random.Random(seed), DEVELOPMENT, DocumentType.INVOICE)
        root = etree.fromstring(to_ubl(facts))
        names = {"cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"}
        assert root.findtext("cbc:IssueDate", namespaces=names) == facts.fields["transaction_date"]
        assert root.findtext(".//cbc:PayableAmount", namespaces=names) == str(facts.fields["total_amount"])
        assert facts.fields["total_amount"] == facts.fields["subtotal"] + facts.fields["tax_total"]


def test_the_committed_set_is_complete_and_small():
    assert {entry.document_type for entry in ENTRIES} == set(DocumentType)
    folders = {path.parent.relative_to(SET).as_posix() for path in SET.glob("*/*/about.toml")}
    assert folders == {f"{entry.document_type.value}/{entry.slug}" for entry in ENTRIES}
    for folder in folders:
        place = SET / folder
        about = tomllib.loads((place / "about.toml").read_text(encoding="utf-8"))
        truth = json.loads((place / "expected" / "fields.json").read_text(encoding="utf-8"))
        assert about["origin"] in {"paper", "electronic", "paper-issued", "electronic-sent", "internal"}
        assert date.fromisoformat(about["received_on"]) >= date.fromisoformat(truth["fields"]["transaction_date"])
        assert truth["document_type"] == about["document_type"] == place.parent.name
        assert len(list(place.glob("source.*"))) == 1
    assert sum(path.stat().st_size for path in SET.rglob("*") if path.is_file()) < 6_000_000


def test_the_readme_lists_the_set():
    assert table() in (SAMPLES / "README.md").read_text(encoding="utf-8")


def test_templates_draw_only_what_is_there():
    drawn = (*layouts.DEVELOPMENT, *held_back.LAYOUTS, *COMPOSED, *VARIED_LAYOUTS)
    used = {layout.template for layout in drawn}
    folders = (layouts.TEMPLATES, Path(held_back.__file__).parent / "templates")
    there = {path.name for folder in folders for path in folder.glob("*.html") if not path.name.startswith("_")}
    assert used | {TEMPLATE} == there


def printed_page():
    picture = Image.new("RGB", (600, 800), "white")
    draw = ImageDraw.Draw(picture)
    for row in range(12):
        draw.text((60, 60 + 50 * row), "Invoice 2024-10-31 total 128,960 yen", fill="black")
    return np.asarray(picture)


@pytest.mark.parametrize("wear", HARDER, ids=lambda wear: wear.name)
def test_harder_wear_repeats_and_leaves_a_page(wear):
    page = printed_page()
    before = page.copy()
    first, again = (wear.apply(page, np.random.default_rng(5)) for _ in range(2))
    other = wear.apply(page, np.random.default_rng(6))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)
    assert np.array_equal(page, before)
    assert first.dtype == np.uint8
    assert first.std() > 5


def test_kinds_of_wear_have_names_of_their_own():
    names = [wear.name for wear in (*DAMAGES, *HARDER)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("till", [True, False])
def test_papers_in_latin_letters_print_a_total_that_adds_up(language, till):
    facts = latin_facts(random.Random(3), language, till=till)
    assert facts == latin_facts(random.Random(3), language, till=till)
    rows = facts.view["rows"]
    assert [row.set for row in rows].count("big") == 1
    _, *priced = (row.cells[-1] for row in rows if row.set in ("row", "big"))
    amounts = [int("".join(c for c in text if c.isdigit())) for text in priced]
    net, tax, total, paid, change = amounts[-5:]
    assert net + tax == total == sum(amounts[:-5])
    assert paid - change == total


def test_german_papers_print_umlauts():
    texts = [str(latin_facts(random.Random(seed), "de", till=True).view["rows"]) for seed in range(20)]
    assert {"ä", "ö", "ü", "ß"} < set("".join(texts))
