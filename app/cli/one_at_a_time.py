"""One ``shoko up`` for a data folder: a locked file, held by it and by the programs that it started.

So the lock tells of a running one, and also of what a killed one left behind.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from domain.errors import ConfigError

LOCK_FILE = "up.lock"
LEFT_OVER_SECONDS = 40.0
"""What a killed one started notices within a second, and has some time to end in order."""
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}
"""A file system that cannot lock: nothing is known there, and nobody is kept from working."""


@dataclass(slots=True)
class OneAtATime:
    """The held lock. It is let go of when the last process that holds it ends."""

    path: Path
    descriptor: int

    @classmethod
    def take(cls, data_folder: Path, *, say: Callable[[str], None], patience: float = LEFT_OVER_SECONDS) -> Self:
        """Hold the data folder; waits for what a killed one left to end.

        Raises:
            ConfigError: one is running, or what is left of one does not end.
        """
        data_folder.mkdir(parents=True, exist_ok=True)
        path = data_folder.absolute() / LOCK_FILE
        taken = cls(path=path, descriptor=os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        if not taken._lock():
            try:
                taken._wait(say, patience)
            except ConfigError:
                os.close(taken.descriptor)
                raise
        taken.tell()
        return taken

    def tell(self, **more: int) -> None:
        """Note for a second one who holds it, and where (``web_port``)."""
        content = json.dumps({"process": os.getpid(), "host": platform.node()} | more).encode()
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, content, 0)

    def _lock(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        return True

    def _wait(self, say: Callable[[str], None], patience: float) -> None:
        told = self._told()
        holders = _holders(self.path)
        if not holders:
            raise ConfigError(
                f"{self.path} is locked from elsewhere ({told.get('host', '?')})",
                message_ja="このデータフォルダは、ほかのコンピューターまたはほかの利用者"
                f"（{told.get('host', '不明')}）の shoko up が使っています。"
                f"1つだけ起動してください（{self.path.parent}）",
            )
        if told.get("process") in holders:
            where = f"、http://127.0.0.1:{told['web_port']}/" if "web_port" in told else "、起動中"
            raise ConfigError(
                f"shoko up is running already: process {told['process']}",
                message_ja=f"このデータフォルダの shoko up はすでに動いています（プロセス {told['process']}{where}）。"
                "それを使うか、Ctrl-C で止めてから起動してください",
            )
        numbers = " ".join(str(one) for one in holders)
        say(f"前の shoko up は途中で終わり、それが起動したプログラム（プロセス {numbers}）がまだ動いています。"
            "終わるのを待っています…")  # fmt: skip
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self._lock():
                return
            time.sleep(0.2)
        numbers = " ".join(str(one) for one in _holders(self.path))
        raise ConfigError(
            f"left over from an earlier shoko up: {numbers}",
            message_ja="前の shoko up が起動したプログラムが終わりません。"
            f"kill {numbers} で止めてから、もう一度起動してください",
        )

    def _told(self) -> dict[str, Any]:
        try:
            told = json.loads(os.pread(self.descriptor, 4096, 0))
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}


def _holders(path: Path) -> tuple[int, ...]:
    """Other processes of this machine that have the file open, as far as this user may look."""
    wanted = path.stat()
    running = sorted(int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal())
    return tuple(one for one in running if one != os.getpid() and _has_open(one, (wanted.st_dev, wanted.st_ino)))


def _has_open(process: int, wanted: tuple[int, int]) -> bool:
    try:
        descriptors = list(Path(f"/proc/{process}/fd").iterdir())
    except OSError:
        return False  # gone meanwhile, or another user's
    for one in descriptors:
        try:
            status = one.stat()
        except OSError:
            continue
        if (status.st_dev, status.st_ino) == wanted:
            return True
    return False
