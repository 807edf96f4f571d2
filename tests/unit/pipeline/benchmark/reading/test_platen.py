from __future__ import annotations

import pytest

from pipeline.benchmark.rates import rate
from pipeline.benchmark.reading.platen import ScanFound, right_ones, summed

LEFT = ((0.0, 0.0), (100.0, 0.0), (100.0, 200.0), (0.0, 200.0))
RIGHT = ((110.0, 0.0), (210.0, 0.0), (210.0, 200.0), (110.0, 200.0))
BOTH = ((0.0, 0.0), (210.0, 0.0), (210.0, 200.0), (0.0, 200.0))
HALF = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0))
SHIFTED = ((2.0, 1.0), (102.0, 1.0), (102.0, 201.0), (2.0, 201.0))


@pytest.mark.parametrize(
    ("pieces", "right"),
    [
        ([LEFT, RIGHT], 2),
        ([SHIFTED, RIGHT], 2),  # a little off leaves the print whole
        ([BOTH], 0),
        ([HALF, RIGHT], 1),
        ([LEFT, LEFT, RIGHT], 1),  # twice the same receipt is two documents
        ([], 0),
    ],
)
def test_a_receipt_must_lie_alone_and_whole_in_one_piece(pieces, right):
    assert right_ones(pieces, [LEFT, RIGHT], edge_px=10) == right


def test_scans_are_summed_by_way_and_what_nobody_is_asked_about_is_named():
    def scan(name: str, way: str, receipts: int, right: int, *, doubtful: bool = False) -> ScanFound:
        return ScanFound(
            name=name, way=way, lid="white", receipts=receipts, right=right, extra=0, doubtful=doubtful, seconds=1
        )

    found = summed(
        [
            scan("a", "apart", 3, 3),
            scan("b", "touching", 2, 1),
            scan("c", "touching", 2, 0, doubtful=True),
            scan("d", "single", 1, 1),
        ]
    )
    assert found.receipts == rate(4, 7)
    assert found.whole == rate(1, 1)
    assert dict(found.by_way) == {"apart": rate(3, 3), "touching": rate(1, 4)}
    assert found.silent == ("b",)
