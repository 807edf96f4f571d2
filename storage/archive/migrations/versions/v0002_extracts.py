"""Units cut out of others: several receipts on one platen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.archive.triggers import protect

revision = "v0002"
down_revision = "v0001"


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table, then its triggers."""
    op.create_table(
        "unit_extract",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("unit_id", _code(), nullable=False),
        sa.Column("of_unit_id", _code(), nullable=False),
        sa.Column("page_index", sa.Integer(), nullable=False),
        sa.Column("region_left", sa.Integer(), nullable=False),
        sa.Column("region_top", sa.Integer(), nullable=False),
        sa.Column("region_right", sa.Integer(), nullable=False),
        sa.Column("region_bottom", sa.Integer(), nullable=False),
        sa.Column("method", _code(), nullable=False),
        sa.Column("manifest_digest", _code(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "unit_id"], ["unit.client_id", "unit.unit_id"], name="fk_unit_extract_client_id_unit_id"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "of_unit_id"], ["unit.client_id", "unit.unit_id"], name="fk_unit_extract_client_id_of_unit_id"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "sequence"],
            ["log_leaf.client_id", "log_leaf.sequence"],
            name="fk_unit_extract_client_id_sequence",
        ),
        sa.PrimaryKeyConstraint("client_id", "unit_id", name="pk_unit_extract"),
        sa.UniqueConstraint("client_id", "sequence", name="uq_unit_extract_client_id_sequence"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_unit_extract_client_id_of_unit_id", "unit_extract", ["client_id", "of_unit_id"])
    protect(op.get_bind(), "unit_extract", ["client_id", "unit_id"], ["client_id", "sequence"])
