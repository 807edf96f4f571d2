"""A folder as a ZIP that is written while it is sent: no size is known before, and memory stays as it is."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

_CHUNK = 1 << 20
_LARGE = (1 << 31) - 1
_DAY = (1980, 1, 1, 0, 0, 0)
"""The files' own digests say what they are; a date of copying would only differ each time."""
_FILE, _PROGRAM = 0o100644 << 16, 0o100755 << 16


class _Out:
    """What was written since it was last taken; cannot be sought in, so sizes stand behind each file."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Everything is given at once."""

    def take(self) -> bytes:
        found = b"".join(self._parts)
        self._parts.clear()
        return found


def zip_stream(folder: Path, *, inside: str) -> Iterator[bytes]:
    """The files of a folder, in order, under the folder ``inside``; stored, for scans are compressed already."""
    out = _Out()
    with zipfile.ZipFile(out, "w", compression=zipfile.ZIP_STORED) as bag:  # type: ignore[call-overload]  # only writes
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            info = zipfile.ZipInfo(f"{inside}/{path.relative_to(folder).as_posix()}", date_time=_DAY)
            status = path.stat()
            info.external_attr = _PROGRAM if status.st_mode & 0o100 else _FILE
            with path.open("rb") as source, bag.open(info, "w", force_zip64=status.st_size >= _LARGE) as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    yield out.take()
            yield out.take()
    yield out.take()
