"""A process that works for another ends with it, even where that one was killed and could tell nobody.

The kernel's own signal for this (``PR_SET_PDEATHSIG``) goes by the thread that started the process, and comes when that
thread ends; so the process looks itself.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

LOOK_SECONDS = 1.0


def _gone() -> None:
    os._exit(1)


def end_with_parent(parent: int | None = None, *, end: Callable[[], None] = _gone) -> None:
    """Call ``end`` once ``parent`` (the process that started this one) is no longer there; returns at once."""
    wanted = os.getppid() if parent is None else parent

    def watch() -> None:
        while os.getppid() == wanted:
            time.sleep(LOOK_SECONDS)
        end()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
