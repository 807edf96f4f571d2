"""Reading everything under one prefix of a bucket, quickly and with a look at what lies beside each object.

``ObjectStore`` answers one question at a time; verifying reads millions of small objects. A *shelf* is a read-only view
for that. On the folder store it reads files directly and holds each against its side file, so that no byte of the
store goes unchecked; on other stores it asks the store.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from domain.engines import ObjectStore
from domain.errors import ObjectMissing
from storage.objects.durable import file_errors
from storage.objects.folder import FolderStore
from storage.objects.folder_names import object_folder
from storage.objects.folder_notes import is_settings, is_sound_note
from storage.objects.folder_versions import SETTINGS_FILE, TEMPORARY_FOLDER
from storage.objects.keys import check_bucket

_BUFFER_BYTES = 1 << 20
_FEW_BYTES = 1 << 16
"""Most records and all side files are smaller: one call reads them."""
_VERSION = re.compile(r"[0-9]{6,}-[0-9a-f]{8}")
_PLAIN = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")
"""Paths that the folder store writes as they are."""


class Shelf(Protocol):
    """Everything under one prefix; paths are relative to it."""

    def content(self, path: str) -> bytes | None:
        """The newest version's bytes, or None where there is no such object."""
        ...

    def digest(self, path: str, algorithm: str = "sha256") -> tuple[bytes, int] | None:
        """(digest, size) of the newest version, read in pieces; None where there is no such object."""
        ...

    def paths(self, folder: str = "") -> Iterator[str]:
        """Paths of all objects below a folder (which ends with ``/`` or is empty), in no particular order."""
        ...

    def folders(self) -> tuple[str, ...]:
        """The first folders of all paths, each with ``/`` at its end; they may be listed side by side."""
        ...

    def modified_at(self, path: str) -> datetime | None:
        """When the newest version was written, or None where there is no such object."""
        ...

    def faults(self) -> tuple[tuple[str, str], ...]:
        """(path, what) of what was seen beside the objects since the last call, and should not be so."""
        ...


def open_shelf(store: ObjectStore, bucket: str, prefix: str) -> Shelf:
    """The quickest shelf for a store; ``prefix`` ends with ``/``."""
    if isinstance(store, FolderStore):
        return FolderShelf(store.bucket_folder(bucket), prefix)
    return StoreShelf(store, bucket, prefix)


class StoreShelf:
    """A shelf on any store."""

    def __init__(self, store: ObjectStore, bucket: str, prefix: str) -> None:
        """Hold on to the store."""
        self._store = store
        self._bucket = bucket
        self._prefix = prefix

    def content(self, path: str) -> bytes | None:
        """See ``Shelf``."""
        try:
            return self._store.get(self._bucket, self._prefix + path)
        except ObjectMissing:
            return None

    def digest(self, path: str, algorithm: str = "sha256") -> tuple[bytes, int] | None:
        """See ``Shelf``."""
        fresh, size = hashlib.new(algorithm), 0
        try:
            with self._store.open(self._bucket, self._prefix + path) as stream:
                while piece := stream.read(_BUFFER_BYTES):
                    fresh.update(piece)
                    size += len(piece)
        except ObjectMissing:
            return None
        return fresh.digest(), size

    def paths(self, folder: str = "") -> Iterator[str]:
        """See ``Shelf``."""
        for found in self._store.list_latest(self._bucket, prefix=self._prefix + folder):
            yield found.key.removeprefix(self._prefix)

    def folders(self) -> tuple[str, ...]:
        """All in one: a server lists quickly, and by names only."""
        return ("",)

    def modified_at(self, path: str) -> datetime | None:
        """See ``Shelf``."""
        found = self._store.stat(self._bucket, self._prefix + path)
        return None if found is None else found.last_modified

    def faults(self) -> tuple[tuple[str, str], ...]:
        """Nothing lies beside the objects of a server."""
        return ()


