"""Anchors as people write them."""

import pytest

from domain.errors import ConfigError
from storage.evidence import labels
from storage.evidence.verifier import Reason
from storage.evidence.verify import parse_earlier_head


def test_an_earlier_head():
    head = parse_earlier_head(f" 12:{'ab' * 32}\n")
    assert (head.tree_size, head.root) == (12, b"\xab" * 32)


@pytest.mark.parametrize("text", ["", "12", "x:" + "ab" * 32, "-1:" + "ab" * 32, "12:abcd", "12:" + "zz" * 32])
def test_not_a_head(text):
    with pytest.raises(ConfigError) as caught:
        parse_earlier_head(text)
    assert "件数" in caught.value.message_ja


def test_every_reason_has_words():
    assert set(labels.REASONS) == {reason.value for reason in Reason}
