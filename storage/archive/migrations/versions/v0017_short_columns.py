"""Short columns of the search index stay in their row on PostgreSQL, and what waits is listed along an index.

Rows are kept short so that listing reads few pages; what moved out of them until now were ids and days beside the long
texts, and each comparison fetched them again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0017"
down_revision = "v0016"

_LONG = frozenset({"words_key", "body", "grams"})


def upgrade() -> None:
    """Rewrite the rows of the search index once; add and widen indexes."""
    connection = op.get_bind()
    postgres = connection.dialect.name == "postgresql"
    for name in ("state", "document_type"):
        op.drop_index(f"ix_search_entry_{name}", "search_entry")
    if postgres:
        columns = sa.inspect(connection).get_columns("search_entry")
        short = [one["name"] for one in columns if isinstance(one["type"], sa.Text) and one["name"] not in _LONG]
        op.execute("DROP INDEX ix_search_entry_grams")
        # rows are written anew only where a value may become another; in one statement, or the storage is forgotten
        changes = [f'ALTER COLUMN {name} TYPE text COLLATE "C" USING {name} || $$$$' for name in short]
        changes += [f"ALTER COLUMN {name} SET STORAGE MAIN" for name in short]
        op.execute(f"ALTER TABLE search_entry {', '.join(changes)}")
        # nothing waits beside the index: a search would read all of it each time
        op.execute("CREATE INDEX ix_search_entry_grams ON search_entry USING gin (grams) WITH (fastupdate = off)")
    for name in ("state", "document_type"):
        op.create_index(
            f"ix_search_entry_{name}", "search_entry", ["client_id", name, "transaction_date", "document_id"]
        )
    op.create_index("ix_search_entry_waiting", "search_entry", ["client_id", "state", "received_on", "document_id"])
    assumed = sa.text("received_on_assumed")
    op.create_index(
        "ix_search_entry_assumed",
        "search_entry",
        ["client_id", "received_on", "document_id"],
        postgresql_where=assumed,
        sqlite_where=assumed,
    )
    op.create_index("ix_log_leaf_client_id_kind_sequence", "log_leaf", ["client_id", "kind", "sequence"])
    op.create_index("ix_lesson_client_id_document_id_revision", "lesson", ["client_id", "document_id", "revision"])
