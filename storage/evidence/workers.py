"""Work shared out to processes, results in the order of the work, few of them in flight."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

from domain.errors import StoreUnavailable
from storage.parent_watch import end_with_parent

Given = TypeVar("Given")
Gives = TypeVar("Gives")
Takes_contra = TypeVar("Takes_contra", contravariant=True)
Makes_co = TypeVar("Makes_co", covariant=True)
_AHEAD = 3
"""Pieces of work for each process that are handed out before the oldest result is taken: enough that none waits."""


class Task(Protocol[Takes_contra, Makes_co]):
    """What is done: travels to the process once."""

    def begin(self) -> Callable[[Takes_contra], Makes_co]:
        """Open what is needed, once in each process; gives the function that works."""
        ...


class Workers(Generic[Given, Gives]):
    """Processes that work on one task. One process: the work is done here."""

    def __init__(self, task: Task[Given, Gives], *, processes: int) -> None:
        """Start them where there are several (freshly, not as copies: connections must not be shared)."""
        self._task = task
        self._ahead = processes * _AHEAD
        self._pool: ProcessPoolExecutor | None = None
        if processes > 1:
            fresh = multiprocessing.get_context("spawn")
            begin: Callable[..., object] = _begin
            self._pool = ProcessPoolExecutor(processes, mp_context=fresh, initializer=begin, initargs=(task,))

    def __enter__(self) -> Workers[Given, Gives]:
        """Nothing more to do."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the processes; what is not begun is not done."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def ordered(self, work: Iterable[Given]) -> Iterator[Gives]:
        """Results in the order of the work.

        Raises:
            StoreUnavailable: a process died.
        """
        if self._pool is None:
            do = self._task.begin()
            yield from map(do, work)
            return
        waiting: deque[Future[Any]] = deque()
        try:
            for given in work:
                waiting.append(self._pool.submit(_work, given))
                if len(waiting) >= self._ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise StoreUnavailable(
                f"a verifying process ended: {error}",
                message_ja="検証のプロセスが途中で終わりました。メモリの空きを確かめて、もう一度実行してください",
            ) from error


_do: Callable[[Any], Any] | None = None
"""What this process does; set once when it starts."""


def _begin(task: Task[Any, Any]) -> None:
    global _do  # noqa: PLW0603 - one task for each process
    end_with_parent()
    _do = task.begin()


def _work(given: object) -> object:
    return None if _do is None else _do(given)
