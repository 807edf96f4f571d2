"""Append-only, enforced by the database itself.

A migration calls ``protect`` for each table it creates, and again for each table that it rebuilds (Alembic's batch mode
on SQLite drops triggers with the old table). ``unprotected`` says which tables have lost theirs.

On SQLite ``INSERT OR REPLACE`` deletes without firing a delete trigger, so inserting a key that exists is refused
before it can replace. On PostgreSQL the triggers are statement-level (an UPDATE that meets no row is refused too) and
enabled ALWAYS, so that a replication role does not skip them. The owner of the database can of course remove them: what
then differs from the vault is found by reconciliation and verification.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

MESSAGE = "shoko: append-only"
"""Start of what the database says when it refuses."""

_PG_REFUSE = f"""
CREATE OR REPLACE FUNCTION shoko_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{MESSAGE}: %% on %%', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def protect(connection: sa.Connection, table: str, *unique_keys: Sequence[str]) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE on a table; ``unique_keys`` are its primary key and unique constraints."""
    name = _quoted(connection, table)
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            _run(
                connection,
                f"CREATE TRIGGER {_trigger(table, verb)} BEFORE {verb} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {verb} on {table}'); END",
            )
        same = " OR ".join(
            "(" + " AND ".join(f"{_quoted(connection, c)} = NEW.{_quoted(connection, c)}" for c in key) + ")"
            for key in unique_keys
        )
        if _has_rowid(connection, table):
            same += " OR rowid = NEW.rowid"  # a second key under which a row could be replaced
        exists = f"EXISTS (SELECT 1 FROM {name} WHERE {same})"  # noqa: S608  # our own names
        _run(
            connection,
            f"CREATE TRIGGER {_trigger(table, 'REPLACE')} BEFORE INSERT ON {name} WHEN {exists} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: REPLACE on {table}'); END",
        )
        return
    _run(connection, _PG_REFUSE)
    for verb, when in (("CHANGE", "BEFORE UPDATE OR DELETE"), ("TRUNCATE", "BEFORE TRUNCATE")):
        _pg_trigger(connection, table, verb, when=when, each="EACH STATEMENT", function="shoko_refuse")


