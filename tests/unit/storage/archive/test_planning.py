"""One unit's row is found by its index, however many units one client has."""

import pytest
import sqlalchemy as sa

from storage.archive.applying import first_drop_of, log_size
from storage.archive.batches import memberships
from storage.arrivals import Show, newest
from tests.support.memory_store import MemoryStore
from tests.support.records import Ticking, make_drop, open_archive

_ENTRIES = 300
"""Beyond the first count of the tables."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("planning")
    vault = MemoryStore()
    archive = open_archive(tmp_path, vault=vault, clock=Ticking())
    for number in range(_ENTRIES):
        archive.record_drop(make_drop(vault, f"scan {number}".encode(), name=f"scan{number}.pdf"))
    archive.close()
    return tmp_path / "archive.sqlite"


def test_a_unit_is_looked_up_and_not_searched_for(archive):
    (plan,) = plans(archive, lambda connection: first_drop_of(connection, "default", "unit-0"))
    assert "unit_id=?" in plan[0]


def test_many_at_once_are_looked_up_and_not_searched_for(archive):
    (plan,) = plans(archive, lambda connection: memberships(connection, "default", ("unit-0", "unit-1")))
    assert any("name=?" in step for step in plan)


def test_the_length_of_the_log_is_not_counted(archive):
    (plan,) = plans(archive, lambda connection: log_size(connection, "default"))
    assert "PRIMARY KEY (client_id=? AND sequence>?)" in plan[0]


def test_the_newest_that_came_are_walked_to_and_not_put_in_order(archive):
    opened = open_archive(archive.parent, vault=MemoryStore(), clock=Ticking())
    found = plans(archive, lambda _: newest(opened, show=Show.ALL, limit=5), engine=opened.database)
    opened.close()
    assert not any("TEMP B-TREE" in step for plan in found for step in plan)
    assert any("sequence>?" in step for step in found[0])


def plans(path, call, engine=None):
    """How SQLite answers each statement of a call."""
    own = engine or sa.create_engine(f"sqlite:///{path}")
    asked = []

    def note(_connection, _cursor, said, values, *_rest):
        asked.append((said, values))

    with own.connect() as connection:
        sa.event.listen(own, "before_cursor_execute", note)
        call(connection)
        sa.event.remove(own, "before_cursor_execute", note)
        looked = [one for one in asked if one[0].startswith(("SELECT", "WITH"))]
        found = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values).all() for said, values in looked]
    if engine is None:
        own.dispose()
    return [[row[-1] for row in plan] for plan in found]
