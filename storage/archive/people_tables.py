"""Tables of people: accounts, sessions, tokens, wrong logins. Rows change, and a rebuild leaves them alone.

They are no evidence and are not in the vault; that they changed is an act in the log. Secrets stand as hashes, but for
the key of the second factor, which the server needs as it is.
"""

from __future__ import annotations

import sqlalchemy as sa

from storage.archive.columns import CONSTRAINT_NAMES, Instant, code
from storage.archive.columns import column as _column

metadata = sa.MetaData(naming_convention=CONSTRAINT_NAMES)


person = sa.Table(
    "person",
    metadata,
    _column("client_id"),
    _column("user_id"),
    _column("login"),
    _column("name"),
    _column("roles"),
    _column("departments"),
    sa.Column("sight", code(), nullable=False, server_default="{}"),
    _column("password_hash", null=True),
    sa.Column("external", code(), nullable=False, server_default="[]"),
    sa.Column("mail", code(), nullable=False, server_default=""),
    _column("must_change", sa.Boolean()),
    _column("totp_secret", null=True),
    _column("totp_step", sa.BigInteger()),
    _column("recovery"),
    _column("disabled", sa.Boolean()),
    _column("version", sa.Integer()),
    _column("created_at", Instant()),
    _column("changed_at", Instant()),
    sa.PrimaryKeyConstraint("client_id", "user_id"),
    sa.UniqueConstraint("client_id", "login"),
)
"""One account; ``totp_step`` is the newest time step whose code was used, ``recovery`` the hashes of unused codes,
``external`` the identities by which a company's own sign-on knows the person."""

person_session = sa.Table(
    "person_session",
    metadata,
    _column("client_id"),
    _column("session_hash"),
    _column("user_id"),
    _column("started_at", Instant()),
    _column("seen_at", Instant()),
    _column("expires_at", Instant()),
    _column("ended_at", Instant(), null=True),
    _column("address"),
    _column("agent"),
    sa.PrimaryKeyConstraint("client_id", "session_hash"),
    sa.ForeignKeyConstraint(["client_id", "user_id"], ["person.client_id", "person.user_id"]),
    sa.Index(None, "client_id", "user_id"),
)
"""One browser in which a person is logged in."""

person_token = sa.Table(
    "person_token",
    metadata,
    _column("client_id"),
    _column("token_id"),
    _column("user_id"),
    _column("token_hash"),
    _column("label"),
    _column("scopes"),
    _column("created_at", Instant()),
    _column("expires_at", Instant()),
    _column("used_at", Instant(), null=True),
    _column("revoked_at", Instant(), null=True),
    sa.PrimaryKeyConstraint("client_id", "token_id"),
    sa.UniqueConstraint("client_id", "token_hash"),
    sa.ForeignKeyConstraint(["client_id", "user_id"], ["person.client_id", "person.user_id"]),
    sa.Index(None, "client_id", "user_id"),
)
"""What programs show instead of a login."""

login_attempt = sa.Table(
    "login_attempt",
    metadata,
    _column("client_id"),
    _column("key"),
    _column("failures", sa.Integer()),
    _column("first_at", Instant()),
    sa.PrimaryKeyConstraint("client_id", "key"),
)
"""Wrong logins of one login or one address (hashed), since ``first_at``."""

saved_search = sa.Table(
    "saved_search",
    metadata,
    _column("client_id"),
    _column("owner"),
    _column("name"),
    _column("query"),
    _column("saved_at", Instant()),
    sa.PrimaryKeyConstraint("client_id", "owner", "name"),
)
"""A search under a name; ``owner`` is an account, or empty for whoever is alone with the page."""

NAMES = frozenset(metadata.tables)
