"""One of many that fails is kept and said at the end; a store that is away ends the walk."""

import pytest

from domain.errors import DigestMismatch, ObjectMissing, StoreUnavailable
from pipeline.steps.apiece import Apiece


def walk(*errors):
    many, done = Apiece("locks"), []
    for number, error in enumerate(errors):
        with many.one():
            if error is not None:
                raise error
            done.append(number)
    return many, done


def test_what_fails_stops_no_other_and_the_first_is_raised_at_the_end():
    first, second = DigestMismatch("a"), ObjectMissing("b")
    many, done = walk(None, first, None, second, None)
    assert done == [0, 2, 4]
    assert many.failed == [first, second]
    with pytest.raises(DigestMismatch):
        many.end()
    walk(None)[0].end()


def test_a_store_that_is_away_ends_the_walk():
    with pytest.raises(StoreUnavailable):
        walk(None, StoreUnavailable("away"), None)


def test_whatever_is_raised_stops_no_other_and_is_raised_at_the_end():
    many, done = walk(ZeroDivisionError(), None)
    assert done == [1]
    with pytest.raises(ZeroDivisionError):
        many.end()
