"""Where mail to a person goes, as they say it themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0019"
down_revision = "v0018"


def upgrade() -> None:
    """Add the column; a table of people that was carried over may have it already."""
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    if "mail" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("person")}:
        op.add_column("person", sa.Column("mail", kind, nullable=False, server_default=""))
