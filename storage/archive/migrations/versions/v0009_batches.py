"""Tokens over many units at once: one row per batch, one per member."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.archive.columns import Instant
from storage.archive.triggers import protect, protect_order

revision = "v0009"
down_revision = "v0008"


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables, then their triggers."""
    op.create_table(
        "stamp_batch",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", _code(), nullable=False),
        sa.Column("hash_algorithm", _code(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("token_digest", _code(), nullable=False),
        sa.Column("manifest_digest", _code(), nullable=False),
        sa.Column("gen_time", Instant(), nullable=False),
        sa.Column("authority", _code(), nullable=False),
        sa.Column("certificate_not_after", Instant(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"],
            ["log_leaf.client_id", "log_leaf.sequence"],
            name="fk_stamp_batch_client_id_sequence",
        ),
        sa.PrimaryKeyConstraint("client_id", "number", name="pk_stamp_batch"),
        sa.UniqueConstraint("client_id", "sequence", name="uq_stamp_batch_client_id_sequence"),
    )
    op.create_table(
        "stamp_batch_member",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("name", _code(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", _code(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "number"],
            ["stamp_batch.client_id", "stamp_batch.number"],
            name="fk_stamp_batch_member_client_id_number",
        ),
        sa.PrimaryKeyConstraint("client_id", "name", "number", name="pk_stamp_batch_member"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_stamp_batch_member_client_id_number", "stamp_batch_member", ["client_id", "number"])
    bind = op.get_bind()
    protect(bind, "stamp_batch", ["client_id", "number"], ["client_id", "sequence"])
    protect_order(bind, "stamp_batch", number="number", first=1, within=["client_id"])
    protect(bind, "stamp_batch_member", ["client_id", "name", "number"])
