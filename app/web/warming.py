"""What the first people at a page would wait for, asked as soon as the page stands: of a million documents, seconds."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from app.web.respond import load_templates
from domain.errors import AppError
from domain.visibility import EVERYTHING

if TYPE_CHECKING:
    from app.web.state import Web


SWITCH_SECONDS = 0.001
"""For how long one request may compute before another gets its turn: shorter than Python's own 5 ms, which may be
waited for after each answer of the database. Measured once, on a busy machine with twenty people: a document's median
fell from 623 to 377 ms, home and intake moved within the noise."""


def warm(web: Web) -> None:
    """Look for what has no timestamp, add the figures up, put the queue of review in order, compile, ``settle``.

    From where on something may lack its timestamp is found out for everybody, the rest for who sees everything. What
    does not answer now says so to whoever asks for it.
    """
    whole = web.seen_by(EVERYTHING)
    with suppress(AppError):
        whole.services.arrived_today()
    with suppress(AppError):
        if whole.desk is not None:
            whole.desk.dashboard()
    with suppress(AppError):
        if whole.reviewing is not None:
            whole.reviewing.queue()
    load_templates()
    settle()


def settle() -> None:
    """Make this process one that answers: turns are short, and nobody waits while everything loaded is looked through.

    A full garbage collection over the 260,000 objects of the page stops every thread for a quarter of a second. What
    stands now stays for as long as the process, so later collections leave it out.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
