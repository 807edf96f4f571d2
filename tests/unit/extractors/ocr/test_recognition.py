"""Answers of the recogniser become characters."""

import numpy as np
import pytest

from extractors.ocr.recognition import Glyph, _decode

ALPHABET = ["", "1", "7", "円"]


def test_runs_of_one_answer_are_one_character_with_what_else_it_could_be():
    steps = [
        (0.9, 0.1, 0.0, 0.0),
        (0.1, 0.62, 0.28, 0.0),
        (0.1, 0.5, 0.4, 0.0),
        (1.0, 0.0, 0.0, 0.0),
        (0.0, 1.0, 0.0, 0.0),
        (0.0, 0.004, 0.0, 0.996),
    ]
    found = _decode(np.array(steps, np.float32), ALPHABET, used=48)
    assert [(glyph.text, glyph.at) for glyph in found] == [("1", 2 / 6), ("1", 4.5 / 6), ("円", 5.5 / 6)]
    assert [glyph.confidence for glyph in found] == pytest.approx([0.62, 1.0, 0.996])
    assert [text for text, _ in found[0].alternatives] == ["1", "7", ""]
    assert [share for _, share in found[0].alternatives] == pytest.approx([0.62, 0.28, 0.1])
    assert found[1:] == [
        Glyph(g.text, g.at, g.confidence, ((g.text, g.confidence),)) for g in found[1:]
    ]  # what is sure is not searched


def test_an_answer_of_nothing_has_no_characters():
    assert _decode(np.array([(1.0, 0.0, 0.0, 0.0)] * 3, np.float32), ALPHABET, used=24) == []
