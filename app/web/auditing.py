"""The audit room as the page sees it: long work is begun here and goes on in the background."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from app.papers.verification import Verification
from domain.calendar import tokyo_day
from domain.errors import AccessRefused, ObjectMissing
from pipeline.steps import auditing
from pipeline.steps.exporting import export
from pipeline.steps.verify import found_ids, log_head, publish

if TYPE_CHECKING:
    from pathlib import Path

    from app.web.job_place import Again
    from app.web.jobs import Job, Jobs, Task
    from app.web.people import Who
    from domain.query import Query
    from domain.visibility import Visibility
    from pipeline.steps.auditing import Exported, Given, KeptHead, Scope
    from pipeline.wiring import Shoko
    from storage.export import BundleResult

VERIFY = "verify"
EXPORT = "export"
MOST_LISTED = 200
"""Bundles of the hand-over list; the log has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle that waits to be taken."""

    result: BundleResult
    conditions: str
    """What was asked for, in words."""
    to: str
    """Who is to receive it."""
    by: str
    documents: tuple[str, ...] = ()
    """What it holds, where who made it does not see everything."""


def owner_of(who: Who | None) -> str:
    """Under whom a person's jobs are kept; people without accounts share theirs as they share the page."""
    return who.user.user_id if who is not None and who.user is not None else "alone"


class AuditRoom:
    """One installation as an auditor works on it. Methods may raise the errors of ``domain.errors``."""

    def __init__(self, shoko: Shoko, jobs: Jobs) -> None:
        """``jobs`` run what takes long."""
        self._shoko = shoko
        self._jobs = jobs

    def seen_by(self, visibility: Visibility) -> Self:
        """The same room as somebody may see it."""
        twin = copy(self)
        twin._shoko = self._shoko.seen_by(visibility)  # noqa: SLF001  # our own
        twin._jobs = self._jobs.seen_by(visibility)  # noqa: SLF001
        return twin

    def verify(
        self, who: Who | None, scope: Scope, given: Given, *, words: str, by: str, again: Again | None = None
    ) -> Job:
        """Begin to verify; ``again`` is what begins the same once more.

        Raises:
            RequestRefused: this person's last verification has not ended.
        """
        shoko = self._shoko

        def work(task: Task) -> Verification:
            began = shoko.clock()
            publish(shoko)
            head = log_head(shoko)  # before: what comes meanwhile was not looked at
            report = auditing.verify_scope(shoko, scope, given, progress=task.progress)
            return Verification(
                report=report,
                scope=words,
                company="・".join(shoko.company.names),
                began_at=began,
                ended_at=shoko.clock(),
                by=by,
                missing=given.missing,
                given_key=given.roots.log_key_sha256,
                head=f"{head.tree_size}:{head.root.value}" if head else "",
                log_key=shoko.signer.fingerprint,
                kept=auditing.hold_against(shoko, given),
            )

        return self._jobs.begin(VERIFY, owner_of(who), work, about={"scope": words}, again=again)

    def export(
        self,
        who: Who | None,
        query: Query,
        *,
        words: str,
        to: str,
        by: str,
        renditions: str,
        volume_bytes: int | None,
        picked: tuple[str, ...] = (),
    ) -> Job:
        """Begin to write an audit bundle of what a search finds, or of documents that were picked out of it.

        Raises:
            RequestRefused: this person's last export has not ended.
        """
        shoko = self._shoko

        def work(task: Task) -> Bundle:
            day = tokyo_day(shoko.clock())
            documents = () if shoko.archive.visibility.sees_all else picked or tuple(found_ids(shoko, query))
            result = export(
                shoko,
                query,
                task.folder / f"shoko-{day:%Y%m%d}",
                documents=picked,
                conditions=words,
                volume_bytes=volume_bytes,
                renditions=renditions,
                progress=task.progress,
            )
            return Bundle(result=result, conditions=words, to=to, by=by, documents=documents)

        return self._jobs.begin(EXPORT, owner_of(who), work, about={"scope": words, "to": to})

    def take(self, job: Job, number: int, *, by: str) -> Path:
        """A volume, after it is written down that it is taken away.

        Raises:
            ObjectMissing: the job has no such volume.
            AccessRefused: it holds documents that who asks may no longer see.
        """
        bundle = job.result
        if not isinstance(bundle, Bundle) or not 1 <= number <= len(bundle.result.volumes):
            raise ObjectMissing("no such volume", message_ja="この分冊はありません")
        if len(self._shoko.archive.seen_documents(bundle.documents)) < len(bundle.documents):
            raise AccessRefused(
                "the bundle holds documents that may no longer be seen",
                message_ja="閲覧範囲が変わったため、この書き出しは渡せません。もう一度書き出してください",
            )
        auditing.record_hand_over(
            self._shoko, bundle.result, volume=number, by=by, to=bundle.to, conditions=bundle.conditions
        )
        return bundle.result.volumes[number - 1]

    @property
    def sees_all(self) -> bool:
        """True where nothing is kept from who asks."""
        return self._shoko.archive.visibility.sees_all

    def hand_overs(self, who: Who | None) -> tuple[Exported, ...]:
        """The newest bundles, and who took them away; whoever sees a part only, their own."""
        own = None if self.sees_all else (who.login if who is not None else None) or ""
        return auditing.hand_overs(self._shoko, most=MOST_LISTED, by=own)

    def hold_against(self, given: Given) -> tuple[KeptHead, ...]:
        """Heads that were kept outside, against the log of now."""
        return auditing.hold_against(self._shoko, given)

    def standing(self) -> dict[str, str]:
        """What is worth writing down and keeping outside: the newest head, and the log key's fingerprint."""
        head = log_head(self._shoko)
        return {
            "head": f"{head.tree_size}:{head.root.value}" if head else "",
            "log_key": self._shoko.signer.fingerprint,
        }
