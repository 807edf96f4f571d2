"""What corrections teach: one row per lesson, its content in the payloads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.archive.columns import Instant
from storage.archive.triggers import protect, protect_order

revision = "v0005"
down_revision = "v0004"


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table, then its triggers."""
    op.create_table(
        "lesson",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document_id", _code(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("payload_digest", _code(), nullable=False),
        sa.Column("manifest_digest", _code(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"],
            ["log_leaf.client_id", "log_leaf.sequence"],
            name="fk_lesson_client_id_sequence",
        ),
        sa.PrimaryKeyConstraint("client_id", "number", name="pk_lesson"),
        sa.UniqueConstraint("client_id", "sequence", name="uq_lesson_client_id_sequence"),
        sqlite_with_rowid=False,
    )
    bind = op.get_bind()
    protect(bind, "lesson", ["client_id", "number"], ["client_id", "sequence"])
    protect_order(bind, "lesson", number="number", first=1, within=["client_id"])
