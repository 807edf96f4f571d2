"""Tables of the archive, the same on SQLite and PostgreSQL.

Every table but ``search_entry``, ``likeness`` and ``figure`` is append-only, enforced by triggers
(``storage.archive.triggers``). Personal values stand only in ``payload``, ``search_entry`` and ``figure``; ``likeness``
holds hashes of text. ``sequence`` is the index of the log leaf that a row came with. Strings compare by code point on
both databases, so that both order alike.
"""

from __future__ import annotations

import sqlalchemy as sa

from storage.archive import rebuildable
from storage.archive.columns import Instant, metadata
from storage.archive.columns import column as _column
from storage.archive.columns import table as _table

client = _table("client", _column("client_id"), sa.PrimaryKeyConstraint("client_id"))

FAILED = "state IN ('unreadable', 'refused')"
"""Condition of the index of outcomes after which a person should look; statements say it in the same words."""

log_leaf = _table(
    "log_leaf",
    _column("client_id"),
    _column("sequence", sa.BigInteger()),
    _column("kind"),
    _column("subject_id"),
    _column("manifest_digest", null=True),
    _column("recorded_at", Instant()),
    _column("leaf_hash", sa.LargeBinary()),
    sa.PrimaryKeyConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(["client_id"], ["client.client_id"]),
    sa.Index(None, "client_id", "subject_id", "sequence"),
    sa.Index(None, "client_id", "kind", "sequence"),
)

_LEAF = (["client_id", "sequence"], ["log_leaf.client_id", "log_leaf.sequence"])

unit = _table(
    "unit",
    _column("client_id"),
    _column("unit_id"),
    _column("origin"),
    _column("blob_bucket"),
    _column("blob_key"),
    _column("blob_version", null=True),
    _column("blob_digest"),
    _column("size_bytes", sa.BigInteger()),
    _column("media_type"),
    _column("first_drop_id"),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "unit_id"),
    sa.UniqueConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(*_LEAF),
    sa.Index(None, "client_id", "blob_digest"),
)

unit_extract = _table(
    "unit_extract",
    _column("client_id"),
    _column("unit_id"),
    _column("of_unit_id"),
    _column("page_index", sa.Integer()),
    _column("region_left", sa.Integer()),
    _column("region_top", sa.Integer()),
    _column("region_right", sa.Integer()),
    _column("region_bottom", sa.Integer()),
    _column("method"),
    _column("manifest_digest"),
    _column("sequence", sa.BigInteger()),
    _column("pages", null=True),
    sa.PrimaryKeyConstraint("client_id", "unit_id"),
    sa.UniqueConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(["client_id", "unit_id"], ["unit.client_id", "unit.unit_id"]),
    sa.ForeignKeyConstraint(["client_id", "of_unit_id"], ["unit.client_id", "unit.unit_id"]),
    sa.ForeignKeyConstraint(*_LEAF),
    sa.Index(None, "client_id", "of_unit_id"),
)
"""Where a unit was taken from; a unit without a row is a drop's bytes. ``pages`` names pages taken whole (a JSON list);
where all of a page or an attachment was taken the region is 0, 0, 0, 0."""

drop = _table(
    "drop",
    _column("client_id"),
    _column("drop_id"),
    _column("unit_id"),
    _column("origin"),
    _column("blob_digest"),
    _column("received_on", sa.Date()),
    _column("received_on_assumed", sa.Boolean()),
    _column("preserved_at", Instant()),
    _column("repeats_drop_id", null=True),
    _column("payload_digest"),
    _column("manifest_digest"),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "drop_id"),
    sa.UniqueConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(*_LEAF),
    sa.Index(None, "client_id", "unit_id"),
    sa.Index(None, "client_id", "preserved_at"),
)

