"""The search index: one rebuildable row per document, for its newest revision."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain.fields import FieldSet, LineItems, Money, Parties, Text, number_to_plain
from domain.grams import grams
from domain.likeness import fingerprint
from domain.paperwork import books_of
from domain.picture_mark import bands, first_mark, turned
from domain.record import ArchiveRecord
from domain.text import SEARCH_KEY_VERSION, printable, search_key
from domain.visibility import Access
from storage.archive import (
    act_rows,
    attending,
    belonging,
    figure_rows,
    figure_sums,
    keys,
    manifests,
    rebuildable,
    schema,
)
from storage.archive.columns import among, among_those
from storage.archive.inserting import insert_rows

SEPARATOR = "\n"
"""Between the keys of separate pieces of text; no key holds one, so no word is found across them."""
_AT_ONCE = 200
"""Documents whose rows are made together: one question for all of them instead of seven for each, and a few megabytes
of text in memory."""
Progress = Callable[[int, int], None]
"""(documents done, of how many)."""


def scaled(amount: Decimal) -> int:
    """An amount as the index compares it."""
    limit = Decimal(rebuildable.AMOUNT_LIMIT)
    bounded = max(-limit, min(limit, amount * rebuildable.AMOUNT_SCALE))
    return int(bounded.to_integral_value())


def entry(record: ArchiveRecord, numbers: Sequence[str] = (), *, access: Access) -> dict[str, Any]:
    """The row of the search index for a revision.

    Args:
        record: the revision.
        numbers: those under which it stands in the books.
        access: who may see it.
    """
    money = record.fields.money("total_amount")
    counterparty = record.fields.text("counterparty")
    words = SEPARATOR.join(search_key(piece) for piece in (*_words(record.fields), *numbers, record.text))
    return {
        "client_id": record.client_id,
        "document_id": record.document_id,
        "revision": record.revision,
        "document_type": record.classification.label.value,
        "state": record.state.value,
        "origin": record.origin.value,
        "transaction_date": record.fields.day("transaction_date"),
        "amount_scaled": scaled(money.amount) if money else None,
        "received_on": record.received_on,
        "received_on_assumed": record.received_on_assumed,
        "recorded_at": record.recorded_at,
        "key_version": SEARCH_KEY_VERSION,
        "amount": format(money.amount, "f") if money else None,
        "currency": money.currency if money else None,
        "counterparty": printable(counterparty) if counterparty else None,
        "counterparty_key": (search_key(counterparty) or None) if counterparty else None,
        "department": access.department,
        "readers": belonging.fenced(access.readers) if access.readers is not None else None,
        "registration_number": record.fields.text("registration_number") or None,
        "words_key": words,
        "body": printable(record.text),
        "grams": grams(words, separator=SEPARATOR),
    }


class Renewal:
    """Documents whose rows wait to be made anew: together, so that each question is asked once for many of them.

    To be settled in the transaction in which they changed.
    """

    def __init__(self, connection: sa.Connection, client_id: str) -> None:
        """None yet."""
        self._connection = connection
        self._client = client_id
        self._changed: dict[str, ArchiveRecord | None] = {}

    def revised(self, record: ArchiveRecord) -> None:
        """A document has this as its newest revision."""
        self._changed[record.document_id] = record
        self._settle_many()

    def acted(self, document_id: str) -> None:
        """An act that the index tells was recorded on a document."""
        self._changed.setdefault(document_id, None)
        self._settle_many()

    def settle(self) -> None:
        """Put the rows of the newest revisions in place of those before."""
        changed, self._changed = self._changed, {}
        unread = tuple(document_id for document_id, record in changed.items() if record is None)
        records = [record for record in changed.values() if record is not None]
        records += _newest_of(self._connection, self._client, unread) if unread else []
        if not records:
            return
        same = {"client": self._client, "documents": tuple(record.document_id for record in records)}
        before = figure_sums.known(self._connection, self._client, same["documents"])
        for without in _WITHOUT:
            self._connection.execute(without, same)
        made = (found | figures for found, figures in zip(*_put(self._connection, records), strict=True))
        figure_sums.move(self._connection, self._client, before=before, after=made)

    def _settle_many(self) -> None:
        if len(self._changed) >= _AT_ONCE:
            self.settle()


def _without(table: sa.Table) -> sa.Delete:
    of = table.c.client_id == sa.bindparam("client"), among_those(table.c.document_id, "documents")
    return sa.delete(table).where(*of)


_WITHOUT = tuple(map(_without, rebuildable.INDEXES))


def _put(
    connection: sa.Connection, records: Sequence[ArchiveRecord]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Insert the rows of newest revisions of one client; what they need is asked for together.

    Returns:
        Those of the index and those of the figures, in the order of the records.
    """
    found, figures = entries(connection, records), figure_rows.rows(connection, records)
    insert_rows(connection, rebuildable.search_entry, found)
    insert_rows(connection, rebuildable.likeness, [row for record in records for row in _likeness(record)])
    insert_rows(connection, rebuildable.figure, figures)
    insert_rows(connection, rebuildable.attention, attending.rows(connection, records))
    return found, figures


def entries(connection: sa.Connection, records: Sequence[ArchiveRecord]) -> list[dict[str, Any]]:
    """The rows of the search index, with what the acts on the documents say."""
    if not records:
        return []
    client_id = records[0].client_id
    acts = act_rows.series_of(connection, client_id, [record.document_id for record in records])
    units = {one.document_id: tuple(dict.fromkeys(page.unit_id for page in one.pages)) for one in records}
    access = belonging.accesses(connection, client_id, units, acts)
    made = []
    for record in records:
        # numbers by which it is tied to the books now (law: scan-book-link)
        numbers = tuple(f"{ref.book}\u3000{ref.number}" for ref in books_of(acts[record.document_id]).refs)
        made.append(entry(record, numbers, access=access[record.document_id]))
    return made


