"""Figures that two sets of last layers must agree on."""

from __future__ import annotations

import numpy as np
import pytest

from extractors.ocr.numerals import DOUBT, agreed, crowded, is_numeral
from extractors.ocr.recognition import Glyph

ALPHABET = ["", *"0123456789,円:"]
STEPS = 20.0


def glyphs(text: str, *, every: float = 2.0) -> list[Glyph]:
    return [Glyph(c, (1 + every * n) / STEPS, 0.999, ((c, 0.999),)) for n, c in enumerate(text)]


def answer(text: str) -> np.ndarray:
    """One step for each character; a dot means none."""
    out = np.zeros((int(STEPS), len(ALPHABET)), np.float32)
    for step, character in enumerate(text.ljust(int(STEPS), ".")):
        out[step, 0 if character == "." else ALPHABET.index(character)] = 1.0
    return out


def test_figures_that_both_read_alike_stay_as_they_are() -> None:
    read = glyphs("1,000円")
    assert agreed(read, answer("1.,.0.0.0.円"), ALPHABET, steps=STEPS) == read


def test_the_longer_number_holds_and_is_in_doubt() -> None:
    read = agreed(glyphs("1,00"), answer("1.,.0.0.0."), ALPHABET, steps=STEPS)
    assert "".join(g.text for g in read) == "1,000"
    assert all(g.confidence == DOUBT and not g.alternatives for g in read)
    assert [g.at for g in read] == sorted(g.at for g in read)


@pytest.mark.parametrize("other", ["1.,.0.0.", "1.,.0.0.6.", "", "円円円円"])
def test_a_number_read_otherwise_is_kept_and_doubted(other: str) -> None:
    read = agreed(glyphs("1,000"), answer(other), ALPHABET, steps=STEPS)
    assert "".join(g.text for g in read) == "1,000"
    assert {g.confidence for g in read} == {DOUBT}


def test_where_only_separators_differ_a_point_holds_against_a_comma_that_groups_nothing() -> None:
    alphabet = [*ALPHABET[:-1], "."]
    read = agreed(glyphs("13,90"), answer("1.3.:.9.0."), alphabet, steps=STEPS)
    assert "".join(g.text for g in read) == "13.90"
    assert {g.confidence for g in read} == {0.999}
    grouped = glyphs("13,900")
    assert agreed(grouped, answer("1.3.:.9.0.0."), alphabet, steps=STEPS) == grouped


def test_what_stands_beside_a_number_is_not_touched() -> None:
    read = agreed(glyphs("合12計"), answer("..1.3.円"), ALPHABET, steps=STEPS)
    assert [g.text for g in read] == list("合12計")
    assert [g.confidence for g in read] == [0.999, DOUBT, DOUBT, 0.999]


def test_numbers_are_compared_one_by_one() -> None:
    read = agreed(glyphs("10円20円"), answer("1.0.円.2.0.0.円"[:12]), ALPHABET, steps=STEPS)
    assert [g.confidence for g in read[:3]] == [0.999] * 3


def test_figures_closer_than_two_steps_are_crowded() -> None:
    assert crowded(glyphs("10000", every=1.5), steps=STEPS)
    assert not crowded(glyphs("10000", every=2.5), steps=STEPS)
    assert not crowded(glyphs("第10000条の規定による通知", every=1.0), steps=STEPS)
    assert not crowded(glyphs("12", every=1.0), steps=STEPS)


def test_doubtful_figures_are_crowded() -> None:
    doubtful = agreed(glyphs("1234", every=2.5), answer(""), ALPHABET, steps=STEPS)
    assert crowded(doubtful, steps=STEPS)


def test_numerals() -> None:
    assert all(map(is_numeral, "09,A円-０¥"))
    assert not any(map(is_numeral, ["", "株", "あ"]))
