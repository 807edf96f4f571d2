"""The page over a real installation in a folder, served on a free port; filing by the real steps, without OCR."""

from __future__ import annotations

import json
import threading
import time
import tomllib
from datetime import date
from pathlib import Path

from app.web.serve import make_server
from app.web.settings import WebSettings
from app.web.wired import application
from domain.ids import ORIGIN_BY_FOLDER
from pipeline.batch import open_batch, run_plain
from pipeline.steps.deposit import deposit
from pipeline.steps.verify import publish, stamp_all_pending
from tests.support.homes import open_resident, quick_settings

SET = Path(__file__).parents[2] / "samples" / "set"
BORN_DIGITAL = ("invoice/modern-pdf", "quotation/letterhead-pdf", "contract/articles-multipage", "receipt/web-pdf")
OUR_COMPANY = "株式会社灯台製作所"


def sample_file(slug: str) -> Path:
    return next((SET / slug).glob("source.*"))


def truth(slug: str) -> dict:
    return json.loads((SET / slug / "expected" / "fields.json").read_text())["fields"]


class Site:
    def __init__(self, folder: Path, *, clock=None, **web_settings):
        options = {"clock": clock} if clock else {}
        self.resident = open_resident(quick_settings(folder, company={"names": (OUR_COMPANY,)}), **options)
        self.shoko = self.resident.shoko
        settings = WebSettings(port=0, **web_settings)
        self.server = make_server(application(self.shoko, settings, pool=self.resident.pool), settings=settings)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.url = ""

    def __enter__(self):
        self.thread.start()
        deadline = time.monotonic() + 60
        while not self.server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(timeout=30)
        self.shoko.close()

    def inbox(self):
        keys = [version.key for version in self.shoko.store.list_latest("inbox")]
        return [key for key in keys if not key.startswith("status/")]

    def drop_samples(self, slugs):
        for slug in slugs:
            about = tomllib.loads((SET / slug / "about.toml").read_text())
            source = sample_file(slug)
            deposit(
                self.shoko,
                source.read_bytes(),
                name=f"{slug.replace('/', '-')}{source.suffix}",
                origin=ORIGIN_BY_FOLDER[about["origin"]],
                received_on=date.fromisoformat(about["received_on"]),
            )

    def file_inbox(self):
        counts = run_plain(open_batch(self.resident))
        stamp_all_pending(self.shoko)
        publish(self.shoko)
        return counts
