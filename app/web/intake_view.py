"""What the intake list shows of a drop: its path in five steps, one word for where it stands, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.labels import REVIEW_REASONS, Label
from domain.record import DocumentState, DropState, UnitState
from pipeline.steps.arrivals import DropLine, WaitingDrop

STEPS = ("received", "preserved", "stamped", "read", "filed")
"""DESIGN §3: inbox, vault, timestamp, text and fields, archive."""
SLOW = timedelta(minutes=1)
"""A file in the inbox is claimed within seconds; after so long, something stands still."""
REASONS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where one file stands."""

    word: str
    """Key of the texts."""
    kind: str
    """Tone of the word: ``ok``, ``info``, ``warn`` or ``bad``."""
    steps: tuple[tuple[str, str], ...]
    """Each of ``STEPS`` with ``done``, ``now``, ``wait``, ``warn`` or ``bad``."""
    todo: str | None = None
    """Key of what a person should do."""
    reasons: tuple[Label, ...] = ()
    """Why it waits for a person, each once."""
    more_reasons: int = 0


def waiting_progress(waiting: WaitingDrop, *, now: datetime) -> Progress:
    """A file that lies in the inbox."""
    steps = (("received", "now"), *((step, "wait") for step in STEPS[1:]))
    slow = now - waiting.arrived_at > SLOW
    return Progress(word="path_waiting", kind="info", steps=steps, todo="todo_waiting" if slow else None)


def progress(line: DropLine) -> Progress:
    """A file that was taken in."""
    status = line.status
    word, kind, read, filed, todo = _standing(line)
    refused = status.state is DropState.REFUSED
    stamped = "bad" if refused else "wait"
    if status.unit_state is not None:
        stamped = "now" if status.unit_state is UnitState.TIMESTAMP_PENDING else "done"
    codes = [reason.code for document in line.documents for reason in document.reasons]
    known = tuple(dict.fromkeys(code for code in codes if code in REVIEW_REASONS))
    return Progress(
        word=word,
        kind=kind,
        steps=(
            ("received", "done"),
            ("preserved", "bad" if refused else "done"),
            ("stamped", stamped),
            ("read", read),
            ("filed", filed),
        ),
        todo="todo_rescan" if "capture_quality" in known else todo,
        reasons=tuple(REVIEW_REASONS[code] for code in known[:REASONS_SHOWN]),
        more_reasons=max(0, len(known) - REASONS_SHOWN),
    )


def _standing(line: DropLine) -> tuple[str, str, str, str, str | None]:
    """Word, kind, the steps of reading and of filing, and what to do."""
    status = line.status
    in_review = any(document.state is DocumentState.NEEDS_REVIEW for document in line.documents)
    match status.state:
        case DropState.REFUSED:
            return "path_refused", "bad", "wait", "wait", "todo_refused"
        case DropState.UNREADABLE:
            return "path_unreadable", "bad", "bad", "warn" if line.documents else "wait", "todo_unreadable"
        case DropState.PRESERVED:
            return "path_reading", "info", "now", "wait", None
        case _ if status.drop.repeats_drop_id is not None:
            return "path_repeated", "ok", "done", "done", None
        case _ if in_review:
            return "path_review", "warn", "done", "warn", None
        case _ if line.documents:
            return "path_filed", "ok", "done", "done", None
        case _:
            return "path_nothing", "warn", "done", "wait", "todo_nothing"
