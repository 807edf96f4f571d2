"""Vault objects as pure functions: what an act writes, and how it is read back.

A *manifest* holds ids, codes and digests only. Personal values stand in the *payload* beside it, with a random salt
inside, so that destroying the payload destroys them and its digest in the manifest tells nothing. The manifest follows
from the payload alone, which is why an interrupted act can be finished by whoever comes next.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import rfc8785

from domain import codec
from domain.acts import ActRecord
from domain.counterparties import CounterpartyBatch
from domain.errors import DigestMismatch, StorageError
from domain.evidence import BatchMember, BatchPurpose, LogLeaf, StampBatch, TimestampToken
from domain.ids import Digest
from domain.lessons import Lesson
from domain.precedence import ENGINE
from domain.record import ArchiveRecord, DocumentState, Drop, DropOutcome, Unit
from domain.text import printable
from storage.archive.keys import VAULT

T = TypeVar("T")

DROP_FORMAT = "shoko.drop.v1"
UNIT_FORMAT = "shoko.unit.v1"
EXTRACT_FORMAT = "shoko.extract.v1"
OUTCOME_FORMAT = "shoko.outcome.v1"
REVISION_FORMAT = "shoko.revision.v1"
COUNTERPARTIES_FORMAT = "shoko.counterparties.v1"
LESSON_FORMAT = "shoko.lesson.v1"
ACT_FORMAT = "shoko.act.v1"
STAMP_BATCH_FORMAT = "shoko.stamp-batch.v1"

REVISION_FIELDS = (
    "client_id",
    "document_id",
    "revision",
    "supersedes",
    "state",
    "pages",
    "importance",
    "recorded_at",
    "received_on",
    "received_on_assumed",
    "origin",
    "retain_until",
)

LEAF_PREFIX = b"\x00"
"""RFC 9162 §2.1.1: leaves are hashed with this byte in front."""


def encode(plain: object) -> bytes:
    """Canonical JSON; what no reader takes is replaced: NUL and lone surrogates by U+FFFD, NaN and infinity by 0.

    Raises:
        StorageError: a number beyond what JSON readers agree on.
    """
    try:
        return codec.canonical(_printable(plain))
    except rfc8785.CanonicalizationError as error:
        raise StorageError(
            f"a value cannot be recorded: {error}",
            message_ja="記録できない値が含まれています（桁数が大きすぎる数値など）",
        ) from error


def decode(content: bytes, *, key: str) -> dict[str, Any]:
    """A vault object as plain values.

    Raises:
        DigestMismatch: it is not a JSON object, so it is not what was put there.
    """
    try:
        plain = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _broken(key) from error
    if not isinstance(plain, dict):
        raise _broken(key)
    return plain


def payload(kind: str, value: object, *, salt: bytes) -> bytes:
    """Everything about a drop, an outcome or a revision, personal values included."""
    return encode({"salt": salt.hex(), kind: codec.to_plain(value)})


def _from_payload(kind: type[T], name: str, content: bytes, *, key: str) -> T:
    """What stands under a name of a payload, read in one pass.

    Raises:
        DigestMismatch: it is not what Shoko wrote.
    """
    if _names_no_number(content):
        return _load(kind, decode(content, key=key).get(name), key=key)
    try:
        return codec.load_within(kind, name, content)
    except ValueError as error:
        raise _broken(key) from error


def _names_no_number(content: bytes) -> bool:
    """Whether these words stand there: in a text they may, as numbers they were never written."""
    return b"NaN" in content or b"Infinity" in content


def drop_of(content: bytes, *, key: str) -> Drop:
    """The drop of a payload."""
    return _from_payload(Drop, "drop", content, key=key)


def outcome_of(content: bytes, *, key: str) -> DropOutcome:
    """The outcome of a payload."""
    return _from_payload(DropOutcome, "outcome", content, key=key)


def record_of(content: bytes, *, key: str) -> ArchiveRecord:
    """The revision of a payload."""
    return _from_payload(ArchiveRecord, "record", content, key=key)


def token_of(content: bytes, *, key: str) -> TimestampToken:
    """The token of its object."""
    return _loaded(TimestampToken, content, key=key)


def leaf_of(content: bytes, *, key: str) -> LogLeaf:
    """The leaf of its object."""
    return _loaded(LogLeaf, content, key=key)


def drop_manifest(drop: Drop, payload_digest: Digest) -> bytes:
    """Manifest of a drop. The key of a blob outside the vault may carry a file's name and stays in the payload."""
    plain = codec.to_plain(drop)
    # Which drop it repeats follows from the order of the log.
    del plain["deposit"], plain["repeats_drop_id"]
    blob = {**plain["blob"], "key": drop.blob.key if drop.blob.bucket == VAULT else None}
    return encode({**plain, "format": DROP_FORMAT, "blob": blob, "payload": str(payload_digest)})


def unit_manifest(drop: Drop) -> bytes:
    """Manifest of the unit that a drop's bytes are; it has nothing personal."""
    plain = codec.to_plain(drop)
    return encode({name: plain[name] for name in ("client_id", "unit_id", "origin", "blob")} | {"format": UNIT_FORMAT})


def extract_manifest(unit: Unit) -> bytes:
    """Manifest of a unit cut out of another, with where it was cut; it has nothing personal."""
    plain = codec.to_plain(unit)
    del plain["same_bytes_as"]
    return encode(plain | {"format": EXTRACT_FORMAT})


def extract_of(content: bytes, *, key: str) -> Unit:
    """The unit of its manifest."""
    plain = decode(content, key=key)
    if plain.pop("format", None) != EXTRACT_FORMAT or not plain.get("extract"):
        raise _broken(key)
    return _load(Unit, plain, key=key)


def outcome_manifest(client_id: str, number: int, outcome: DropOutcome, payload_digest: Digest | None) -> bytes:
    """Manifest of an outcome: fault codes and pages; messages may name files and stay in the payload."""
    plain = codec.to_plain(outcome)
    faults = [{"code": f.code, "page_index": f.page_index} for f in outcome.faults]
    named = str(payload_digest) if payload_digest else None
    extra = {"client_id": client_id, "format": OUTCOME_FORMAT, "number": number, "payload": named}
    return encode({**plain, **extra, "faults": faults})


def outcome_of_manifest(content: bytes, *, key: str) -> DropOutcome:
    """What a manifest alone says of an outcome: faults without their messages."""
    plain = decode(content, key=key)
    faults = [{**fault, "message": "", "message_ja": ""} for fault in plain.get("faults", [])]
    kept = {name: plain.get(name) for name in ("drop_id", "state", "document_ids", "recorded_at")}
    return _load(DropOutcome, {**kept, "faults": faults}, key=key)


def revision_manifest(record: ArchiveRecord, payload_digest: Digest, previous: Digest | None) -> bytes:
    """Manifest of a revision, chained to that of the one before. How its pages look (``mark``) stays out."""
    plain = codec.to_plain(record)
    for page in plain["pages"]:
        del page["mark"]
    return encode(
        {
            **{name: plain[name] for name in REVISION_FIELDS},
            "format": REVISION_FORMAT,
            "document_type": record.classification.label.value,
            "recorded_by_engine": record.recorded_by == ENGINE,
            "payload": str(payload_digest),
            "previous": str(previous) if previous else None,
        }
    )


def batch_of(content: bytes, *, key: str) -> CounterpartyBatch:
    """The change of the counterparty master of a payload."""
    return _from_payload(CounterpartyBatch, "counterparties", content, key=key)


def batch_manifest(batch: CounterpartyBatch, payload_digest: Digest, previous: Digest | None) -> bytes:
    """Manifest of a change of the master, chained to that of the one before: how many, not who."""
    plain = codec.to_plain(batch)
    return encode(
        {
            **{name: plain[name] for name in ("client_id", "number", "source", "recorded_at")},
            "format": COUNTERPARTIES_FORMAT,
            "entries": len(batch.entries),
            "recorded_by_engine": batch.recorded_by == ENGINE,
            "payload": str(payload_digest),
            "previous": str(previous) if previous else None,
        }
    )


def lesson_of(content: bytes, *, key: str) -> Lesson:
    """The lesson of a payload."""
    return _from_payload(Lesson, "lesson", content, key=key)


def lesson_manifest(lesson: Lesson, payload_digest: Digest, previous: Digest | None) -> bytes:
    """Manifest of a lesson, chained to the one before: which document and which fields, not what stands in them."""
    plain = codec.to_plain(lesson)
    return encode(
        {
            **{name: plain[name] for name in ("client_id", "number", "document_id", "revision", "recorded_at")},
            "format": LESSON_FORMAT,
            "fields": [field.name for field in lesson.fields],
            "payload": str(payload_digest),
            "previous": str(previous) if previous else None,
        }
    )


def act_of(content: bytes, *, key: str) -> ActRecord:
    """The act of a payload."""
    return _from_payload(ActRecord, "act", content, key=key)


def act_manifest(act: ActRecord, payload_digest: Digest, previous: Digest | None) -> bytes:
    """Manifest of an act, chained to the one before on the same subject: what was done to what, not by whom."""
    plain = codec.to_plain(act)
    del plain["personal"], plain["recorded_by"]
    return encode(
        {
            **plain,
            "format": ACT_FORMAT,
            "recorded_by_engine": act.recorded_by == ENGINE,
            "payload": str(payload_digest),
            "previous": str(previous) if previous else None,
        }
    )


def stamp_batch_manifest(batch: StampBatch) -> bytes:
    """A batch with its token: names and digests, nothing personal. Members stand as ``[name, digest]``."""
    members = [[member.name, member.digest] for member in batch.members]
    token = codec.to_plain(batch.token)
    return codec.canonical(
        {
            "client_id": batch.client_id,
            "format": STAMP_BATCH_FORMAT,
            "hash_algorithm": batch.hash_algorithm,
            "members": members,
            "number": batch.number,
            "purpose": batch.purpose.value,
            "token": token,
        }
    )


def stamp_batch_of(content: bytes, *, key: str) -> StampBatch:
    """The batch of its object."""
    plain = decode(content, key=key)
    if plain.get("format") != STAMP_BATCH_FORMAT:
        raise _broken(key)
    try:
        return StampBatch(
            client_id=str(plain["client_id"]),
            number=int(plain["number"]),
            purpose=BatchPurpose(plain["purpose"]),
            hash_algorithm=plain["hash_algorithm"],
            members=tuple(BatchMember(name=str(name), digest=str(digest)) for name, digest in plain["members"]),
            token=codec.from_plain(TimestampToken, plain["token"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _broken(key) from error


def revision_kind(record: ArchiveRecord) -> str:
    """Kind of the leaf that a revision gets."""
    match record.state:
        case DocumentState.TOMBSTONED:
            return "tombstoned"
        case DocumentState.APPROVED:
            return "approved"
        case _:
            return "filed" if record.revision == 1 else "revised"


def leaf_hash(leaf: LogLeaf) -> bytes:
    """Hash of a leaf in the Merkle tree (RFC 9162 §2.1.1)."""
    return Digest.of(LEAF_PREFIX + codec.canonical(leaf)).raw


def plain_of(value: object) -> Any:
    """A value as it stands in a manifest."""
    return codec.to_plain(value)


def instant_of(text: str) -> datetime:
    """An instant of a manifest."""
    return codec.from_plain(datetime, text)


def load_as(kind: type[T], plain: Mapping[str, Any], *, key: str) -> T:
    """Plain values of the vault as what they stand for.

    Raises:
        DigestMismatch: they are not what Shoko wrote.
    """
    return _load(kind, plain, key=key)


def _loaded(kind: type[T], content: bytes, *, key: str) -> T:
    if _names_no_number(content):
        return _load(kind, decode(content, key=key), key=key)
    try:
        return codec.load(kind, content)
    except ValueError as error:
        raise _broken(key) from error


def _load(kind: type[T], plain: object, *, key: str) -> T:
    try:
        return codec.from_plain(kind, plain)
    except ValueError as error:
        raise _broken(key) from error


def _broken(key: str) -> DigestMismatch:
    return DigestMismatch(
        f"vault object {key} is not what Shoko wrote",
        message_ja=f"保存庫のオブジェクト {key} の内容が不正です。改変または破損の疑いがあります",
        file=key,
    )


def _printable(plain: object) -> object:
    match plain:
        case str():
            return printable(plain)
        case float():
            return plain if math.isfinite(plain) else 0.0
        case dict():
            return {printable(str(k)): _printable(v) for k, v in plain.items()}
        case list() | tuple():
            return [_printable(v) for v in plain]
        case _:
            return plain
