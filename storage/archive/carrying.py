"""Tables of people outlive a rebuild: on SQLite, whose file is put aside as a whole, they go over into a new file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.archive.people_tables import metadata

ENDING = ".people"
"""Of the file that waits to take the place of the one that is set aside."""


def carry_over(path: Path) -> Path | None:
    """Write the tables of people of a database into a new file beside it.

    Returns:
        The new file, or None where the database is damaged or has no such tables: the page then stays closed until an
        administrator is added, since the log remembers that there were accounts.
    """
    new = path.with_name(path.name + ENDING)
    new.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(new, isolation_level=None)) as connection:
            connection.execute("ATTACH DATABASE ? AS old", (str(path),))
            connection.execute("BEGIN")
            for table in (table.name for table in metadata.sorted_tables):
                made = connection.execute(
                    "SELECT sql FROM old.sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC",
                    (table,),
                ).fetchall()
                for (statement,) in made:
                    connection.execute(statement)
                if made:
                    connection.execute(f'INSERT INTO main."{table}" SELECT * FROM old."{table}"')  # noqa: S608  # our names
            empty = connection.execute("SELECT count(*) FROM main.sqlite_master").fetchone()[0] == 0
            connection.execute("COMMIT")
    except sqlite3.Error:
        empty = True
    if empty:
        new.unlink(missing_ok=True)
        return None
    return new
