"""The objects of a folder store's bucket in the order of their keys' bytes, from as near as a prefix allows."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from storage.objects.durable import file_errors
from storage.objects.folder_names import folder_part, key_part
from storage.objects.keys import key_bytes


def beginning(bucket: Path, prefix: str) -> tuple[Path, bytes]:
    """The folder below which everything with this prefix lies, and the key that leads there.

    So its neighbours, of which there may be hundreds of thousands, are not listed.
    """
    folder, above = bucket, b""
    for part in prefix.split("/")[:-1]:
        try:
            below = folder / folder_part(part)
            if not part or not stat.S_ISDIR(below.lstat().st_mode):
                break
        except (OSError, ValueError):
            break
        folder, above = below, above + key_bytes(part) + b"/"
    return folder, above


def walk(folder: Path, above: bytes, prefix: bytes, after: bytes | None) -> Iterator[tuple[str, Path]]:
    """Object folders below (keys there begin with ``above``); branches that cannot match are not opened."""
    found: list[tuple[bytes, Path, bool]] = []
    with file_errors(str(folder)):
        try:
            entries = list(os.scandir(folder))
        except FileNotFoundError:
            return  # removed while we were listing
        for entry in entries:
            if entry.name.startswith(".") or not stat.S_ISDIR(entry.stat(follow_symlinks=False).st_mode):
                continue
            is_object = entry.name.endswith("~")
            name = key_bytes(key_part(entry.name[:-1] if is_object else entry.name))
            found.append((above + name + (b"" if is_object else b"/"), Path(entry.path), is_object))
    for key, path, is_object in sorted(found):
        if is_object:
            if key.startswith(prefix) and (after is None or key > after):
                yield key.decode("utf-8", "surrogateescape"), path
        elif (key.startswith(prefix) or prefix.startswith(key)) and (
            after is None or key > after or after.startswith(key)
        ):
            yield from walk(path, key, prefix, after)
