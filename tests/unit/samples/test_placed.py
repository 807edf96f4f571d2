"""Which blocks of a made page stand side by side."""

import pytest

from samples.generator.placed import PlacedPage, PlacedWord, side_by_side


def word(text, left, top, *, down=False):
    return PlacedWord(text, left, top, left + 12.0 * len(text), top + 12.0, 12.0, down)


def page(*words, blocks):
    return PlacedPage(layout="test", words=words, rules=(), blocks=blocks)


LEFT = (word("左の一", 10, 10), word("左の二行", 10, 30))
RIGHT = (word("右の一", 200, 10), word("右の二", 200, 30))
PAIR = ((0, 4), (0, 2), (2, 4))


def test_two_blocks_of_rows_side_by_side_are_told_in_characters():
    assert side_by_side(page(*LEFT, *RIGHT, blocks=PAIR)) == ((0, 7, 13),)
    title = word("題名", 100, 0)
    assert side_by_side(page(title, *RIGHT, *LEFT, blocks=((0, 5), (0, 1), (1, 3), (3, 5)))) == ((2, 8, 15),)


def test_a_line_laid_out_as_a_block_of_its_own_is_no_neighbour():
    lines = ((0, 4), (0, 2), (0, 1), (1, 2), (2, 4), (2, 3), (3, 4))
    assert side_by_side(page(*LEFT, *RIGHT, blocks=lines)) == ((0, 7, 13),)


@pytest.mark.parametrize(
    ("words", "blocks"),
    [
        pytest.param((*LEFT, *RIGHT), ((0, 4),), id="cells of a table are no blocks"),
        pytest.param((LEFT[0], RIGHT[0]), ((0, 2), (0, 1), (1, 2)), id="one row"),
        pytest.param((*LEFT, *(word("下", 200, 60 + y) for y in (0, 20))), PAIR, id="one below the other"),
        pytest.param((*LEFT, *(word("重なる", 20, y) for y in (10, 30))), PAIR, id="one over the other"),
        pytest.param((*LEFT, *(word("縦", 200, y, down=True) for y in (10, 30))), PAIR, id="vertical writing"),
        pytest.param((*LEFT, word("間", 90, 10), *RIGHT), ((0, 5), (0, 2), (3, 5)), id="words between them"),
    ],
)
def test_others_keep_their_order(words, blocks):
    assert side_by_side(page(*words, blocks=blocks)) == ()
