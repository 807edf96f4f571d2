"""Who waits for a turn leaves the pool's connections to those who work."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psycopg
import pytest
import sqlalchemy as sa

from storage.archive import database
from tests.support.memory_store import MemoryStore
from tests.support.records import open_archive

pytestmark = pytest.mark.postgres
PEOPLE = 20
"""More than the pool has."""
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture
def archive(tmp_path, postgres_url):
    found = open_archive(tmp_path, url=postgres_url, vault=MemoryStore())
    yield found
    found.close()


def test_many_who_wait_use_up_no_connections(archive, postgres_url):
    pool = archive._engine.pool
    inside, most, done = 0, 0, 0

    def take_turn():
        nonlocal inside, most, done
        with archive.turn("people"):
            inside += 1
            most = max(most, inside)
            archive.log_size()
            inside -= 1
            done += 1

    address = sa.make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    key = database._lock_key(f"turn:{archive.client_id}-people")
    with psycopg.connect(address, autocommit=True) as other, ThreadPoolExecutor(PEOPLE) as people:
        other.execute("SELECT pg_advisory_lock(%s)", (key,))  # another process has the turn
        waiting = [people.submit(take_turn) for _ in range(PEOPLE)]
        try:
            patience = time.monotonic() + 60
            while other.execute(WAITING).fetchone() == (0,):
                assert not any(one.done() for one in waiting)
                assert time.monotonic() < patience, "nobody waits"
            with ExitStack() as open_together:
                for _ in range(pool.size() + pool._max_overflow):
                    open_together.enter_context(archive._engine.connect()).execute(sa.text("SELECT 1"))
                assert other.execute(WAITING).fetchone() == (1,), "one for all of this process"
            assert done == 0
        finally:
            other.execute("SELECT pg_advisory_unlock(%s)", (key,))
        for one in waiting:
            one.result()
    assert (done, most) == (PEOPLE, 1)


def test_a_turn_ends_with_an_error(archive):
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), archive.turn("people"):
            raise ZeroDivisionError
    with archive.turn("people"), archive.turn("stamping"):
        assert archive.log_size() == 0
