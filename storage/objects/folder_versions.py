"""The folder store's versioned bucket: one folder per object, one read-only file per version, nothing overwritten.

    vault/default/units/unit-1.json~/000001-5f3a9c1e          the bytes of the first version, mode 0444
    vault/default/units/unit-1.json~/000001-5f3a9c1e.json     media type, digest, retention of that version

A part of a key becomes a folder of the same name, but ``%``, ``~`` and a leading dot are written ``%25``, ``%7E`` and
``%2E``; so a trailing ``~`` always marks an object and a leading dot is always ours. Writers of one object take turns
by a lock on its folder, which the kernel frees when a process dies.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from domain.engines import ObjectVersion, StoreTraits
from domain.errors import ConfigError
from domain.ids import BlobRef, Digest
from storage.objects.durable import (
    Written,
    check_digest,
    digest_of_file,
    file_errors,
    make_folders,
    missing,
    modified_at,
    sync_folder,
    write_aside,
)
from storage.objects.folder_names import object_folder
from storage.objects.folder_notes import (
    UNKNOWN_MEDIA_TYPE,
    Note,
    note_bytes,
    note_path,
    read_note,
    refuse_under_retention,
    settings_bytes,
)
from storage.objects.folder_walk import beginning, walk
from storage.objects.keys import blob_key, check_key, key_bytes

SETTINGS_FILE = ".bucket.json"
TEMPORARY_FOLDER = ".tmp"
READ_ONLY = 0o444
STALE_SECONDS = 24 * 3600
"""A temporary file older than this was left by a process that died."""

_VERSION = re.compile(r"[0-9]{6,}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionedBucket:
    """One bucket under one folder."""

    name: str
    folder: Path
    clock: Callable[[], datetime]
    later: list[tuple[Path, Digest]] | None = None
    """Where given, nothing waits for the disk: what was written is listed here for ``settle``, side files too."""
    known_locks: dict[str, bool] | None = None
    """Where given, whether retention is kept is looked up once for each bucket."""

    def ensure(self, *, object_lock: bool) -> StoreTraits:
        """Create it where missing; a lock, once there, stays."""
        with file_errors(self.name):
            make_folders(self.folder / TEMPORARY_FOLDER)
            if object_lock or not (self.folder / SETTINGS_FILE).exists():
                locked = object_lock or self._settings().get("object_lock", False)
                self._replace(self.folder / SETTINGS_FILE, settings_bytes(locked=bool(locked)))
            self._sweep()
        return self.traits()

    def traits(self) -> StoreTraits:
        """Versions always; retention where asked for, and only as advice."""
        return StoreTraits(versioned=True, object_lock=self._locked(), advisory_retention=True)

    def put_blob(
        self, source: BinaryIO | bytes, *, prefix: str, media_type: str, retain_until: datetime | None
    ) -> BlobRef:
        """See ``ObjectStore.put_blob``."""
        blob_key(prefix, Digest.of(b""))
        with self._aside(source) as written:
            key = blob_key(prefix, written.digest)
            ref = self._place(written, key, media_type=media_type, retain_until=retain_until, if_absent=True)
        check_digest(ref.digest, written.digest, key=key)
        return ref

    def put_named(
        self, key: str, content: bytes, *, media_type: str, retain_until: datetime | None, if_absent: bool
    ) -> BlobRef:
        """See ``ObjectStore.put_named``."""
        check_key(key)
        with self._aside(content) as written:
            return self._place(written, key, media_type=media_type, retain_until=retain_until, if_absent=if_absent)

    def stat(self, key: str, *, version_id: str | None) -> ObjectVersion | None:
        """See ``ObjectStore.stat``."""
        with file_errors(key):
            path = self._find(key, version_id)
            if path is None:
                return None
            note = read_note(path)
            metadata = {"media_type": note.media_type, "sha256": note.digest.value} if note else {}
            return self._version(key, path, latest=self._names(path.parent)[-1], metadata=metadata)

    def open(self, key: str, *, version_id: str | None) -> BinaryIO:
        """See ``ObjectStore.open``."""
        path = self.path_of(key, version_id=version_id)
        with file_errors(key):
            return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")

    def versions(self, *, prefix: str, start_after: str | None, latest_only: bool) -> Iterator[ObjectVersion]:
        """Objects in key order; of each the newest version first."""
        self._locked()
        after = None if start_after is None else key_bytes(start_after)
        for key, folder in walk(*beginning(self.folder, prefix), key_bytes(prefix), after):
            with file_errors(key):
                names = self._names(folder)
                for name in names[-1:] if latest_only else reversed(names):
                    try:
                        yield self._version(key, folder / name, latest=names[-1], metadata=None)
                    except FileNotFoundError:
                        continue  # deleted while we were listing

    def delete_version(self, key: str, *, version_id: str) -> None:
        """See ``ObjectStore.delete_version``."""
        path = self._path(key, version_id)
        with file_errors(key):
            if not path.exists():
                return
            with self._turn(path.parent):
                if path.exists() and self._locked():
                    refuse_under_retention(key, read_note(path), now=self.clock())
                path.unlink(missing_ok=True)
                note_path(path).unlink(missing_ok=True)
                sync_folder(path.parent)
                self._drop_if_empty(path.parent)

    def retention(self, key: str, *, version_id: str | None) -> datetime | None:
        """See ``ObjectStore.retention``."""
        note = read_note(self.path_of(key, version_id=version_id))
        with file_errors(key):
            return note.retain_until if note and self._locked() else None

    def extend_retention(self, key: str, *, version_id: str | None, until: datetime) -> datetime:
        """See ``ObjectStore.extend_retention``."""
        if not self._locked():
            msg = f"bucket {self.name} has no object lock"
            raise ConfigError(msg, message_ja=f"保存先 {self.name} では保存期間の固定が有効になっていません")
        path = self.path_of(key, version_id=version_id)
        with file_errors(key), self._turn(path.parent):
            if not path.exists():
                raise missing(key)
            return self._lengthen(path, until)

    def path_of(self, key: str, *, version_id: str | None) -> Path:
        """The file of that version, or of the newest.

        Raises:
            ObjectMissing: no such version.
        """
        with file_errors(key):
            path = self._find(key, version_id)
        if path is None:
            raise missing(key)
        return path

    # ------------------------------------------------------------------ writing

    @contextmanager
    def _aside(self, source: BinaryIO | bytes) -> Iterator[Written]:
        self._locked()
        with file_errors(self.name):
            written = self._write_aside(source)
        try:
            yield written
        finally:
            written.path.unlink(missing_ok=True)

    def _place(
        self, written: Written, key: str, *, media_type: str, retain_until: datetime | None, if_absent: bool
    ) -> BlobRef:
        folder = self._object_folder(key)
        with file_errors(key), self._turn(folder):
            names = self._names(folder)
            if not (if_absent and names):
                number = int(names[-1].partition("-")[0]) + 1 if names else 1
                path = folder / f"{number:06d}-{secrets.token_hex(4)}"
                until = retain_until if self._locked() else None
                self._write_note(path, Note(media_type=media_type, digest=written.digest, retain_until=until))
                os.link(written.path, path)
                self._sync(folder)
                if self.later is not None:
                    self.later.append((path, written.digest))
                    return self._as_written(key, path, written, media_type)
                names = [path.name]
            return self._read_back(key, folder / names[-1], retain_until=retain_until)

    def _as_written(self, key: str, path: Path, written: Written, media_type: str) -> BlobRef:
        """What was just written, for ``settle`` to read back."""
        name, digest, size = path.name, written.digest, written.size_bytes
        return BlobRef(
            bucket=self.name, key=key, version_id=name, digest=digest, size_bytes=size, media_type=media_type
        )

    def _read_back(self, key: str, path: Path, *, retain_until: datetime | None) -> BlobRef:
        """What lies there now (the object's lock is held); its retention is at least what was asked."""
        if retain_until is not None and self._locked():
            self._lengthen(path, retain_until)
        note = read_note(path)
        return BlobRef(
            bucket=self.name,
            key=key,
            version_id=path.name,
            digest=digest_of_file(path),
            size_bytes=path.stat().st_size,
            media_type=note.media_type if note else UNKNOWN_MEDIA_TYPE,
        )

    def _lengthen(self, path: Path, until: datetime) -> datetime:
        """Extend the retention, never shorten it (the object's lock is held); returns what was read back."""
        note = read_note(path) or Note(media_type=UNKNOWN_MEDIA_TYPE, digest=digest_of_file(path), retain_until=None)
        longer = until if note.retain_until is None else max(until, note.retain_until)
        if longer != note.retain_until:
            self._write_note(path, Note(media_type=note.media_type, digest=note.digest, retain_until=longer))
        kept = read_note(path)
        return longer if kept is None or kept.retain_until is None else kept.retain_until

    def _write_note(self, path: Path, note: Note) -> None:
        self._replace(note_path(path), note_bytes(note))

    def _replace(self, path: Path, content: bytes) -> None:
        written = self._write_aside(content)
        written.path.replace(path)
        self._sync(path.parent)
        if self.later is not None:
            self.later.append((path, written.digest))

    def _write_aside(self, source: BinaryIO | bytes) -> Written:
        folder = self.folder / TEMPORARY_FOLDER
        return write_aside(folder, source, mode=READ_ONLY, at=self.clock(), sync=self.later is None)

    def _sync(self, folder: Path) -> None:
        if self.later is None:
            sync_folder(folder)

    @contextmanager
    def _turn(self, folder: Path) -> Iterator[None]:
        """Hold the object's lock; where another process removed the folder meanwhile, make it again."""
        while True:
            try:
                make_folders(folder, sync=self.later is None)
                descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            except FileNotFoundError:
                continue
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if not _same_folder(descriptor, folder):
                    continue
                yield
                return
            finally:
                os.close(descriptor)

    def _drop_if_empty(self, folder: Path) -> None:
        """Remove the object's folder with its last version, and parents that this empties."""
        if self._names(folder):
            return
        for leftover in folder.iterdir():
            leftover.unlink()
        while folder != self.folder:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def _sweep(self) -> None:
        """Remove what dead processes left in the temporary folder."""
        limit = self.clock().timestamp() - STALE_SECONDS
        for path in (self.folder / TEMPORARY_FOLDER).iterdir():
            with suppress(FileNotFoundError):  # a living process has just finished with it
                if path.lstat().st_mtime < limit:
                    path.unlink()

    # ------------------------------------------------------------------ reading

    def _settings(self) -> dict[str, Any]:
        path = self.folder / SETTINGS_FILE
        try:
            plain = json.loads(path.read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            msg = f"{path} is damaged"
            raise ConfigError(msg, message_ja=f"保存先の設定ファイルが壊れています: {path}") from error
        return plain if isinstance(plain, dict) else {}

    def _locked(self) -> bool:
        """Whether retention is kept; refuses to work in a bucket that nobody created."""
        if self.known_locks is not None and self.name in self.known_locks:
            return self.known_locks[self.name]
        with file_errors(self.name):
            settings = self._settings()
        if not settings:
            msg = f"bucket {self.name} does not exist in the folder store"
            raise ConfigError(
                msg, message_ja=f"保存先 {self.name} がまだ作られていません。shoko doctor を実行してください"
            )
        locked = bool(settings.get("object_lock", False))
        if self.known_locks is not None:
            self.known_locks[self.name] = locked
        return locked

    def _object_folder(self, key: str) -> Path:
        return object_folder(self.folder, key)

    def _path(self, key: str, version_id: str) -> Path:
        if not _VERSION.fullmatch(version_id):
            raise missing(f"{key} (version {version_id})")
        return self._object_folder(key) / version_id

    def _find(self, key: str, version_id: str | None) -> Path | None:
        """The file of that version, or of the newest."""
        self._locked()
        if version_id is not None:
            if not _VERSION.fullmatch(version_id):
                return None
            path = self._object_folder(key) / version_id
            return path if path.exists() else None
        folder = self._object_folder(key)
        names = self._names(folder)
        return folder / names[-1] if names else None

    def _names(self, folder: Path) -> list[str]:
        """Version ids, oldest first."""
        try:
            names = [entry.name for entry in os.scandir(folder) if _VERSION.fullmatch(entry.name)]
        except FileNotFoundError:
            return []
        return sorted(names, key=lambda name: (len(name), name))

    def _version(self, key: str, path: Path, *, latest: str, metadata: dict[str, str] | None) -> ObjectVersion:
        status = path.lstat()
        return ObjectVersion(
            bucket=self.name,
            key=key,
            version_id=path.name,
            size_bytes=status.st_size,
            last_modified=modified_at(status),
            is_latest=path.name == latest,
            metadata=metadata,
        )


def _same_folder(descriptor: int, folder: Path) -> bool:
    try:
        now = folder.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    held = os.fstat(descriptor)
    return (held.st_dev, held.st_ino) == (now.st_dev, now.st_ino) and held.st_nlink > 0