class FolderShelf:
    """A shelf on the folder store, file by file."""

    def __init__(self, folder: Path, prefix: str) -> None:
        """``folder`` is the bucket's."""
        check_bucket(folder.name)
        self._bucket = folder
        self._root = f"{folder}/{prefix}"
        self._prefix = prefix
        self._faults: list[tuple[str, str]] = []
        self._buffer = bytearray(_BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._check_settings()

    def content(self, path: str) -> bytes | None:
        """See ``Shelf``."""
        with file_errors(path):
            place = self._newest(path)
            if place is None:
                return None
            content = _read(place)
            self._hold_against_note(path, place, hashlib.sha256(content).hexdigest())
        return content

    def digest(self, path: str, algorithm: str = "sha256") -> tuple[bytes, int] | None:
        """See ``Shelf``."""
        with file_errors(path):
            place = self._newest(path)
            if place is None:
                return None
            fresh, size = hashlib.new(algorithm), 0
            descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                while count := os.readv(descriptor, (self._buffer,)):
                    fresh.update(self._view[:count])
                    size += count
            finally:
                os.close(descriptor)
            if algorithm == "sha256":
                self._hold_against_note(path, place, fresh.hexdigest())
        return fresh.digest(), size

    def paths(self, folder: str = "") -> Iterator[str]:
        """See ``Shelf``."""
        with file_errors(folder):
            yield from self._walk(self._root + folder, folder)

    def folders(self) -> tuple[str, ...]:
        """See ``Shelf``."""
        with file_errors(self._prefix):
            return tuple(sorted(f"{entry.name}/" for entry in os.scandir(self._root) if entry.is_dir()))

    def modified_at(self, path: str) -> datetime | None:
        """See ``Shelf``."""
        with file_errors(path):
            place = self._newest(path)
            return None if place is None else datetime.fromtimestamp(os.lstat(place).st_mtime, UTC)

    def faults(self) -> tuple[tuple[str, str], ...]:
        """Damaged side files, and files that are no part of the store."""
        seen = tuple(self._faults)
        self._faults.clear()
        return seen

    def _newest(self, path: str) -> str | None:
        folder = f"{self._root}{path}~" if _PLAIN.fullmatch(path) else str(self._escaped(path))
        try:
            names = os.listdir(folder)  # noqa: PTH208 - a path object would cost as much as the rest
        except (FileNotFoundError, NotADirectoryError):
            return None
        versions = sorted((n for n in names if _VERSION.fullmatch(n)), key=lambda name: (len(name), name))
        if len(names) != 2 * len(versions):
            notes = {f"{name}.json" for name in versions}
            self._faults += [(f"{path}~/{n}", "stray") for n in sorted(set(names) - set(versions) - notes)]
        return f"{folder}/{versions[-1]}" if versions else None

    def _escaped(self, path: str) -> Path:
        return object_folder(self._bucket, self._prefix + path)

    def _hold_against_note(self, path: str, place: str, sha256: str) -> None:
        try:
            note = _read(f"{place}.json")
        except FileNotFoundError:
            note = b""
        if not is_sound_note(note, sha256=sha256):
            self._faults.append((path, "note"))

    def _walk(self, folder: str, above: str) -> Iterator[str]:
        try:
            entries = list(os.scandir(folder))
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in entries:
            name = entry.name.replace("%2E", ".").replace("%7E", "~").replace("%25", "%") if "%" in entry.name else None
            if not entry.is_dir(follow_symlinks=False):
                self._faults.append((above + entry.name, "stray"))
            elif entry.name.endswith("~"):
                yield above + (name or entry.name)[:-1]
            else:
                yield from self._walk(entry.path, f"{above}{name or entry.name}/")

    def _check_settings(self) -> None:
        with file_errors(self._bucket.name):
            settings = _read(f"{self._bucket}/{SETTINGS_FILE}")
            known = {SETTINGS_FILE, TEMPORARY_FOLDER}
            if not is_settings(settings):
                self._faults.append((f"/{SETTINGS_FILE}", "note"))
            for entry in os.scandir(self._bucket):
                if entry.name not in known and not entry.is_dir(follow_symlinks=False):
                    self._faults.append((f"/{entry.name}", "stray"))


def _read(place: str) -> bytes:
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        content = os.read(descriptor, _FEW_BYTES)
        if len(content) < _FEW_BYTES:  # a regular file gives less only at its end
            return content
        pieces = [content]
        while piece := os.read(descriptor, _BUFFER_BYTES):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(descriptor)
