"""``shoko up`` as a person starts it: one program with the web page, Prefect and the inbox watch."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

PROJECT = Path(__file__).parents[2]
PATIENCE_SECONDS = 180
"""Only how long a broken program may hang the tests; nothing is measured."""
QUICK = {
    "SHOKO_READING__ENGINE": "null.v1",
    "SHOKO_READING__WORKERS": "1",
    "SHOKO_INTAKE__STILL_SECONDS": "0.2",
    "SHOKO_INTAKE__STILL_SECONDS_UNSURE": "0.2",
}


def wait_for(condition):
    """What ``condition`` gives as soon as it gives something; None where it never does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.2)
    return None


@dataclass(slots=True)
class Program:
    """The program, and what it says."""

    home: Path
    process: subprocess.Popen[str]
    errors: IO[str]
    url: str = ""
    prefect: str = ""

    @classmethod
    def start(cls, home: Path, **settings: str) -> Program:
        """Start it and wait until it says that it is ready."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "SHOKO"))}
        environment |= {"PYTHONPATH": str(PROJECT)} | QUICK | settings
        home.parent.mkdir(parents=True, exist_ok=True)
        errors = (home.parent / "stderr").open("w")
        process = subprocess.Popen(
            [sys.executable, "-c", "from app.cli import main; main()", "up", "--home", str(home), "--json",
             "--port", "0", "--prefect-port", "0"],
            cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True,
            start_new_session=True,
        )  # fmt: skip
        program = cls(home=home, process=process, errors=errors)
        line = process.stdout.readline()
        if not line:
            program.stop()
            raise RuntimeError(program.said())
        ready = json.loads(line)
        program.url = f"http://127.0.0.1:{ready['web_port']}"
        program.prefect = f"http://127.0.0.1:{ready['prefect_port']}/api"
        return program

    def said(self) -> str:
        """All that it wrote to its error stream."""
        return (self.home.parent / "stderr").read_text()

    def ask_prefect(self, path: str, **body: object):
        """What the Prefect server answers to somebody with its password."""
        user, _, password = (self.home / "keys" / "prefect-auth").read_text().strip().partition(":")
        return httpx.post(f"{self.prefect}/{path}", json=body, auth=(user, password)).json()

    def stop(self) -> int:
        """As a terminal does on Ctrl-C: to every process of the group, the reading ones included. Its exit code."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            return self.process.wait(timeout=PATIENCE_SECONDS)
        finally:
            self.process.kill()
            self.process.stdout.close()
            self.errors.close()
