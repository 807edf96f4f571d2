"""What a destruction removes, and the only rows under which the database lets personal values go.

An act of kind ``destroyed`` on a document names, in its manifest, the payloads and originals that go with it; its rows
in ``destroyed`` are made from that. Triggers let a payload be deleted where such a row stands, and let such a row stand
only under an act that belongs to an approved request. Leaf, manifest with its digests, and tokens stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from domain.acts import ActKind, ActRecord
from domain.engines import ObjectStore
from domain.ids import Digest
from domain.requests import OUTLIVING, REQUEST_ACTS
from storage.archive import act_rows, figure_sums, keys, reading, rebuildable, schema
from storage.archive.keys import PAYLOAD_SUFFIX, VAULT
from storage.archive.series import LESSON

BLOB = "blob"
"""Kind under which an original stands in ``destroyed``; its subject is its digest."""
KEPT_ACTS = frozenset({ActKind.DESTROYED, ActKind.WITHDRAWN})
"""Acts that say that something was destroyed, by whom; and with them the requests that led to it."""
_KEPT_REQUESTS = frozenset(kind.value for kind in OUTLIVING)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Gone:
    """A payload, or an original, that a destruction removes."""

    kind: str
    """``drop``, ``outcome``, ``revision``, ``lesson``, ``counterparties``, ``act`` (as in ``payload``) or ``blob``."""
    subject_id: str
    """What it is about; of a ``blob`` its SHA-256 in hexadecimal."""
    number: int

    def code(self) -> str:
        """As it stands in a manifest."""
        return f"{self.kind}/{self.subject_id}/{self.number}"

    def key(self, client_id: str) -> str:
        """Where it is (or was) in the vault."""
        match self.kind:
            case "drop":
                return keys.drop_payload(client_id, self.subject_id)
            case "outcome":
                return keys.outcome_payload(client_id, self.subject_id, self.number)
            case "revision":
                return keys.revision_payload(client_id, self.subject_id, self.number)
            case "lesson":
                return keys.lesson_payload(client_id, self.number)
            case "act":
                return keys.act_payload(client_id, self.subject_id, self.number)
            case "counterparties":
                return keys.counterparty_payload(client_id, self.number)
            case _:
                return f"{keys.blob_prefix(client_id)}sha256/{self.subject_id[:2]}/{self.subject_id}"

    def manifest_key(self, client_id: str) -> str:
        """Where the manifest that names a payload is, and stays."""
        return self.key(client_id).removesuffix(PAYLOAD_SUFFIX) + ".json"


def gone_of(code: str) -> Gone:
    """What a code of a manifest names.

    Raises:
        ValueError: it is no such code.
    """
    kind, subject_id, number = code.split("/")
    return Gone(kind=kind, subject_id=subject_id, number=int(number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What goes when a document goes."""

    document_id: str
    units: tuple[str, ...]
    """Units of which no other document that still stands has a page."""
    drops: tuple[str, ...]
    """The drops that brought them."""
    family: tuple[str, ...]
    """Every unit that its pages come from, what was taken out of those, and what they were taken from."""
    gone: tuple[Gone, ...]


def planned(connection: sa.Connection, client_id: str, document_id: str, *, drop_id: str | None = None) -> Plan:
    """What the destruction of one document removes, with what else was destroyed before taken into account.

    Args:
        connection: to read from.
        client_id: whose archive.
        document_id: the document; where a drop is withdrawn that came to none, the drop's own id.
        drop_id: a drop that is withdrawn: its unit goes too, whatever documents came of it.
    """
    over = {document_id, *_destroyed_documents(connection, client_id)}
    parts = _units_of(connection, client_id, document_id)
    if drop_id is not None:
        drop = reading.find_drop(connection, client_id, drop_id)
        parts = tuple(dict.fromkeys((*parts, drop.unit_id))) if drop else parts
    family = _with_sources(connection, client_id, parts)
    units = tuple(one for one in family if _is_free(connection, client_id, one, over))
    drops = tuple(drop for unit_id in units for drop in _drops_of(connection, client_id, unit_id))
    gone = {
        *_revisions(connection, client_id, document_id),
        *_lessons(connection, client_id, document_id),
        *(Gone(kind="drop", subject_id=drop, number=1) for drop in drops),
        *(one for drop in drops for one in _outcomes(connection, client_id, drop)),
        *_acts(connection, client_id, (document_id, *units, *drops), over | set(units) | set(drops)),
        *_blobs(connection, client_id, units),
    }
    left = tuple(sorted(gone - already(connection, client_id)))
    return Plan(document_id=document_id, units=units, drops=drops, family=family, gone=left)


