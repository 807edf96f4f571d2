"""Where a region can be cut, and what is measured there."""

import random

import pytest

from domain.geometry import Box
from domain.page import Line, Word
from extractors.columns import upright_measures
from extractors.cuts import cuts_of
from extractors.judge import load_judge
from extractors.region import Region
from extractors.ruling import Rule, Ruling, covered
from extractors.stretches import cut, is_labelled

NO_RULES = Ruling((), ())


def stretches(*placed, height=20):
    """One per text and place, each on the row that its height says."""
    tops = sorted({top for _, _, top in placed})
    found = []
    for text, left, top in placed:
        box = Box(left=left, top=top, right=left + height * len(text), bottom=top + height)
        word = Word(text=text, box=box, confidence=1.0)
        found += cut(Line(words=(word,), box=box), tops.index(top), 0.0)
    return found


TWO_COLUMNS = (
    ("左一", 100, 100),
    ("左二", 100, 130),
    ("右一", 400, 100),
    ("右二", 400, 130),
)


def test_cuts_run_through_white_from_side_to_side():
    region = Region.of(stretches(*TWO_COLUMNS), NO_RULES)
    assert [(c.upright, c.at) for c in cuts_of(region)] == [(True, 2), (False, 2)]
    across = Region.of(stretches(*TWO_COLUMNS, ("上に見出しが長くここに横たわる", 100, 60)), NO_RULES)
    assert [(c.upright, c.at) for c in cuts_of(across)] == [(False, 1), (False, 3)]


def test_parts_keep_every_stretch_once():
    region = Region.of(stretches(*TWO_COLUMNS), NO_RULES)
    parts = region.parts([2], upright=True)
    assert [[s.text for s in part] for part in parts] == [["左一", "左二"], ["右一", "右二"]]
    assert sorted(s.text for part in region.parts([2], upright=False) for s in part) == ["右一", "右二", "左一", "左二"]


def test_overlapping_stretches_leave_no_way_to_cut():
    region = Region.of(stretches(("上の文", 100, 100), ("下の文", 120, 104)), NO_RULES)
    assert cuts_of(region) == []


@pytest.mark.parametrize("seed", range(6))
def test_every_cut_of_one_way_has_as_many_measures_as_its_judge_knows(seed):
    rng = random.Random(seed)
    placed = [("字" * rng.randint(1, 9), 100 * rng.randrange(9), 30 * rng.randrange(20)) for _ in range(30)]
    rules = Ruling((Rule(200, 0, 900), Rule(320, 100, 500)), (Rule(450, 0, 400),))
    cuts = cuts_of(Region.of(stretches(*placed), rules))
    judge = load_judge()
    assert cuts
    assert all(len(c.measures) == len(judge.upright.mean) for c in cuts if c.upright)
    level = [c for c in cuts if not c.upright]
    assert all(len(c.measures) + len(c.zones) * (2 + len(judge.upright.mean)) == len(judge.level.mean) for c in level)
    assert all(0 <= chance <= 1 for chance in judge.chances(cuts))


def test_measures_do_not_change_with_the_resolution():
    small = cuts_of(Region.of(stretches(*TWO_COLUMNS), NO_RULES))
    doubled = tuple((text, 2 * left, 2 * top) for text, left, top in TWO_COLUMNS)
    large = cuts_of(Region.of(stretches(*doubled, height=40), NO_RULES))
    for one, other in zip(small, large, strict=True):
        assert one.measures == pytest.approx(other.measures, abs=0.02)


def test_rules_cover_a_distance_once():
    rules = [Rule(10, 0, 60), Rule(11, 40, 80), Rule(10, 90, 200)]
    assert covered(rules, 0, 100) == pytest.approx(0.9)
    assert covered([], 0, 100) == 0


def test_strokes_of_letters_are_no_rules():
    text = stretches(("一二三", 100, 100))
    stroke, line = Box(left=105, top=109, right=155, bottom=111), Box(left=50, top=140, right=400, bottom=142)
    wall = Box(left=300, top=50, right=302, bottom=200)
    ruling = Ruling.of([wall, stroke, line], text, 0.0)
    assert [r.at for r in ruling.level] == [141]
    assert [r.at for r in ruling.upright] == [301]
    assert ruling.within(310, 0, 400, 300).upright == ()
    assert len(ruling.within(310, 0, 400, 300).level) == 1


def test_an_upright_cut_knows_what_hangs_below_the_other_column():
    columns = [("左の一行", 100, 100), ("左の二行", 100, 130), ("右の一行", 500, 100), ("右の二行", 500, 130)]
    under = [("作成日2026/03/04", 100, 190), ("番号31", 480, 190)]

    def measured(*placed):
        region = Region.of(stretches(*placed), NO_RULES)
        return upright_measures(region, region.gutters[0])[-8:]

    assert measured(*columns) == (0.0,) * 8
    count, most, labelled, white, *other = measured(*columns, under[0])
    assert count == most == pytest.approx(0.693, abs=0.01)
    assert labelled == 1.0
    assert white > 2.0
    assert other == [0.0] * 4


@pytest.mark.parametrize(
    "text",
    [
        "作成日2024-02-10",
        "No.24-5386",
        "登録番号T9999912552160",
        "お届け日R6.12.27",
        "合計¥3,200",
        "担当:山田",
        "支払日令和７年１月３１日",
    ],
)
def test_a_label_with_its_value(text):
    assert is_labelled(text)


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-10",
        "令和7年12月31日",
        "12:30",
        "¥1,200",
        "1,200円",
        "A4コピー用紙",
        "株式会社八雲",
        "下記の通り、10日に。",
    ],
)
def test_a_value_or_words_alone_are_no_label_with_its_value(text):
    assert not is_labelled(text)
