"""Identities of a company's own sign-on that are linked to accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0015"
down_revision = "v0014"


def upgrade() -> None:
    """Add the column; a table of people that was carried over may have it already."""
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    if "external" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("person")}:
        op.add_column("person", sa.Column("external", kind, nullable=False, server_default="[]"))
