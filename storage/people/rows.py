"""Rows of people, and the way back to values."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa

from domain import codec
from domain.people import ApiToken, LoginSession, Permission, Role, User
from domain.visibility import Sight


def user_of(row: sa.Row[Any]) -> User:
    """An account."""
    return User(
        user_id=row.user_id,
        login=row.login,
        name=row.name,
        roles=frozenset(Role(one) for one in json.loads(row.roles)),
        departments=tuple(json.loads(row.departments)),
        sight=codec.load(Sight, row.sight),
        external=tuple(json.loads(row.external)),
        mail=row.mail,
        disabled=row.disabled,
        has_password=row.password_hash is not None,
        must_change=row.must_change,
        has_totp=row.totp_secret is not None,
        recovery_left=len(json.loads(row.recovery)),
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def session_of(row: sa.Row[Any]) -> LoginSession:
    """A session."""
    return LoginSession(
        session_hash=row.session_hash,
        user_id=row.user_id,
        started_at=row.started_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        address=row.address,
        agent=row.agent,
    )


def token_of(row: sa.Row[Any]) -> ApiToken:
    """A token."""
    return ApiToken(
        token_id=row.token_id,
        user_id=row.user_id,
        label=row.label,
        scopes=frozenset(Permission(one) for one in json.loads(row.scopes)),
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )


def hashed(secret: str) -> str:
    """What is kept of a secret that a machine drew: nobody can guess it, so a plain hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def codes(values: frozenset[Role] | frozenset[Permission]) -> str:
    """As JSON, in order."""
    return json.dumps(sorted(value.value for value in values))
