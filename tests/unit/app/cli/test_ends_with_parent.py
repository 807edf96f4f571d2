"""What ``shoko up`` started ends with it, also where it was killed; a second one says what it finds."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.cli.one_at_a_time import OneAtATime
from domain.errors import ConfigError

PATIENCE_SECONDS = 60
STARTS_ONE = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "app.cli.with_parent", str(os.getpid()), "1", *sys.argv[1:]])
print(child.pid, flush=True)
child.wait()
"""
OBEYS = """
import os, pathlib, time
pathlib.Path(os.environ["MARK"]).write_text("0")
time.sleep(600)
"""
STUBBORN = """
import os, pathlib, signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(os.environ["MARK"]).write_text(str(subprocess.Popen(["sleep", "600"]).pid))
while True:
    time.sleep(1)
"""
HOLDS = """
import subprocess, sys, time
from pathlib import Path
from app.cli.one_at_a_time import OneAtATime
held = OneAtATime.take(Path(sys.argv[1]), say=print)
held.tell(web_port=8799)
left = subprocess.Popen(["sleep", sys.argv[2]], pass_fds=[held.descriptor]) if sys.argv[2] != "0" else None
print(left.pid if left else 0, flush=True)
time.sleep(600)
"""


def started(code, *arguments):
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline())


def ended(process):
    """Whether it ends; one that nobody waits for any more counts as ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    "obeys",
    [True, False],
    ids=["a program that ends when asked", "one that does not, and what it started"],
)
def test_a_program_ends_with_the_process_that_started_it(tmp_path, obeys):
    mark = tmp_path / "started"
    (tmp_path / "stays.py").write_text(OBEYS if obeys else STUBBORN)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(Path.cwd()))), "MARK": str(mark)}
    parent = subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE, "stays"], stdout=subprocess.PIPE, text=True, env=environment
    )
    child = int(parent.stdout.readline())
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (mark.exists() and mark.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    below = int(mark.read_text())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert ended(child)
    assert below == 0 or ended(below)


def test_a_second_one_says_where_the_first_is(tmp_path):
    first, _ = started(HOLDS, str(tmp_path), "0")
    try:
        with pytest.raises(ConfigError) as caught:
            OneAtATime.take(tmp_path, say=print)
        assert f"プロセス {first.pid}、http://127.0.0.1:8799/" in caught.value.message_ja
    finally:
        first.kill()
        first.wait()
        first.stdout.close()


def test_what_a_killed_one_left_is_waited_for(tmp_path):
    first, left = started(HOLDS, str(tmp_path), "2")
    first.kill()
    first.wait()
    first.stdout.close()
    said = []
    OneAtATime.take(tmp_path, say=said.append, patience=PATIENCE_SECONDS)
    assert len(said) == 1
    assert str(left) in said[0]


def test_what_does_not_end_is_named(tmp_path):
    first, left = started(HOLDS, str(tmp_path), "600")
    first.kill()
    first.wait()
    first.stdout.close()
    try:
        with pytest.raises(ConfigError) as caught:
            OneAtATime.take(tmp_path, say=print, patience=0.5)
        assert f"kill {left}" in caught.value.message_ja
    finally:
        os.kill(left, signal.SIGKILL)
