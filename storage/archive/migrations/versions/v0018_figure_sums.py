"""Sums over documents, kept beside them for the dashboard; they are added up when the archive is opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0018"
down_revision = "v0017"

_SUMMED = (
    *("documents", "yen", "shown_10", "tax_10", "shown_8", "tax_8", "registered"),
    *("straight", "timed", "within_minute", "within_hour", "within_day", "seconds"),
)
_COMMON = ("department", "readers", "state", "assumed", "document_type", "origin", "party")


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "figure_sum",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("kind", _code(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cell", _code(), nullable=False),
        *(sa.Column(name, sa.Boolean() if name == "assumed" else _code(), nullable=True) for name in _COMMON),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMMED),
        sa.PrimaryKeyConstraint("client_id", "kind", "day", "cell", name="pk_figure_sum"),
        sqlite_with_rowid=False,
    )
