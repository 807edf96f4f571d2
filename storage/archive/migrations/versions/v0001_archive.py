"""The first schema: clients, the log, drops, units, documents, revisions, timestamps and the search index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.archive.columns import Instant
from storage.archive.triggers import protect, protect_order

revision = "v0001"
down_revision = None

UNIQUE_KEYS = {
    "client": [["client_id"]],
    "log_leaf": [["client_id", "sequence"]],
    "unit": [["client_id", "unit_id"], ["client_id", "sequence"]],
    "drop": [["client_id", "drop_id"], ["client_id", "sequence"]],
    "drop_outcome": [["client_id", "drop_id", "number"], ["client_id", "sequence"]],
    "document": [["client_id", "document_id"], ["client_id", "sequence"]],
    "revision": [["client_id", "document_id", "revision"], ["client_id", "sequence"]],
    "revision_unit": [["client_id", "document_id", "revision", "unit_id"]],
    "payload": [["client_id", "kind", "subject_id", "number"]],
    "timestamp": [["client_id", "unit_id", "token_digest"], ["client_id", "sequence"]],
    "stamp_request": [["client_id", "unit_id"], ["client_id", "sequence"]],
    "stamp_attempt": [["client_id", "unit_id", "attempt"]],
}


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _instant() -> Instant:
    return Instant()


def upgrade() -> None:
    """Create the tables, then their triggers."""
    _create_tables()
    connection = op.get_bind()
    for table, keys in UNIQUE_KEYS.items():
        protect(connection, table, *keys)
    protect_order(connection, "log_leaf", number="sequence", first=0, within=["client_id"])
    protect_order(connection, "revision", number="revision", first=1, within=["client_id", "document_id"])
    protect_order(connection, "drop_outcome", number="number", first=1, within=["client_id", "drop_id"])


def _create_tables() -> None:
    op.create_table(
        "client",
        sa.Column("client_id", _code(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name="pk_client"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_entry",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("document_id", _code(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document_type", _code(), nullable=False),
        sa.Column("state", _code(), nullable=False),
        sa.Column("origin", _code(), nullable=False),
        sa.Column("transaction_date", sa.Date(), nullable=True),
        sa.Column("amount_scaled", sa.BigInteger(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_on_assumed", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", _instant(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("amount", _code(), nullable=True),
        sa.Column("currency", _code(), nullable=True),
        sa.Column("counterparty", _code(), nullable=True),
        sa.Column("counterparty_key", _code(), nullable=True),
        sa.Column("words_key", _code(), nullable=False),
        sa.Column("body", _code(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "document_id", name="pk_search_entry"),
    )
    op.create_index("ix_search_entry_client_id_amount_scaled", "search_entry", ["client_id", "amount_scaled"])
    op.create_index("ix_search_entry_client_id_key_version", "search_entry", ["client_id", "key_version"])
    op.create_index("ix_search_entry_client_id_recorded_at", "search_entry", ["client_id", "recorded_at"])
    op.create_index("ix_search_entry_client_id_transaction_date", "search_entry", ["client_id", "transaction_date"])
    op.create_table(
        "log_leaf",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("kind", _code(), nullable=False),
        sa.Column("subject_id", _code(), nullable=False),
        sa.Column("manifest_digest", _code(), nullable=True),
        sa.Column("recorded_at", _instant(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name="fk_log_leaf_client_id"),
        sa.PrimaryKeyConstraint("client_id", "sequence", name="pk_log_leaf"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_log_leaf_client_id_subject_id_sequence", "log_leaf", ["client_id", "subject_id", "sequence"])
    op.create_table(
        "payload",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("kind", _code(), nullable=False),
        sa.Column("subject_id", _code(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", _code(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name="fk_payload_client_id"),
        sa.PrimaryKeyConstraint("client_id", "kind", "subject_id", "number", name="pk_payload"),
    )
    op.create_table(
        "document",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("document_id", _code(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"],
            ["log_leaf.client_id", "log_leaf.sequence"],
            name="fk_document_client_id_sequence",
        ),
        sa.PrimaryKeyConstraint("client_id", "document_id", name="pk_document"),
        sa.UniqueConstraint("client_id", "sequence", name="uq_document_client_id_sequence"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "drop",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("drop_id", _code(), nullable=False),
        sa.Column("unit_id", _code(), nullable=False),
        sa.Column("origin", _code(), nullable=False),
        sa.Column("blob_digest", _code(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_on_assumed", sa.Boolean(), nullable=False),
        sa.Column("preserved_at", _instant(), nullable=False),
        sa.Column("repeats_drop_id", _code(), nullable=True),
        sa.Column("payload_digest", _code(), nullable=False),
        sa.Column("manifest_digest", _code(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"], ["log_leaf.client_id", "log_leaf.sequence"], name="fk_drop_client_id_sequence"
        ),
        sa.PrimaryKeyConstraint("client_id", "drop_id", name="pk_drop"),
        sa.UniqueConstraint("client_id", "sequence", name="uq_drop_client_id_sequence"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_drop_client_id_unit_id", "drop", ["client_id", "unit_id"])
    op.create_table(
        "unit",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("unit_id", _code(), nullable=False),
        sa.Column("origin", _code(), nullable=False),
        sa.Column("blob_bucket", _code(), nullable=False),
        sa.Column("blob_key", _code(), nullable=False),
        sa.Column("blob_version", _code(), nullable=True),
        sa.Column("blob_digest", _code(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", _code(), nullable=False),
        sa.Column("first_drop_id", _code(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"], ["log_leaf.client_id", "log_leaf.sequence"], name="fk_unit_client_id_sequence"
        ),
        sa.PrimaryKeyConstraint("client_id", "unit_id", name="pk_unit"),
        sa.UniqueConstraint("client_id", "sequence", name="uq_unit_client_id_sequence"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_unit_client_id_blob_digest", "unit", ["client_id", "blob_digest"])
    op.create_table(
        "drop_outcome",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("drop_id", _code(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", _code(), nullable=False),
        sa.Column("document_ids", _code(), nullable=False),
        sa.Column("recorded_at", _instant(), nullable=False),
        sa.Column("payload_digest", _code(), nullable=True),
        sa.Column("manifest_digest", _code(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "drop_id"], ["drop.client_id", "drop.drop_id"], name="fk_drop_outcome_client_id_drop_id"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"],
            ["log_leaf.client_id", "log_leaf.sequence"],
            name="fk_drop_outcome_client_id_sequence",
        ),
        sa.PrimaryKeyConstraint("client_id", "drop_id", "number", name="pk_drop_outcome"),
        sa.UniqueConstraint("client_id", "sequence", name="uq_drop_outcome_client_id_sequence"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revision",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("document_id", _code(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("state", _code(), nullable=False),
        sa.Column("document_type", _code(), nullable=False),
        sa.Column("importance", _code(), nullable=False),
        sa.Column("origin", _code(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_on_assumed", sa.Boolean(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", _instant(), nullable=False),
        sa.Column("payload_digest", _code(), nullable=False),
        sa.Column("manifest_digest", _code(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "document_id"],
            ["document.client_id", "document.document_id"],
            name="fk_revision_client_id_document_id",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"],
            ["log_leaf.client_id", "log_leaf.sequence"],
            name="fk_revision_client_id_sequence",
        ),
        sa.PrimaryKeyConstraint("client_id", "document_id", "revision", name="pk_revision"),
        sa.UniqueConstraint("client_id", "sequence", name="uq_revision_client_id_sequence"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stamp_request",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("unit_id", _code(), nullable=False),
        sa.Column("imprint", _code(), nullable=False),
        sa.Column("requested_at", _instant(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"],
            ["log_leaf.client_id", "log_leaf.sequence"],
            name="fk_stamp_request_client_id_sequence",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "unit_id"], ["unit.client_id", "unit.unit_id"], name="fk_stamp_request_client_id_unit_id"
        ),
        sa.PrimaryKeyConstraint("client_id", "unit_id", name="pk_stamp_request"),
        sa.UniqueConstraint("client_id", "sequence", name="uq_stamp_request_client_id_sequence"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "timestamp",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("unit_id", _code(), nullable=False),
        sa.Column("token_digest", _code(), nullable=False),
        sa.Column("object_digest", _code(), nullable=False),
        sa.Column("gen_time", _instant(), nullable=False),
        sa.Column("authority", _code(), nullable=False),
        sa.Column("accredited", sa.Boolean(), nullable=False),
        sa.Column("certificate_not_after", _instant(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"],
            ["log_leaf.client_id", "log_leaf.sequence"],
            name="fk_timestamp_client_id_sequence",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "unit_id"], ["unit.client_id", "unit.unit_id"], name="fk_timestamp_client_id_unit_id"
        ),
        sa.PrimaryKeyConstraint("client_id", "unit_id", "token_digest", name="pk_timestamp"),
        sa.UniqueConstraint("client_id", "sequence", name="uq_timestamp_client_id_sequence"),
    )
    op.create_table(
        "revision_unit",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("document_id", _code(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("unit_id", _code(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "document_id", "revision"],
            ["revision.client_id", "revision.document_id", "revision.revision"],
            name="fk_revision_unit_client_id_document_id_revision",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "unit_id"], ["unit.client_id", "unit.unit_id"], name="fk_revision_unit_client_id_unit_id"
        ),
        sa.PrimaryKeyConstraint("client_id", "document_id", "revision", "unit_id", name="pk_revision_unit"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_revision_unit_client_id_unit_id", "revision_unit", ["client_id", "unit_id"])
    op.create_table(
        "stamp_attempt",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("unit_id", _code(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("attempted_at", _instant(), nullable=False),
        sa.Column("error_code", _code(), nullable=False),
        sa.Column("next_attempt_at", _instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "unit_id"],
            ["stamp_request.client_id", "stamp_request.unit_id"],
            name="fk_stamp_attempt_client_id_unit_id",
        ),
        sa.PrimaryKeyConstraint("client_id", "unit_id", "attempt", name="pk_stamp_attempt"),
        sqlite_with_rowid=False,
    )
