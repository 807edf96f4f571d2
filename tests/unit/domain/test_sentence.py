"""Sentences that people type, and the conditions each must become; the day is 2026-11-20, years end in March."""

from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.periods import fiscal_year_end
from domain.query import MAX_WORDS, Query
from domain.sentence import MAX_CHARACTERS, Part, understand

TODAY = date(2026, 11, 20)
KNOWN = ("株式会社青空商事", "北斗印刷株式会社", "あおぞら青果", "三葉商事", "一ノ瀬商店", "十和田水産", "O'Brien LLC")
CASES = [
    line.split(" → ")
    for line in (Path(__file__).parent / "sentence_cases.txt").read_text(encoding="utf-8").splitlines()
]
"""Sentence, and every condition that differs from asking for nothing."""


def said(sentence, *, today=TODAY, end_month=3):
    return understand(
        sentence,
        today=today,
        fiscal_end=lambda day: fiscal_year_end(day, month=end_month, last_day=31),
        known_party=lambda name: any(name in known for known in KNOWN),
        is_us=lambda name: name in {"株式会社みなと工房", "みなと工房"},
        departments=("経理部", "営業部"),
    )


def shown(understood):
    nothing = Query()
    values = ((f.name, getattr(understood.query, f.name), getattr(nothing, f.name)) for f in fields(Query))
    out = [
        f"{name}={'+'.join(map(str, value)) if isinstance(value, tuple) else value}"
        for name, value, default in values
        if value != default
    ]
    left_out = [piece.text for piece in understood.pieces if piece.part is Part.UNSUPPORTED]
    return " ".join(out + ([f"unsupported={'+'.join(left_out)}"] if left_out else []))


def test_there_are_enough_cases():
    assert len(CASES) >= 200


@pytest.mark.parametrize(("sentence", "expected"), [(one, *(rest or [""])) for one, *rest in CASES])
def test_a_sentence_becomes_its_conditions(sentence, expected):
    assert shown(said(sentence)) == expected.strip()


@pytest.mark.parametrize(
    ("today", "end_month", "sentence", "first", "last"),
    [
        (date(2026, 3, 31), 3, "今期", date(2025, 4, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), 3, "今期", date(2026, 4, 1), date(2027, 3, 31)),
        (date(2026, 11, 20), 12, "今期", date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 11, 20), 12, "昨年度", date(2025, 1, 1), date(2025, 12, 31)),
        (date(2026, 11, 20), 12, "2024年度", date(2024, 1, 1), date(2024, 12, 31)),
        (date(2026, 11, 20), 9, "今期上期", date(2026, 10, 1), date(2027, 3, 31)),
        (date(2026, 11, 20), 2, "昨年度", date(2025, 3, 1), date(2026, 2, 28)),
        (date(2026, 1, 5), 3, "先月", date(2025, 12, 1), date(2025, 12, 31)),
        (date(2026, 1, 5), 3, "12月", date(2025, 12, 1), date(2025, 12, 31)),
        (date(2024, 2, 29), 3, "過去1年", date(2023, 2, 28), date(2024, 2, 29)),
        (date(2026, 11, 16), 3, "先週", date(2026, 11, 9), date(2026, 11, 15)),
    ],
)
def test_periods_hang_on_the_day_and_on_the_fiscal_year(today, end_month, sentence, first, last):
    query = said(sentence, today=today, end_month=end_month).query
    assert (query.date_from, query.date_to) == (first, last)


def test_pieces_say_what_each_part_became():
    pieces = said("先月の青空商事の10万円以上の請求書 トナー 納期が今月の").pieces
    assert [(piece.text, piece.part) for piece in pieces] == [
        ("先月の", Part.DATE),
        ("青空商事の", Part.COUNTERPARTY),
        ("10万円以上の", Part.AMOUNT),
        ("請求書", Part.TYPE),
        ("トナー", Part.WORD),
        ("納期が今月の", Part.UNSUPPORTED),
    ]


def test_what_was_said_first_stays_and_what_would_replace_it_is_named():
    understood = said("先月の請求書と今月の領収書")
    assert [piece.text for piece in understood.pieces if piece.part is Part.UNSUPPORTED] == ["今月の"]
    assert understood.query.date_from == date(2026, 10, 1)


def test_what_is_too_long_or_too_much_is_left_out_and_named():
    paragraph = " ".join(f"語{number}" for number in range(60))
    understood = said(paragraph)
    assert len(understood.query.words) == MAX_WORDS
    left_out = [piece.text for piece in understood.pieces if piece.part is Part.UNSUPPORTED]
    assert left_out[0] == f"語{MAX_WORDS}"
    assert left_out[-1].endswith("…")
    assert said("「" + " ".join("あいうえおかきくけこさしすせそたちつてと") + "」" * 2).pieces
    assert len(said(" ".join("アイウエオカキクケコ" * 9)).query.words) == 10


def test_words_in_quotation_marks_are_asked_for_as_they_stand():
    assert [piece.part for piece in said("「消費税」を含む領収書").pieces] == [Part.QUOTED, Part.TYPE]


def test_whom_nobody_knows_is_a_word():
    query = said("名無し商会の請求書").query
    assert (query.counterparty, query.words) == (None, ("名無し商会",))


@pytest.mark.parametrize(
    "sentence",
    ["", "   ", "、、、", "\x00", "\ud800", "請" * 5000, "10" * 5000, "年月日" * 500, "から" * 2000, "((((" * 400],
)
def test_whatever_is_typed_is_read_at_once(sentence):
    understood = said(sentence)
    assert len(understood.pieces) <= MAX_CHARACTERS


_BITS = (
    "先月年度期令和6年4月〜0123456789万億円以上下未満青空商事請求領収書のをがはに届いた"
    "未確認承認待ち登録番号ないから まで、%_'\\\"<>"
)


@given(
    st.text(
        alphabet=st.sampled_from(_BITS),
        max_size=80,
    )
)
def test_any_mixture_is_understood_or_stays_words(sentence):
    understood = said(sentence)
    query = understood.query
    for first, last in ((query.date_from, query.date_to), (query.received_from, query.received_to)):
        assert first is None or last is None or first - last < timedelta(days=36500)
    kept = "".join(query.words)
    assert all(
        piece.part is not Part.WORD or piece.text.strip('「」『』"')[:1] in kept + " " for piece in understood.pieces
    )
