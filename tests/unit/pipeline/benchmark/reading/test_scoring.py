from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.ocr.sessions import Session
from pipeline.benchmark.rates import edit_distance
from pipeline.benchmark.reading.alignment import aligned, ordered_errors, unordered_errors
from pipeline.benchmark.reading.conditions import CONDITIONS, turned
from pipeline.benchmark.reading.counting import FIRST, Counted, counted
from pipeline.benchmark.reading.reader import PageRead
from pipeline.benchmark.reading.score import PageScore, comparable, interval, ratio_interval, score_page, summarised
from pipeline.benchmark.reading.truth import PageTruth, first_page, is_made, load_set, write_truth

WORDS = st.text(alphabet="あいう01", max_size=12)


@given(WORDS, WORDS)
def test_an_alignment_costs_the_edit_distance_and_uses_every_character_once(first: str, second: str):
    pairs = aligned(first, second)
    assert sum(not p.same for p in pairs) == edit_distance(first, second)
    assert [p.expected for p in pairs if p.expected is not None] == list(range(len(first)))
    assert [p.got for p in pairs if p.got is not None] == list(range(len(second)))


@pytest.mark.parametrize(
    ("expected", "got", "optional", "ordered", "unordered"),
    [
        ("合計100円", "合計100円", "", 0, 0),
        ("合計100円", "合計108円", "", 1, 1),
        ("合計100円", "100円合計", "", 4, 0),
        ("灯台", "灯台之印", "之印", 0, 0),
        ("灯台", "灯台之印印", "之印", 1, 1),
        ("灯台之印", "灯台", "之印", 2, 2),  # printed characters are wanted even where a seal shows them too
    ],
)
def test_errors_with_and_without_order(expected: str, got: str, optional: str, ordered: int, unordered: int):
    assert ordered_errors(expected, got, optional=optional) == ordered
    assert unordered_errors(expected, got, optional=optional) == unordered


def test_a_page_is_compared_without_white_space_and_in_one_width():
    truth = PageTruth(file="a.jpg", rows="", spoken="登録番号\tT 123\n合計", drawn="印")
    score = score_page(truth, PageRead(text="登録番号T123 合計 印", seconds=2.0))
    assert (score.characters, score.ordered, score.unordered) == (10, 0, 0)
    assert score.seconds == 2.0


@pytest.mark.parametrize(
    ("got", "ordered", "either"),
    [
        ("題名 あて先二行 差出人一二 合計", 0, 0),
        ("題名 差出人一二 あて先二行 合計", 10, 0),  # nobody minds
        ("題名 あて先 差出人 二行 一二 合計", 4, 4),  # cut in half: a mistake in either order
        ("題名 差出入一二 あて先二行 合計", 10, 1),
    ],
)
def test_blocks_side_by_side_may_come_in_either_order_by_the_second_measure_only(got, ordered, either):
    truth = PageTruth(file="a", rows="", spoken="題名\nあて先二行\n差出人一二\n合計", beside=((2, 7, 12),))
    score = score_page(truth, PageRead(text=got, seconds=1.0))
    assert (score.ordered, score.either) == (ordered, either)
    whole = summarised([score])
    assert (whole.ordered.mean, whole.either.mean) == (score.ordered_rate, score.either_rate)


def test_pairs_inside_pairs_are_turned_one_by_one():
    truth = PageTruth(file="a", rows="", spoken="ああいいうう", beside=((0, 2, 6), (2, 4, 6)))
    for got in ("ああいいうう", "いいううああ", "ううあいい", "ああうういい", "ういうい"):
        score = score_page(truth, PageRead(text=got, seconds=1.0))
        assert score.either <= score.ordered
    assert score_page(truth, PageRead(text="ううああいい", seconds=1.0)).either is not None
    assert score_page(truth, PageRead(text="ああうういい", seconds=1.0)).either == 0
    assert score_page(truth, PageRead(text="いいううああ", seconds=1.0)).either == 0


