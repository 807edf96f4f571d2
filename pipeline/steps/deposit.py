"""Files into the inbox as staff would drop them: by the web page, the command line and the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from domain.errors import DocumentTooLarge
from domain.ids import DEPARTMENT_SIGN, ORIGIN_BY_FOLDER, Digest, Origin, drop_id_for
from domain.visibility import check_department
from pipeline.steps.intake import INBOX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.wiring import Shoko

FOLDER_BY_ORIGIN = {origin: folder for folder, origin in ORIGIN_BY_FOLDER.items()}
UNKNOWN_FOLDER = "unsorted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposited:
    """One file in the inbox."""

    name: str
    """As the depositor calls it."""
    inbox_key: str
    drop_id: str


def deposit(
    shoko: Shoko,
    content: bytes,
    *,
    name: str,
    origin: Origin,
    received_on: date | None,
    department: str | None = None,
) -> Deposited:
    """Put bytes into the inbox under ``<origin>/<day>/<name>``; a name in use gets a number.

    What a department dropped lies in its folder (``@<department>/…``) and belongs to it from its first moment on.

    Raises:
        AccessRefused: ``department`` is no code of one.
        DocumentTooLarge: over the hard limit; nothing was stored.
        StoreUnavailable: try again.
    """
    limit = shoko.settings.intake.max_bytes
    if len(content) > limit:
        raise DocumentTooLarge(
            f"{len(content)} bytes exceed the limit of {limit} bytes",
            message_ja=f"{len(content):,} バイトは上限 {limit:,} バイトを超えています。分割してください",
            file=name,
        )
    folder = FOLDER_BY_ORIGIN.get(origin, UNKNOWN_FOLDER)
    parts = (folder, received_on.isoformat()) if received_on else (folder,)
    if department is not None:
        parts = (f"{DEPARTMENT_SIGN}{check_department(department)}", *parts)
    wanted, digest = "/".join((*parts, safe_name(name))), Digest.of(content)
    while True:
        key = _free_key(shoko, wanted)
        blob = shoko.store.put_named(INBOX, key, content, media_type="application/octet-stream", if_absent=True)
        if blob.digest == digest:
            break  # else somebody else's file took the name in this very moment: the next one is tried
    shoko.resting.is_whole(key, blob.version_id or "")
    return Deposited(
        name=name,
        inbox_key=key,
        drop_id=drop_id_for(client_id=shoko.settings.client_id, store=INBOX, key=key, version_id=blob.version_id or ""),
    )


def safe_name(name: str) -> str:
    """A relative path without parents, roots, control characters or hidden parts; keeps Japanese as it is."""
    printable = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\\", "/")
    cleaned = "".join(c if c.isprintable() else "_" for c in printable)
    parts = [p.strip().lstrip(".~") or "_" for p in PurePosixPath(cleaned).parts if p not in {"/", "..", "."}]
    return "/".join(_short(p) for p in parts) or "file"


def _short(part: str) -> str:
    """At most 200 bytes of UTF-8, the ending kept (file systems allow 255)."""
    if len(part.encode()) <= 200:
        return part
    stem, dot, ending = part.rpartition(".")
    ending = (dot + ending).encode()[-20:].decode(errors="ignore") if dot else ""
    return (stem or part).encode()[: 200 - len(ending.encode())].decode(errors="ignore") + ending


def _free_key(shoko: Shoko, key: str) -> str:
    path = PurePosixPath(key)
    number = 1
    while shoko.store.stat(INBOX, key) is not None:
        number += 1
        key = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
    return key


def files_under(paths: list[Path]) -> Iterator[tuple[str, Path]]:
    """Every ordinary file under the given paths with its name relative to the path, sorted; links are not followed."""
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.is_file() and not file.is_symlink():
                    yield str(file.relative_to(path)), file
        else:
            yield path.name, path
