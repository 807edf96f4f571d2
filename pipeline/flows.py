"""Prefect flows: they only compose. One flow run per batch; ids and counts are all that Prefect ever sees."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice

from prefect import flow
from prefect.exceptions import TerminationSignal
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner

from domain.evidence import Outcome, Report
from pipeline.batch import Batch, Resident, at_home, open_batch
from pipeline.steps.maintenance import IN_FLIGHT, reconcile_archive
from pipeline.steps.night import nightly
from pipeline.steps.reprocess import reprocess_documents
from pipeline.steps.selftest import run_self_test
from pipeline.steps.verify import publish
from pipeline.tasks import batch_in_work, file_drop, look_at_drop, publish_log, read_drop, stamp_batch, take_drop

logger = logging.getLogger(__name__)

TASK_THREADS = 24
"""Threads that wait for reading processes, stores and the archive; the cores are kept busy by the pool, not by them."""
MOST_PAUSE_SECONDS = 60.0
HEAD_START = 8
"""Reads that are under way before the rest of the batch is taken in: preserving comes first, but no core idles."""


@flow(name="file-inbox", task_runner=ThreadPoolTaskRunner(max_workers=TASK_THREADS), persist_result=False)  # type: ignore[arg-type]
def file_inbox() -> dict[str, int]:
    """The main job: everything in the inbox is preserved, stamped, read and filed. Returns counts by outcome."""
    with at_home() as home:
        batch = open_batch(home)
        with _working_on(batch):
            _run(batch)
        return dict(batch.counts)


def _run(batch: Batch) -> None:
    ids = iter(batch.drop_ids)
    filed: list[PrefectFuture[tuple[str, ...]]] = []
    early = [(d, take_drop.submit(d)) for d in islice(ids, HEAD_START)]
    filed += [_read_and_file(d, taken) for d, taken in early]
    late = [(d, take_drop.submit(d)) for d in ids]
    stamped: PrefectFuture[int] = stamp_batch.submit(
        wait_for=[taken for _, taken in (*early, *late)], return_state=False
    )
    looked = [look_at_drop.submit(d, taken, return_state=False) for d, taken in (*early, *late)]
    filed += [_read_and_file(d, taken) for d, taken in late]
    for future in filed:
        future.wait()
        batch.ended()
        if not future.state.is_completed():  # a failed upstream leaves it pending
            batch.counts["failed"] += 1
    for drop_id in batch.postponed[:]:
        file_drop.submit(drop_id, True, None).wait()
    for look in looked:
        look.wait()
    stamped.wait()
    if filed:
        stamp_batch.submit().wait()  # what filing took out of the drops (law: scan-input-unit)
        publish_log.submit().wait()


def _read_and_file(drop_id: str, taken: PrefectFuture[bool]) -> PrefectFuture[tuple[str, ...]]:
    # Futures stand for their results here: Prefect resolves them before the task runs.
    key: PrefectFuture[str | None] = read_drop.submit(drop_id, taken, return_state=False)
    filed: PrefectFuture[tuple[str, ...]] = file_drop.submit(drop_id, taken, key, return_state=False)
    return filed


@contextmanager
def _working_on(batch: Batch) -> Iterator[None]:
    token = batch_in_work.set(batch)
    try:
        yield
    finally:
        batch_in_work.reset(token)


@flow(name="watch-inbox", persist_result=False)
def watch_inbox(max_seconds: float | None = None) -> int:
    """Look into the inbox and file what is complete, batch after batch, with models warm. Returns the batches run.

    SIGTERM ends it where it stands; what a batch had not filed yet is taken up at the next start.
    """
    with at_home() as home:
        home.pool.warm()
        try:
            return watch(home, file_inbox, until=None if max_seconds is None else time.monotonic() + max_seconds)
        except TerminationSignal:  # Prefect takes SIGTERM from whoever started the watch
            logger.info("asked to end")
            home.stop.set()
            return 0


def watch(home: Resident, run_batch: Callable[[], dict[str, int]], *, until: float | None) -> int:
    """Call ``run_batch`` whenever something is complete in the inbox or a stamp is due."""
    batches = 0
    pause = 0.0
    last_stamps = time.monotonic()
    while not home.stop.is_set() and (until is None or time.monotonic() < until):
        due = time.monotonic() - last_stamps > home.shoko.settings.archive.stamp_retry_seconds
        if open_batch(home).drop_ids or (due and home.shoko.archive.pending_stamps(limit=1)):
            counts = run_batch()
            last_stamps = time.monotonic()
            batches += 1
            logger.info("batch: %s", counts)
            # A drop that keeps failing (a store is down, say) is tried again ever more slowly, not in a tight loop.
            pause = min(MOST_PAUSE_SECONDS, 2 * pause + 1) if counts.get("failed") else 0.0
            home.stop.wait(pause)
        else:
            home.stop.wait(home.shoko.settings.intake.poll_seconds)
    return batches


@flow(name="reprocess", persist_result=False)
def reprocess(document_type: str | None = None, only_needs_review: bool = False) -> dict[str, int]:  # noqa: FBT001, FBT002 - flow parameters
    """Read documents again with the engines in force; better readings become revisions."""
    with at_home() as home:
        return reprocess_documents(home, document_type=document_type, only_needs_review=only_needs_review)


@flow(name="verify-archive", persist_result=False)
def verify_archive() -> dict[str, int]:
    """Renew ageing timestamps; verify every record, stamp and log entry; reconcile. Fails where anything failed."""
    with at_home() as home:
        return _counted(nightly(home.shoko), "verification")


def _counted(report: Report, what: str) -> dict[str, int]:
    counts = dict.fromkeys((outcome.value for outcome in Outcome), 0)
    for (_, outcome), number in report.counts.items():
        counts[outcome.value] += number
    if report.outcome is Outcome.FAILED:
        raise RuntimeError(f"{what} failed: {counts}")
    return counts


@flow(name="reconcile-new", persist_result=False)
def reconcile_new() -> dict[str, int]:
    """Hold what came into the log since the last look against the stores. Fails where something does not agree."""
    with at_home() as home:
        report = reconcile_archive(home.shoko, settled=IN_FLIGHT, new_only=True)
        publish(home.shoko)
        return _counted(report, "reconciliation")


@flow(name="self-test", persist_result=False)
def self_test() -> dict[str, str]:
    """Prove what the stores really do, and that engines and authority answer. Fails where the store broke its word."""
    with at_home() as home:
        report = run_self_test(home)
        publish(home.shoko)
        found = {check.name: check.outcome.value for check in report.checks}
        if report.outcome is Outcome.FAILED:
            raise RuntimeError(f"self-test failed: {found}")
        return found
