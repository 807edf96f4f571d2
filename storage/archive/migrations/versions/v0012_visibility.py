"""Who may see a document, as the search index has it; and what an administrator lets a person see."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0012"
down_revision = "v0011"


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns; before this, documents belonged to no department and none was confidential."""
    # On SQLite before the long columns, so that filtering reads no overflow pages: the table is made anew.
    bind = op.get_bind()
    sqlite = bind.dialect.name == "sqlite"
    with op.batch_alter_table("search_entry", recreate="always" if sqlite else "never") as batch:
        for name in ("department", "readers"):
            batch.add_column(sa.Column(name, _code(), nullable=True), insert_before="words_key" if sqlite else None)
    # the table of people may have been carried over from a database that had the column already
    if "sight" not in {column["name"] for column in sa.inspect(bind).get_columns("person")}:
        op.add_column("person", sa.Column("sight", _code(), nullable=False, server_default="{}"))
