"""What whoever looks after an installation wants to see: the log of all acts, holds, what it found out about itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from domain.acts import ActKind
from domain.calendar import end_of_tokyo_day
from domain.errors import ConfigError
from domain.evidence import Report
from pipeline.steps.destroy import Due, destruction_list
from pipeline.steps.health import KINDS, Health, last_health, try_store
from pipeline.steps.maintenance import IN_FLIGHT, reconcile_archive
from pipeline.steps.verify import publish
from storage.archive.log_lines import LogFilter, LogLine, log_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.acts import ActRecord
    from pipeline.wiring import Shoko

_DOCUMENT, _UNIT, _DROP = "doc-", "unit-", "drop-"
_CHUNK = 500
_MOST_LOOKED_AT = 10_000
"""Entries that are looked through for one page where a condition is not in the log itself but in payloads (who)."""
_MOST_DUE = 2000
"""Documents of one destruction list on the screen; the command line lists all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Some entries of the log, newest first."""

    lines: tuple[LogLine, ...]
    below: int | None
    """Where the next page begins; None where there is none."""
    size: int
    """Entries of the whole log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold that stands on a document (law: ret-other)."""

    document_id: str
    act: ActRecord


def log_page(
    shoko: Shoko,
    *,
    kinds: frozenset[str] = frozenset(),
    subjects: frozenset[str] | None = None,
    who: frozenset[str] | None = None,
    first: date | None = None,
    last: date | None = None,
    below: int | None = None,
    limit: int = 50,
) -> LogPage:
    """A page of the log of all acts.

    Args:
        shoko: the installation.
        kinds: any of these kinds of entries; empty means all.
        subjects: what they speak of, any of these; None means anything.
        who: logins of people, ``engine`` among them; None means anybody.
        first: first day (Asia/Tokyo), inclusive.
        last: last day, inclusive.
        below: only entries before this one.
        limit: entries of a page.
    """
    wanted = LogFilter(
        kinds=kinds,
        subjects=subjects,
        since=end_of_tokyo_day(first - timedelta(days=1)) if first is not None and first > date.min else None,
        before=end_of_tokyo_day(last) if last is not None else None,
    )
    size, found, looked = shoko.archive.log_size(), list[LogLine](), 0
    while True:
        chunk = limit + 1 if who is None and shoko.archive.visibility.sees_all else _CHUNK
        lines = log_lines(shoko.archive, wanted, below=below, limit=chunk)
        looked += len(lines)
        found += [line for line in _seen(shoko, lines) if who is None or line.who in who]
        if len(found) > limit:
            shown = found[:limit]
            return LogPage(lines=tuple(shown), below=shown[-1].leaf.sequence, size=size)
        if len(lines) < chunk:
            return LogPage(lines=tuple(found), below=None, size=size)
        below = lines[-1].leaf.sequence
        if looked >= _MOST_LOOKED_AT:
            return LogPage(lines=tuple(found), below=below, size=size)


def entry_seen(shoko: Shoko, sequence: int) -> None:
    """Refuse an entry that speaks of what who asks may not see, as if there were none.

    Raises:
        ConfigError: there is no such entry for them.
    """
    lines = log_lines(shoko.archive, LogFilter(), below=sequence + 1, limit=1)
    if not _seen(shoko, [line for line in lines if line.leaf.sequence == sequence]):
        raise ConfigError(f"no entry {sequence}", message_ja=f"ログに {sequence} 番の記録はありません")


def _seen(shoko: Shoko, lines: Sequence[LogLine]) -> tuple[LogLine, ...]:
    """The entries that speak of what who asks may see, or of no document at all; acts as they may be told of."""
    archive = shoko.archive
    if archive.visibility.sees_all:
        return tuple(lines)
    subjects = {line.leaf.subject_id for line in lines}
    known = set(archive.seen_documents(one for one in subjects if one.startswith(_DOCUMENT)))
    known |= archive.seen_units(one for one in subjects if one.startswith(_UNIT))
    known |= {one for one in subjects if one.startswith(_DROP) and archive.get_drop(one) is not None}
    told = archive.acts_about(sorted({line.leaf.subject_id for line in lines if line.act is not None}))
    found = []
    for line in lines:
        subject = line.leaf.subject_id
        if line.act is not None:
            act = next((one for one in told[subject] if one.number == line.act.number), None)
            if act is not None:
                found.append(replace(line, act=act))
        elif subject in known or not subject.startswith((_DOCUMENT, _UNIT, _DROP)):
            found.append(line)
    return tuple(found)


def holds(shoko: Shoko) -> tuple[Hold, ...]:
    """The holds that stand on documents, newest first."""
    newest: dict[str, ActRecord] = {}
    for act in shoko.archive.acts_of_kinds(ActKind.HELD, ActKind.HOLD_LIFTED):
        newest[act.subject_id] = act
    standing = (Hold(document_id=one, act=act) for one, act in newest.items() if act.kind is ActKind.HELD)
    return tuple(sorted(standing, key=lambda hold: hold.act.recorded_at, reverse=True))


def looks(shoko: Shoko) -> dict[str, Health | None]:
    """What the last looks at store, archive, witnesses and timestamps found."""
    return {kind: last_health(shoko, kind) for kind in KINDS}


def try_store_now(shoko: Shoko) -> Report:
    """Try the store now; what happens is logged and published."""
    report = try_store(shoko)
    publish(shoko)
    return report


def reconcile_now(shoko: Shoko) -> Report:
    """Reconcile store and archive now, while others may be filing; what is found is logged and published."""
    report = reconcile_archive(shoko, settled=IN_FLIGHT)
    publish(shoko)
    return report


def due_for_destruction(shoko: Shoko, *, progress: Callable[[int, int], None]) -> tuple[Due, ...]:
    """Documents that nothing asks to keep any more (at most some thousand), the longest over first."""
    found: list[Due] = []
    for number, due in enumerate(_told(destruction_list(shoko), progress), start=1):
        found.append(due)
        if number >= _MOST_DUE:
            break
    return tuple(sorted(found, key=lambda due: (due.retain_until, due.document_id)))


def _told(found: Iterator[Due], progress: Callable[[int, int], None]) -> Iterator[Due]:
    for number, due in enumerate(found, start=1):
        progress(number, 0)
        yield due
