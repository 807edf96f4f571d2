"""Long work in the background: a few threads, progress that can be asked for, and results that wait for their owner.

A job belongs to the person who began it: nobody else finds it, and they themselves only as long as they see what they
saw then. It goes on when the page is left and ends with the process; what it wrote lies in a folder of its own until it
expires, and nothing of it stays behind. Nothing here is evidence: what a job does to the archive it does by the same
acts as everything else.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from app.web.job_place import Again, Begun, Place
from domain.errors import AccessRefused, AppError, RequestRefused
from domain.labels import Label
from domain.visibility import EVERYTHING, Visibility

logger = logging.getLogger(__name__)

AT_ONCE = 2
"""Jobs that run at one time: each may keep a core busy, and people at the page come first."""
LIFE = timedelta(hours=24)
"""How long a result waits: until the next morning."""
KEPT = 8
"""Ended jobs of one person; an older one makes room with its files."""
WAITING = 50
"""Jobs that may wait or run altogether."""
_BROKEN: Label = ("内部エラーで中断しました", "It was interrupted by an internal error")
_BROKEN_OFF: Label = (
    "画面のサーバーが再起動したため中断しました",
    "It broke off when the server was restarted",
)
_RESULT_GONE: Label = (
    "終わっていましたが、画面のサーバーの再起動で結果が失われました",
    "It was done, but its result went when the server was restarted",
)
_CARRIED_OUT: Label = (
    "終わっていました。画面のサーバーが再起動したため、結果は申請の一覧で確かめてください",
    "It was done. The server was restarted since: see the list of requests for what came of it",
)
_CARRIED_ON: Label = (
    "画面のサーバーが再起動したため中断しました。残りは申請の一覧で確かめられます",
    "It broke off when the server was restarted. See the list of requests for what is left",
)
_ACTING = frozenset({"destroy"})
"""Kinds of work that change the archive: what they did stands there, and is not to be begun again."""
_ENDS = {
    (False, False): _BROKEN_OFF,
    (False, True): _RESULT_GONE,
    (True, False): _CARRIED_ON,
    (True, True): _CARRIED_OUT,
}
"""What is said of a job of a process that is gone: whether it changes the archive, and whether it had ended."""
_MOST_NUMBER = 10**15


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """The process ended before it did, or before its result was fetched."""


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of long work, as it stands now."""

    job_id: str
    """Random: cannot be guessed, and is looked for together with its owner."""
    sight: Visibility = EVERYTHING
    """What its owner saw when it began: its result holds nothing else."""
    kind: str
    """What is done: a key of the texts."""
    owner: str
    about: dict[str, Any] = field(default_factory=dict)
    """What was asked for, as plain JSON values."""
    state: JobState = JobState.WAITING
    done: int = 0
    """Steps that are done."""
    total: int = 0
    """Steps altogether; 0 while nobody knows."""
    began_at: datetime
    ended_at: datetime | None = None
    expires_at: datetime | None = None
    """When the result goes; None until it ends."""
    error: Label | None = None
    again: Again | None = None
    """With what the same can be begun again; None where a person has to say it again."""
    result: Any = None

    @property
    def ended(self) -> bool:
        """True once nothing more comes."""
        return self.state in ENDED

    @property
    def share(self) -> int:
        """Percent that is done; never 100 before the end."""
        if self.state is JobState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    def plain(self) -> dict[str, Any]:
        """The plain JSON form, without the result."""
        return {
            "job_id": self.job_id,
            "kind": self.kind,
            "about": self.about,
            "state": self.state.value,
            "done": self.done,
            "total": self.total,
            "began_at": self.began_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
            "error": {"ja": self.error[0], "en": self.error[1]} if self.error else None,
            "again": {"path": self.again.path, "values": dict(self.again.values)} if self.again else None,
        }


class JobStopped(Exception):  # no error: somebody wished it
    """Raised inside the work, at its next step, once it is cancelled."""


