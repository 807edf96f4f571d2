"""A marker in a file's name, text and values: Prefect's parameters, results, logs and database never hold it."""

import os
import subprocess
import sys
from pathlib import Path

from domain.query import Query
from storage.search import search
from tests.support.documents import ubl_invoice
from tests.support.homes import open_resident, quick_settings

PROJECT = Path(__file__).parents[2]
MARKERS = ("MARKERNAME7531", "MARKERNOTE8642", "MARKERSELLER9753")
CHILD = """
import sys
from pathlib import Path
from app.cli.home import settings_for
settings = settings_for(Path(sys.argv[1]))
from tests.support.homes import open_resident, quick_settings
from pipeline.batch import resident_home
resident = open_resident(quick_settings(Path(sys.argv[1])))
from pipeline.flows import file_inbox
with resident_home(resident):
    print(file_inbox())
"""


def test_prefect_holds_ids_and_counts_only(tmp_path):
    inbox = tmp_path / "store" / "inbox" / "electronic"
    inbox.mkdir(parents=True)
    content = ubl_invoice(MARKERS[1], seller=MARKERS[2], note=MARKERS[1])
    (inbox / f"{MARKERS[0]}.xml").write_bytes(content)
    (inbox / f"{MARKERS[0]}-broken.pdf").write_bytes(b"%PDF-1.7 " + MARKERS[1].encode())
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    environment |= {
        "PYTHONPATH": str(PROJECT),
        "PREFECT_LOGGING_LEVEL": "DEBUG",
        "PREFECT_LOGGING_TO_API_ENABLED": "true",
    }
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "'filed'" in done.stdout or "'needs_review'" in done.stdout

    prefect = tmp_path / "prefect"
    databases = list(prefect.glob("*.db*"))
    assert databases, "Prefect's database lies in the data folder"
    held = b"".join(p.read_bytes() for p in prefect.rglob("*") if p.is_file())
    assert b"drop-" in held, "the runs were recorded"
    for marker in MARKERS:
        assert marker.encode() not in held, marker
        assert marker not in done.stdout + done.stderr, marker

    resident = open_resident(quick_settings(tmp_path))
    hits = search(resident.shoko.archive, Query(words=(MARKERS[1],))).hits
    assert len(hits) == 1, "while the archive finds it"
