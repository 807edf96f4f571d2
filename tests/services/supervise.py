"""Real servers for one test run: each lives in a process of its own that ends with the run, however the run ends.

    python tests/services/supervise.py ceph FOLDER WATCHED_PID

starts the server under FOLDER, writes FOLDER/ready.json (or FOLDER/failed.txt), waits until the watched process is gone
or SIGTERM comes, stops the server and removes FOLDER. ``obtain`` does this once per run, whichever worker asks first.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

START_SECONDS = 180.0
POLL_SECONDS = 0.1
STOP_SECONDS = 30.0


class Missing(Exception):
    """The server's programs are not installed."""


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition, *, seconds: float, what: str) -> None:
    """Poll until true.

    Raises:
        RuntimeError: it did not become true in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            msg = f"{what} did not come up within {seconds:.0f} s"
            raise RuntimeError(msg)
        time.sleep(POLL_SECONDS)


def answers(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Stop in the reverse order of starting: first politely."""
    for process in reversed(processes):
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def obtain(name: str, run_folder: Path, *, watched_pid: int) -> dict[str, Any]:
    """What the running server says of itself; starts it if no worker of this run has.

    Raises:
        Missing: its programs are not installed.
        RuntimeError: it did not start; the message has its log.
    """
    with (run_folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        at = run_folder / f"{name}.folder"
        if not at.exists():
            folder = Path("/tmp") / f"shoko-{name}-{run_folder.name[-8:]}"  # socket paths must be short
            folder.mkdir(mode=0o755)
            at.write_text(str(folder))
            with (run_folder / f"{name}.log").open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, __file__, name, str(folder), str(watched_pid)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            (run_folder / f"{name}.pid").write_text(str(process.pid))
            process.returncode = 0  # it outlives us on purpose: no warning about it when we end
        folder = Path(at.read_text())
        ready, failed, absent = folder / "ready.json", folder / "failed.txt", folder / "missing.txt"
        wait_for(lambda: ready.exists() or failed.exists() or absent.exists(), seconds=START_SECONDS, what=name)
        if absent.exists():
            raise Missing(absent.read_text())
        if failed.exists():
            raise RuntimeError(failed.read_text())
        return json.loads(ready.read_text())


def dismiss(run_folder: Path) -> None:
    """End every server of this run and wait until it has cleaned up."""
    for path in run_folder.glob("*.pid"):
        folder = Path(path.with_suffix(".folder").read_text())
        try:
            os.kill(int(path.read_text()), signal.SIGTERM)
        except ProcessLookupError:
            continue
        wait_for(lambda folder=folder: not folder.exists(), seconds=60, what=f"the end of {path.stem}")


def _write(path: Path, text: str) -> None:
    aside = path.with_suffix(".new")
    aside.write_text(text)
    aside.rename(path)


def _load(name: str):
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _main(name: str, folder: Path, watched_pid: int) -> None:
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    processes: list[subprocess.Popen[bytes]] = []
    try:
        try:
            said = _load(name).start(folder, processes)
            _write(folder / "ready.json", json.dumps(said))
        except Exception as error:  # noqa: BLE001  # whatever it is, the test run must be told
            kind = "missing.txt" if type(error).__name__ == "Missing" else "failed.txt"
            _write(folder / kind, str(error) if kind == "missing.txt" else _story(folder))
        while not ended and Path(f"/proc/{watched_pid}").exists():
            time.sleep(POLL_SECONDS)
    finally:
        end(processes)
        shutil.rmtree(folder, ignore_errors=True)


def _story(folder: Path) -> str:
    logs = [f"--- {p.name}\n{p.read_text(errors='replace')[-2000:]}" for p in sorted((folder / "log").glob("*"))]
    return "\n".join([traceback.format_exc(), *logs])


if __name__ == "__main__":
    sys.modules["supervise"] = sys.modules["__main__"]
    _main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
