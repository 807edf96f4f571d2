"""One bag while it grows: each file is hashed while it is written and its line goes straight to the inventory.

Nothing about the files stays in memory, however many there are.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import BinaryIO

from storage.objects.durable import file_errors, sync_file_system

INVENTORY = "data/inventory.sha256"
_CHUNK_BYTES = 1 << 20
_KEPT = ("data/originals", "data/renditions")
"""What an interrupted export leaves for the next attempt: large, and known by its digest."""


class Growing:
    """A file of the bag that is being written."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    def write(self, content: bytes) -> int:
        """Some more of it."""
        self._hash.update(content)
        self.size_bytes += len(content)
        return self._out.write(content)

    def flush(self) -> None:
        """Hand on what is buffered; zip files ask for it."""
        self._out.flush()

    @property
    def digest(self) -> str:
        """SHA-256 of what was written so far, hexadecimal."""
        return self._hash.hexdigest()


class BundleFolder:
    """Writes files under one root. Until ``close_inventory`` every file is listed in the inventory."""

    def __init__(self, root: Path) -> None:
        """Begin in a folder; of an earlier attempt only originals and renditions stay."""
        self._root = root
        root.mkdir(parents=True, exist_ok=True)
        _clear(root)
        self.files = 0
        self.size_bytes = 0
        self._payload = [0, 0]
        self._late: list[str] = []
        place = self._place(INVENTORY)
        self._lines: BinaryIO | None = place.open("wb")

    @property
    def root(self) -> Path:
        """Where the bag stands."""
        return self._root

    def write(self, path: str, content: bytes, *, executable: bool = False) -> str:
        """A small file; gives its SHA-256."""
        place = self._place(path)
        place.write_bytes(content)
        if executable:
            place.chmod(0o755)
        digest = hashlib.sha256(content).hexdigest()
        self.remember(path, digest, len(content))
        return digest

    @contextmanager
    def grow(self, path: str) -> Iterator[Growing]:
        """A file written piece by piece; it counts when the block ends without an error."""
        with self._place(path).open("wb") as out:
            growing = Growing(out)
            yield growing
        self.remember(path, growing.digest, growing.size_bytes)

    def bring(self, path: str, source: BinaryIO, *, expected: str) -> tuple[str, int]:
        """Bytes of a stream put in place, but not listed yet; gives SHA-256 and size.

        A file that an earlier attempt left is taken where its bytes are the expected ones.
        """
        place = self._place(path)
        if place.is_file():
            with place.open("rb") as there:
                digest = hashlib.file_digest(there, "sha256").hexdigest()
            if digest == expected:
                return digest, place.stat().st_size
        with place.open("wb") as out:
            growing = Growing(out)
            while chunk := source.read(_CHUNK_BYTES):
                growing.write(chunk)
        return growing.digest, growing.size_bytes

    def remember(self, path: str, digest: str, size: int) -> None:
        """List a file."""
        line = f"{digest}  {path}\n"
        if self._lines is None:
            self._late.append(line)
        else:
            self._lines.write(line.encode())
        self.files += 1
        self.size_bytes += size
        if path.startswith("data/"):
            self._payload[0] += size
            self._payload[1] += 1

    def close_inventory(self) -> str:
        """End the inventory and list it; gives its SHA-256. What comes later must prove itself."""
        if self._lines is None:
            msg = "the inventory is closed already"
            raise ValueError(msg)
        self._lines.close()
        self._lines = None
        place = self._root / INVENTORY
        with place.open("rb") as there:
            digest = hashlib.file_digest(there, "sha256").hexdigest()
        self.remember(INVENTORY, digest, place.stat().st_size)
        return digest

    def finish_bag(self, *, external_identifier: str, bagged_on: date, more: tuple[tuple[str, str], ...] = ()) -> None:
        """Write the files that make it a BagIt 1.0 bag (RFC 8493); ``more`` are further lines of bag-info.txt.

        When this returns, all of it is on the disk.

        Raises:
            StoreUnavailable: the disk is full, or does not take it.
        """
        self.write("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        info = [
            ("Bag-Software-Agent", "Shoko"),
            ("Bagging-Date", bagged_on.isoformat()),
            ("External-Identifier", external_identifier),
            *more,
            ("Payload-Oxum", f"{self._payload[0]}.{self._payload[1]}"),
        ]
        self.write("bag-info.txt", "".join(f"{name}: {value}\n" for name, value in info).encode())
        with self.grow("manifest-sha256.txt") as manifest:
            for line in self._listed(payload=True):
                manifest.write(line)
        with self.grow("tagmanifest-sha256.txt") as tags:
            for line in self._listed(payload=False):
                tags.write(line)
        with file_errors(self._root.name):
            sync_file_system(self._root)

    def _listed(self, *, payload: bool) -> Iterator[bytes]:
        with (self._root / INVENTORY).open("rb") as lines:
            yield from (line for line in lines if line[66:].startswith(b"data/") is payload)
        yield from (line.encode() for line in self._late if line[66:].startswith("data/") is payload)

    def close(self) -> None:
        """Let go of the inventory where an error ends the work."""
        if self._lines is not None:
            self._lines.close()
            self._lines = None

    def _place(self, path: str) -> Path:
        place = self._root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place


def _clear(root: Path) -> None:
    kept = {root / path for path in _KEPT}
    for place in (*root.iterdir(), *(root / "data").glob("*")):
        if place in kept or place == root / "data":
            continue
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink()
