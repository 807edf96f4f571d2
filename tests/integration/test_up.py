"""``shoko up``: web page, Prefect server and inbox watch as one program; what is dropped is found on the page."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.support.documents import ubl_invoice

PROJECT = Path(__file__).parents[2]
PATIENCE_SECONDS = 180
"""Only how long a broken program may hang the tests; nothing is measured."""


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.2)
    return None


def test_everything_comes_up_files_what_is_dropped_and_stops(tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "SHOKO"))}
    environment |= {
        "PYTHONPATH": str(PROJECT),
        "SHOKO_READING__ENGINE": "null.v1",
        "SHOKO_READING__WORKERS": "1",
        "SHOKO_INTAKE__STILL_SECONDS": "0.2",
    }
    errors = (tmp_path / "stderr").open("w")
    program = subprocess.Popen(
        [sys.executable, "-c", "from app.cli import main; main()", "up", "--home", str(tmp_path / "home"), "--json",
         "--port", "0", "--prefect-port", "0"],
        cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        ready = json.loads(program.stdout.readline())
        page = f"http://127.0.0.1:{ready['web_port']}"
        inbox = tmp_path / "home" / "store" / "inbox" / "electronic" / "2026-11-20"
        inbox.mkdir(parents=True)
        (inbox / "a.xml").write_bytes(ubl_invoice("UP-1", seller="青空商事株式会社"))

        def found():
            hits = httpx.get(f"{page}/search.json", params={"counterparty": "青空"}).json()
            return hits if hits["total"] else None

        hits = wait_for(found)
        assert hits is not None, (tmp_path / "stderr").read_text()
        assert hits["total"] == 1
        assert httpx.get(page, follow_redirects=True).status_code == httpx.codes.OK
        api = f"http://127.0.0.1:{ready['prefect_port']}/api"
        assert httpx.post(f"{api}/flow_runs/count", json={}).status_code == httpx.codes.UNAUTHORIZED, (
            "needs its password"
        )
        user, _, password = (tmp_path / "home" / "keys" / "prefect-auth").read_text().strip().partition(":")
        auth = (user, password)

        def deployed():
            return httpx.post(f"{api}/deployments/count", json={}, auth=auth).json() == 5

        assert wait_for(deployed), (tmp_path / "home" / "logs" / "prefect-deploy.log").read_text()
        assert httpx.post(f"{api}/flow_runs/count", json={}, auth=auth).json() >= 2, "the watch and its batch"
        assert (tmp_path / "home" / "keys" / "prefect-auth").stat().st_mode & 0o077 == 0
    finally:
        # As a terminal does on Ctrl-C: to every process of the group, the reading ones included.
        os.killpg(program.pid, signal.SIGINT)
        try:
            assert program.wait(timeout=PATIENCE_SECONDS) == 0
            assert "Crash" not in (tmp_path / "stderr").read_text(), "the watch ends, it is not torn down"
        finally:
            program.kill()
            program.stdout.close()
            errors.close()
