"""A reading process that dies, hangs or eats memory takes down one drop, never the batch."""

import os
import time

import pytest

from domain.calendar import tokyo_day, utc_now
from domain.errors import EngineCrashed, EngineMissing, EngineTimeout
from domain.query import Query
from domain.record import DocumentState, DropState
from pipeline.batch import Resident, open_batch, run_plain
from pipeline.reading_pool import ReadingPool
from pipeline.wiring import open_shoko
from storage.search import search
from tests.support.documents import ubl_invoice
from tests.support.homes import quick_settings

FOREVER_SECONDS = 3600


def settings(folder, **reading):
    return quick_settings(folder, reading={"engine": "null.v1", "workers": 1} | reading)


@pytest.fixture
def pool(tmp_path):
    with ReadingPool(settings=settings(tmp_path, memory_bytes=1 << 30)) as running:
        yield running


def still_reads(pool, folder):
    path = folder / "a.xml"
    path.write_bytes(ubl_invoice("A"))
    reading = pool.read_file(path, our_companies=(), today=tokyo_day(utc_now()))
    return len(reading.documents) == 1


def test_a_process_that_dies_is_replaced(pool, tmp_path):
    with pytest.raises(EngineCrashed, match="died"):
        pool._call("drop-1", os._exit, 9)
    assert still_reads(pool, tmp_path)


def _die_once(mark):
    if not mark.exists():
        mark.touch()
        os._exit(9)
    return "read"


def test_what_a_process_died_over_is_given_to_a_fresh_one_once(pool, tmp_path):
    assert pool._call("drop-1", _die_once, tmp_path / "mark") == "read"


def test_a_process_killed_while_idle_harms_no_document(pool, tmp_path):
    pool.warm()
    (process,) = pool._all[0].executor._processes.values()
    process.kill()
    process.join()
    assert still_reads(pool, tmp_path)


def test_a_process_that_hangs_is_stopped(tmp_path):
    with ReadingPool(settings=settings(tmp_path, seconds_per_drop=1.0)) as pool:
        pool.warm()
        with pytest.raises(EngineTimeout):
            pool._call("drop-1", time.sleep, FOREVER_SECONDS)
    with ReadingPool(settings=settings(tmp_path)) as pool:
        assert still_reads(pool, tmp_path)


def test_a_document_that_eats_memory_is_refused_it(pool, tmp_path):
    with pytest.raises(EngineCrashed, match="memory") as caught:
        pool._call("drop-1", bytearray, 8 << 30)
    assert "メモリ" in caught.value.message_ja
    assert still_reads(pool, tmp_path)


def test_a_drop_whose_reading_process_died_goes_to_review_and_the_rest_is_filed(tmp_path):
    chosen = settings(tmp_path)
    inbox = tmp_path / "store" / "inbox" / "electronic"
    inbox.mkdir(parents=True)
    for n in range(3):
        (inbox / f"{n}.xml").write_bytes(ubl_invoice(f"N-{n}", net=1000 * (n + 1)))
    with ReadingPool(settings=chosen) as pool:
        home = Resident(shoko=open_shoko(chosen), pool=pool)
        real, calls = pool.read, []

        class Stumbling:
            """The pool, but the process dies under the second drop."""

            def __getattr__(self, name):
                return getattr(pool, name)

            def read(self, request):
                calls.append(request)
                if len(calls) == 2:
                    pool._call(request.drop_id, os._exit, 9)
                real(request)

        counts = run_plain(open_batch(Resident(shoko=home.shoko, pool=Stumbling())))
        assert counts == {"filed": 2, "needs_review": 1}
        (unread,) = search(home.shoko.archive, Query(states=(DocumentState.NEEDS_REVIEW,))).hits
        record = home.shoko.archive.get_document(unread.document_id)
        assert {r.code for r in record.review_reasons} >= {"unreadable"}
        states = [s.outcome.state for s in home.shoko.archive.drops(limit=9)]
        assert sorted(states) == [DropState.READ, DropState.READ, DropState.UNREADABLE]
        home.shoko.close()


@pytest.mark.parametrize("ask", [ReadingPool.config_digest, ReadingPool.warm])
def test_an_engine_that_there_is_not_is_named_with_those_that_are(tmp_path, ask):
    with (
        ReadingPool(settings=settings(tmp_path, engine="dou.v1")) as pool,
        pytest.raises(EngineMissing, match=r"dou\.v1.*duo\.v1"),
    ):
        ask(pool)


def test_a_process_that_ends_while_it_starts_is_begun_anew(tmp_path, monkeypatch):
    with ReadingPool(settings=settings(tmp_path)) as pool:
        for process in list(pool._all[0].executor._processes.values()):
            process.kill()
        with pytest.raises(EngineMissing, match="ended while it started"):
            pool.warm()
        assert still_reads(pool, tmp_path)


def test_drops_wait_where_no_process_starts_and_are_read_once_one_does(tmp_path):
    inbox = tmp_path / "store" / "inbox" / "electronic"
    inbox.mkdir(parents=True)
    (inbox / "a.xml").write_bytes(ubl_invoice("A"))
    shoko = open_shoko(settings(tmp_path))
    with ReadingPool(settings=settings(tmp_path, engine="dou.v1")) as pool, pytest.raises(EngineMissing):
        run_plain(open_batch(Resident(shoko=shoko, pool=pool)))
    (status,) = shoko.archive.drops(limit=9)
    assert status.outcome is None
    with ReadingPool(settings=settings(tmp_path)) as pool:
        assert run_plain(open_batch(Resident(shoko=shoko, pool=pool))) == {"filed": 1}
    shoko.close()
