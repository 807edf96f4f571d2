"""What the first people at a page would wait for, asked as soon as the page stands: of a million documents, seconds."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from domain.errors import AppError
from domain.visibility import EVERYTHING

if TYPE_CHECKING:
    from app.web.state import Web


def warm(web: Web) -> None:
    """Look for what has no timestamp, add the figures up, put the queue of review in order.

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