def already(connection: sa.Connection, client_id: str) -> set[Gone]:
    """What is recorded as destroyed."""
    table = schema.destroyed
    rows = connection.execute(
        sa.select(table.c.kind, table.c.subject_id, table.c.number).where(table.c.client_id == client_id)
    )
    return {Gone(kind=row.kind, subject_id=row.subject_id, number=row.number) for row in rows}


def insert_rows(connection: sa.Connection, done: ActRecord, *, sequence: int) -> None:
    """Insert the rows of a destruction; the triggers want its act and an approved request before them."""
    codes = done.facts.get("gone")
    if done.kind is not ActKind.DESTROYED or not isinstance(codes, tuple):
        return
    same = {"client_id": done.client_id, "sequence": sequence}
    found = [gone_of(code) for code in codes]
    rows = [{**same, "kind": one.kind, "subject_id": one.subject_id, "number": one.number} for one in found]
    if rows:
        connection.execute(sa.insert(schema.destroyed), rows)


def erase_rows(connection: sa.Connection, client_id: str, gone: Iterable[Gone]) -> None:
    """Delete payload rows that are recorded as destroyed, and what the search index had of them."""
    table = schema.payload
    for one in gone:
        if one.kind == BLOB:
            continue
        connection.execute(
            sa.delete(table).where(
                table.c.client_id == client_id,
                table.c.kind == one.kind,
                table.c.subject_id == one.subject_id,
                table.c.number == one.number,
            )
        )
        if one.kind == "revision":
            figure_sums.move(connection, client_id, before=figure_sums.known(connection, client_id, (one.subject_id,)))
            for index in rebuildable.INDEXES:
                connection.execute(
                    sa.delete(index).where(index.c.client_id == client_id, index.c.document_id == one.subject_id)
                )


class GoneFromVault:
    """Payloads that acts in the vault say are destroyed; looked up once, when the first is found missing."""

    def __init__(self, vault: ObjectStore, client_id: str) -> None:
        """Nothing is read yet."""
        self._vault = vault
        self._client = client_id
        self._known: set[Gone] | None = None

    def __contains__(self, one: Gone) -> bool:
        """Whether some act says so; that the log speaks of the act, verification and reconciliation see to."""
        if self._known is None:
            self._known = set(self._scanned())
        return one in self._known

    def _scanned(self) -> Iterator[Gone]:
        for found in self._vault.list_latest(VAULT, prefix=f"{self._client}/acts/"):
            if found.key.endswith(PAYLOAD_SUFFIX):
                continue
            content = self._vault.get(VAULT, found.key)
            if b'"destroyed"' not in content:
                continue
            plain = json.loads(content)
            if plain.get("kind") == ActKind.DESTROYED.value:
                yield from (gone_of(code) for code in plain["facts"].get("gone", ()))


def _destroyed_documents(connection: sa.Connection, client_id: str) -> set[str]:
    table = schema.act
    query = sa.select(table.c.subject_id).where(table.c.client_id == client_id, table.c.kind == ActKind.DESTROYED.value)
    return set(connection.execute(query).scalars())


def _units_of(connection: sa.Connection, client_id: str, document_id: str) -> tuple[str, ...]:
    table = schema.revision_unit
    query = sa.select(table.c.unit_id).where(table.c.client_id == client_id, table.c.document_id == document_id)
    return tuple(dict.fromkeys(connection.execute(query.order_by(table.c.revision, table.c.unit_id)).scalars()))


def _with_sources(connection: sa.Connection, client_id: str, unit_ids: tuple[str, ...]) -> tuple[str, ...]:
    """The units, everything taken out of them, and what they were taken from."""
    found: dict[str, None] = {}
    for unit_id in unit_ids:
        top: str | None = unit_id
        while top is not None:
            found[top] = None
            found |= dict.fromkeys(reading.extract_ids(connection, client_id, top))
            unit = reading.find_unit(connection, client_id, top)
            top = unit.extract.of_unit_id if unit is not None and unit.extract is not None else None
    return tuple(found)


def _is_free(connection: sa.Connection, client_id: str, unit_id: str, over: set[str]) -> bool:
    family = (unit_id, *reading.extract_ids(connection, client_id, unit_id))
    return all(
        document_id in over for one in family for document_id in reading.documents_of_unit(connection, client_id, one)
    )


def _drops_of(connection: sa.Connection, client_id: str, unit_id: str) -> tuple[str, ...]:
    table = schema.drop
    query = sa.select(table.c.drop_id).where(table.c.client_id == client_id, table.c.unit_id == unit_id)
    return tuple(connection.execute(query.order_by(table.c.sequence)).scalars())


def _revisions(connection: sa.Connection, client_id: str, document_id: str) -> Iterator[Gone]:
    table = schema.revision
    query = sa.select(table.c.revision).where(table.c.client_id == client_id, table.c.document_id == document_id)
    for number in connection.execute(query).scalars():
        yield Gone(kind="revision", subject_id=document_id, number=int(number))


