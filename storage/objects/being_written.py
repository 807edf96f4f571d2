"""Whether somebody still writes a file, asked of the kernel: it gives no read lease while a file is open for writing.

A scanner that writes page by page over a shared folder rests longer between two pages than any sensible wait.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from functools import lru_cache
from pathlib import Path

_TELLING = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "tmpfs", "overlay"})
"""File systems that refuse a lease for this reason alone, and whose writers are all on this machine. Those of a network
refuse it for other reasons as well, or give it while another machine writes."""
_MOUNTS = Path("/proc/self/mountinfo")


def is_being_written(path: Path) -> bool:
    """True where a process is known to have the file open for writing."""
    return who_writes(path) is True


def who_writes(path: Path) -> bool | None:
    """Whether a process has the file open for writing; None where the system cannot tell."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        telling = _kind_of_file_system(os.fstat(descriptor).st_dev, int(time.monotonic())) in _TELLING
        # Whoever opens it in this very moment waits until the lease is back; the signal that says so is one that
        # ends no process.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True if telling else None
    except OSError:
        return None  # another owner's file, or no leases here
    finally:
        os.close(descriptor)
    return False if telling else None


@lru_cache(maxsize=64)
def _kind_of_file_system(device: int, _second: int) -> str | None:
    """Its name as the kernel calls it; None where it is not listed. Looked up once a second: mounts change."""
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        fields, _, kinds = line.partition(" - ")
        if fields.split()[2:3] == [number]:
            return kinds.split()[0] if kinds else None
    return None
