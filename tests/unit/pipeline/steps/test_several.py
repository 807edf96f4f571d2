"""Several receipts told by the text of a page that was not cut."""

import pytest

from pipeline.steps.several import several_receipts
from tests.unit.classifiers.pages import page

FIRST = ("領収書", "ひだまり商店", "T1234567890123", "TEL 06-1234-5678", "合計 1,200円")
SECOND = ("領 収 証", "青空交通", "T 9876543210987", "TEL:052-000-9428", "合計 680円")


@pytest.mark.parametrize(
    ("rows", "several"),
    [
        ((*FIRST, *SECOND), True),
        (FIRST, False),
        ((*FIRST, "領収書(控)", *FIRST[1:]), False),
        ((*FIRST, *FIRST), False),
        (("請求書", "T1234567890123", "T9876543210987", "TEL 06-1234-5678", "TEL 052-000-9428"), False),
        (("レシート", "TEL 06-1234-5678", "レシート", "TEL 052-000-9428"), True),
        ((), False),
    ],
)
def test_receipts_of_several_sellers_on_one_page(rows, several):
    assert several_receipts(page(*rows)) is several
