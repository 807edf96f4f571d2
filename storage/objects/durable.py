"""Files that survive a crash: written aside, synced, put in place in one step, read back from the disk."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from domain.errors import DigestMismatch, ObjectMissing, StoreUnavailable
from domain.ids import Digest
from domain.os_words import why_ja

CHUNK_BYTES = 1 << 20
_ASKED_TOGETHER = 128
"""Files that are open together while they are read back: what disks answer at once, far from the limit of 1,024."""
_LIBC = ctypes.CDLL(None, use_errno=True)
_LATEST_TIME = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Bytes that wait under a temporary name."""

    path: Path
    digest: Digest
    size_bytes: int


def chunks(source: BinaryIO | bytes) -> Iterator[bytes]:
    """The source in pieces of at most ``CHUNK_BYTES``."""
    if isinstance(source, bytes | bytearray | memoryview):
        view = memoryview(source)
        for start in range(0, len(view), CHUNK_BYTES):
            yield bytes(view[start : start + CHUNK_BYTES])
        return
    while piece := source.read(CHUNK_BYTES):
        yield piece


def write_aside(folder: Path, source: BinaryIO | bytes, *, mode: int, at: datetime, sync: bool = True) -> Written:
    """Write and sync the bytes under a name that nobody has; the caller links or renames it, or removes it.

    Without ``sync`` the caller sees to it that they reach the disk.
    """
    path = folder / f".shoko-{secrets.token_hex(12)}.tmp"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    sha256, size_bytes, moment = hashlib.sha256(), 0, at.timestamp()
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            for piece in chunks(source):
                _write_all(file, piece)
                sha256.update(piece)
                size_bytes += len(piece)
            os.fchmod(descriptor, mode)
            os.utime(descriptor, (moment, moment))
            if sync:
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Written(path=path, digest=Digest(value=sha256.hexdigest()), size_bytes=size_bytes)


def _write_all(file: RawIOBase, piece: bytes) -> None:
    written = file.write(piece) or 0
    while written < len(piece):  # a signal, or a disk that is nearly full
        written += file.write(memoryview(piece)[written:]) or 0


def digest_of_file(path: Path) -> Digest:
    """Read the whole file back."""
    with path.open("rb") as file:
        return Digest(value=hashlib.file_digest(file, "sha256").hexdigest())


def check_digest(found: Digest, expected: Digest, *, key: str) -> None:
    """Compare what was read with what was expected.

    Raises:
        DigestMismatch: they differ.
    """
    if found != expected:
        msg = f"object {key!r}: expected {expected}, found {found}"
        raise DigestMismatch(
            msg,
            message_ja="保存データのハッシュ値が一致しません。改変または破損の疑いがあります。"
            "保存先を確かめ、控えから復元してください",
            file=key,
        )


def sync_folder(folder: Path) -> None:
    """Make new, renamed and removed names in this folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file_system(folder: Path) -> None:
    """Make everything that was written to the file system of this folder survive a power cut, in one go.

    One wait for the disk instead of several for each file. Errors of writing since the file system was opened are told
    on Linux 5.8 and later (syncfs(2)).
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _LIBC.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(descriptor)


def settle(root: Path, written: list[tuple[Path, Digest]]) -> None:
    """Wait until what was put without waiting is on the disk, then read it back from there.

    Raises:
        DigestMismatch: the disk has something else.
        StoreUnavailable: the disk does not answer, or is full.
    """
    if not written:
        return
    with file_errors(root.name):
        sync_file_system(root)
        for start in range(0, len(written), _ASKED_TOGETHER):
            _read_back(written[start : start + _ASKED_TOGETHER])


def _read_back(written: Sequence[tuple[Path, Digest]]) -> None:
    """Read files back, from the disk and not from memory as far as the system allows that.

    The disk is asked for all of them before the first is read: one after the other, each would wait for it alone.
    """
    with ExitStack() as opened:
        files = [opened.enter_context(path.open("rb", buffering=0)) for path, _ in written]
        for file in files:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            os.posix_fadvise(file.fileno(), 0, CHUNK_BYTES, os.POSIX_FADV_WILLNEED)
        for file, (path, digest) in zip(files, written, strict=True):
            found = Digest(value=hashlib.file_digest(file, "sha256").hexdigest())
            check_digest(found, digest, key=path.parent.name)


def make_folders(folder: Path, *, sync: bool = True) -> None:
    """Create the folder and its parents, each new name synced in its parent (or, without ``sync``, by the caller)."""
    try:
        made = _make_folder(folder)
    except FileNotFoundError:
        make_folders(folder.parent, sync=sync)
        made = _make_folder(folder)
    if made and sync:
        sync_folder(folder.parent)


def _make_folder(folder: Path) -> bool:
    """False where something of this name is there; asking first would cost as much."""
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    return True


def is_plain_file(status: os.stat_result) -> bool:
    """A regular file: no folder, symbolic link, FIFO, socket or device."""
    return stat.S_ISREG(status.st_mode)


def modified_at(status: os.stat_result) -> datetime:
    """The time of last change in UTC; times that no calendar holds are cut to year 9999 or 1970."""
    try:
        return datetime.fromtimestamp(status.st_mtime, UTC)
    except (OverflowError, ValueError, OSError):
        return _LATEST_TIME if status.st_mtime > 0 else datetime.fromtimestamp(0, UTC)


@contextmanager
def file_errors(what: str) -> Iterator[None]:
    """Translate the operating system's errors into ours.

    Raises:
        ObjectMissing: no such file, or it is a folder, a symbolic link or a socket.
        ValueError: the file system cannot hold such a name.
        StoreUnavailable: anything else (disk full, no permission, read-only, input/output error).
    """
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise missing(what) from error
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:
            raise missing(what) from error
        if error.errno == errno.ENAMETOOLONG:
            msg = f"the folder store cannot hold the name {what!r}: {error.strerror}"
            raise ValueError(msg) from error
        code = errno.errorcode.get(error.errno or 0, "OSError")
        msg = f"folder store, {what!r}: {code}: {error.strerror}"
        raise StoreUnavailable(
            msg,
            message_ja=f"保存先フォルダを使えません（{why_ja(error)} {code}）。"
            "空き容量とアクセス権を確かめてください。自動的に再試行します",
            file=what,
        ) from error


def missing(what: str) -> ObjectMissing:
    """The error for an object or version that is not there."""
    return ObjectMissing(
        f"no such object or version: {what!r}",
        message_ja="保存されているはずのファイルが見つかりません。保存先を確かめ、照合(reconcile)を行ってください",
        file=what,
    )
