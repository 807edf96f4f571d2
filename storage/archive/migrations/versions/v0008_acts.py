"""Acts of people and of the system, and what each of them concerns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.archive.columns import Instant
from storage.archive.triggers import protect, protect_order

revision = "v0008"
down_revision = "v0007"


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables, then their triggers."""
    op.create_table(
        "act",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("subject_id", _code(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", _code(), nullable=False),
        sa.Column("about", _code(), nullable=False),
        sa.Column("facts", _code(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("payload_digest", _code(), nullable=False),
        sa.Column("manifest_digest", _code(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"],
            ["log_leaf.client_id", "log_leaf.sequence"],
            name="fk_act_client_id_sequence",
        ),
        sa.PrimaryKeyConstraint("client_id", "subject_id", "number", name="pk_act"),
        sa.UniqueConstraint("client_id", "sequence", name="uq_act_client_id_sequence"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_act_client_id_kind_sequence", "act", ["client_id", "kind", "sequence"])
    op.create_table(
        "act_about",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("about_id", _code(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"], ["act.client_id", "act.sequence"], name="fk_act_about_client_id_sequence"
        ),
        sa.PrimaryKeyConstraint("client_id", "about_id", "sequence", name="pk_act_about"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_act_about_client_id_sequence", "act_about", ["client_id", "sequence"])
    bind = op.get_bind()
    protect(bind, "act", ["client_id", "subject_id", "number"], ["client_id", "sequence"])
    protect_order(bind, "act", number="number", first=1, within=["client_id", "subject_id"])
    protect(bind, "act_about", ["client_id", "about_id", "sequence"])