drop_outcome = _table(
    "drop_outcome",
    _column("client_id"),
    _column("drop_id"),
    _column("number", sa.Integer()),
    _column("state"),
    _column("document_ids"),
    _column("recorded_at", Instant()),
    _column("payload_digest", null=True),
    _column("manifest_digest"),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "drop_id", "number"),
    sa.UniqueConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(["client_id", "drop_id"], ["drop.client_id", "drop.drop_id"]),
    sa.ForeignKeyConstraint(*_LEAF),
    sa.Index(
        "ix_drop_outcome_failed",
        *("client_id", "drop_id", "number"),
        postgresql_where=sa.text(FAILED),
        sqlite_where=sa.text(FAILED),
    ),
)

document = _table(
    "document",
    _column("client_id"),
    _column("document_id"),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "document_id"),
    sa.UniqueConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(*_LEAF),
)

revision = _table(
    "revision",
    _column("client_id"),
    _column("document_id"),
    _column("revision", sa.Integer()),
    _column("supersedes", sa.Integer(), null=True),
    _column("state"),
    _column("document_type"),
    _column("importance"),
    _column("origin"),
    _column("received_on", sa.Date()),
    _column("received_on_assumed", sa.Boolean()),
    _column("retain_until", sa.Date(), null=True),
    _column("recorded_at", Instant()),
    _column("payload_digest"),
    _column("manifest_digest"),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "document_id", "revision"),
    sa.UniqueConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(["client_id", "document_id"], ["document.client_id", "document.document_id"]),
    sa.ForeignKeyConstraint(*_LEAF),
)

revision_unit = _table(
    "revision_unit",
    _column("client_id"),
    _column("document_id"),
    _column("revision", sa.Integer()),
    _column("unit_id"),
    sa.PrimaryKeyConstraint("client_id", "document_id", "revision", "unit_id"),
    sa.ForeignKeyConstraint(
        ["client_id", "document_id", "revision"],
        ["revision.client_id", "revision.document_id", "revision.revision"],
    ),
    sa.ForeignKeyConstraint(["client_id", "unit_id"], ["unit.client_id", "unit.unit_id"]),
    sa.Index(None, "client_id", "unit_id"),
)

payload = sa.Table(
    "payload",
    metadata,
    _column("client_id"),
    _column("kind"),
    _column("subject_id"),
    _column("number", sa.Integer()),
    _column("digest"),
    _column("content", sa.LargeBinary()),
    sa.PrimaryKeyConstraint("client_id", "kind", "subject_id", "number"),
    sa.ForeignKeyConstraint(["client_id"], ["client.client_id"]),
)

timestamp = sa.Table(
    "timestamp",
    metadata,
    _column("client_id"),
    _column("unit_id"),
    _column("token_digest"),
    _column("object_digest"),
    _column("gen_time", Instant()),
    _column("authority"),
    _column("accredited", sa.Boolean()),
    _column("certificate_not_after", Instant()),
    _column("content", sa.LargeBinary()),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "unit_id", "token_digest"),
    sa.UniqueConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(["client_id", "unit_id"], ["unit.client_id", "unit.unit_id"]),
    sa.ForeignKeyConstraint(*_LEAF),
)

stamp_request = _table(
    "stamp_request",
    _column("client_id"),
    _column("unit_id"),
    _column("imprint"),
    _column("requested_at", Instant()),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "unit_id"),
    sa.UniqueConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(["client_id", "unit_id"], ["unit.client_id", "unit.unit_id"]),
    sa.ForeignKeyConstraint(*_LEAF),
)

stamp_attempt = _table(
    "stamp_attempt",
    _column("client_id"),
    _column("unit_id"),
    _column("attempt", sa.Integer()),
    _column("attempted_at", Instant()),
    _column("error_code"),
    _column("next_attempt_at", Instant()),
    sa.PrimaryKeyConstraint("client_id", "unit_id", "attempt"),
    sa.ForeignKeyConstraint(["client_id", "unit_id"], ["stamp_request.client_id", "stamp_request.unit_id"]),
)

