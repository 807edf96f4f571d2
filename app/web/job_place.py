"""Where jobs write: a folder of one process; and what they were, so that the next process can say they broke off.

A note holds no result and no words of what was asked for: the kind of work, whose it was, when it began, and with which
form it can be begun again (days, ids and codes only).
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain import codec

_SUFFIX = ".begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The form that begins the same work once more; whoever sends it is checked like the first time."""

    path: str
    values: tuple[tuple[str, str], ...] = ()
    """Days, ids and codes: it lies in a file until the job expires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """That a job began."""

    job_id: str
    kind: str
    owner: str
    began_at: datetime
    ended: bool = False
    """It had come to its end; its result went with the process."""
    again: Again | None = None
    """None where what was asked for is not kept."""


class Place:
    """The folder of this process: made when it is first asked for, and locked as long as it is used."""

    def __init__(self, root: Path) -> None:
        """What dead processes left is removed; what they had begun is in ``left``."""
        self._root = root
        self._lock = threading.Lock()
        self._own: Path | None = None
        self._gone = False
        self._held: int | None = None
        self.left = tuple(one for other in (root.iterdir() if root.is_dir() else ()) for one in _taken_over(other))
        """Jobs of processes that are gone."""
        for one in self.left:
            self.note(one)

    def note(self, begun: Begun) -> None:
        """Remember that a job began, or ended: after ``remove`` too, where the next process has not looked yet."""
        own = self._own if self._gone else None
        path = (own or self.folder()) / f"{begun.job_id}{_SUFFIX}"
        made = path.with_suffix(".new")
        made.write_bytes(codec.dump(begun))
        made.replace(path)

    def forget(self, job_id: str) -> None:
        """What a job wrote goes, and nobody is to hear of it after this process.

        After ``remove`` the word that it began stays: what ends now was broken off by the stop, not by a person.
        """
        with self._lock:
            if self._own is not None:
                if not self._gone:
                    (self._own / f"{job_id}{_SUFFIX}").unlink(missing_ok=True)
                shutil.rmtree(self._own / job_id, ignore_errors=True)

    def folder(self) -> Path:
        """The folder itself.

        Raises:
            FileNotFoundError: it was removed.
        """
        with self._lock:
            if self._gone:
                raise FileNotFoundError(self._root)
            if self._own is None:
                own = self._root / secrets.token_hex(8)
                own.mkdir(mode=0o700, parents=True)
                self._held = os.open(own / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
                fcntl.flock(self._held, fcntl.LOCK_EX)
                self._own = own
            return self._own

    def remove(self) -> None:
        """Remove all that jobs wrote, and let go of the lock last; only what they were called stays for the next."""
        with self._lock:
            self._gone = True
            if self._own is not None and self._held is not None:
                notes = [one for one in self._own.iterdir() if one.suffix == _SUFFIX]
                for one in self._own.iterdir() if notes else ():
                    if one.is_dir():
                        shutil.rmtree(one, ignore_errors=True)
                if not notes:
                    shutil.rmtree(self._own, ignore_errors=True)
                os.close(self._held)
                self._held = None


def _taken_over(place: Path) -> list[Begun]:
    """What a process had begun that holds its lock no more; its folder is removed."""
    try:
        descriptor = os.open(place / "lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return []  # not ours, or made this moment
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return []
    else:
        found = [one for path in sorted(place.glob(f"*{_SUFFIX}")) if (one := _read(path)) is not None]
        shutil.rmtree(place, ignore_errors=True)
        return found
    finally:
        os.close(descriptor)


def _read(path: Path) -> Begun | None:
    try:
        return codec.load(Begun, path.read_bytes())
    except (OSError, ValueError):
        return None  # cut off while it was written: nobody was told of it
