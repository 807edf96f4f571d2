"""A browser says when it first shows something of a page, and what the page weighs; the table holds both to a limit."""

from app.web.painting import first_paints
from app.web.wired import application, web_settings
from pipeline.benchmark.desk.run import DeskReport, PageTiming, Timing
from pipeline.benchmark.desk.tables import desk_tables
from pipeline.benchmark.reading.speed import machine
from tests.support.desk import Desk


def test_a_page_is_painted_and_weighed_and_held_to_its_limits(tmp_path):
    desk = Desk(tmp_path)
    app = application(desk.shoko, web_settings(port=0), accounts=False)
    timing = PageTiming(name="requests", status=200, size_bytes=7, alone_ms=1.0, median_ms=2.0, p95_ms=400.0)
    (found,) = first_paints(app, {"requests": "/requests"}, (timing,))
    assert found.paint_ms > 0
    assert found.sent_bytes > 10_000  # its styles are counted
    search = Timing(name="all", asked=3, median_ms=1.5, p95_ms=50.0)
    report = DeskReport(
        machine=machine(2), documents=9, people=2, load=0.0, timings=(search,), unhurried=(search,), pages=(found,)
    )
    searches, pages = desk_tables(report)
    assert [next(iter(column.cells)) for column in searches.columns][-1] == "0.50"
    cells = [next(iter(column.cells)) for column in pages.columns]
    assert (cells[0], cells[3], cells[4]) == ("requests", "400", "2.00")
    desk.shoko.close()
