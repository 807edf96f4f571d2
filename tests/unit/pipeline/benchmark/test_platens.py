"""Platens judged against their truth."""

from dataclasses import replace

from extractors.settings import ExtractorSettings
from pipeline.benchmark.reading.platens import PlatenFound, judge, summed
from samples.generator.platen import lay
from tests.support.platen import slips

SETTINGS = ExtractorSettings()


def test_a_platen_is_judged_by_its_papers():
    scan = lay(5, slips()[:4], lid="dark", way="apart", suffix=".png", dpi=150)
    found = judge(scan, settings=SETTINGS)
    assert (found.receipts, found.right, found.pieces, found.page_right) == (3, 3, 3, True)
    moved = tuple(
        replace(slip, corners=tuple((x + 60, y) for x, y in slip.corners), ink=tuple(v + 60 for v in slip.ink))
        for slip in scan.slips
    )
    wrong = judge(replace(scan, slips=moved), settings=SETTINGS)
    assert (wrong.right, wrong.page_right) == (0, False)
    whole = judge(replace(scan, way="single"), settings=SETTINGS)
    assert (whole.must_stay_whole, whole.page_right) == (True, False)


def test_rates_are_over_receipts_and_pages():
    def found(name, receipts, right, pieces, **more):
        plain = {"way": "apart", "doubtful": False, "must_stay_whole": False, "seconds": 1.0} | more
        return PlatenFound(name=name, receipts=receipts, right=right, pieces=pieces, papers=receipts, **plain)

    result = summed(
        [
            found("a", 3, 3, 3),
            found("b", 4, 3, 4),
            found("c", 2, 0, 0, doubtful=True),
            found("d", 1, 0, 0, must_stay_whole=True),
            found("e", 1, 0, 2, must_stay_whole=True),
        ]
    )
    assert (result.receipts_right.hits, result.receipts_right.of) == (6, 9)
    assert (result.pages_right.hits, result.pages_right.of) == (1, 3)
    assert (result.false_cuts.hits, result.false_cuts.of) == (1, 2)
    assert result.asked == 1
    assert [one.name for one in result.wrong] == ["b", "c", "e"]
