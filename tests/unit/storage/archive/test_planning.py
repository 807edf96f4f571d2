"""One unit's row is found by its index, however many units one client has."""

import pytest
import sqlalchemy as sa

from storage.archive.applying import first_drop_of
from tests.support.memory_store import MemoryStore
from tests.support.records import Ticking, make_drop, open_archive

_ENTRIES = 300
"""Beyond the first count of the tables."""


@pytest.fixture
def archive(tmp_path):
    vault = MemoryStore()
    archive = open_archive(tmp_path, vault=vault, clock=Ticking())
    for number in range(_ENTRIES):
        archive.record_drop(make_drop(vault, f"scan {number}".encode(), name=f"scan{number}.pdf"))
    archive.close()
    return tmp_path / "archive.sqlite"


def test_a_unit_is_looked_up_and_not_searched_for(archive):
    engine = sa.create_engine(f"sqlite:///{archive}")
    asked = []
    sa.event.listen(engine, "before_cursor_execute", lambda _c, _cur, said, values, *_: asked.append((said, values)))
    with engine.connect() as connection:
        first_drop_of(connection, "default", "unit-0")
        said, values = asked[0]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values).all()
    engine.dispose()
    assert "unit_id=?" in plan[0][-1]
