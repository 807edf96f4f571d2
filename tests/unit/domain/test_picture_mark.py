import random
from itertools import pairwise

from domain import codec
from domain.page import PageRef
from domain.picture_mark import FIRST_BAND, SIGNS, apart, bands, first_mark, mark_of, turned

RNG = random.Random(1)
MARK = mark_of(tuple(RNG.random() < 0.5 for _ in range(SIGNS)))


def worn(mark, share):
    bits = int(mark, 16)
    for place in RNG.sample(range(SIGNS), round(share * SIGNS)):
        bits ^= 1 << place
    return f"{bits:016x}"


def test_a_mark_turned_four_times_is_itself():
    ways = turned(MARK)
    assert ways[0] == MARK
    assert len(set(ways)) == 4
    for way, mark in enumerate(ways):
        assert turned(mark) == ways[way:] + ways[:way]


def test_marks_of_one_paper_meet_in_a_band_and_others_seldom_do():
    marks = [mark_of(tuple(RNG.random() < 0.5 for _ in range(SIGNS))) for _ in range(200)]
    met = [bool(set(bands(mark)) & set(bands(worn(mark, 0.1)))) for mark in marks]
    strange = [bool(set(bands(one)) & set(bands(other))) for one, other in pairwise(marks)]
    assert sum(met) >= 190
    assert sum(strange) <= 10
    assert min(number for number, _ in bands(MARK)) == FIRST_BAND
    assert len({number for number, _ in bands(MARK)}) == 16


def test_no_mark_is_like_nothing():
    assert bands("") == turned("") == ()
    assert apart("", MARK) == apart("", "") == 1.0
    assert apart(MARK, MARK) == 0.0
    assert round(apart(MARK, worn(MARK, 10 / SIGNS)), 4) == round(10 / SIGNS, 4)


def test_a_page_of_before_there_were_marks_reads_as_one_without():
    old = codec.load(PageRef, '{"unit_id": "u", "page_index": 2}')
    assert old.mark == ""
    assert first_mark((old, PageRef(unit_id="u", page_index=0, mark=MARK))) == MARK
    assert first_mark((old,)) == ""
