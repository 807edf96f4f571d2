"""Prefect tasks: the batch's plain functions with retries. They take and return ids; nothing else is recorded.

An exception's text ends up in the orchestrator's database, and may name a file: what leaves a task is a code.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from prefect import task

from domain.errors import AppError, EngineCrashed, EngineTimeout
from pipeline.batch import Batch
from pipeline.steps.verify import publish, stamp_all_pending

logger = logging.getLogger(__name__)

batch_in_work: ContextVar[Batch] = ContextVar("batch_in_work")

R = TypeVar("R")

RETRY_DELAYS_SECONDS: list[float] = [1, 5, 20]
FAILED_READING = "failed:"
"""Prefix of the answer of ``read_drop`` where the engine gave up: the code follows, and filing sends it to review."""


class StepFailed(Exception):
    """A step's failure as the orchestrator may know it: its code and whether trying again can help."""

    def __init__(self, code: str, *, retryable: bool) -> None:
        super().__init__(code)
        self.retryable = retryable


def _worth_another_try(_task: object, _run: object, state: object) -> bool:
    try:
        state.result()  # type: ignore[attr-defined]  # a Prefect state
    except StepFailed as error:
        return error.retryable
    except Exception:  # noqa: BLE001 - anything unknown is not retried
        return False
    return False


def _step(work: Callable[[], R]) -> R:
    """Run a step; let out a code instead of a message."""
    try:
        return work()
    except AppError as error:
        logger.warning("step failed: %s", error.code)
        raise StepFailed(error.code, retryable=error.retryable) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
        logger.warning("step failed: %s", type(error).__name__)
        raise StepFailed(type(error).__name__, retryable=False) from None


@task(
    name="take",
    task_run_name="take-{drop_id}",
    retries=3,
    retry_delay_seconds=RETRY_DELAYS_SECONDS,
    retry_condition_fn=_worth_another_try,
    persist_result=False,
)
def take_drop(drop_id: str) -> bool:
    """Preserve one drop; False where there is nothing more to do for it."""
    batch = batch_in_work.get()
    return _step(lambda: batch.take(drop_id))


@task(name="look", task_run_name="look-{drop_id}", persist_result=False)
def look_at_drop(drop_id: str, taken: bool) -> None:  # noqa: FBT001 - the upstream task's answer
    """A first look at a scan, before there is time to read it."""
    batch = batch_in_work.get()
    if taken:
        _step(lambda: batch.look(drop_id))


@task(
    name="read",
    task_run_name="read-{drop_id}",
    retries=3,
    retry_delay_seconds=RETRY_DELAYS_SECONDS,
    retry_condition_fn=_worth_another_try,
    persist_result=False,
)
def read_drop(drop_id: str, taken: bool) -> str | None:  # noqa: FBT001 - the upstream task's answer
    """Read one drop; the key of its reading, None where there is nothing to read."""
    batch = batch_in_work.get()
    if not taken or batch.drops[drop_id].repeats_drop_id is not None:
        return None

    def work() -> str:
        try:
            return batch.read(drop_id)
        except (EngineCrashed, EngineTimeout) as error:
            return FAILED_READING + error.code

    return _step(work)


@task(
    name="file",
    task_run_name="file-{drop_id}",
    retries=3,
    retry_delay_seconds=RETRY_DELAYS_SECONDS,
    retry_condition_fn=_worth_another_try,
    persist_result=False,
)
def file_drop(drop_id: str, taken: bool, key: str | None) -> tuple[str, ...]:  # noqa: FBT001 - upstream answers
    """File one drop's documents; their ids."""
    batch = batch_in_work.get()
    if not taken:
        return ()

    def work() -> tuple[str, ...]:
        if key is not None and key.startswith(FAILED_READING):
            code = key.removeprefix(FAILED_READING)
            error = EngineTimeout(code) if code == EngineTimeout.code else EngineCrashed(code)
            return tuple(r.document_id for r in batch.file(drop_id, None, error))
        return tuple(r.document_id for r in batch.file(drop_id, key))

    return _step(work)


@task(
    name="stamp",
    retries=2,
    retry_delay_seconds=RETRY_DELAYS_SECONDS[:2],
    retry_condition_fn=_worth_another_try,
    persist_result=False,
)
def stamp_batch() -> int:
    """Ask for every timestamp that is due; how many were given."""
    batch = batch_in_work.get()
    return _step(lambda: len(stamp_all_pending(batch.home.shoko).stamped))


@task(name="publish-log", persist_result=False)
def publish_log() -> None:
    """Tiles and signed head of the log."""
    batch = batch_in_work.get()
    _step(lambda: publish(batch.home.shoko))
