"""The flows as Prefect runs them: each of the five, retries of what is retryable, a batch that goes on, deployments."""

import json
import os
import subprocess
import sys
from pathlib import Path

import yaml

from tests.support.documents import ubl_invoice

PROJECT = Path(__file__).parents[2]
START = """
import json, sys
from pathlib import Path
from app.cli.home import settings_for
settings_for(Path(sys.argv[1]))
from domain.errors import EngineCrashed, StoreUnavailable
from pipeline.batch import resident_home
from pipeline.flows import file_inbox, reconcile_new, reprocess, self_test, verify_archive
from tests.support.homes import open_resident, quick_settings
resident = open_resident(quick_settings(Path(sys.argv[1])))
"""


def run(home, body):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")} | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-c", START + body, str(home)],
        cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(("{", "["))]


def fill(home, count):
    inbox = home / "store" / "inbox" / "electronic" / "2026-11-01"
    inbox.mkdir(parents=True)
    for n in range(count):
        (inbox / f"{n}.xml").write_bytes(ubl_invoice(f"N-{n}", net=1000 * (n + 1)))


def test_the_five_flows(tmp_path):
    fill(tmp_path, 3)
    filed, read_again, verified, looked, tried = run(
        tmp_path,
        """
with resident_home(resident):
    print(json.dumps(file_inbox()))
    print(json.dumps(reprocess()))
    print(json.dumps(verify_archive()))
    print(json.dumps(reconcile_new()))
    print(json.dumps(self_test()))
""",
    )
    assert filed == {"filed": 3}
    assert read_again == {"unchanged": 3}
    assert verified["failed"] == 0
    assert verified["passed"] > 10
    assert (looked["failed"], looked["indeterminate"]) == (0, 0)
    assert tried["authority"] == "indeterminate", "the local authority is not accredited"
    assert tried["reader"] == "passed"
    assert "failed" not in tried.values()


def test_what_is_retryable_is_retried_and_the_rest_of_the_batch_goes_on(tmp_path):
    fill(tmp_path, 3)
    (first, second, state) = run(
        tmp_path,
        """
class Stumbling:
    def __init__(self, archive):
        self.archive, self.fails = archive, 1
    def __getattr__(self, name):
        return getattr(self.archive, name)
    def record_drop(self, drop):
        if self.fails:
            self.fails -= 1
            raise StoreUnavailable("the database is away for a moment")
        return self.archive.record_drop(drop)

class Broken:
    def __init__(self, pool):
        self.pool, self.read_ids = pool, []
    def __getattr__(self, name):
        return getattr(self.pool, name)
    def read(self, request):
        self.read_ids.append(request.drop_id)
        if len(self.read_ids) == 1:
            raise RuntimeError("a bug nobody thought of, naming " + request.file_name)
        if len(self.read_ids) == 2:
            raise EngineCrashed("the reading process died")
        return self.pool.read(request)

from dataclasses import replace
shoko = replace(resident.shoko, archive=Stumbling(resident.shoko.archive))
stumbling = replace(resident, shoko=shoko, pool=Broken(resident.pool))
with resident_home(stumbling):
    print(json.dumps(file_inbox()))
with resident_home(resident):
    print(json.dumps(file_inbox()))
states = {s.outcome.state.value for s in resident.shoko.archive.drops(limit=9)}
print(json.dumps({"states": sorted(states), "left": len(resident.shoko.archive.drops_without_outcome())}))
""",
    )
    assert first == {"failed": 1, "filed": 1, "needs_review": 1}, (
        "one retried, one unknown failure, one crash to review"
    )
    assert second == {"filed": 1}, "what failed is taken up again by the next batch"
    assert state == {"states": ["read", "unreadable"], "left": 0}


def test_deployments_name_flows_that_exist():
    from prefect import Flow

    import pipeline.flows

    deployments = yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    assert {d["name"] for d in deployments} == {
        "file-inbox",
        "reprocess",
        "verify-archive",
        "reconcile-new",
        "self-test",
    }
    for deployment in deployments:
        path, _, name = deployment["entrypoint"].partition(":")
        assert (PROJECT / path).is_file()
        flow = getattr(pipeline.flows, name)
        assert isinstance(flow, Flow)
        assert flow.name == deployment["name"]
        assert set(deployment.get("parameters", {})) <= set(flow.parameters.properties)
