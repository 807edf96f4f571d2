"""Keys as folders: a trailing ``~`` always marks an object, and a leading dot is always the store's own."""

from __future__ import annotations

from pathlib import Path

from storage.objects.keys import check_key


def object_folder(bucket: Path, key: str) -> Path:
    """The folder of an object in a bucket's folder.

    Raises:
        ValueError: no key.
    """
    return bucket / ("/".join(map(folder_part, check_key(key).split("/"))) + "~")


def folder_part(part: str) -> str:
    """The folder that stands for a part of a key."""
    escaped = part.replace("%", "%25").replace("~", "%7E")
    return "%2E" + escaped[1:] if escaped.startswith(".") else escaped


def key_part(name: str) -> str:
    """The part of a key that a folder stands for."""
    return name.replace("%2E", ".").replace("%7E", "~").replace("%25", "%")
