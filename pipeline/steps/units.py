"""Units taken out of a drop: their bytes between reading and filing, and their record (law: scan-input-unit).

Reading takes them out (``apart``; it runs beside hostile bytes, in a process of its own) and leaves them in
``derived``; filing puts them into the vault and records them before their documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.ids import Digest
from domain.record import DropReading, ReadExtract, Unit, UnitExtract

if TYPE_CHECKING:
    from domain.engines import ObjectStore
    from domain.ids import BlobRef
    from domain.page import TextReading
    from domain.record import Drop
    from pipeline.wiring import Shoko

VAULT = "vault"
DERIVED = "derived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A unit taken out of another, with its bytes."""

    extract: ReadExtract
    content: bytes
    text: TextReading | None = None
    """What was read of it, where it was read as part of the whole."""


def part_of(unit_id: str, extract: UnitExtract, content: bytes, *, media_type: str, name: str = "") -> Part:
    """The part that these bytes are."""
    read = ReadExtract(
        unit_id=unit_id,
        extract=extract,
        digest=Digest.of(content),
        size_bytes=len(content),
        media_type=media_type,
        name=name,
    )
    return Part(extract=read, content=content)


def derived_key(client_id: str, extract: ReadExtract) -> str:
    """Where reading leaves the bytes of a unit until filing has preserved them."""
    return f"{client_id}/extracts/{extract.digest.value}"


def leave_parts(parts: Sequence[Part], reading: DropReading, *, client_id: str, store: ObjectStore) -> None:
    """Leave the units that a reading speaks of in ``derived``, for filing."""
    wanted = {extract.unit_id for extract in reading.extracts}
    for part in parts:
        if part.extract.unit_id in wanted:
            key = derived_key(client_id, part.extract)
            store.put_named(DERIVED, key, part.content, media_type=part.extract.media_type, if_absent=False)


def preserve_units(drop: Drop, reading: DropReading, shoko: Shoko) -> dict[str, tuple[BlobRef, ...]]:
    """Put every unit into the vault and record it: leaf, row and stamp request.

    Gives its blob and those of the units that it was taken out of, the drop's own left out.

    Raises:
        StorageError: one is gone, or the store does not answer.
    """
    blobs: dict[str, tuple[BlobRef, ...]] = {}
    for extract in reading.extracts:
        known = preserve_unit(extract, drop, shoko)
        blobs[extract.unit_id] = (known.blob, *blobs.get(extract.extract.of_unit_id, ()))
    return blobs


def preserve_unit(extract: ReadExtract, drop: Drop, shoko: Shoko, *, content: bytes | None = None) -> Unit:
    """Put one unit into the vault and record it; ``content`` where it does not lie in ``derived``."""
    known = shoko.archive.get_unit(extract.unit_id)
    if known is not None:
        return known
    client = shoko.settings.client_id
    if content is None:
        content = shoko.store.get(DERIVED, derived_key(client, extract), expect=extract.digest)
    blob = shoko.store.put_blob(
        VAULT,
        content,
        prefix=f"{client}/blobs/",
        media_type=extract.media_type,
        retain_until=shoko.clock() + timedelta(days=shoko.settings.archive.provisional_lock_days),
    )
    shoko.at("units.preserved")
    recorded = shoko.archive.record_extract(
        Unit(
            client_id=client,
            unit_id=extract.unit_id,
            origin=drop.origin,
            blob=blob,
            first_drop_id=drop.drop_id,
            extract=extract.extract,
        )
    )
    shoko.at("units.recorded")
    return recorded


def parts_are_left(reading: DropReading, shoko: Shoko) -> bool:
    """Whether every unit of a stored reading is in the vault, or still in ``derived``."""
    client = shoko.settings.client_id
    return all(
        shoko.archive.get_unit(extract.unit_id) is not None
        or shoko.store.stat(DERIVED, derived_key(client, extract)) is not None
        for extract in reading.extracts
    )
