"""From a log leaf and its vault objects to rows: the one way in which rows come to be.

The writer, the roll-forward after a crash and the rebuild from the vault all go through ``apply``. Rows depend on
nothing but the leaf, its objects and the rows of earlier leaves.
"""

from __future__ import annotations

import json
from dataclasses import replace

import sqlalchemy as sa

from domain.acts import ACT_KINDS, ActKind
from domain.engines import ObjectStore
from domain.errors import ObjectMissing
from domain.evidence import LogLeaf
from domain.ids import BlobRef, Digest
from domain.record import DropState, Unit
from storage.archive import act_rows, batches, division, hollow, indexing, inserting, keys, manifests, schema, series
from storage.archive.acts import Act, insert_payload, present
from storage.archive.destruction import Gone, GoneFromVault, insert_rows
from storage.archive.inserting import insert_row
from storage.archive.keys import VAULT
from storage.archive.planning import keep_plans_good

OUTCOME_KINDS = frozenset({DropState.READ.value, DropState.UNREADABLE.value, DropState.REFUSED.value})
REVISION_KINDS = frozenset({"filed", "revised", "approved", "tombstoned"})
EXTRACTED = "extracted"
"""Kind of the leaf of a unit cut out of another; its manifest is that of the unit."""
OWN_KINDS = (
    frozenset({"dropped", "stamped", batches.BATCH_STAMPED, EXTRACTED, series.COUNTERPARTIES, series.LESSON})
    | OUTCOME_KINDS
    | REVISION_KINDS
    | ACT_KINDS
)
"""Kinds whose manifests have a place of their own; those of all others lie under ``acts/`` by their digest."""

_INDEXED = frozenset({ActKind.LEDGER_LINKED, ActKind.DEPARTMENT_SAID, ActKind.CONFIDENTIAL_SAID})
"""Acts on a document that its row of the search index tells."""


def apply(connection: sa.Connection, act: Act, renewal: indexing.Renewal | None = None) -> None:
    """Insert the rows of an act.

    Args:
        connection: of the archive, in a transaction.
        act: what is recorded.
        renewal: where given, the rows of the search index wait for the caller to settle it; else they are made now.
    """
    leaf = act.leaf
    index = renewal or indexing.Renewal(connection, leaf.client_id)
    insert_row(
        connection,
        schema.log_leaf,
        client_id=leaf.client_id,
        sequence=leaf.sequence,
        kind=leaf.kind,
        subject_id=leaf.subject_id,
        manifest_digest=str(leaf.manifest_digest) if leaf.manifest_digest else None,
        recorded_at=leaf.recorded_at,
        leaf_hash=manifests.leaf_hash(leaf),
    )
    if leaf.kind == "dropped":
        _apply_drop(connection, act)
    elif leaf.kind in OUTCOME_KINDS:
        _apply_outcome(connection, act)
    elif leaf.kind in REVISION_KINDS:
        _apply_revision(connection, act, index)
    elif leaf.kind == EXTRACTED:
        _apply_extract(connection, act)
    elif leaf.kind == series.COUNTERPARTIES:
        series.apply_counterparties(connection, act)
    elif leaf.kind == series.LESSON:
        series.apply_lesson(connection, act)
    elif leaf.kind in ACT_KINDS:
        insert_rows(connection, act_rows.apply_act(connection, act), sequence=leaf.sequence)
        if leaf.kind in _INDEXED:
            index.acted(leaf.subject_id)
    elif leaf.kind == division.REGROUPED:
        division.apply_regrouped(connection, act)
    elif leaf.kind == "stamped":
        _apply_token(connection, act)
    elif leaf.kind == batches.BATCH_STAMPED:
        batches.apply_batch(connection, act)
    if renewal is None:
        index.settle()
    keep_plans_good(connection, entries=leaf.sequence + 1)


