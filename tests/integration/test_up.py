"""``shoko up``: web page, Prefect server and inbox watch as one program; what is dropped is found on the page."""

import httpx

from tests.support.documents import ubl_invoice
from tests.support.program import Program, wait_for


def test_everything_comes_up_files_what_is_dropped_and_stops(tmp_path):
    program = Program.start(tmp_path / "home")
    try:
        inbox = tmp_path / "home" / "store" / "inbox" / "electronic" / "2026-11-20"
        inbox.mkdir(parents=True)
        (inbox / "a.xml").write_bytes(ubl_invoice("UP-1", seller="青空商事株式会社"))

        def found():
            hits = httpx.get(f"{program.url}/search.json", params={"counterparty": "青空"}).json()
            return hits if hits["total"] else None

        hits = wait_for(found)
        assert hits is not None, program.said()
        assert hits["total"] == 1
        assert httpx.get(program.url, follow_redirects=True).status_code == httpx.codes.OK
        locked = httpx.post(f"{program.prefect}/flow_runs/count", json={})
        assert locked.status_code == httpx.codes.UNAUTHORIZED, "needs its password"
        deployed = wait_for(lambda: program.ask_prefect("deployments/count") == 5)
        assert deployed, (tmp_path / "home" / "logs" / "prefect-deploy.log").read_text()
        assert program.ask_prefect("flow_runs/count") >= 2, "the watch and its batch"
        assert (tmp_path / "home" / "keys" / "prefect-auth").stat().st_mode & 0o077 == 0
    finally:
        assert program.stop() == 0
    assert "Crash" not in program.said(), "the watch ends, it is not torn down"
