"""An empty SQLite database of the newest version: migrated once in a process, then copied.

Opening an archive migrates a new database step by step, which takes longer than most tests do. That this works from
nothing is tested where migrations are, and wherever a test names a database of its own.
"""

import contextlib
import functools
import os
import tempfile
from pathlib import Path

from storage.archive import ArchiveSettings, database


@functools.cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite"
        engine = database.create_engine(f"sqlite:///{path}", ArchiveSettings())
        database.migrate(engine, ArchiveSettings())
        engine.dispose()
        return path.read_bytes()


def lay_empty_database(url: str) -> None:
    """Put one where an SQLite URL points to and nothing is left of another; it appears whole."""
    scheme, _, name = url.partition(":///")
    path = Path(name)
    if scheme != "sqlite" or any(path.with_name(path.name + ending).exists() for ending in ("", "-wal", "-shm")):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent) as file:
        file.write(_empty())
        file.flush()
        with contextlib.suppress(FileExistsError):  # another process opens the same archive
            os.link(file.name, path)