def _likeness(record: ArchiveRecord) -> list[dict[str, Any]]:
    same = {"client_id": record.client_id, "document_id": record.document_id}
    found = (*enumerate(fingerprint(record.text)), *bands(first_mark(record.pages)))
    return [same | {"band": band, "value": value} for band, value in found]


def alike(connection: sa.Connection, client_id: str, text: str, *, limit: int) -> tuple[str, ...]:
    """Documents whose text may be nearly this one, likeliest first; looked up, never compared one by one."""
    return _meeting(connection, client_id, tuple(enumerate(fingerprint(text))), limit=limit)


def pictured_alike(connection: sa.Connection, client_id: str, mark: str, *, limit: int) -> tuple[str, ...]:
    """Documents whose first picture may show the same paper, whichever way up either was filed; likeliest first."""
    ways = {band for way in turned(mark) for band in bands(way)}
    return _meeting(connection, client_id, tuple(sorted(ways)), limit=limit)


def _meeting(
    connection: sa.Connection, client_id: str, wanted: Sequence[tuple[int, int]], *, limit: int
) -> tuple[str, ...]:
    if not wanted:
        return ()
    table = rebuildable.likeness
    met = sa.or_(*(sa.and_(table.c.band == band, table.c.value == value) for band, value in wanted))
    query = (
        sa.select(table.c.document_id)
        .where(table.c.client_id == client_id, met)
        .group_by(table.c.document_id)
        .order_by(sa.func.count().desc(), table.c.document_id)
        .limit(limit)
    )
    return tuple(connection.execute(query).scalars())


def with_facts(connection: sa.Connection, client_id: str, fields: FieldSet, *, limit: int) -> tuple[str, ...]:
    """Documents of the same counterparty, day and amount; none where one of the three is missing."""
    money, day, party = fields.money("total_amount"), fields.day("transaction_date"), fields.text("counterparty")
    if money is None or day is None or not party:
        return ()
    table = rebuildable.search_entry
    query = sa.select(table.c.document_id).where(
        table.c.client_id == client_id,
        table.c.transaction_date == day,
        table.c.amount_scaled == scaled(money.amount),
        table.c.counterparty_key == search_key(party),
    )
    return tuple(connection.execute(query.order_by(table.c.document_id).limit(limit)).scalars())


def is_stale(connection: sa.Connection, client_id: str) -> bool:
    """True where some row was made by another version of ``search_key``."""
    table = rebuildable.search_entry
    versions = connection.execute(
        sa.select(sa.func.min(table.c.key_version), sa.func.max(table.c.key_version)).where(
            table.c.client_id == client_id
        )
    ).one()
    return any(version not in {None, SEARCH_KEY_VERSION} for version in versions)


def _newest_of(connection: sa.Connection, client_id: str, document_ids: Sequence[str]) -> list[ArchiveRecord]:
    """The newest revisions of these documents, where their payloads are there."""
    payload = schema.payload
    rows = connection.execute(
        sa.select(payload.c.subject_id, payload.c.number, payload.c.content)
        .where(
            payload.c.client_id == client_id, payload.c.kind == "revision", among(payload.c.subject_id, document_ids)
        )
        .order_by(payload.c.subject_id, payload.c.number)
    )
    newest = {row.subject_id: row for row in rows}
    return [
        manifests.record_of(row.content, key=keys.revision_payload(client_id, row.subject_id, row.number))
        for row in newest.values()
    ]


def rebuild(connection: sa.Connection, client_id: str, *, progress: Progress | None = None) -> int:
    """Make every row anew from the payloads; returns how many documents there are."""
    for table in rebuildable.INDEXES:
        connection.execute(sa.delete(table).where(table.c.client_id == client_id))
    done = 0
    for records, total in _newest(connection, client_id):
        _put(connection, records)
        done += len(records)
        if progress is not None:
            progress(done, total)
    figure_sums.remake(connection, client_id)
    return done


def _newest(connection: sa.Connection, client_id: str) -> Iterator[tuple[list[ArchiveRecord], int]]:
    """Newest revisions of some documents at a time, and of how many."""
    payload = schema.payload
    newest = (
        sa.select(payload.c.subject_id, sa.func.max(payload.c.number).label("number"))
        .where(payload.c.client_id == client_id, payload.c.kind == "revision")
        .group_by(payload.c.subject_id)
        .order_by(payload.c.subject_id)
    )
    found = connection.execute(newest).all()
    for start in range(0, len(found), _AT_ONCE):
        some = {row.subject_id: row.number for row in found[start : start + _AT_ONCE]}
        rows = connection.execute(
            sa.select(payload.c.subject_id, payload.c.number, payload.c.content)
            .where(payload.c.client_id == client_id, payload.c.kind == "revision", payload.c.subject_id.in_(some))
            .order_by(payload.c.subject_id)
        ).all()
        records = []
        for row in rows:
            if row.number == some[row.subject_id]:
                key = keys.revision_payload(client_id, row.subject_id, row.number)
                records.append(manifests.record_of(row.content, key=key))
        yield records, len(found)


def _words(fields: FieldSet) -> list[str]:
    out: list[str] = []
    for field in fields.fields:
        match field.value:
            case Text():
                out.append(field.value.text)
            case Money():
                out.append(str(number_to_plain(field.value.amount)))
            case Parties():
                out.extend(row.name for row in field.value.rows)
            case LineItems():
                out.extend(row.description for row in field.value.rows)
            case _:
                pass
    return out
