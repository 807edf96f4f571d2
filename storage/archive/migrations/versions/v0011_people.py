"""Accounts of people, their sessions and tokens. A rebuild leaves these tables in place: they may be there already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.archive.columns import Instant

revision = "v0011"
down_revision = "v0010"


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["client_id", "user_id"], ["person.client_id", "person.user_id"], name=f"fk_{table}_client_id_user_id"
    )


def upgrade() -> None:
    """Create the tables; their rows may be changed."""
    op.create_table(
        "person",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("user_id", _code(), nullable=False),
        sa.Column("login", _code(), nullable=False),
        sa.Column("name", _code(), nullable=False),
        sa.Column("roles", _code(), nullable=False),
        sa.Column("departments", _code(), nullable=False),
        sa.Column("password_hash", _code(), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", _code(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery", _code(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "user_id", name="pk_person"),
        sa.UniqueConstraint("client_id", "login", name="uq_person_client_id_login"),
        if_not_exists=True,
    )
    op.create_table(
        "person_session",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("session_hash", _code(), nullable=False),
        sa.Column("user_id", _code(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("address", _code(), nullable=False),
        sa.Column("agent", _code(), nullable=False),
        _owner("person_session"),
        sa.PrimaryKeyConstraint("client_id", "session_hash", name="pk_person_session"),
        if_not_exists=True,
    )
    op.create_table(
        "person_token",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("token_id", _code(), nullable=False),
        sa.Column("user_id", _code(), nullable=False),
        sa.Column("token_hash", _code(), nullable=False),
        sa.Column("label", _code(), nullable=False),
        sa.Column("scopes", _code(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        _owner("person_token"),
        sa.PrimaryKeyConstraint("client_id", "token_id", name="pk_person_token"),
        sa.UniqueConstraint("client_id", "token_hash", name="uq_person_token_client_id_token_hash"),
        if_not_exists=True,
    )
    for table in ("person_session", "person_token"):
        op.create_index(f"ix_{table}_client_id_user_id", table, ["client_id", "user_id"], if_not_exists=True)
    op.create_table(
        "login_attempt",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("key", _code(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "key", name="pk_login_attempt"),
        if_not_exists=True,
    )
