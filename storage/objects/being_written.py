"""Whether somebody still writes a file, asked of the kernel: it gives no read lease while a file is open for writing.

A scanner that writes page by page over a shared folder rests longer between two pages than any sensible wait.
"""

from __future__ import annotations

import fcntl
import os
import signal
from pathlib import Path

_TELLING = frozenset({"ext2", "ext3", "ext4", "xfs", "f2fs", "tmpfs", "overlay"})
"""File systems that refuse a lease for this reason alone; those of a network refuse it for others as well."""
_MOUNTS = Path("/proc/self/mountinfo")


def is_being_written(path: Path) -> bool:
    """True where a process has the file open for writing; False also where the system cannot tell."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # Whoever opens it in this very moment waits until the lease is back; the signal that says so is one that
        # ends no process.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return _kind_of_file_system(os.fstat(descriptor).st_dev) in _TELLING
    except OSError:
        return False  # another owner's file, or no leases here
    finally:
        os.close(descriptor)
    return False


def _kind_of_file_system(device: int) -> str | None:
    """Its name as the kernel calls it; None where it is not listed."""
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
