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
from sys import intern
from typing import Any

import sqlalchemy as sa

from domain.grams import grams
from storage.archive import columns, figure_sums, rebuildable, schema

LEFT_OUT = frozenset({"client", rebuildable.figure_sum.name})
"""Not copied: the client is one, and sums are added up in the end."""
_BATCHED = frozenset({"stamp_batch", "stamp_batch_member"})
_TOKENS = re.compile(
    r"\b[a-z]{3,4}-[0-9a-f]{16,32}\b|sha256:[0-9a-f]{64}|\d{4}-\d\d-\d\d|\d{4}年\d\d月\d\d日|[§¶‡]\d+|¤[^¤]*¤"
)
_SHIFT_DAYS, _MOST_DAYS = 5, 397
_LEAST_DIGITS = 4
"""Shorter amounts stay: they would be found in other numbers as well."""
_APART, _LIKENESS = 0x9E3779B97F4A7C15, (1 << 62) - 1
"""Papers of different copies are not alike: what likeness is found by is moved, within its 62 bits."""
_FIRST = 100
"""Rows of a table after which it is counted."""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
Progress = Callable[[str, int, int], None]


class Turned(dict[str, str]):
    """What one copy puts in the place of ids, days, amounts and sequences, each worked out once."""

    def __init__(self, number: int, *, leaves: int, batches: int) -> None:
        """``number`` counts from 0, which changes nothing; ``leaves`` and ``batches`` are those of the archive."""
        super().__init__()
        self.number = number
        self._leaves, self._batches = leaves, batches

    def __missing__(self, token: str) -> str:
        """Turn a token that was not met before; the digest of a payload is set when the payload is turned."""
        self[token] = turned = self._turned(token)
        return turned

    def text(self, template: Template) -> str:
        """A template as this copy has it."""
        return template.shape % tuple(map(self.__getitem__, template.tokens))

    def _turned(self, token: str) -> str:
        if token[0] in "§¶":
            return str(int(token[1:]) + self.number * (self._leaves if token[0] == "§" else self._batches))
        if token[0] == "‡":
            return str((int(token[1:]) + self.number * _APART) & _LIKENESS)
        if token[0] == "¤":
            return _amount(token[1:-1], self.number)
        if self.number == 0 or token.startswith("sha256:"):
            return token
        return _day(token, self.number) if token[0].isdigit() else _name(token, self.number)


@dataclass(frozen=True, slots=True)
class Template:
    """A line of COPY in which some places differ from copy to copy."""

    shape: str
    """With ``%s`` in these places."""
    tokens: tuple[str, ...]
    """What stands there in the archive that is copied."""

    @classmethod
    def of(cls, line: str) -> Template:
        """The tokens of a line, taken out."""
        shape = _TOKENS.sub("\0", line).replace("%", "%%").replace("\0", "%s")
        return cls(shape, tuple(map(intern, _TOKENS.findall(line))))


def copy_archive(
    source: sa.Engine, target: sa.Engine, *, client_id: str, copies: int, progress: Progress
) -> dict[str, int]:
    """Fill ``target`` (a PostgreSQL archive, migrated and empty) with every row of ``source`` that many times over.

    The first time is the archive as it is. Returns rows by table.
    """
    raw = target.raw_connection()
    try:
        connection: Any = raw.driver_connection
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # the rows agree: no key is looked up again
            cursor.execute("INSERT INTO client VALUES (%s) ON CONFLICT DO NOTHING", (client_id,))
            written = _fill(cursor, source, target, copies=copies, progress=progress)
            for number, statement in enumerate(written.indexes, 1):
                cursor.execute(statement)
                progress("indexes", number, len(written.indexes))
            cursor.execute("RESET session_replication_role")
        connection.commit()
    finally:
        raw.close()
    with target.begin() as adding:
        figure_sums.remake(adding, client_id)
    with target.connect().execution_options(isolation_level="AUTOCOMMIT") as last:
        last.execute(sa.text("VACUUM ANALYZE"))
    return written.rows


