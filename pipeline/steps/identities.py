"""By which identities a company's own sign-on knows people: linked by administrators, bound at the first sign-on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domain.errors import AccessRefused
from pipeline.steps.people import TURN, change_account
from storage.people.book import must_be

if TYPE_CHECKING:
    from domain.people import User
    from pipeline.wiring import Shoko

_MOST_IDENTITY = 255
"""Characters of a subject (OpenID Connect Core 1.0 §2) or an address (RFC 5321)."""


def link(shoko: Shoko, login: str, identities: Sequence[str], *, by: str) -> User:
    """Say by which identities the company's own sign-on knows a person, in the place of those before; none ends it.

    Args:
        shoko: the installation.
        login: whose account.
        identities: ``sub:…`` as the provider names the person, or ``email:…``, which the first sign-on replaces.
        by: login of who says so.

    Raises:
        AccessRefused: no such person, no identity of these forms, or one that another account has.
    """
    wanted = tuple(dict.fromkeys(_identity(one) for one in identities))
    with shoko.archive.turn(TURN):
        user = must_be(shoko.people.find(login))
        taken = {one for other in shoko.people.users() if other.user_id != user.user_id for one in other.external}
        if taken & set(wanted):
            raise AccessRefused("the identity is another account's", message_ja="別の利用者に登録されています")
        return change_account(shoko, user, "linked", by=by, external=wanted)


def linked(shoko: Shoko, *, subject: str, email: str | None) -> User | None:
    """The account of an identity, unless it is disabled; known by its address first, then by its subject alone."""
    users = [user for user in shoko.people.users() if not user.disabled]
    known = next((one for one in users if f"sub:{subject}" in one.external), None)
    if known is not None or email is None:
        return known
    named = next((one for one in users if f"email:{email.casefold()}" in one.external), None)
    if named is None or any(one.startswith("sub:") for one in named.external):
        return None
    return link(shoko, named.login, [f"sub:{subject}"], by=named.login)


def _identity(text: str) -> str:
    kind, _, value = text.strip().partition(":")
    value = value.casefold() if kind == "email" else value
    if kind not in {"sub", "email"} or not 1 <= len(value) <= _MOST_IDENTITY or not value.isprintable():
        raise AccessRefused(
            "an identity is sub:… or email:…",
            message_ja="「sub:識別子」か「email:アドレス」の形で指定してください",
        )
    return f"{kind}:{value}"
