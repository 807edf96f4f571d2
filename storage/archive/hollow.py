"""Records whose personal values were destroyed: what their manifests alone still say, so that rows can be made anew."""

from __future__ import annotations

from typing import Any

from domain.acts import ActKind, ActRecord
from domain.fields import DocumentType, FieldSet
from domain.ids import Digest
from domain.page import EngineId
from domain.record import ArchiveRecord, Classification, Deposit, Drop
from storage.archive import keys, manifests
from storage.archive.acts import Act, present
from storage.archive.keys import VAULT

NOBODY = EngineId(name="destroyed", version="")
"""Stands where an engine stood."""


def payload_digest(act: Act) -> Digest:
    """Digest of an act's payload: of the bytes that are there, or as the manifest names it."""
    if act.payload is not None:
        return Digest.of(act.payload)
    return Digest.parse(str(_plain(act).get("payload")))


def named_payload(act: Act) -> str | None:
    """The same as it stands in rows; None where the manifest names none."""
    if act.payload is not None:
        return str(Digest.of(act.payload))
    named = _plain(act).get("payload") if act.manifest is not None else None
    return str(named) if named else None


def drop_of(act: Act) -> Drop:
    """The drop of an act, without the names of its deposit where those are destroyed."""
    leaf = act.leaf
    if act.payload is not None:
        return manifests.drop_of(act.payload, key=keys.drop_payload(leaf.client_id, leaf.subject_id))
    plain = _plain(act)
    blob = dict(plain["blob"])
    blob["key"] = blob["key"] or ""
    kept = {name: value for name, value in plain.items() if name not in {"format", "payload"}}
    return manifests.load_as(
        Drop, {**kept, "blob": blob, "deposit": _NO_DEPOSIT, "repeats_drop_id": None}, key=leaf.subject_id
    )


def record_of(act: Act, *, number: int) -> ArchiveRecord:
    """The revision of an act, without values, text and reasons where those are destroyed."""
    leaf = act.leaf
    if act.payload is not None:
        return manifests.record_of(act.payload, key=keys.revision_payload(leaf.client_id, leaf.subject_id, number))
    plain = _plain(act)
    kept = {name: plain[name] for name in manifests.REVISION_FIELDS}
    hollow = {
        "classification": Classification(
            label=DocumentType(plain["document_type"]), confidence=0.0, reasons=(), engine=NOBODY
        ),
        "fields": FieldSet(fields=()),
    }
    same = {name: manifests.plain_of(value) for name, value in hollow.items()}
    return manifests.load_as(
        ArchiveRecord,
        {**kept, **same, "checks": [], "review_reasons": [], "text": "", "recorded_by": NOBODY.name, "reason": None},
        key=leaf.subject_id,
    )


def lesson_row(act: Act) -> dict[str, Any]:
    """Number, document, revision and time of a lesson, from its manifest."""
    plain = _plain(act)
    return {name: plain[name] for name in ("number", "document_id", "revision", "recorded_at")}


def batch_row(act: Act) -> dict[str, Any]:
    """Number, source, size and time of a change of the counterparty master, from its manifest."""
    plain = _plain(act)
    return {name: plain[name] for name in ("number", "source", "entries", "recorded_at")}


def act_of(act: Act, *, number: int) -> ActRecord:
    """An act of a person or of the system, without who and why where that is destroyed."""
    leaf = act.leaf
    if act.payload is not None:
        return manifests.act_of(act.payload, key=keys.act_payload(leaf.client_id, leaf.subject_id, number))
    plain = _plain(act)
    return ActRecord(
        client_id=plain["client_id"],
        subject_id=plain["subject_id"],
        number=plain["number"],
        kind=ActKind(plain["kind"]),
        about=tuple(plain["about"]),
        facts={name: tuple(v) if isinstance(v, list) else v for name, v in plain["facts"].items()},
        recorded_at=manifests.instant_of(plain["recorded_at"]),
        recorded_by=None,
    )


def drop_from(row: Any, unit: Any) -> Drop:
    """A drop from its row and its unit's, where its payload is destroyed."""
    blob = {
        "bucket": unit.blob_bucket if unit else VAULT,
        "key": unit.blob_key if unit else "",
        "version_id": unit.blob_version if unit else None,
        "digest": manifests.plain_of(Digest.parse(row.blob_digest)),
        "size_bytes": unit.size_bytes if unit else 0,
        "media_type": unit.media_type if unit else "application/octet-stream",
    }
    return manifests.load_as(
        Drop,
        {
            "client_id": row.client_id,
            "drop_id": row.drop_id,
            "unit_id": row.unit_id,
            "blob": blob,
            "origin": row.origin,
            "received_on": row.received_on.isoformat(),
            "received_on_assumed": row.received_on_assumed,
            "preserved_at": row.preserved_at.isoformat(),
            "repeats_drop_id": row.repeats_drop_id,
            "deposit": _NO_DEPOSIT,
        },
        key=row.drop_id,
    )


_NO_DEPOSIT = manifests.plain_of(Deposit(original_name="", inbox_key="", deposited_by=None))


def _plain(act: Act) -> dict[str, Any]:
    return manifests.decode(present(act.manifest, act.leaf), key=act.leaf.subject_id)
