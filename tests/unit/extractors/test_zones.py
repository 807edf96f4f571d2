"""What a level cut runs through."""

import pytest

from domain.geometry import Box
from domain.page import Line, Word
from extractors.columns import upright_measures
from extractors.cuts import cuts_of
from extractors.region import Region
from extractors.ruling import Ruling
from extractors.stretches import cut


def segments(*rows):
    """Rows of (left, text) at their heights; letters are 20 high and wide."""
    found = []
    for number, (top, *texts) in enumerate(rows):
        words = tuple(
            Word(text=text, box=Box(left=left, top=top, right=left + 20 * len(text), bottom=top + 20), confidence=1.0)
            for left, text in texts
        )
        line = Line(words=words, box=Box(left=0, top=top, right=900, bottom=top + 20))
        found += cut(line, number, 0.0)
    return found


def level_cuts(*rows):
    region = Region.of(segments(*rows), Ruling((), ()))
    return region, [c for c in cuts_of(region) if not c.upright]


PAIR = [(top, (0, "左の住所"), (500, "右の住所")) for top in (100, 130, 160)]
TITLE = (20, (0, "下記のとおり御請求申し上げますので御確認くださいますよう"))


def test_rows_side_by_side_are_a_zone_and_a_title_is_none_of_it():
    _, cuts = level_cuts(TITLE, *PAIR)
    assert [zone is not None for c in cuts for zone in c.zones] == [False, False, True, True, True, True]
    region = Region.of(segments(*PAIR), Ruling((), ()))
    assert cuts[1].zones[0] == upright_measures(region, region.gutters[0])


def test_the_nearer_zone_ends_at_white_that_is_wider():
    far = [(top, (0, "左の本文"), (500, "右の本文")) for top in (300, 330)]
    _, cuts = level_cuts(*PAIR, *far)
    whole, nearer = cuts[0].zones
    assert whole != nearer
    region = Region.of(segments(*PAIR), Ruling((), ()))
    assert nearer == upright_measures(region, region.gutters[0])
    assert cuts[2].zones[0] == cuts[2].zones[1] == whole


def test_one_column_has_no_zone():
    _, cuts = level_cuts(*[(top, (0, "本文の一行です")) for top in (0, 30, 60)])
    assert [c.zones for c in cuts] == [(None, None)] * 2


@pytest.mark.parametrize("below", [(40, (0, "左下の文字")), (40, (500, "右下の文字"))])
def test_a_side_may_end_before_the_other(below):
    _, cuts = level_cuts((0, (0, "左の文字"), (500, "右の文字")), below)
    assert all(zone is not None for zone in cuts[0].zones)


def test_rows_of_columns_need_not_stand_next_to_the_same_white():
    """White between two rows of the left column, with the rows of the right one further off on both sides."""
    left, right = [(top, (0, "左の住所")) for top in (60, 110)], [(top, (500, "右の住所")) for top in (20, 150)]
    _, cuts = level_cuts(right[0], *left, right[1])
    assert [all(zone is not None for zone in c.zones) for c in cuts] == [True, True, True]
