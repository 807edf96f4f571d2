"""What approved destructions remove, and triggers that let exactly that go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.archive.triggers import allow_destruction, protect

revision = "v0010"
down_revision = "v0009"


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table, then its triggers, and the gate in those of the payloads."""
    op.create_table(
        "destroyed",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("kind", _code(), nullable=False),
        sa.Column("subject_id", _code(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"], ["act.client_id", "act.sequence"], name="fk_destroyed_client_id_sequence"
        ),
        sa.PrimaryKeyConstraint("client_id", "kind", "subject_id", "number", name="pk_destroyed"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_destroyed_client_id_sequence", "destroyed", ["client_id", "sequence"])
    protect(op.get_bind(), "destroyed", ["client_id", "kind", "subject_id", "number"])
    allow_destruction(op.get_bind())