stamp_batch = sa.Table(
    "stamp_batch",
    metadata,
    _column("client_id"),
    _column("number", sa.Integer()),
    _column("purpose"),
    _column("hash_algorithm"),
    _column("members", sa.Integer()),
    _column("token_digest"),
    _column("manifest_digest"),
    _column("gen_time", Instant()),
    _column("authority"),
    _column("certificate_not_after", Instant()),
    _column("token", sa.LargeBinary()),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "number"),
    sa.UniqueConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(*_LEAF),
)
"""One token over many members (``domain.evidence.StampBatch``)."""

stamp_batch_member = _table(
    "stamp_batch_member",
    _column("client_id"),
    _column("name"),
    _column("number", sa.Integer()),
    _column("digest"),
    sa.PrimaryKeyConstraint("client_id", "name", "number"),
    sa.ForeignKeyConstraint(["client_id", "number"], ["stamp_batch.client_id", "stamp_batch.number"]),
    sa.Index(None, "client_id", "number"),
)
"""Which batches speak of a unit, of a log head, or (as renewals) of an earlier token."""

counterparty_batch = _table(
    "counterparty_batch",
    _column("client_id"),
    _column("number", sa.Integer()),
    _column("source"),
    _column("entries", sa.Integer()),
    _column("recorded_at", Instant()),
    _column("payload_digest"),
    _column("manifest_digest"),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "number"),
    sa.UniqueConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(*_LEAF),
)
"""One change of the counterparty master; who changed how stands in its payload."""

lesson = _table(
    "lesson",
    _column("client_id"),
    _column("number", sa.Integer()),
    _column("document_id"),
    _column("revision", sa.Integer()),
    _column("recorded_at", Instant()),
    _column("payload_digest"),
    _column("manifest_digest"),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "number"),
    sa.UniqueConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(*_LEAF),
    sa.Index(None, "client_id", "document_id", "revision"),
)
"""What one correction teaches; the values stand in its payload."""

act = _table(
    "act",
    _column("client_id"),
    _column("subject_id"),
    _column("number", sa.Integer()),
    _column("kind"),
    _column("about"),
    _column("facts"),
    _column("recorded_at", Instant()),
    _column("payload_digest"),
    _column("manifest_digest"),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "subject_id", "number"),
    sa.UniqueConstraint("client_id", "sequence"),
    sa.ForeignKeyConstraint(*_LEAF),
    sa.Index(None, "client_id", "kind", "sequence"),
)
"""Acts of people and of the system; who did it, and in which words, stands in the payload."""

act_about = _table(
    "act_about",
    _column("client_id"),
    _column("about_id"),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "about_id", "sequence"),
    sa.ForeignKeyConstraint(["client_id", "sequence"], ["act.client_id", "act.sequence"]),
    sa.Index(None, "client_id", "sequence"),
)
"""Everything that an act concerns, its subject included."""

destroyed = _table(
    "destroyed",
    _column("client_id"),
    _column("kind"),
    _column("subject_id"),
    _column("number", sa.Integer()),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "kind", "subject_id", "number"),
    sa.ForeignKeyConstraint(["client_id", "sequence"], ["act.client_id", "act.sequence"]),
    sa.Index(None, "client_id", "sequence"),
)
"""Payloads (by their key in ``payload``) and originals (``blob``, by digest) that an approved destruction removes."""

succession = _table(
    "succession",
    _column("client_id"),
    _column("document_id"),
    _column("successor_id"),
    _column("position", sa.Integer()),
    _column("revision", sa.Integer()),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "document_id", "successor_id"),
    sa.ForeignKeyConstraint(*_LEAF),
    sa.Index(None, "client_id", "successor_id"),
    sa.Index(None, "client_id", "sequence"),
)
"""Which documents stand in the place of one that a person divided or joined; ``revision`` is its last."""

REPLACEABLE = frozenset(table.name for table in (*rebuildable.INDEXES, rebuildable.figure_sum))
"""Tables without append-only triggers."""
APPEND_ONLY = tuple(t for t in metadata.sorted_tables if t.name not in REPLACEABLE)
"""Every other table, parents first."""
