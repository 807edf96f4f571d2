"""The folder store's open bucket: an ordinary folder that people and scanners drop files into.

There are no versions here, only what lies there now; a version id is made of the file's inode, time and size, so that a
newer file under the same name is another version. What is deleted is first moved aside in one step, and put back if it
turns out to be another version than the one named. Symbolic links are never followed, in no part of a path.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from domain.engines import ObjectVersion, StoreTraits
from domain.errors import ConfigError, StoreUnavailable
from domain.ids import BlobRef, Digest
from storage.objects.being_written import is_being_written, who_writes
from storage.objects.durable import (
    check_digest,
    file_errors,
    is_plain_file,
    make_folders,
    missing,
    modified_at,
    sync_folder,
    write_aside,
)
from storage.objects.keys import blob_key, check_key, key_bytes

CLAIMS_FOLDER = ".shoko-claims"
STALE_CLAIM_SECONDS = 60.0
"""A file moved aside longer ago than this belongs to a process that died: it is put back."""
PLAIN_MODE = 0o644

_VERSION = re.compile(r"[0-9a-f]+-[0-9a-f]+-[0-9a-f]+")
_IGNORED_PREFIXES = (".", "~$")
_IGNORED_SUFFIXES = (".part", ".tmp", ".crdownload", ".filepart")
_IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBucket:
    """One bucket that is a plain folder."""

    name: str
    folder: Path
    clock: Callable[[], datetime]

    def ensure(self, *, object_lock: bool) -> StoreTraits:
        """Create the folder where missing, and put back what a process that died had moved aside."""
        if object_lock:
            msg = f"bucket {self.name} is an open folder: it keeps no lock"
            raise ConfigError(msg, message_ja=f"{self.name} は通常のフォルダのため、保存期間を固定できません")
        with file_errors(self.name):
            make_folders(self.folder)
            self._recover()
        return self.traits()

    def traits(self) -> StoreTraits:
        """No versions, no lock."""
        self._check_there()
        return StoreTraits(versioned=False, object_lock=False, advisory_retention=True)

    def put_blob(
        self, source: BinaryIO | bytes, *, prefix: str, media_type: str, retain_until: datetime | None
    ) -> BlobRef:
        """See ``ObjectStore.put_blob``."""
        del retain_until
        blob_key(prefix, Digest.of(b""))
        self._check_there()
        with file_errors(self.name):
            written = write_aside(self.folder, source, mode=PLAIN_MODE, at=self.clock())
        try:
            key = blob_key(prefix, written.digest)
            self._place(written.path, key, if_absent=True)
        finally:
            written.path.unlink(missing_ok=True)
        ref = self._ref(key, media_type=media_type)
        check_digest(ref.digest, written.digest, key=key)
        return ref

    def put_named(
        self, key: str, content: bytes, *, media_type: str, retain_until: datetime | None, if_absent: bool
    ) -> BlobRef:
        """See ``ObjectStore.put_named``; without ``if_absent`` the file that lay there is replaced."""
        del retain_until
        check_key(key)
        self._check_there()
        with file_errors(key):
            written = write_aside(self.folder, content, mode=PLAIN_MODE, at=self.clock())
        try:
            self._place(written.path, key, if_absent=if_absent)
        finally:
            written.path.unlink(missing_ok=True)
        return self._ref(key, media_type=media_type)

    def stat(self, key: str, *, version_id: str | None) -> ObjectVersion | None:
        """See ``ObjectStore.stat``."""
        self._check_there()
        with file_errors(key):
            status = self._status(key)
        if status is None or (version_id is not None and version_of(status) != version_id):
            return None
        return self._version(key, status, metadata={})

    def open(self, key: str, *, version_id: str | None) -> BinaryIO:
        """See ``ObjectStore.open``."""
        self._check_there()
        with file_errors(key), self._parent(key) as parent:
            descriptor = os.open(_last(key), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
            file = os.fdopen(descriptor, "rb")
            status = os.fstat(descriptor)
            if not is_plain_file(status) or (version_id is not None and version_of(status) != version_id):
                file.close()
                raise missing(key)
            return file

    def versions(self, *, prefix: str, start_after: str | None, latest_only: bool) -> Iterator[ObjectVersion]:
        """What lies there now, in key order; what somebody is writing was modified just now."""
        del latest_only
        self._check_there()
        after = None if start_after is None else key_bytes(start_after)
        yield from self._walk(self.folder, b"", key_bytes(prefix), after)

    def delete_version(self, key: str, *, version_id: str) -> None:
        """See ``ObjectStore.delete_version``: moves aside, looks, and only then removes.

        What somebody has open for writing stays: what is still written would be lost.
        """
        self._check_there()
        with file_errors(key):
            status = self._status(key)
            if status is None or version_of(status) != version_id:
                return
            if status.st_dev != self.folder.stat().st_dev:
                if is_being_written(self.folder / key):
                    return
                with self._parent(key) as parent:  # another file system is mounted here: it cannot be moved aside
                    os.unlink(_last(key), dir_fd=parent)
                return
            place = self.folder / CLAIMS_FOLDER / secrets.token_hex(8) / key
            place.parent.mkdir(parents=True)
            try:
                with self._parent(key) as parent:
                    os.rename(_last(key), place, src_dir_fd=parent)
            except FileNotFoundError:
                self._prune(place.parent)
                return
            if version_of(place.lstat()) == version_id and not is_being_written(place):
                place.unlink()
                self._prune(place.parent)
                with self._parent(key) as parent:
                    os.fsync(parent)
            else:
                self._put_back(place, key)

    def retention(self, key: str, *, version_id: str | None) -> datetime | None:
        """Nothing is locked here."""
        if self.stat(key, version_id=version_id) is None:
            raise missing(key)
        return None

    def extend_retention(self, key: str, *, version_id: str | None, until: datetime) -> datetime:
        """An open folder cannot lock.

        Raises:
            ConfigError: always.
        """
        msg = f"bucket {self.name} is an open folder: {key!r} ({version_id}) cannot be locked until {until}"
        raise ConfigError(msg, message_ja=f"{self.name} は通常のフォルダのため、保存期間を固定できません", file=key)

    def path_of(self, key: str, *, version_id: str | None) -> Path:
        """Where the file lies.

        Raises:
            ObjectMissing: no such file, or another version of it.
        """
        if self.stat(key, version_id=version_id) is None:
            raise missing(key)
        return self.folder / key

    # ------------------------------------------------------------------ inside

    def _check_there(self) -> None:
        if not self.folder.is_dir():
            msg = f"folder {self.folder} is missing"
            raise StoreUnavailable(
                msg,
                message_ja=f"フォルダ {self.folder} がありません。"
                "接続(マウント)を確かめてください。自動的に再試行します",
            )

    @contextmanager
    def _parent(self, key: str, *, create: bool = False) -> Iterator[int]:
        """The folder that holds the key, opened part by part without following a link."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for part in check_key(key).split("/")[:-1]:
                if create:
                    with suppress(FileExistsError):
                        os.mkdir(part, dir_fd=descriptor)
                below = os.open(part, flags, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = below
            yield descriptor
        finally:
            os.close(descriptor)

    def _status(self, key: str) -> os.stat_result | None:
        try:
            with self._parent(key) as parent:
                status = os.stat(_last(key), dir_fd=parent, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status if is_plain_file(status) else None

    def _place(self, path: Path, key: str, *, if_absent: bool) -> None:
        with file_errors(key), self._parent(key, create=True) as parent:
            if if_absent:
                with suppress(FileExistsError):
                    os.link(path, _last(key), dst_dir_fd=parent)
            else:
                os.replace(path, _last(key), dst_dir_fd=parent)
            os.fsync(parent)

    def _ref(self, key: str, *, media_type: str) -> BlobRef:
        with closing(self.open(key, version_id=None)) as file:
            status = os.fstat(file.fileno())
            content = file.read()
        return BlobRef(
            bucket=self.name,
            key=key,
            version_id=version_of(status),
            digest=Digest.of(content),
            size_bytes=len(content),
            media_type=media_type,
        )

    def _version(self, key: str, status: os.stat_result, *, metadata: dict[str, str] | None) -> ObjectVersion:
        return ObjectVersion(
            bucket=self.name,
            key=key,
            version_id=version_of(status),
            size_bytes=status.st_size,
            last_modified=modified_at(status),
            is_latest=True,
            metadata=metadata,
        )

    def _walk(self, folder: Path, above: bytes, prefix: bytes, after: bytes | None) -> Iterator[ObjectVersion]:
        found: list[tuple[bytes, Path, os.stat_result]] = []
        with file_errors(str(folder)):
            try:
                entries = list(os.scandir(folder))
            except (FileNotFoundError, NotADirectoryError):
                return  # removed while we were listing
            for entry in entries:
                if is_ignored(entry.name):
                    continue
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISDIR(status.st_mode):
                    found.append((above + key_bytes(entry.name) + b"/", Path(entry.path), status))
                elif is_plain_file(status):
                    found.append((above + key_bytes(entry.name), Path(entry.path), status))
        for key, path, status in sorted(found, key=lambda item: item[0]):
            if not key.endswith(b"/"):
                if key.startswith(prefix) and (after is None or key > after):
                    found_now = self._version(key.decode("utf-8", "surrogateescape"), status, metadata=None)
                    written = who_writes(path)
                    last_modified = self.clock() if written else found_now.last_modified
                    yield replace(found_now, last_modified=last_modified, perhaps_unfinished=written is None)
            elif (key.startswith(prefix) or prefix.startswith(key)) and (
                after is None or key > after or after.startswith(key)
            ):
                yield from self._walk(path, key, prefix, after)

    def _put_back(self, place: Path, key: str) -> None:
        """Return a file that was moved aside; where its name is taken again, under a free name beside it."""
        stem, dot, suffix = key.rpartition(".") if "." in _last(key) else (key, "", "")
        names = [key, *(f"{stem}-{place.lstat().st_ino:x}{'x' * i}{dot}{suffix}" for i in range(9))]
        for name in names:
            try:
                with self._parent(name, create=True) as parent:
                    os.link(place, _last(name), dst_dir_fd=parent, follow_symlinks=False)
                    os.fsync(parent)
            except FileExistsError:
                continue
            place.unlink()
            self._prune(place.parent)
            return

    def _prune(self, folder: Path) -> None:
        """Remove the emptied folders of a claim."""
        while folder.name != CLAIMS_FOLDER and folder != self.folder:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def _recover(self) -> None:
        claims = self.folder / CLAIMS_FOLDER
        if not claims.is_dir():
            return
        limit = self.clock().timestamp() - STALE_CLAIM_SECONDS
        for claim in claims.iterdir():
            for place in [path for path in claim.rglob("*") if not path.is_dir()]:
                with suppress(FileNotFoundError):
                    if place.lstat().st_ctime < limit:
                        self._put_back(place, str(place.relative_to(claim)))
        sync_folder(claims)


def is_ignored(name: str) -> bool:
    """Names of files and folders that are hidden, temporary, or an operating system's own.

    A name with two leading dots is no program's habit but somebody's attempt: it is taken in like any other.
    """
    lowered = name.lower()
    if lowered.startswith(".."):
        return False
    return lowered.startswith(_IGNORED_PREFIXES) or lowered.endswith(_IGNORED_SUFFIXES) or lowered in _IGNORED_NAMES


def version_of(status: os.stat_result) -> str:
    """What tells this file from a later one under the same name."""
    return f"{status.st_ino:x}-{status.st_mtime_ns & (2**64 - 1):x}-{status.st_size:x}"


def _last(key: str) -> str:
    return key.rpartition("/")[2]
