"""Reading processes that outlive a flow run: one per core, models loaded once, one drop at a time each.

A process that dies, hangs or eats memory takes down exactly one drop: the slot gets a fresh process and the drop gets a
fault. What a process was to do when it was found dead is given to a fresh one once: it may have been killed while it
waited, or for the machine's lack of memory, which is no document's fault. Only ids and store keys cross the process
border; a worker fetches bytes from the vault and leaves its reading in ``derived``.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import queue
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from domain.errors import AppError, DamagedDocument, EngineCrashed, EngineMissing, EngineTimeout
from domain.os_words import why_ja
from domain.record import DropReading
from pipeline.reading_worker import MEMORY_JA, ReadingWorker, ReadRequest
from pipeline.settings import ShokoSettings
from storage.parent_watch import end_with_parent

if TYPE_CHECKING:
    from types import TracebackType

logger = logging.getLogger(__name__)

R = TypeVar("R")

START_SECONDS = 180.0
"""Longest that loading the models may take on a cold, busy machine."""


_worker: list[ReadingWorker] = []
"""The one worker of a reading process; empty everywhere else."""
_why_not: list[AppError] = []
"""What kept it from starting: an engine that there is not, a model that is missing."""


def _start(settings: ShokoSettings) -> None:
    # Ctrl-C reaches every process of a terminal: which drop it interrupts is for the one that it was meant for.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    os.environ["OMP_NUM_THREADS"] = "1"
    logging.getLogger().setLevel(logging.WARNING)
    try:
        _worker.append(ReadingWorker.start(settings))
    except AppError as error:
        _why_not.append(error)
        return
    # After the models are in: what remains is for documents, and a hostile one gets a MemoryError, not the machine.
    limit = settings.reading.memory_bytes + _address_space_bytes()
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _address_space_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as status:  # noqa: PTH123 - a kernel file
        return int(status.read().split()[0]) * resource.getpagesize()


def _ready() -> str:
    if _why_not:
        raise _why_not[0]
    return _worker[0].config_digest()


def _read_drop(request: ReadRequest) -> float:
    before = _worker[0].busy_seconds
    _worker[0].read(request)
    return _worker[0].busy_seconds - before


def _look(request: ReadRequest) -> None:
    _worker[0].look(request)


def _read_file(path: Path, our_companies: tuple[str, ...], today: date) -> DropReading:
    return _worker[0].read_file(path, our_companies=our_companies, today=today)


def _searchable_file(
    path: Path, our_companies: tuple[str, ...], today: date, made_at: datetime
) -> tuple[DropReading, bytes]:
    return _worker[0].searchable_file(path, our_companies=our_companies, today=today, made_at=made_at)


@dataclass(slots=True, eq=False)
class _Slot:
    executor: ProcessPoolExecutor
    ready: Future[str]


@dataclass(slots=True)
class ReadingPool:
    """``workers`` processes; thread-safe; close it (or use it as a context)."""

    settings: ShokoSettings
    _slots: queue.Queue[_Slot] = field(default_factory=queue.Queue)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _all: list[_Slot] = field(default_factory=list)
    busy_seconds: float = 0.0
    """Time the processes spent reading, together."""

    def __post_init__(self) -> None:
        """Start all processes at once; models load in the background."""
        for _ in range(self.settings.reading.workers):
            executor, ready = _begun(self.settings)
            slot = _Slot(executor=executor, ready=ready)
            self._all.append(slot)
            self._slots.put(slot)

    def config_digest(self) -> str:
        """Digest of engines and settings, as the processes report it (waits for the first model load).

        Raises:
            EngineMissing: no process starts. That is no document's fault: it waits, and is read once one does.
        """
        return self._started(self._all[0])

    def warm(self) -> None:
        """Wait until every process has its models.

        Raises:
            EngineMissing: one does not start.
        """
        for slot in self._all:
            self._started(slot)

    def read(self, request: ReadRequest) -> None:
        """Read one drop and leave the reading under its key; blocks while all processes are busy.

        Raises:
            EngineCrashed: two processes in a row died of it (segfault, out of memory).
            EngineTimeout: it took longer than ``seconds_per_drop``.
            EngineMissing: no process starts; the drop is not at fault.
            StorageError: the bytes could not be fetched or the reading not stored.
        """
        seconds = self._call(request.drop_id, _read_drop, request)
        with self._lock:
            self.busy_seconds += seconds

    def look(self, request: ReadRequest) -> None:
        """A first look at one drop, left in ``derived``.

        Raises:
            EngineError: the process died or took too long.
            StorageError: the bytes could not be fetched or what was found not kept.
        """
        self._call(request.drop_id, _look, request)

    def read_file(self, path: Path, *, our_companies: tuple[str, ...], today: date) -> DropReading:
        """Read a file without filing it; blocks while all processes are busy.

        Raises:
            InputError: the file cannot be read.
            EngineError: the process died or took too long.
        """
        return self._call(path.name, _read_file, path, our_companies, today)

    def searchable_file(
        self, path: Path, *, our_companies: tuple[str, ...], today: date, made_at: datetime
    ) -> tuple[DropReading, bytes]:
        """The same, and a PDF/A of the file that can be searched.

        Raises:
            InputError: the file cannot be read, or has no pages.
            EngineError: the process died or took too long.
        """
        return self._call(path.name, _searchable_file, path, our_companies, today, made_at)

    def _call(self, name: str, work: Callable[..., R], *arguments: object) -> R:
        slot = self._slots.get()
        try:
            try:
                return self._once(slot, name, work, *arguments)
            except BrokenProcessPool:
                return self._once(slot, name, work, *arguments)
        except BrokenProcessPool as error:
            raise EngineCrashed(f"{name}: two reading processes died") from error
        except AppError:
            raise
        except MemoryError as error:
            raise EngineCrashed(f"{name}: out of memory", message_ja=MEMORY_JA) from error
        except OSError as error:
            raise DamagedDocument(
                f"{name}: {error.strerror}", message_ja=f"ファイルを開けません（{why_ja(error)}）"
            ) from error
        except Exception as error:
            raise EngineCrashed(f"{name}: {type(error).__name__} while reading") from error
        finally:
            self._slots.put(slot)

    def _once(self, slot: _Slot, name: str, work: Callable[..., R], *arguments: object) -> R:
        """One try; a process that died or took too long is replaced."""
        limit = self.settings.reading.seconds_per_drop
        self._started(slot)
        executor = slot.executor
        try:
            return executor.submit(work, *arguments).result(timeout=limit)
        except FutureTimeout as error:
            self._replace(slot, executor)
            raise EngineTimeout(f"{name}: reading took longer than {limit} s") from error
        except BrokenProcessPool:
            self._replace(slot, executor)
            raise

    def close(self) -> None:
        """Stop all processes."""
        for slot in self._all:
            _kill(slot.executor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self, slot: _Slot) -> str:
        executor = slot.executor
        try:
            return slot.ready.result(timeout=START_SECONDS)
        except BrokenProcessPool as error:
            self._replace(slot, executor)
            raise _not_started("it ended while it started") from error
        except FutureTimeout as error:
            raise _not_started(f"it is not ready after {START_SECONDS:.0f} s") from error

    def _replace(self, slot: _Slot, broken: ProcessPoolExecutor) -> None:
        """Give the slot a fresh process, unless somebody else has done so."""
        with self._lock:
            if slot.executor is not broken:
                return
            logger.warning("a reading process is replaced")
            _kill(broken)
            slot.executor, slot.ready = _begun(self.settings)


def _begun(settings: ShokoSettings) -> tuple[ProcessPoolExecutor, Future[str]]:
    """A process whose models load in the background."""
    executor = ProcessPoolExecutor(
        max_workers=1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(settings,),
    )
    return executor, executor.submit(_ready)


def _not_started(why: str) -> EngineMissing:
    return EngineMissing(
        f"no reading process: {why}",
        message_ja="読み取りプロセスを起動できません。メモリの空きを確かめてください。"
        "受け付けた原本は保存されていて、起動できしだい読み取ります",
    )


def _kill(executor: ProcessPoolExecutor) -> None:
    processes = list((getattr(executor, "_processes", None) or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.kill()
        process.join(timeout=5)
