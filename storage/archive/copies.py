"""A million documents out of some thousand: rows of a filed archive, copied into PostgreSQL with other ids and values.

The rows are those that the archive itself wrote, whatever its tables are. Each copy has ids, days and amounts of its
own, in rows and payloads alike; names and goods repeat. What the vault would hold is not made: digests of manifests
are those of the document that was copied, and its pages are shown.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from domain.grams import grams
from domain.record import DocumentState
from storage.archive import columns, rebuildable, schema

LEFT_OUT = frozenset({"client", "likeness"})
"""Not copied: the client is one, and what alike papers are found by is looked up at filing only, never by a page."""
_BATCHED = frozenset({"stamp_batch", "stamp_batch_member"})
_TOKENS = re.compile(
    r"(?:drop|unit|doc)-[0-9a-f]{32}|sha256:[0-9a-f]{64}|\d{4}-\d\d-\d\d|\d{4}年\d\d月\d\d日|[§¶]\d+|¤[^¤]*¤"
)
_SHIFT_DAYS, _MOST_DAYS = 5, 397
_LEAST_DIGITS = 4
"""Shorter amounts stay: they would be found in other numbers as well."""
_FIRST = 100
"""Rows of a table after which it is counted."""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Turned:
    """What one copy puts in the place of ids, days, amounts and sequences."""

    number: int
    """From 0, which changes nothing."""
    leaves: int
    """Log entries of the archive that is copied."""
    batches: int
    digests: dict[str, str]
    """Of payloads: old → new."""

    def text(self, template: str) -> str:
        """A template as this copy has it."""
        return _TOKENS.sub(self._token, template)

    def _token(self, match: re.Match[str]) -> str:
        token = match[0]
        if token[0] in "§¶":
            return str(int(token[1:]) + self.number * (self.leaves if token[0] == "§" else self.batches))
        if token[0] == "¤":
            return _amount(token[1:-1], self.number)
        if token[0] == "s":
            return self.digests.get(token, token)
        if self.number == 0:
            return token
        return _day(token, self.number) if token[0].isdigit() else _name(token, self.number)


def copy_archive(
    source: sa.Engine, target: sa.Engine, *, client_id: str, copies: int, progress: Progress
) -> dict[str, int]:
    """Fill ``target`` (a PostgreSQL archive, migrated and empty) with every row of ``source`` that many times over.

    The first time is the archive as it is. Later copies have payloads only of what waits for a person, since nothing
    else is read from there by a list. Returns rows by table.
    """
    written: dict[str, int] = {}
    raw = target.raw_connection()
    try:
        connection: Any = raw.driver_connection
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # the rows agree: no key is looked up again
            cursor.execute("INSERT INTO client VALUES (%s) ON CONFLICT DO NOTHING", (client_id,))
            tables = [t for t in columns.metadata.sorted_tables if t.name not in LEFT_OUT]
            tables.sort(key=lambda table: table.name != "payload")  # its digests stand in the others
            turned, amounts, waiting = _turned(source, copies)
            indexes = _take_indexes(cursor)
            for number, table in enumerate(tables, 1):
                lines = list(_templates(source, table, amounts))
                statement = _statement(target, table)
                # A few first: plans of triggers that were made for an empty table look through all of it each time.
                few, rest = lines[:_FIRST], lines[_FIRST:]
                parts = ((few, turned[:1]), (rest, turned[:1]), (lines, turned[1:]))
                written[table.name] = 0
                for some, copies_of in parts:
                    with cursor.copy(statement) as sink:
                        written[table.name] += _write(sink.write, table.name, some, copies_of, waiting)
                    cursor.execute(f"ANALYZE {target.dialect.identifier_preparer.quote(table.name)}")
                progress(table.name, number, len(tables))
            for number, statement in enumerate(indexes, 1):
                cursor.execute(statement)
                progress("indexes", number, len(indexes))
            cursor.execute("RESET session_replication_role")
        connection.commit()
    finally:
        raw.close()
    with target.connect().execution_options(isolation_level="AUTOCOMMIT") as last:
        last.execute(sa.text("VACUUM ANALYZE"))
    return written


def _turned(source: sa.Engine, copies: int) -> tuple[list[Turned], dict[str, str], frozenset[str]]:
    """What each copy changes; amounts by document; documents whose payload every copy has."""
    entry, leaf, batch = rebuildable.search_entry.c, schema.log_leaf.c, schema.stamp_batch.c
    with source.connect() as connection:
        leaves = int(connection.execute(sa.select(sa.func.count()).select_from(leaf.sequence.table)).scalar_one())
        batches = int(connection.execute(sa.select(sa.func.count()).select_from(batch.number.table)).scalar_one())
        rows = connection.execute(sa.select(entry.document_id, entry.amount, entry.state)).all()
    amounts = {row.document_id: row.amount for row in rows if row.amount and len(row.amount) >= _LEAST_DIGITS}
    waiting = frozenset(row.document_id for row in rows if row.state == DocumentState.NEEDS_REVIEW.value)
    made = [Turned(number, leaves, batches, {}) for number in range(copies)]
    return made, amounts, waiting


def _take_indexes(cursor: Any) -> list[str]:
    """Drop the indexes that only make loading slow; gives what makes them anew."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE 'ix%'"
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [str(definition) for _, definition in found]