def _lessons(connection: sa.Connection, client_id: str, document_id: str) -> Iterator[Gone]:
    table = schema.lesson
    query = sa.select(table.c.number).where(table.c.client_id == client_id, table.c.document_id == document_id)
    for number in connection.execute(query).scalars():
        yield Gone(kind=LESSON, subject_id=document_id, number=int(number))


def _outcomes(connection: sa.Connection, client_id: str, drop_id: str) -> Iterator[Gone]:
    table = schema.drop_outcome
    query = sa.select(table.c.number).where(
        table.c.client_id == client_id, table.c.drop_id == drop_id, table.c.payload_digest.is_not(None)
    )
    for number in connection.execute(query).scalars():
        yield Gone(kind="outcome", subject_id=drop_id, number=int(number))


def _acts(connection: sa.Connection, client_id: str, ids: tuple[str, ...], over: set[str]) -> Iterator[Gone]:
    """Who did what to these and why, but for what led to their destruction; acts that concern others too stay."""
    for acts in act_rows.concerning(connection, client_id, ids).values():
        for act in acts:
            if act.kind in KEPT_ACTS or _keeps(connection, client_id, act):
                continue
            concerned = {one for one in (act.subject_id, *act.about) if one.startswith(("doc-", "unit-", "drop-"))}
            if concerned <= over:
                yield Gone(kind=act_rows.PAYLOAD, subject_id=act.subject_id, number=act.number)


def _keeps(connection: sa.Connection, client_id: str, act: ActRecord) -> bool:
    """Whether an act belongs to the request that a destruction rests on."""
    if act.kind not in REQUEST_ACTS:
        return False
    first = act_rows.series(connection, client_id, act.subject_id)[0]
    return first.facts.get("request") in _KEPT_REQUESTS


def _blobs(connection: sa.Connection, client_id: str, units: tuple[str, ...]) -> Iterator[Gone]:
    """Originals that no other unit shares."""
    table = schema.unit
    for unit_id in units:
        unit = reading.find_unit(connection, client_id, unit_id)
        if unit is None:
            continue
        shared = connection.execute(
            sa.select(table.c.unit_id).where(
                table.c.client_id == client_id,
                table.c.blob_digest == str(unit.blob.digest),
                table.c.unit_id.not_in(units),
                table.c.unit_id.not_in(_destroyed_units(client_id)),
            )
        ).first()
        if shared is None:
            yield Gone(kind=BLOB, subject_id=Digest.parse(str(unit.blob.digest)).value, number=1)


def _destroyed_units(client_id: str) -> sa.Select[tuple[str]]:
    """Units that an earlier destruction took: its act concerns them."""
    act, about = schema.act, schema.act_about
    return (
        sa.select(about.c.about_id)
        .join(act, sa.and_(act.c.client_id == about.c.client_id, act.c.sequence == about.c.sequence))
        .where(about.c.client_id == client_id, act.c.kind == ActKind.DESTROYED.value)
    )


def drops_of_units(connection: sa.Connection, client_id: str, units: tuple[str, ...]) -> tuple[str, ...]:
    """The drops that brought some units."""
    return tuple(drop for unit_id in units for drop in _drops_of(connection, client_id, unit_id))


def objects_of(connection: sa.Connection, client_id: str, subjects: tuple[str, ...]) -> tuple[str, ...]:
    """Keys of what rows say of some documents, units and drops; tokens are listed by the caller."""
    found: dict[str, None] = {}
    gone: list[Gone] = []
    for subject in subjects:
        if subject.startswith("doc-"):
            gone += [*_revisions(connection, client_id, subject), *_lessons(connection, client_id, subject)]
        elif subject.startswith("drop-"):
            table = schema.drop_outcome
            numbers = sa.select(table.c.number).where(table.c.client_id == client_id, table.c.drop_id == subject)
            gone.append(Gone(kind="drop", subject_id=subject, number=1))
            gone += [Gone(kind="outcome", subject_id=subject, number=n) for n in connection.execute(numbers).scalars()]
        else:
            unit = reading.find_unit(connection, client_id, subject)
            if unit is not None:
                found |= dict.fromkeys((unit.blob.key, keys.unit_manifest(client_id, subject)))
    for acts in act_rows.concerning(connection, client_id, subjects).values():
        gone += [Gone(kind=act_rows.PAYLOAD, subject_id=act.subject_id, number=act.number) for act in acts]
    for one in gone:
        found |= dict.fromkeys((one.manifest_key(client_id), one.key(client_id)))
    leaf = schema.log_leaf
    spoken = sa.select(leaf.c.sequence).where(leaf.c.client_id == client_id, leaf.c.subject_id.in_(subjects))
    found |= dict.fromkeys(keys.leaf(client_id, sequence) for sequence in connection.execute(spoken).scalars())
    return tuple(found)