@dataclass(frozen=True, slots=True)
class _Written:
    rows: dict[str, int]
    """By table."""
    indexes: list[str]
    """What makes those anew that were dropped."""


def _fill(cursor: Any, source: sa.Engine, target: sa.Engine, *, copies: int, progress: Progress) -> _Written:
    tables = [t for t in columns.metadata.sorted_tables if t.name not in LEFT_OUT]
    tables.sort(key=lambda table: table.name != "payload")  # its digests stand in the others
    leaves, batches, amounts = _measured(source)
    written = _Written(rows=dict.fromkeys((table.name for table in tables), 0), indexes=_take_indexes(cursor))
    lines = {table.name: list(_templates(source, table, amounts)) for table in tables}
    statements = {table.name: _statement(target, table) for table in tables}

    def write(name: str, some: list[Template], copy: Turned) -> None:
        with cursor.copy(statements[name]) as sink:
            sink.write("".join(f"{_line(name, line, copy)}\n" for line in some))
        written.rows[name] += len(some)

    for number in range(copies):
        copy = Turned(number, leaves=leaves, batches=batches)
        for name, every in lines.items():
            # A few first: plans of triggers that were made for an empty table look through all of it each time.
            for some in (every[:_FIRST], every[_FIRST:]) if number == 0 else (every,):
                write(name, some, copy)
                if number == 0:
                    cursor.execute(f"ANALYZE {target.dialect.identifier_preparer.quote(name)}")
        progress("copies", number + 1, copies)
    return written


def _measured(source: sa.Engine) -> tuple[int, int, dict[str, str]]:
    """Entries of the log, batches, and amounts by document."""
    entry, leaf, batch = rebuildable.search_entry.c, schema.log_leaf.c, schema.stamp_batch.c
    with source.connect() as connection:
        leaves = int(connection.execute(sa.select(sa.func.count()).select_from(leaf.sequence.table)).scalar_one())
        batches = int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(batch.number), 0))).scalar_one())
        rows = connection.execute(sa.select(entry.document_id, entry.amount)).all()
    return leaves, batches, {row[0]: row[1] for row in rows if row[1] and len(row[1]) >= _LEAST_DIGITS}


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


def _templates(source: sa.Engine, table: sa.Table, amounts: dict[str, str]) -> Iterator[Template]:
    """Each row of a table as a line of COPY, in the order of its key: the log takes its entries one after another."""
    with source.connect() as connection:
        for row in connection.execute(sa.select(table).order_by(*table.primary_key)):
            values = dict(row._mapping)  # noqa: SLF001  # a public name
            amount = amounts.get(str(values.get("document_id") or values.get("subject_id")))
            cells = (_cell(table, column, values[column.name]) for column in table.columns)
            line = "\t".join(cells)
            marked = _marked(line, amount) if amount and table.name in {"search_entry", "payload"} else line
            yield Template.of(marked)


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
    if table.name == "likeness" and column.name == "value":
        return f"‡{value}"
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


def _line(table: str, template: Template, copy: Turned) -> str:
    line = copy.text(template)
    if table == "search_entry":
        return _entry(line)
    return _payload(line, copy) if table == "payload" else line


def _entry(line: str) -> str:
    """An entry with the grams of its words as they now are; both columns stand last."""
    *cells, words, body, _ = line.split("\t")
    found = grams(words.replace("\\n", "\n").replace("\\\\", "\\"))
    return "\t".join((*cells, words, body, "{" + ",".join(map(str, found)) + "}"))


def _payload(line: str, copy: Turned) -> str:
    """A payload with the digest of its content as it now is."""
    client, kind, subject, number, digest, content = line.split("\t")
    plain = content.replace("\\\\", "\\").encode()
    copy[digest] = new = f"sha256:{hashlib.sha256(plain).hexdigest()}"
    return "\t".join((client, kind, subject, number, new, f"\\\\x{plain.hex()}"))


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