def test_every_page_counts_the_same_and_pooled_counts_characters():
    pages = [
        PageScore(file="a", characters=100, unordered=0, ordered=2, seconds=1),
        PageScore(file="b", characters=10, unordered=1, ordered=1, seconds=2),
    ]
    whole = summarised(pages)
    assert whole.unordered.mean == pytest.approx(0.05)
    assert whole.unordered_pooled == pytest.approx(1 / 110)
    assert whole.ordered.low <= whole.ordered.mean <= whole.ordered.high
    assert whole.seconds_per_page == 1.5


def test_intervals_are_reproducible_and_ratios_are_paired():
    assert interval([0.0, 1.0, 1.0]) == interval([0.0, 1.0, 1.0])
    assert interval([]).mean == 0.0
    half = ratio_interval([1.0, 2.0, 4.0], [2.0, 4.0, 8.0])
    assert (half.low, half.mean, half.high) == pytest.approx((0.5, 0.5, 0.5))


def test_the_text_of_a_first_page_is_a_beginning_of_what_is_spoken():
    assert first_page("題\n一 あ\n二 い", ["題一あ", "二い"]) == "題\n一 あ"
    assert first_page("題\n一", ["一題"]) == "題\n一"
    assert first_page("題\n一 あ\n二 い", ["題二い", "一あ"]) is None


def test_a_set_is_made_once(tmp_path: Path):
    folder = tmp_path / "dev" / "clean300"
    folder.mkdir(parents=True)
    page = PageTruth(file="a.jpg", rows="あ", spoken="あ", turned_degrees=90)
    assert not is_made(folder, {"seed": 1})
    write_truth(folder, [page], about={"seed": 1})
    assert is_made(folder, {"seed": 1})
    assert not is_made(folder, {"seed": 2})
    read = load_set(folder)
    assert (read.name, read.pages) == ("dev/clean300", (page,))


def test_turning_goes_clockwise():
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0, 0] = 9  # top left
    assert turned(pixels, 90)[0, 1, 0] == 9  # top right
    assert turned(turned(pixels, 270), 90).tolist() == pixels.tolist()


def test_there_are_five_conditions_with_their_own_names():
    assert len({c.name for c in CONDITIONS}) == len(CONDITIONS) == 5
    turns = {w.turned_degrees for c in CONDITIONS if c.name == "turned" for w in c.wears}
    assert turns == {0, 90, 180, 270}


@dataclass(frozen=True, slots=True)
class _Engine:
    detector: Session
    inner: Any = None


def _run(values: Any) -> Any:
    return values


def test_network_calls_are_counted_on_a_copy_and_engines_inside_engines_too():
    counter = Counted()
    engine = _Engine(Session(run=_run), inner=_Engine(Session(run=_run)))
    watched = counted(engine, counter)
    watched.detector.run(np.zeros(1, np.float32))
    watched.inner.detector.run(np.zeros(1, np.float32))
    assert counter.calls == {FIRST: 2}
    assert counter.total_seconds >= 0
    assert counter.again_seconds == 0
    assert engine.detector.run is _run
    counter.reset()
    assert not counter.calls


@dataclass(frozen=True, slots=True)
class _Program:
    name: str = "outside"

    def within(self, seconds: float) -> _Program:
        return _Program(f"{self.name} {seconds}")

    def read_page(self, page: int) -> str:
        return f"{self.name} {page}"


def test_an_engine_without_networks_counts_whole_even_when_it_is_held_to_a_time():
    counter = Counted()
    watched = counted(_Engine(Session(run=_run), inner=_Program()), counter)
    assert watched.inner.read_page(1) == "outside 1"
    assert watched.inner.within(2).read_page(1) == "outside 2 1"
    assert watched.inner.name == "outside"
    assert counter.calls == {FIRST: 2}


def test_a_backslash_is_a_yen_sign_whatever_the_font_draws():
    assert comparable("合計 \\1,200") == comparable("合計 ￥1,200") == comparable("合計¥1,200")
