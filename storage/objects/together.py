"""Many objects put at once: durable together when the block ends, instead of one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from domain.engines import ObjectStore
from storage.objects.folder import FolderStore


@contextmanager
def putting_together(store: ObjectStore) -> Iterator[ObjectStore]:
    """A store to put many objects into; they are durable, and were read back, when the block has ended.

    Inside the block nothing may be said to be kept. On a server every put is durable by itself; on a folder all of them
    wait for the disk once.

    Raises:
        DigestMismatch: what was read back is something else.
        StoreUnavailable: the disk does not answer, or is full.
    """
    if isinstance(store, FolderStore):
        with store.together() as quick:
            yield quick
    else:
        yield store


_HANDS = 4
"""Puts at a time: a disk that makes files, and a store across a network, answer several questions at once."""


@contextmanager
def side_by_side() -> Iterator[Callable[..., None]]:
    """Calls that depend on nothing of one another, several at a time; all are done when the block has ended.

    Raises:
        the first error of a call, when all of them have ended.
    """
    done: list[Future[Any]] = []
    with ThreadPoolExecutor(_HANDS) as hands:

        def call(work: Callable[..., object], *given: object) -> None:
            done.append(hands.submit(work, *given))

        yield call
    for one in done:
        one.result()
