"""Run a module as a program that ends with the process that started it: ``python -m app.cli.with_parent …``.

Arguments: the id of that process, the seconds that the program has to end in order, the module, and its arguments. What
the program started itself ends with it.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import time
from pathlib import Path

from storage.parent_watch import end_with_parent


def _end(seconds: float) -> None:
    """Ask this process to end; where it does not, end it and all that it started."""
    started = _descendants(os.getpid())
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(seconds)
    for process in (*started, *_descendants(os.getpid()), os.getpid()):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _descendants(process: int) -> tuple[int, ...]:
    """Children, their children, and so on."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = entry.read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue
        children.setdefault(int(after_name[1]), []).append(int(entry.parent.name))
    found: list[int] = []
    waiting = [process]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return tuple(found)


def main() -> None:
    """See the module's own words."""
    parent, seconds, module, *arguments = sys.argv[1:]
    end_with_parent(int(parent), end=lambda: _end(float(seconds)))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
