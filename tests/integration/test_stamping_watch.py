"""An authority that stays away is an alarm on every page, and two entries of the log: its beginning and its end."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.calendar import tokyo_day
from domain.evidence import Outcome
from pipeline.steps.health import STAMPING, alarms, last_health
from pipeline.steps.remembering import StampingWatch
from pipeline.steps.stamps import stamp_deadline
from pipeline.steps.verify import stamp_all_pending
from storage.evidence.local_authority import LocalAuthority
from tests.services.timestamp import serve_timestamps
from tests.support.accounts import add_people, open_seats
from tests.support.desk import Desk
from tests.support.documents import ubl_invoice

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
RECEIVED = date(2026, 11, 20)


class Office:
    """A desk whose authority can stay away, and whose time goes on."""

    def __init__(self, folder, url):
        self.now = NOW
        self.answers = True
        authority = {"kind": "http", "name": "例示局", "url": url, "roots_file": folder / "tsa" / "root.pem"}
        self.desk = Desk(folder / "data", clock=lambda: self.now, evidence={"authority": authority})
        self.shoko = self.desk.shoko

    def rounds(self, number, **later):
        for _ in range(number):
            self.now += timedelta(**later)
            stamp_all_pending(self.shoko)

    def said(self):
        return [leaf.kind for leaf in self.shoko.archive.leaves_of("vault")].count(STAMPING)


@pytest.fixture
def office(tmp_path):
    made = []

    def reply(body):
        return local.reply(body) if made[0].answers else b""

    local = LocalAuthority.create_or_open(tmp_path / "tsa", clock=lambda: made[0].now if made else NOW)
    with serve_timestamps(reply) as url:
        made.append(Office(tmp_path, url))
        yield made[0]
        made[0].shoko.close()


def test_an_outage_is_said_once_and_its_end_once(office):
    office.desk.file(content=ubl_invoice("A"), name="a.xml", day=RECEIVED)
    office.rounds(1, minutes=1)
    assert (office.said(), alarms(office.shoko)) == (0, ()), "it works"
    office.answers = False
    office.desk.file(content=ubl_invoice("B"), name="b.xml", day=RECEIVED)
    office.rounds(2, hours=2)
    assert alarms(office.shoko) == (), "a short interruption says nothing"
    office.rounds(4, hours=12)
    assert [check.name for check in alarms(office.shoko)] == ["stamps_are_given"]
    assert office.said() == 1
    office.shoko.stamping.said = StampingWatch().said  # another process goes on
    office.rounds(30, hours=24)
    assert {check.name for check in alarms(office.shoko)} == {"stamps_are_given", "stamps_in_time"}
    assert office.said() == 2, "it became late: that is new"
    office.answers = True
    office.rounds(2, hours=24)
    assert last_health(office.shoko, STAMPING).report.outcome is Outcome.PASSED
    assert (office.said(), alarms(office.shoko)) == (3, ())


def test_everybody_sees_it_and_the_administrator_what_to_do(office):
    add_people(office.shoko)
    office.answers = False
    office.desk.file(content=ubl_invoice("B"), name="b.xml", day=RECEIVED)
    office.rounds(5, days=5)
    seat = open_seats(office.shoko)("kanri")
    assert "時刻認証局からタイムスタンプを受け取れていません" in seat.get("/search").text
    page = seat.get("/admin/system").text
    assert "evidence.fallbacks に別の認定局" in page
    assert "timestamp_refused" not in page
    due = stamp_deadline(office.shoko, RECEIVED)
    assert due < tokyo_day(office.now)
    assert f"期限 {due:%Y/%m/%d} 超過" in seat.get("/intake").text