def protect_order(connection: sa.Connection, table: str, *, number: str, first: int, within: Sequence[str]) -> None:
    """Refuse a row whose ``number`` is not the next one (from ``first``) among the rows that share ``within``."""
    following = _following(connection, table, number, first, within)
    if connection.dialect.name == "sqlite":
        _run(
            connection,
            f"CREATE TRIGGER {_trigger(table, 'ORDER')} BEFORE INSERT ON {_quoted(connection, table)} "
            f"WHEN NEW.{_quoted(connection, number)} <> {following} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: gap in {table}'); END",
        )
        return
    function = f"shoko_{table}_in_order"
    _run(
        connection,
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.{_quoted(connection, number)} <> {following} THEN RAISE EXCEPTION '{MESSAGE}: gap in {table}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    )
    _pg_trigger(connection, table, "ORDER", when="BEFORE INSERT", each="EACH ROW", function=function)


def allow_gaps(connection: sa.Connection, table: str, *, number: str, first: int, within: Sequence[str]) -> None:
    """Let a table of ``protect_order`` pass numbers by: the next is still greater than all before."""
    following = _following(connection, table, number, first, within)
    column = f"NEW.{_quoted(connection, number)}"
    if connection.dialect.name == "sqlite":
        _run(connection, f"DROP TRIGGER {_trigger(table, 'ORDER')}")
        _run(
            connection,
            f"CREATE TRIGGER {_trigger(table, 'ORDER')} BEFORE INSERT ON {_quoted(connection, table)} "
            f"WHEN {column} < {following} BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {table} out of order'); END",
        )
        return
    _run(
        connection,
        f"CREATE OR REPLACE FUNCTION shoko_{table}_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {column} < {following} THEN RAISE EXCEPTION '{MESSAGE}: {table} out of order' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    )


def allow_destruction(connection: sa.Connection) -> None:
    """Let a payload be deleted where ``destroyed`` names it, and such a row stand only under an approved request."""
    named = (
        "SELECT 1 FROM destroyed d WHERE d.client_id = OLD.client_id AND d.kind = OLD.kind "
        "AND d.subject_id = OLD.subject_id AND d.number = OLD.number"
    )
    approved = (
        "SELECT 1 FROM act a JOIN act_about b ON b.client_id = a.client_id AND b.sequence = a.sequence "
        "JOIN act r ON r.client_id = a.client_id AND r.subject_id = b.about_id AND r.kind = 'request_approved' "
        "WHERE a.client_id = NEW.client_id AND a.sequence = NEW.sequence AND a.kind = 'destroyed'"
    )
    if connection.dialect.name == "sqlite":
        _run(connection, f"DROP TRIGGER {_trigger('payload', 'DELETE')}")
        _run(
            connection,
            f"CREATE TRIGGER {_trigger('payload', 'DELETE')} BEFORE DELETE ON payload WHEN NOT EXISTS ({named}) "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: DELETE on payload'); END",
        )
        _run(
            connection,
            f"CREATE TRIGGER {_trigger('destroyed', 'UNAPPROVED')} BEFORE INSERT ON destroyed "
            f"WHEN NOT EXISTS ({approved}) BEGIN SELECT RAISE(ABORT, '{MESSAGE}: destruction not approved'); END",
        )
        return
    _run(connection, f"DROP TRIGGER {_trigger('payload', 'CHANGE')} ON payload")
    _pg_trigger(connection, "payload", "CHANGE", when="BEFORE UPDATE", each="EACH STATEMENT", function="shoko_refuse")
    for table, verb, when, exists, following in (
        ("payload", "DELETE", "BEFORE DELETE", named, "OLD"),
        ("destroyed", "UNAPPROVED", "BEFORE INSERT", approved, "NEW"),
    ):
        function = f"shoko_{table}_{verb.lower()}"
        _run(
            connection,
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NOT EXISTS ({exists}) THEN RAISE EXCEPTION '{MESSAGE}: {verb} on {table}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {following}; END $$",
        )
        _pg_trigger(connection, table, verb, when=when, each="EACH ROW", function=function)


def unprotected(connection: sa.Connection, tables: Iterable[str]) -> tuple[str, ...]:
    """Names of triggers that should stand and do not (or, on PostgreSQL, are not enabled ALWAYS)."""
    if connection.dialect.name == "sqlite":
        verbs: tuple[str, ...] = ("UPDATE", "DELETE", "REPLACE")
        rows = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        verbs = ("CHANGE", "TRUNCATE")
        rows = connection.execute(
            sa.text(
                "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE t.tgenabled = 'A' AND c.relnamespace = to_regnamespace(current_schema())"
            )
        )
    tables = tuple(tables)
    standing = {str(row[0]) for row in rows}
    wanted = [_trigger(table, verb) for table in tables for verb in verbs]
    if "destroyed" in tables:
        wanted += [_trigger("destroyed", "UNAPPROVED"), _trigger("payload", "DELETE")]
    return tuple(dict.fromkeys(name for name in wanted if name not in standing))


def _has_rowid(connection: sa.Connection, table: str) -> bool:
    found = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = :table"), {"table": table})
    return "WITHOUT ROWID" not in str(found.scalar_one()).upper()


def _trigger(table: str, verb: str) -> str:
    return f"{table}_refuse_{verb.lower()}"


def _pg_trigger(connection: sa.Connection, table: str, verb: str, *, when: str, each: str, function: str) -> None:
    name, trigger = _quoted(connection, table), _trigger(table, verb)
    _run(connection, f"CREATE TRIGGER {trigger} {when} ON {name} FOR {each} EXECUTE FUNCTION {function}()")
    _run(connection, f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {trigger}")


def _following(connection: sa.Connection, table: str, number: str, first: int, within: Sequence[str]) -> str:
    """The number after the greatest among the rows that share ``within`` with a new one, as SQL."""
    name, column = _quoted(connection, table), _quoted(connection, number)
    same = " AND ".join(f"{_quoted(connection, c)} = NEW.{_quoted(connection, c)}" for c in within)
    return f"(SELECT COALESCE(MAX({column}), {first - 1}) + 1 FROM {name} WHERE {same})"  # noqa: S608  # our names


def _quoted(connection: sa.Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _run(connection: sa.Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)