def load(connection: sa.Connection, vault: ObjectStore, leaf: LogLeaf, *, gone: GoneFromVault | None = None) -> Act:
    """Fetch what a leaf of the vault stands for, every digest checked; what was destroyed since comes without payload.

    Raises:
        ObjectMissing: the vault has lost an object that the log names.
        DigestMismatch: an object is not the one that the log names.
    """
    if leaf.kind == "stamped":
        return Act(leaf=leaf, manifest=_find_token(vault, leaf))
    manifest_key, payload_key = places(connection, leaf)
    if manifest_key is None:
        return Act(leaf=leaf, manifest=None)
    manifest = vault.get(VAULT, manifest_key, expect=leaf.manifest_digest)
    named = manifests.decode(manifest, key=manifest_key).get("payload") if payload_key else None
    moved = moved_to(vault, leaf, manifest)
    if payload_key is None or not named:
        return Act(leaf=leaf, manifest=manifest, moved_to=moved)
    try:
        payload = vault.get(VAULT, payload_key, expect=Digest.parse(named))
    except ObjectMissing:
        destroyed = _payload_of(connection, leaf)
        if gone is None or destroyed is None or destroyed not in gone:
            raise
        return Act(leaf=leaf, manifest=manifest, moved_to=moved)
    return Act(leaf=leaf, manifest=manifest, payload=payload, moved_to=moved)


def places(connection: sa.Connection, leaf: LogLeaf) -> tuple[str | None, str | None]:
    """Keys of the manifest and the payload of the next act, after those that the database has; tokens aside."""
    client, subject = leaf.client_id, leaf.subject_id
    if leaf.kind == "dropped":
        return keys.drop_manifest(client, subject), keys.drop_payload(client, subject)
    if leaf.kind in OUTCOME_KINDS:
        number = outcome_count(connection, client, subject) + 1
        return keys.outcome_manifest(client, subject, number), keys.outcome_payload(client, subject, number)
    if leaf.kind in REVISION_KINDS:
        revision = newest_revision(connection, client, subject) + 1
        return keys.revision_manifest(client, subject, revision), keys.revision_payload(client, subject, revision)
    if leaf.kind == EXTRACTED:
        return keys.unit_manifest(client, subject), None
    if leaf.kind == series.COUNTERPARTIES:
        number = series.newest(connection, schema.counterparty_batch, client) + 1
        return keys.counterparty_manifest(client, number), keys.counterparty_payload(client, number)
    if leaf.kind == series.LESSON:
        number = series.newest(connection, schema.lesson, client) + 1
        return keys.lesson_manifest(client, number), keys.lesson_payload(client, number)
    if leaf.kind in ACT_KINDS:
        number = act_rows.newest(connection, client, subject) + 1
        return keys.act(client, subject, number), keys.act_payload(client, subject, number)
    if leaf.kind == batches.BATCH_STAMPED:
        return keys.batch(client, batches.number_of(connection, leaf)), None
    return (keys.act_manifest(client, leaf.manifest_digest) if leaf.manifest_digest else None), None


def moved_to(vault: ObjectStore, leaf: LogLeaf, manifest: bytes) -> str | None:
    """Version under which this vault keeps an original whose recorded version it never had; None where all is well."""
    if leaf.kind not in {"dropped", EXTRACTED}:
        return None
    blob = manifests.decode(manifest, key=leaf.subject_id).get("blob") or {}
    key, version = blob.get("key"), blob.get("version_id")
    if blob.get("bucket") != VAULT or not key or vault.stat(VAULT, key, version_id=version) is not None:
        return None
    found = vault.stat(VAULT, key)
    return found.version_id if found is not None else None


def _payload_of(connection: sa.Connection, leaf: LogLeaf) -> Gone | None:
    """The payload that the act of a leaf may have, which is the next of its series; None for kinds that have none."""
    client, subject = leaf.client_id, leaf.subject_id
    if leaf.kind == "dropped":
        return Gone(kind="drop", subject_id=subject, number=1)
    if leaf.kind in OUTCOME_KINDS:
        return Gone(kind="outcome", subject_id=subject, number=outcome_count(connection, client, subject) + 1)
    if leaf.kind in REVISION_KINDS:
        return Gone(kind="revision", subject_id=subject, number=newest_revision(connection, client, subject) + 1)
    if leaf.kind in ACT_KINDS:
        number = act_rows.newest(connection, client, subject) + 1
        return Gone(kind=act_rows.PAYLOAD, subject_id=subject, number=number)
    table = {series.COUNTERPARTIES: schema.counterparty_batch, series.LESSON: schema.lesson}.get(leaf.kind)
    if table is None:
        return None
    return Gone(kind=leaf.kind, subject_id=subject, number=series.newest(connection, table, client) + 1)


def outcome_count(connection: sa.Connection, client_id: str, drop_id: str) -> int:
    """How many outcomes a drop has."""
    return int(connection.execute(_OUTCOMES, {"client": client_id, "subject": drop_id}).scalar_one())


def newest_revision(connection: sa.Connection, client_id: str, document_id: str) -> int:
    """Number of a document's newest revision; 0 where it was never filed."""
    return int(connection.execute(_NEWEST_REVISION, {"client": client_id, "subject": document_id}).scalar_one())


def first_drop_of(connection: sa.Connection, client_id: str, unit_id: str) -> str | None:
    """The first drop that brought a unit's bytes."""
    found = connection.execute(_FIRST_DROP, {"client": client_id, "subject": unit_id}).scalar()
    return str(found) if found is not None else None


def log_size(connection: sa.Connection, client_id: str) -> int:
    """Number of leaves."""
    return int(connection.execute(_LOG_SIZE, {"client": client_id}).scalar_one())


_CLIENT: sa.BindParameter[str] = sa.bindparam("client")
_SUBJECT: sa.BindParameter[str] = sa.bindparam("subject")
# Built once: each act asks these, and building one takes longer than SQLite takes to answer it.
_OUTCOMES = sa.select(sa.func.count()).where(
    schema.drop_outcome.c.client_id == _CLIENT, schema.drop_outcome.c.drop_id == _SUBJECT
)
_NEWEST_REVISION = sa.select(sa.func.coalesce(sa.func.max(schema.revision.c.revision), 0)).where(
    schema.revision.c.client_id == _CLIENT, schema.revision.c.document_id == _SUBJECT
)
_FIRST_DROP = (
    sa.select(schema.drop.c.drop_id)
    .where(schema.drop.c.client_id == _CLIENT, schema.drop.c.unit_id == _SUBJECT)
    .order_by(schema.drop.c.sequence)
    .limit(1)
)
# The range says which index to walk: SQLite would go through a shorter one for the greatest number.
_LOG_SIZE = sa.select(sa.func.coalesce(sa.func.max(schema.log_leaf.c.sequence), -1) + 1).where(
    schema.log_leaf.c.client_id == _CLIENT, schema.log_leaf.c.sequence >= 0
)


def _apply_drop(connection: sa.Connection, act: Act) -> None:
    leaf = act.leaf
    drop = hollow.drop_of(act)
    repeats = first_drop_of(connection, leaf.client_id, drop.unit_id)
    if repeats is None and drop.blob.bucket == VAULT:
        _insert_unit(
            connection,
            leaf,
            Unit(
                client_id=drop.client_id,
                unit_id=drop.unit_id,
                origin=drop.origin,
                blob=_here(drop.blob, act),
                first_drop_id=drop.drop_id,
            ),
        )
    insert_row(
        connection,
        schema.drop,
        client_id=leaf.client_id,
        drop_id=drop.drop_id,
        unit_id=drop.unit_id,
        origin=drop.origin.value,
        blob_digest=str(drop.blob.digest),
        received_on=drop.received_on,
        received_on_assumed=drop.received_on_assumed,
        preserved_at=drop.preserved_at,
        repeats_drop_id=repeats,
        payload_digest=str(hollow.payload_digest(act)),
        manifest_digest=str(leaf.manifest_digest),
        sequence=leaf.sequence,
    )
    if act.payload is not None:
        insert_payload(connection, leaf, kind="drop", number=1, content=act.payload)


def _apply_extract(connection: sa.Connection, act: Act) -> None:
    leaf = act.leaf
    unit = manifests.extract_of(present(act.manifest, leaf), key=keys.unit_manifest(leaf.client_id, leaf.subject_id))
    _insert_unit(connection, leaf, replace(unit, blob=_here(unit.blob, act)))
    if unit.extract is None:
        return
    region = unit.extract.region
    insert_row(
        connection,
        schema.unit_extract,
        client_id=leaf.client_id,
        unit_id=unit.unit_id,
        of_unit_id=unit.extract.of_unit_id,
        page_index=unit.extract.page_index,
        region_left=region.left if region else 0,
        region_top=region.top if region else 0,
        region_right=region.right if region else 0,
        region_bottom=region.bottom if region else 0,
        pages=json.dumps(unit.extract.pages) if unit.extract.pages else None,
        method=unit.extract.method,
        manifest_digest=str(leaf.manifest_digest),
        sequence=leaf.sequence,
    )


def _here(blob: BlobRef, act: Act) -> BlobRef:
    return blob if act.moved_to is None else replace(blob, version_id=act.moved_to)


def _insert_unit(connection: sa.Connection, leaf: LogLeaf, unit: Unit) -> None:
    """A unit, and its place in the queue for a timestamp."""
    blob = unit.blob
    insert_row(
        connection,
        schema.unit,
        client_id=leaf.client_id,
        unit_id=unit.unit_id,
        origin=unit.origin.value,
        blob_bucket=blob.bucket,
        blob_key=blob.key,
        blob_version=blob.version_id,
        blob_digest=str(blob.digest),
        size_bytes=blob.size_bytes,
        media_type=blob.media_type,
        first_drop_id=unit.first_drop_id,
        sequence=leaf.sequence,
    )
    insert_row(
        connection,
        schema.stamp_request,
        client_id=leaf.client_id,
        unit_id=unit.unit_id,
        imprint=str(blob.digest),
        requested_at=leaf.recorded_at,
        sequence=leaf.sequence,
    )


def _apply_outcome(connection: sa.Connection, act: Act) -> None:
    leaf = act.leaf
    number = outcome_count(connection, leaf.client_id, leaf.subject_id) + 1
    key = keys.outcome_manifest(leaf.client_id, leaf.subject_id, number)
    outcome = manifests.outcome_of_manifest(present(act.manifest, leaf), key=key)
    insert_row(
        connection,
        schema.drop_outcome,
        client_id=leaf.client_id,
        drop_id=outcome.drop_id,
        number=number,
        state=outcome.state.value,
        document_ids=json.dumps(outcome.document_ids),
        recorded_at=outcome.recorded_at,
        payload_digest=hollow.named_payload(act),
        manifest_digest=str(leaf.manifest_digest),
        sequence=leaf.sequence,
    )
    if act.payload is not None:
        insert_payload(connection, leaf, kind="outcome", number=number, content=act.payload)


def _apply_revision(connection: sa.Connection, act: Act, index: indexing.Renewal) -> None:
    leaf = act.leaf
    number = newest_revision(connection, leaf.client_id, leaf.subject_id) + 1
    record = hollow.record_of(act, number=number)
    same = {"client_id": leaf.client_id, "document_id": record.document_id}
    if record.revision == 1:
        insert_row(connection, schema.document, **same, sequence=leaf.sequence)
    insert_row(
        connection,
        schema.revision,
        **same,
        revision=record.revision,
        supersedes=record.supersedes,
        state=record.state.value,
        document_type=record.classification.label.value,
        importance=record.importance.value,
        origin=record.origin.value,
        received_on=record.received_on,
        received_on_assumed=record.received_on_assumed,
        retain_until=record.retain_until,
        recorded_at=record.recorded_at,
        payload_digest=str(hollow.payload_digest(act)),
        manifest_digest=str(leaf.manifest_digest),
        sequence=leaf.sequence,
    )
    units = [
        {**same, "revision": record.revision, "unit_id": unit_id}
        for unit_id in dict.fromkeys(page.unit_id for page in record.pages)
    ]
    inserting.insert_rows(connection, schema.revision_unit, units)
    if act.payload is not None:
        insert_payload(connection, leaf, kind="revision", number=record.revision, content=act.payload)
        index.revised(record)


def _apply_token(connection: sa.Connection, act: Act) -> None:
    leaf = act.leaf
    content = present(act.manifest, leaf)
    token = manifests.token_of(content, key=keys.tokens(leaf.client_id, leaf.subject_id))
    insert_row(
        connection,
        schema.timestamp,
        client_id=leaf.client_id,
        unit_id=leaf.subject_id,
        token_digest=str(Digest.of(token.token_der)),
        object_digest=str(Digest.of(content)),
        gen_time=token.gen_time,
        authority=token.authority,
        accredited=token.accredited,
        certificate_not_after=token.certificate_not_after,
        content=content,
        sequence=leaf.sequence,
    )


def _find_token(vault: ObjectStore, leaf: LogLeaf) -> bytes:
    for listed in vault.list_latest(VAULT, prefix=keys.tokens(leaf.client_id, leaf.subject_id)):
        content = vault.get(VAULT, listed.key)
        if Digest.of(content) == leaf.manifest_digest:
            return content
    raise ObjectMissing(
        f"the token of log entry {leaf.sequence} (unit {leaf.subject_id}) is not in the vault",
        message_ja=f"ログ {leaf.sequence} のタイムスタンプ（{leaf.subject_id}）が保存庫に見つかりません",
    )
