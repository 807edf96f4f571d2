"""Law: scan-version-control."""

from __future__ import annotations

import pytest

from compliance.versions import Change, Kept, kept_as, may_be_updated


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (Change.FIRST_SCAN, Kept.FIRST_VERSION),
        (Change.DATA_REVISED, Kept.NEXT_VERSION),
        (Change.CONTENT_RETOUCHED, Kept.NEXT_VERSION),  # whitening correction fluid is a correction
        (Change.LOOKS_ADJUSTED, Kept.RENDITION),  # straightening loses nothing of the paper
        (Change.DELETED, Kept.TOMBSTONE),
        (Change.NEW_PAPER, Kept.NEW_DOCUMENT),  # a corrected invoice is another document
    ],
)
def test_how_each_change_is_kept(change, kept):
    assert kept_as(change) is kept


def test_only_the_newest_version_may_be_updated():
    assert may_be_updated(3, newest=3)
    assert not may_be_updated(2, newest=3)
