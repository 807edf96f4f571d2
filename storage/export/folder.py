"""The folder of a bundle while it grows: every file written once, its digest kept for the manifests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import BinaryIO

_CHUNK_BYTES = 1 << 20


class BundleFolder:
    """Writes files under one root and remembers what it wrote."""

    def __init__(self, root: Path) -> None:
        """Start in an existing, empty folder."""
        self._root = root
        self.digests: dict[str, str] = {}
        """Path inside the bundle → SHA-256, hexadecimal."""
        self.size_bytes = 0

    def write(self, path: str, content: bytes, *, executable: bool = False) -> None:
        """A small file."""
        place = self._place(path)
        place.write_bytes(content)
        if executable:
            place.chmod(0o755)
        self._remember(path, hashlib.sha256(content).hexdigest(), len(content))

    def copy(self, path: str, source: BinaryIO) -> str:
        """A file from a stream; gives its SHA-256."""
        fresh, size = hashlib.sha256(), 0
        with self._place(path).open("xb") as out:
            while chunk := source.read(_CHUNK_BYTES):
                fresh.update(chunk)
                size += len(chunk)
                out.write(chunk)
        self._remember(path, fresh.hexdigest(), size)
        return fresh.hexdigest()

    def checksums(self, paths: Iterable[str]) -> bytes:
        """Lines of ``sha256sum`` for these files."""
        return "".join(f"{self.digests[path]}  {path}\n" for path in sorted(paths)).encode()

    def finish_bag(self, *, external_identifier: str, bagged_on: date) -> None:
        """Write the files that make it a BagIt 1.0 bag (RFC 8493)."""
        payload = [path for path in self.digests if path.startswith("data/")]
        self.write("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        oxum = f"{sum((self._root / path).stat().st_size for path in payload)}.{len(payload)}"
        info = (
            f"Bag-Software-Agent: Shoko\nBagging-Date: {bagged_on.isoformat()}\n"
            f"External-Identifier: {external_identifier}\nPayload-Oxum: {oxum}\n"
        )
        self.write("bag-info.txt", info.encode())
        self.write("manifest-sha256.txt", self.checksums(payload))
        tags = [path for path in self.digests if not path.startswith("data/")]
        self.write("tagmanifest-sha256.txt", self.checksums(tags))

    def _place(self, path: str) -> Path:
        place = self._root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _remember(self, path: str, digest: str, size: int) -> None:
        if path in self.digests:
            msg = f"{path} is written twice"
            raise ValueError(msg)
        self.digests[path] = digest
        self.size_bytes += size
