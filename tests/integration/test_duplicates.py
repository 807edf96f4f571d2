"""The same paper again: found by an index, shown for review, never dropped; the same form with other figures is not."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from domain.fields import Text
from domain.likeness import fingerprint, likeness
from extractors.pages.mark import picture_mark
from pipeline.steps.duplicates import DIFFERS, DUPLICATE, with_duplicates
from pipeline.wiring import open_shoko
from storage.archive import rebuild
from tests.support.drawings import as_png, drawing, scanned
from tests.support.homes import quick_settings
from tests.support.records import field, make_draft, make_drop, with_fields

FORM = """請求書
株式会社みどり商事 御中
請求番号 INV-0012  発行日 2026年10月31日
株式会社青空商事 〒100-0001 東京都千代田区北見本町1-2-3 TEL 03-0000-1234 登録番号 T9999912345678
品名 数量 単価 金額
コピー用紙A4 10 箱 1,980 19,800
トナーカートリッジ 2 本 14,800 29,600
ファイルボックス 40 個 480 19,200
小計 68,600 消費税(10%) 6,860
ご請求金額 ¥75,460-
お振込先 みなも銀行 本店営業部 普通 1234567
"""
RESCANNED = FORM.replace("カートリッジ", "カ一トリッジ").replace("商事 〒", "商亊〒").replace("480 19", "480  19")
NEXT_MONTH = (
    FORM.replace("INV-0012", "INV-0019")
    .replace("10月31日", "11月30日")
    .replace("10 箱", "14 箱")
    .replace("19,800", "27,720")
    .replace("68,600", "76,520")
    .replace("6,860", "7,652")
    .replace("75,460", "84,172")
)


@pytest.fixture
def shoko(tmp_path):
    opened = open_shoko(quick_settings(tmp_path))
    yield opened
    opened.close()


def dropped(shoko, name):
    return shoko.archive.record_drop(make_drop(shoko.store, name.encode(), name=f"{name}.pdf"))


def draft(drop, text, *, number="INV-0012", day=date(2026, 10, 31), amount="75460", party="株式会社青空商事"):
    made = make_draft(drop.unit_id, text=text, day=day, amount=amount, counterparty=party)
    return with_fields(made, field("document_number", Text(text=number) if number else None))


def reasons(made):
    return [(reason.code, reason.detail) for reason in made.reading.review_reasons if reason.code == DUPLICATE]


def test_figures_tell_papers_of_one_form_apart():
    again, other = likeness(FORM, RESCANNED), likeness(FORM, NEXT_MONTH)
    assert again.same_paper
    assert other.words > 0.5
    assert not other.same_paper
    assert set(fingerprint(FORM)) & set(fingerprint(RESCANNED))
    assert fingerprint("領収書") == ()


def test_a_paper_scanned_twice_is_shown_with_the_first(shoko):
    first = shoko.archive.file_document(draft(dropped(shoko, "a"), FORM))
    drop = dropped(shoko, "b")
    again = with_duplicates(draft(drop, RESCANNED, party=None), drop, shoko)
    assert reasons(again) == [(DUPLICATE, first.document_id)]
    assert again.state.value == "needs_review"
    assert shoko.archive.file_document(again).document_id != first.document_id


def test_the_same_form_with_other_figures_is_none(shoko):
    shoko.archive.file_document(draft(dropped(shoko, "a"), FORM))
    drop = dropped(shoko, "b")
    other = draft(drop, NEXT_MONTH, number="INV-0019", day=date(2026, 11, 30), amount="84172")
    assert with_duplicates(other, drop, shoko) == other


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, True),
        ({"number": None}, True),
        ({"number": "INV-0013"}, False),
        ({"amount": "75461"}, False),
        ({"day": date(2026, 10, 30)}, False),
        ({"party": "株式会社若葉商事"}, False),
    ],
)
def test_the_same_facts_on_another_paper(shoko, change, found):
    first = shoko.archive.file_document(draft(dropped(shoko, "a"), FORM))
    drop = dropped(shoko, "b")
    mail = draft(drop, "いつもお世話になっております。10月分のご請求です。よろしくお願いいたします。", **change)
    assert reasons(with_duplicates(mail, drop, shoko)) == ([(DUPLICATE, first.document_id)] if found else [])


def test_the_same_bytes_under_another_origin(shoko):
    from domain.ids import Origin

    one = dropped(shoko, "a")
    first = shoko.archive.file_document(draft(one, "short"))
    blob = make_drop(shoko.store, b"a", name="b.pdf", origin=Origin.ELECTRONIC_RECEIVED)
    other = shoko.archive.record_drop(blob)
    assert reasons(with_duplicates(draft(other, "x", party=None), other, shoko)) == [(DUPLICATE, first.document_id)]


def test_deleted_documents_and_pages_of_the_same_file_are_none(shoko):
    drop = dropped(shoko, "a")
    first = shoko.archive.file_document(draft(drop, FORM))
    same_file = draft(drop, FORM)
    assert with_duplicates(same_file, drop, shoko) == same_file
    shoko.archive.tombstone(first.document_id, base_revision=1, recorded_by="sato", reason="x")
    other = dropped(shoko, "b")
    later = draft(other, FORM)
    assert with_duplicates(later, other, shoko) == later


def test_the_index_is_made_anew_from_the_vault(shoko, tmp_path):
    first = shoko.archive.file_document(draft(dropped(shoko, "a"), FORM))
    made = rebuild(f"sqlite:///{tmp_path}/again.sqlite", shoko.store, clock=shoko.clock)
    assert made.counts.documents == 1
    assert shoko.archive.reindex() == 1
    assert shoko.archive.documents_alike(RESCANNED) == (first.document_id,)
    assert shoko.archive.documents_alike("まったく別の文章です。" * 20) == ()


SKETCH = drawing(1)
AGAIN = scanned(SKETCH, 7, degrees=0.8, scale=0.8, noise=8.0)


def pictured(shoko, name, pixels, *, text="", **facts):
    """A drop that is a picture, and what is read of it: next to nothing."""
    drop = shoko.archive.record_drop(make_drop(shoko.store, as_png(pixels), name=f"{name}.png", media_type="image/png"))
    made = draft(drop, text, **{"number": None, "day": None, "amount": None, "party": None} | facts)
    height, width = pixels.shape[:2]
    page = replace(made.reading.pages[0], width_px=width, height_px=height, mark=picture_mark(pixels))
    return drop, replace(made, reading=replace(made.reading, pages=(page,)))


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_a_picture_without_text_scanned_twice_is_shown_with_the_first(shoko, turns):
    first = shoko.archive.file_document(pictured(shoko, "a", SKETCH)[1])
    shoko.archive.file_document(pictured(shoko, "other", drawing(2))[1])
    drop, again = pictured(shoko, "b", np.ascontiguousarray(np.rot90(AGAIN, turns)))
    assert reasons(with_duplicates(again, drop, shoko)) == [(DUPLICATE, first.document_id)]


def test_another_drawing_on_the_same_form_is_none(shoko):
    shoko.archive.file_document(pictured(shoko, "a", drawing(1, form="f"))[1])
    drop, other = pictured(shoko, "b", scanned(drawing(2, form="f"), 3))
    assert with_duplicates(other, drop, shoko) == other


def unsure(made, name):
    doubtful = replace(made.reading.fields.get(name), confidence=0.6)
    return replace(made, reading=replace(made.reading, fields=made.reading.fields.replaced(doubtful)))


@pytest.mark.parametrize(
    ("pixels", "sure", "other", "found"),
    [
        (AGAIN, False, {"amount": "75480"}, ("total_amount",)),
        (AGAIN, False, {"amount": "75480", "number": "INV-0072"}, None),
        (drawing(3), False, {"amount": "75480"}, None),
        (AGAIN, True, {"amount": "75480"}, None),
        (AGAIN, True, {"day": date(2026, 11, 30)}, None),
        (AGAIN, True, {"number": "INV-0013"}, None),
    ],
)
def test_a_figure_read_doubtfully_does_not_hide_a_paper_scanned_twice(shoko, pixels, sure, other, found):
    facts = {"number": "INV-0012", "day": date(2026, 10, 31), "amount": "75460", "party": "株式会社青空商事"}
    first = shoko.archive.file_document(pictured(shoko, "a", SKETCH, text=FORM, **facts)[1])
    drop, again = pictured(shoko, "b", pixels, text=RESCANNED, **facts | other)
    shown = with_duplicates(again if sure else unsure(again, "total_amount"), drop, shoko)
    assert reasons(shown) == ([(DUPLICATE, first.document_id)] if found else [])
    differing = [(r.field, r.detail) for r in shown.reading.review_reasons if r.code == DIFFERS]
    assert differing == [(name, first.document_id) for name in found or ()]


def test_what_was_read_with_confidence_stands_where_there_is_no_text(shoko):
    first = shoko.archive.file_document(pictured(shoko, "a", SKETCH, day=date(2026, 10, 31))[1])
    for name, day, found in (("b", date(2026, 11, 30), False), ("c", date(2026, 10, 31), True)):
        drop, again = pictured(shoko, name, AGAIN, day=day)
        assert reasons(with_duplicates(again, drop, shoko)) == ([(DUPLICATE, first.document_id)] if found else [])


def test_marks_stay_out_of_manifests_and_pictures_that_are_gone_say_nothing(shoko):
    _, made = pictured(shoko, "a", SKETCH)
    first = shoko.archive.file_document(made)
    mark = made.reading.pages[0].mark
    assert mark
    assert shoko.archive.documents_pictured_alike(mark) == (first.document_id,)
    assert shoko.archive.reindex() == 1
    assert shoko.archive.documents_pictured_alike(mark) == (first.document_id,)
    objects = [found.key for found in shoko.store.list_latest("vault", prefix="default/documents/")]
    contents = {key: shoko.store.get("vault", key) for key in objects}
    assert [key.endswith(".payload.json") for key, content in contents.items() if mark.encode() in content] == [True]
    assert any(not key.endswith(".payload.json") for key in objects)
