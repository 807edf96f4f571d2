"""Which documents stand in the place of which after a person divided or joined them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.archive.triggers import protect

revision = "v0006"
down_revision = "v0005"


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table, then its triggers."""
    op.create_table(
        "succession",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("document_id", _code(), nullable=False),
        sa.Column("successor_id", _code(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"],
            ["log_leaf.client_id", "log_leaf.sequence"],
            name="fk_succession_client_id_sequence",
        ),
        sa.PrimaryKeyConstraint("client_id", "document_id", "successor_id", name="pk_succession"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_succession_client_id_successor_id", "succession", ["client_id", "successor_id"])
    op.create_index("ix_succession_client_id_sequence", "succession", ["client_id", "sequence"])
    protect(op.get_bind(), "succession", ["client_id", "document_id", "successor_id"])
