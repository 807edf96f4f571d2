"""Counted shares are read by one at a time, and nobody waits for that one while holding a connection."""

import threading
from types import SimpleNamespace

from storage.archive.gram_shares import _Kept


def test_nobody_waits_for_whoever_reads():
    """Who reads may wait for a connection that one of those has who would wait for the reading: nobody would go on."""
    kept, begun, go_on, came = _Kept(), threading.Event(), threading.Event(), threading.Event()

    class Slow:
        """Answers when somebody else has been here meanwhile."""

        def rows(self, _query):
            begun.set()
            assert go_on.wait(60)
            return [SimpleNamespace(gram=7, often=0.5)]

    found = []
    reader = threading.Thread(target=lambda: found.append(kept.look(Slow())), daemon=True)
    other = threading.Thread(target=lambda: (found.append(kept.look(Slow())), came.set()), daemon=True)
    reader.start()
    assert begun.wait(60)
    other.start()
    try:
        assert came.wait(10), "the second one waits for the first"
    finally:
        go_on.set()
    reader.join(60)
    assert found == [{}, {7: 0.5}]
    assert kept.look(Slow()) == {7: 0.5}, "read once a minute"


def test_a_reading_that_failed_leaves_the_turn_to_the_next():
    kept = _Kept()

    class Broken:
        def rows(self, _query):
            raise OSError

    for archive, expected in (
        (Broken(), None),
        (SimpleNamespace(rows=lambda _: [SimpleNamespace(gram=1, often=0.1)]), {1: 0.1}),
    ):
        try:
            assert kept.look(archive) == expected
        except OSError:
            assert expected is None
