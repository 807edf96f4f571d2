"""Accounts as an administrator looks after them: every change is an act, and the last administrator stays one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import AccessRefused
from pipeline.steps import access, people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.people import ApiToken, LoginSession, Permission, Role, User
    from domain.visibility import Sight
    from pipeline.wiring import Shoko

_DRAWN = 15
"""Random bytes of a password that is drawn: 120 bits, 20 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person with where they are logged in and what programs act for them."""

    user: User
    sessions: tuple[LoginSession, ...]
    tokens: tuple[ApiToken, ...]
    """Newest first, those that ended included."""


class Accounts:
    """The people of one installation. Methods raise ``AccessRefused`` where something may not be."""

    def __init__(self, shoko: Shoko) -> None:
        """Nothing is read yet."""
        self._shoko = shoko

    def users(self) -> tuple[User, ...]:
        """Everybody with an account."""
        return self._shoko.people.users()

    def account(self, login: str) -> Account:
        """One person.

        Raises:
            AccessRefused: no such person.
        """
        book = self._shoko.people
        user = book.find(login)
        if user is None:
            raise AccessRefused(f"no person {login}", message_ja="この利用者は見つかりません")
        tokens = sorted(book.tokens(user.user_id), key=lambda token: token.created_at, reverse=True)
        return Account(user=user, sessions=book.sessions(user.user_id), tokens=tuple(tokens))

    def departments(self) -> Mapping[str, str]:
        """The company's departments: code → name."""
        return access.departments(self._shoko)

    def name_department(self, code: str, name: str, *, by: str) -> None:
        """Give a department its name, or another."""
        access.name_department(self._shoko, code, name, by=by)

    def end_department(self, code: str, *, by: str) -> None:
        """A department is no longer one."""
        access.end_department(self._shoko, code, by=by)

    def add(
        self, login: str, *, name: str, roles: frozenset[Role], departments: Sequence[str], password: str, by: str
    ) -> str | None:
        """Add a person; gives the password where one was drawn, to be handed over once."""
        drawn = None if password else self._draw()
        known = tuple(access.known_department(self._shoko, one) for one in departments)
        people.add_user(
            self._shoko, login, name=name, roles=roles, departments=known, password=drawn or password, by=by
        )
        return drawn

    def set_roles(self, login: str, roles: frozenset[Role], *, by: str) -> None:
        """Give a person other roles."""
        people.set_roles(self._shoko, login, roles, by=by)

    def set_departments(self, login: str, departments: Sequence[str], *, by: str) -> None:
        """Say to which departments a person belongs."""
        people.set_departments(self._shoko, login, departments, by=by)

    def set_sight(self, login: str, sight: Sight, *, by: str) -> None:
        """Say what a person may see beside roles and departments."""
        people.set_sight(self._shoko, login, sight, by=by)

    def set_password(self, login: str, password: str, *, by: str) -> str | None:
        """Set another password, which has to be changed at the next login; gives it where it was drawn."""
        drawn = None if password else self._draw()
        people.set_password(self._shoko, login, drawn or password, by=by)
        return drawn

    def disable(self, login: str, *, by: str) -> None:
        """Let a person in no more."""
        people.disable(self._shoko, login, by=by)

    def enable(self, login: str, *, by: str) -> None:
        """Let a person in again."""
        people.enable(self._shoko, login, by=by)

    def switch_totp_off(self, login: str, *, by: str) -> None:
        """Ask this person for codes no more: they lost their device."""
        people.switch_totp_off(self._shoko, login, by=by)

    def end_sessions(self, login: str, *, by: str, only: str | None = None) -> int:
        """End a person's sessions, or the one of this short name; gives how many."""
        return people.end_sessions(self._shoko, login, by=by, only=only)

    def issue_token(self, login: str, *, label: str, scopes: frozenset[Permission], days: int, by: str) -> str:
        """A token in a person's name; gives its secret, which is shown this once."""
        return people.issue_token(self._shoko, login, label=label, scopes=scopes, days=days, by=by)[1]

    def revoke_token(self, token_id: str, *, by: str) -> None:
        """A token that is worth nothing from now on."""
        people.revoke_token(self._shoko, token_id, by=by)

    def _draw(self) -> str:
        return secrets.token_urlsafe(_DRAWN)
