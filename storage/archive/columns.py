"""Kinds of columns that every table of the database is made of, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""How constraints and indexes are named."""
metadata = sa.MetaData(naming_convention=CONSTRAINT_NAMES)
"""All tables of the archive (``storage.archive.schema``, ``storage.archive.rebuildable``)."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps it without its zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; SQLite gets it naive."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "instants must be aware"
            raise ValueError(msg)
        moved = value.astimezone(UTC)
        return moved.replace(tzinfo=None) if dialect.name == "sqlite" else moved

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give it back aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Grams(TypeDecorator[tuple[int, ...]]):
    """By what PostgreSQL finds the words of a text (``domain.grams``); SQLite keeps none and reads the text."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """An array of integers, or nothing."""
        of_postgres = dialect.name == "postgresql"
        return dialect.type_descriptor(postgresql.ARRAY(sa.Integer()) if of_postgres else sa.Text())

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> Any:
        """As a list; SQLite gets nothing."""
        return list(value) if value is not None and dialect.name == "postgresql" else None

    def process_result_value(self, value: Any, dialect: Dialect) -> None:
        """Nobody reads them; an entry is the same on both databases."""


class _Names(TypeDecorator[Sequence[str]]):
    """Many texts as one parameter: an array, or a list in JSON."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """An array of text, or text."""
        of_postgres = dialect.name == "postgresql"
        return dialect.type_descriptor(postgresql.ARRAY(sa.Text()) if of_postgres else sa.Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        """As a list, or as JSON."""
        names = list(value or ())
        return names if dialect.name == "postgresql" else json.dumps(names)


class _Among(sa.sql.functions.FunctionElement[bool]):
    """Whether a column is one of many texts."""

    name = "among"
    type = sa.Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True  # SQLite is not asked whether it "= 1", which would keep it from using an index


@compiles(_Among)
def _in_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, names = (compiler.process(one, **options) for one in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({names})))"  # noqa: S608  # compiled expressions


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, names = (compiler.process(one, **options) for one in element.clauses)
    return f"({column} = ANY({names}))"


def among_those(column: sa.ColumnElement[Any], parameter: str) -> sa.ColumnElement[bool]:
    """The same condition of a statement that is built once: the texts come with it under this name, as a sequence."""
    return _Among(column, sa.bindparam(parameter, type_=_Names()))


def among(column: sa.ColumnElement[Any], names: Iterable[str]) -> sa.ColumnElement[bool]:
    """The condition that a column of text is one of these, however many: one parameter in a statement that stays.

    A parameter for each is what a page of hits spent most of its time on.
    """
    return _Among(column, sa.bindparam(None, tuple(names), _Names()))


def code() -> sa.Text:
    """Text that compares by code point."""
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def column(name: str, kind: sa.types.TypeEngine[Any] | None = None, *, null: bool = False) -> sa.Column[Any]:
    """A column of text, or of another kind; nothing may be missing unless it is said."""
    return sa.Column(name, code() if kind is None else kind, nullable=null)


def table(name: str, *items: sa.schema.SchemaItem) -> sa.Table:
    """A table of small rows, under their natural key alone; those with long rows keep SQLite's rowid."""
    return sa.Table(name, metadata, *items, sqlite_with_rowid=False)


def search_indexes() -> tuple[sa.Index, ...]:
    """The orders in which hits are listed, what is asked for most, and (on PostgreSQL) the words."""
    orders = ("transaction_date", "amount_scaled", "counterparty_key", "received_on", "recorded_at")
    return (
        *(sa.Index(f"ix_search_entry_{name}", "client_id", name, "document_id") for name in orders),
        *(
            sa.Index(f"ix_search_entry_{name}", "client_id", name, "transaction_date", "document_id")
            for name in ("state", "document_type")
        ),
        sa.Index("ix_search_entry_party_date", "client_id", "counterparty_key", "transaction_date", "document_id"),
        sa.Index("ix_search_entry_waiting", "client_id", "state", "received_on", "document_id"),
        sa.Index(
            "ix_search_entry_assumed",
            *("client_id", "received_on", "document_id"),
            postgresql_where=sa.text("received_on_assumed"),
            sqlite_where=sa.text("received_on_assumed"),
        ),
        sa.Index("ix_search_entry_grams", "grams", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )
