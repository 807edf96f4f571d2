"""The measure of a cleared queue settles every kind of doubt rightly, in two interactions."""

import re
from datetime import date

import pytest

from app.web.clearing import clear_queue
from pipeline.benchmark.desk.clearing import TAKES, clearing_tables
from pipeline.benchmark.desk.doubts import SHARES, doubtful
from pipeline.benchmark.desk.words import OUR_COMPANY
from tests.support.homes import open_resident, quick_settings

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEVERAL = "two_fields"


def test_every_kind_of_doubt_is_cleared_rightly_and_counted(tmp_path):
    home = open_resident(quick_settings(tmp_path, company={"names": (OUR_COMPANY,)}))
    seen = []
    waiting = doubtful(home, count=len(SHARES), seed=3, last_day=date(2026, 11, 20), progress=lambda *_: None)
    report = clear_queue(home.shoko, waiting, progress=lambda *one: seen.append(one))
    assert {one.kind for one in report.documents} == set(SHARES)
    assert report.right == report.waiting == len(SHARES), report
    assert seen[-1] == ("documents", len(SHARES), len(SHARES))
    by_kind = {one.kind: one.interactions for one in report.documents}
    assert {kind: n for kind, n in by_kind.items() if n > TAKES and kind != SEVERAL} == {}
    assert by_kind[SEVERAL] <= 2 * TAKES
    assert len(report.answer_ms) == len(SHARES)
    assert all(one.waited_ms > 0 for one in report.documents)
    assert 0 < report.left_seconds < 18
    kinds, whole = clearing_tables(report)
    assert re.fullmatch(r"[\d,]+", list(kinds.columns[1].cells)[-1])
    assert next(iter(whole.columns[1].cells)) == f"{len(SHARES)} / {len(SHARES)}"
    home.shoko.close()