def _statement(target: sa.Engine, table: sa.Table) -> str:
    quote = target.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    return f"COPY {quote(table.name)} ({columns}) FROM STDIN"


def _templates(source: sa.Engine, table: sa.Table, amounts: dict[str, str]) -> Iterator[str]:
    """Each row of a table as a line of COPY, with marks where the copies differ."""
    with source.connect() as connection:
        for row in connection.execute(sa.select(table)):
            values = dict(row._mapping)  # noqa: SLF001  # a public name
            amount = amounts.get(str(values.get("document_id") or values.get("subject_id")))
            cells = (_cell(table, column, values[column.name]) for column in table.columns)
            line = "\t".join(cells)
            yield _marked(line, amount) if amount and table.name in {"search_entry", "payload"} else line


def _cell(table: sa.Table, column: sa.Column[Any], value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return value.decode().translate(_ESCAPES) if table.name == "payload" else f"\\\\x{value.hex()}"
    if isinstance(value, list | tuple):
        return "{" + ",".join(map(str, value)) + "}"
    if column.name == "sequence":
        return f"§{value}"
    if column.name == "number" and table.name in _BATCHED:
        return f"¶{value}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}+00"
    return str(value).translate(_ESCAPES)


def _marked(line: str, amount: str) -> str:
    """Every way in which the total is written, marked."""
    whole, point, cents = amount.partition(".")
    ways = {f"{int(whole):,}{point}{cents}", amount, str(int(float(amount) * rebuildable.AMOUNT_SCALE))}
    found = re.compile("|".join(rf"(?<!\d){re.escape(way)}(?!\d)" for way in sorted(ways, key=len, reverse=True)))
    return found.sub(lambda match: f"¤{match[0]}¤", line)


def _write(
    write: Callable[[str], None], table: str, lines: list[str], turned: list[Turned], waiting: frozenset[str]
) -> int:
    rows = 0
    for copy in turned:
        block: list[str] = []
        for line in lines:
            if table == "search_entry":
                block.append(_entry(copy.text(line)))
            elif table == "payload":
                made = _payload(line, copy, waiting)
                if made is None:
                    continue
                block.append(made)
            else:
                block.append(copy.text(line))
        write("".join(f"{line}\n" for line in block))
        rows += len(block)
    return rows


def _entry(line: str) -> str:
    """An entry with the grams of its words as they now are; both columns stand last."""
    *cells, words, body, _ = line.split("\t")
    found = grams(words.replace("\\n", "\n").replace("\\\\", "\\"))
    return "\t".join((*cells, words, body, "{" + ",".join(map(str, found)) + "}"))


def _payload(line: str, copy: Turned, waiting: frozenset[str]) -> str | None:
    """A payload with the digest of its content as it now is; None where this copy has none."""
    client, kind, subject, number, digest, content = line.split("\t")
    if copy.number and subject not in waiting:
        return None
    plain = copy.text(content).replace("\\\\", "\\").encode()
    new = f"sha256:{hashlib.sha256(plain).hexdigest()}"
    copy.digests[digest] = new
    return "\t".join((client, kind, copy.text(subject), number, new, f"\\\\x{plain.hex()}"))


@lru_cache(maxsize=100_000)
def _day(token: str, copy: int) -> str:
    day = date(int(token[:4]), int(token[5:7]), int(token[8:10])) - timedelta(days=copy * _SHIFT_DAYS % _MOST_DAYS)
    return day.isoformat() if token[4] == "-" else f"{day:%Y年%m月%d日}"


@lru_cache(maxsize=100_000)
def _name(token: str, copy: int) -> str:
    prefix, _, name = token.partition("-")
    return f"{prefix}-{hashlib.md5(f'{name}:{copy}'.encode(), usedforsecurity=False).hexdigest()}"


def _amount(written: str, copy: int) -> str:
    """The same amount with other first digits, however it is written."""
    steps = iter((copy % 9, copy // 9 % 10))
    out: list[str] = []
    for one in written:
        step = next(steps, 0) if one.isdigit() else 0
        first = not any(shown.isdigit() for shown in out)
        turned = str(1 + (int(one) - 1 + step) % 9) if step and first else str((int(one) + step) % 10) if step else one
        out.append(turned)
    return "".join(out)
