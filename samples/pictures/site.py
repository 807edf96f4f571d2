"""The installation that is photographed: a made archive of eleven years, some papers really read, people at work."""

from __future__ import annotations

import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.web.serve import make_server
from app.web.settings import WebSettings
from app.web.wired import application
from domain.corrections import Correction
from domain.fields import CalendarDate
from domain.ids import ORIGIN_BY_FOLDER
from pipeline.batch import Resident, open_batch, run_plain
from pipeline.benchmark.desk.filing import SetClock, beginning, fill
from pipeline.benchmark.desk.words import OUR_COMPANY
from pipeline.reading_worker import ReadingWorker
from pipeline.settings import load_settings
from pipeline.steps.correct import correct_document
from pipeline.steps.deposit import deposit
from pipeline.steps.verify import publish, stamp_all_pending, write_anchors
from pipeline.wiring import Shoko, open_shoko
from samples.pictures.office import open_office
from storage.people import Passwords

SET = Path(__file__).parents[1] / "set"
SAMPLES_COMPANY = "株式会社灯台製作所"
DOCUMENTS, SEED = 600, 20261120
LAST_DAY = date(2026, 11, 19)
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
"""A Friday, half past ten in Tokyo."""
PAPERS = (
    "receipt/written-seal",
    "receipt/till-scan",
    "quotation/modern-scan",
    "delivery_note/slip-scan",
    "invoice/modern-pdf",
    "invoice/classic-scan",
)
SCAN, DOUBTFUL = "invoice/classic-scan", "receipt/till-scan"


@dataclass
class _Clock(SetClock):
    """Stands while the past is filed; then each look at it is a moment later, as the order of acts demands."""

    runs: bool = False

    def __call__(self) -> datetime:
        """The instant."""
        if self.runs:
            self.now += timedelta(milliseconds=5)
        return self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSite:
    """The page, and what the scenes name."""

    url: str
    values: dict[str, str]
    roots: Path
    log_key: str


def _mistype(shoko: Shoko, document_id: str) -> None:
    """A year with two digits exchanged: the day is still to come, and the document waits for a second look."""
    record = shoko.archive.get_document(document_id)
    day = record.fields.day("transaction_date") if record else None
    if record is None or day is None:
        msg = f"{DOUBTFUL} was not read as it should be"
        raise ValueError(msg)
    wrong = Correction(
        base_revision=record.revision,
        values={"transaction_date": CalendarDate(day=day.replace(year=day.year + 27))},
        recorded_by="keiri",
        reason="日付の訂正",
    )
    correct_document(shoko, document_id, wrong)


@contextmanager
def open_site(folder: Path) -> Iterator[PictureSite]:
    """Make it and serve it."""
    clock = _Clock(now=beginning(LAST_DAY))
    settings = load_settings(
        data_folder=folder,
        company={"names": (OUR_COMPANY, SAMPLES_COMPANY)},
        intake={"still_seconds": 0.0},
    )
    shoko = open_shoko(settings, clock=clock)
    shoko.people.passwords = Passwords(time_cost=1, memory_kib=64, parallelism=1)
    fill(shoko, clock, count=DOCUMENTS, seed=SEED, last_day=LAST_DAY, progress=lambda *_: None)
    clock.now, clock.runs = NOW, True
    resident = Resident(shoko=shoko, pool=ReadingWorker.start(settings))
    for slug in PAPERS:
        about = tomllib.loads((SET / slug / "about.toml").read_text(encoding="utf-8"))
        source = next((SET / slug).glob("source.*"))
        deposit(
            shoko,
            source.read_bytes(),
            name=f"{slug.rpartition('/')[2]}{source.suffix}",
            origin=ORIGIN_BY_FOLDER[about["origin"]],
            received_on=TODAY,
        )
    run_plain(open_batch(resident))
    stamp_all_pending(shoko)
    filed = {one.drop.deposit.original_name: one.documents for one in shoko.archive.drops(limit=len(PAPERS))}
    named = {name.rpartition(".")[0]: documents[0] for name, documents in filed.items() if documents}
    _mistype(shoko, named[DOUBTFUL.rpartition("/")[2]])
    office = open_office(shoko)
    stamp_all_pending(shoko)
    publish(shoko)
    anchors = write_anchors(shoko, folder / "anchors")
    web = WebSettings(port=0, accounts=True)
    server = make_server(application(shoko, web, pool=resident.pool), settings=web)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield PictureSite(
            url=f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}",
            values={
                "scan": named[SCAN.rpartition("/")[2]],
                "doubtful": named[DOUBTFUL.rpartition("/")[2]],
                "approved": office.approved,
            },
            roots=anchors.roots,
            log_key=anchors.log_key,
        )
    finally:
        server.should_exit = True
        thread.join()
        shoko.close()