class Task:
    """What the work of a job is given: where to say how far it is, and where to write."""

    def __init__(self, jobs: Jobs, job_id: str) -> None:
        """See ``Jobs.begin``."""
        self._jobs = jobs
        self.job_id = job_id
        self.stop = threading.Event()

    def progress(self, done: int, total: int = 0) -> None:
        """Say how far it is; ends the work here where it was cancelled.

        Raises:
            JobStopped: it was.
        """
        if self.stop.is_set():
            raise JobStopped
        self._jobs._tell(self.job_id, done=min(done, _MOST_NUMBER), total=min(total, _MOST_NUMBER))  # noqa: SLF001

    @property
    def folder(self) -> Path:
        """A folder for the files of the result, made when it is first asked for; it goes with the job."""
        place = self._jobs.folder_of(self.job_id)
        place.mkdir(parents=True, exist_ok=True)
        return place


Work = Callable[[Task], Any]


class Jobs:
    """The background work of one process. Thread-safe."""

    def __init__(self, folder: Path, *, clock: Callable[[], datetime], at_once: int = AT_ONCE) -> None:
        """Files of results lie in a folder of this process under ``folder``; those of dead processes are removed."""
        self._clock = clock
        self._sight = EVERYTHING
        self._turns = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, Task] = {}
        self._place = Place(folder)
        now = clock()
        for one in self._place.left:
            self._jobs[one.job_id] = Job(
                job_id=one.job_id,
                kind=one.kind,
                owner=one.owner,
                state=JobState.INTERRUPTED,
                began_at=one.began_at,
                ended_at=now,
                expires_at=now + LIFE,
                error=_ENDS[one.kind in _ACTING, one.ended],
                again=None if one.ended and one.kind in _ACTING else one.again,
            )

    def seen_by(self, visibility: Visibility) -> Self:
        """The same jobs, for somebody who sees this much."""
        twin = copy(self)
        twin._sight = visibility  # noqa: SLF001  # our own
        return twin

    def begin(
        self, kind: str, owner: str, work: Work, *, about: dict[str, Any] | None = None, again: Again | None = None
    ) -> Job:
        """Begin a job; it waits for a free thread first. ``again``: what begins the same once more, if it breaks off.

        Raises:
            RequestRefused: a job of this kind and owner has not ended yet, or too many wait.
        """
        self._sweep()
        job = Job(
            job_id=secrets.token_hex(16),
            sight=self._sight,
            kind=kind,
            owner=owner,
            about=dict(about or {}),
            began_at=self._clock(),
            again=again,
        )
        with self._lock:
            under_way = [one for one in self._jobs.values() if not one.ended]
            if any((one.kind, one.owner) == (kind, owner) for one in under_way):
                raise RequestRefused(
                    "a job of this kind is under way",
                    message_ja="同じ処理がまだ進行中です。終わるのを待つか、中止してからやり直してください",
                )
            if len(under_way) >= WAITING:
                raise RequestRefused(
                    "too many jobs wait", message_ja="順番待ちの処理が多すぎます。しばらくしてからやり直してください"
                )
            task = Task(self, job.job_id)
            self._jobs[job.job_id] = job
            self._tasks[job.job_id] = task
        self._note(job)
        threading.Thread(target=self._run, args=(task, work), name=f"job-{kind}", daemon=True).start()
        return job

    def find(self, job_id: str, owner: str) -> Job | None:
        """The job as it stands now; None where there is none, it expired, or it is another person's.

        Raises:
            AccessRefused: since it began, its owner has come to see other documents.
        """
        job = self._find(job_id, owner)
        if job is not None and job.sight != self._sight and job.state is not JobState.INTERRUPTED:
            raise AccessRefused(
                "what its owner may see has changed since the job began",
                message_ja="閲覧範囲が変わったため、この結果は渡せません。もう一度実行してください",
            )
        return job

    def _find(self, job_id: str, owner: str) -> Job | None:
        self._sweep()
        with self._lock:
            job = self._jobs.get(job_id)
        return job if job is not None and job.owner == owner else None

    def of(self, owner: str, *kinds: str) -> tuple[Job, ...]:
        """A person's jobs that began with what they see now, newest first; of some kinds, or all."""
        self._sweep()
        with self._lock:
            mine = [
                job
                for job in self._jobs.values()
                if job.owner == owner and (job.sight == self._sight or job.state is JobState.INTERRUPTED)
            ]
        mine = [job for job in mine if not kinds or job.kind in kinds]
        return tuple(reversed(mine))

    def cancel(self, job_id: str, owner: str) -> bool:
        """Stop a job at its next step; False where there is none that could be stopped."""
        job = self._find(job_id, owner)
        task = self._tasks.get(job_id)
        if job is None or job.ended or task is None:
            return False
        task.stop.set()
        return True

    def discard(self, job_id: str, owner: str) -> bool:
        """Forget an ended job and its files; False where there is none."""
        job = self._find(job_id, owner)
        if job is None or not job.ended:
            return False
        self._forget([job])
        return True

    def folder_of(self, job_id: str) -> Path:
        """Where a job writes (whether there is anything or not)."""
        return self._place.folder() / job_id

    def close(self) -> None:
        """Stop everything at its next step, and leave no file behind."""
        with self._lock:
            tasks = tuple(self._tasks.values())
        for task in tasks:
            task.stop.set()
        self._place.remove()

    def _run(self, task: Task, work: Work) -> None:
        with self._turns:
            try:
                task.progress(0)
                result = work(task)
                self._end(task, state=JobState.DONE, result=result)
            except JobStopped:
                self._end(task, state=JobState.CANCELLED)
            except AppError as error:
                logger.warning("job failed: %s", error.code)
                self._end(task, state=JobState.FAILED, error=(error.message_ja, error.message))
            except Exception as error:  # noqa: BLE001 - whatever it was, the person has to learn of it
                logger.error("job failed: %s", type(error).__name__)  # noqa: TRY400 - messages may carry names
                self._end(task, state=JobState.FAILED, error=_BROKEN)

    def _note(self, job: Job, *, ended: bool = False) -> None:
        """Leave word for the process after this one; without a disk to write on the job runs all the same."""
        begun = Begun(
            job_id=job.job_id, kind=job.kind, owner=job.owner, began_at=job.began_at, ended=ended, again=job.again
        )
        try:
            self._place.note(begun)
        except OSError as error:
            logger.warning("a job is not noted: %s", type(error).__name__)

    def _tell(self, job_id: str, *, done: int, total: int) -> None:
        with self._lock:
            job = self._jobs[job_id]
            self._jobs[job_id] = replace(job, state=JobState.RUNNING, done=done, total=total or job.total)

    def _end(self, task: Task, **change: Any) -> None:
        now = self._clock()
        if change["state"] is not JobState.DONE:
            self._place.forget(task.job_id)
        else:
            self._note(self._jobs[task.job_id], ended=True)
        with self._lock:
            job = self._jobs[task.job_id]
            self._jobs[task.job_id] = replace(job, ended_at=now, expires_at=now + LIFE, **change)
            del self._tasks[task.job_id]

    def _sweep(self) -> None:
        """Forget what expired, and the oldest of a person who has many."""
        now = self._clock()
        with self._lock:
            ended = [job for job in self._jobs.values() if job.ended]
        old = [job for job in ended if job.expires_at is not None and job.expires_at <= now]
        for owner in {job.owner for job in ended}:
            mine = sorted((job for job in ended if job.owner == owner), key=lambda job: job.ended_at or now)
            old += mine[:-KEPT]
        self._forget(old)

    def _forget(self, jobs: list[Job]) -> None:
        with self._lock:
            gone = [job for job in jobs if self._jobs.pop(job.job_id, None) is not None]
        for job in gone:
            self._place.forget(job.job_id)
