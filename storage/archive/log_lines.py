"""The log as people read it: entries of a kind, subject or span of time, newest first, each with who did it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.acts import ActRecord
from domain.evidence import LogLeaf
from storage.archive import act_rows, keys, manifests, schema
from storage.archive.columns import among
from storage.archive.reading_log import leaf_of

if TYPE_CHECKING:
    from storage.archive.reader import ArchiveReader

_REVISION = "revision"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One entry with what its payload says."""

    leaf: LogLeaf
    who: str | None
    """Login, ``engine``, or None where nobody is named or the payload is destroyed."""
    act: ActRecord | None = None
    """What was done, where the entry is an act of its own."""
    revision: int | None = None
    """Number of the document's revision, where it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which entries are asked for; all conditions hold together."""

    kinds: frozenset[str] = frozenset()
    """Any of these; empty means all."""
    subjects: frozenset[str] | None = None
    """What they speak of, any of these; None means anything."""
    since: datetime | None = None
    """First instant, inclusive."""
    before: datetime | None = None
    """First instant that is too late."""


def log_lines(archive: ArchiveReader, wanted: LogFilter, *, below: int | None, limit: int) -> tuple[LogLine, ...]:
    """At most so many entries with a sequence below a number, newest first."""
    table = schema.log_leaf
    where = [table.c.client_id == archive.client_id]
    if below is not None:
        where.append(table.c.sequence < below)
    if wanted.kinds:
        where.append(table.c.kind.in_(sorted(wanted.kinds)))
    if wanted.subjects is not None:
        where.append(among(table.c.subject_id, sorted(wanted.subjects)))
    if wanted.since is not None:
        where.append(table.c.recorded_at >= wanted.since)
    if wanted.before is not None:
        where.append(table.c.recorded_at < wanted.before)
    rows = archive.rows(sa.select(table).where(*where).order_by(table.c.sequence.desc()).limit(limit))
    leaves = [leaf_of(row) for row in rows]
    acts = dict(_acts(archive, [leaf.sequence for leaf in leaves]))
    revisions = {sequence: found for sequence, *found in _revisions(archive, [leaf.sequence for leaf in leaves])}
    return tuple(_line(leaf, acts.get(leaf.sequence), revisions.get(leaf.sequence)) for leaf in leaves)


def _line(leaf: LogLeaf, act: ActRecord | None, revision: Sequence[Any] | None) -> LogLine:
    if act is not None:
        return LogLine(leaf=leaf, who=act.recorded_by, act=act)
    if revision is not None:
        return LogLine(leaf=leaf, who=revision[1], revision=revision[0])
    return LogLine(leaf=leaf, who=None)


def _acts(archive: ArchiveReader, sequences: Sequence[int]) -> Iterator[tuple[int, ActRecord]]:
    table, kept = schema.act, schema.payload
    same = (
        kept.c.client_id == table.c.client_id,
        kept.c.kind == act_rows.PAYLOAD,
        kept.c.subject_id == table.c.subject_id,
        kept.c.number == table.c.number,
    )
    query = sa.select(table.c.sequence, table.c.subject_id, table.c.number, kept.c.content).join(kept, sa.and_(*same))
    for row in archive.rows(query.where(table.c.client_id == archive.client_id, table.c.sequence.in_(sequences))):
        key = keys.act_payload(archive.client_id, row.subject_id, row.number)
        yield row.sequence, manifests.act_of(row.content, key=key)


def _revisions(archive: ArchiveReader, sequences: Sequence[int]) -> Iterator[tuple[int, int, str | None]]:
    """(sequence, number of the revision, who recorded it)."""
    table, kept = schema.revision, schema.payload
    same = (
        kept.c.client_id == table.c.client_id,
        kept.c.kind == _REVISION,
        kept.c.subject_id == table.c.document_id,
        kept.c.number == table.c.revision,
    )
    query = sa.select(table.c.sequence, table.c.document_id, table.c.revision, kept.c.content).outerjoin(
        kept, sa.and_(*same)
    )
    for row in archive.rows(query.where(table.c.client_id == archive.client_id, table.c.sequence.in_(sequences))):
        if row.content is None:
            yield row.sequence, row.revision, None
            continue
        key = keys.revision_payload(archive.client_id, row.document_id, row.revision)
        yield row.sequence, row.revision, manifests.record_of(row.content, key=key).recorded_by
