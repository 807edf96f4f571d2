"""Accounts of people: every change of people and rights is an act in the log, made before the rows change.

The act says by ids and codes what changes; login and name stand in its payload. Interrupted between the act and the
rows, the same change made again finds its act and completes it.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.acts import ActKind, FactValue
from domain.calendar import tokyo_day
from domain.errors import AccessRefused
from domain.people import TOKEN_SCOPES, ApiToken, Permission, Role, User, check_login
from domain.visibility import MOST_CHOSEN
from pipeline.steps.access import known_department
from storage.people.book import must_be
from storage.people.logins import Logins, recovery_form
from storage.people.passwords import check_password

if TYPE_CHECKING:
    from domain.visibility import Sight
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
"""80 bits: nobody guesses it, so a plain hash is enough."""
TOKEN_DAYS = 90
MOST_TOKEN_DAYS = 366
TURN = "people"
"""Changes of accounts come one after the other."""


def accounts_on(shoko: Shoko) -> bool:
    """True once anybody had an account: also where the table of people was lost, for the log remembers.

    A page whose accounts were lost stays closed until an administrator is added on the command line.
    """
    return shoko.people.has_users() or bool(shoko.archive.acts_of_kinds(ActKind.USER_CHANGED))


def add_user(
    shoko: Shoko,
    login: str,
    *,
    name: str,
    roles: frozenset[Role],
    password: str,
    by: str,
    departments: Sequence[str] = (),
) -> User:
    """Add a person. The first one has to be an administrator: from then on the page asks who is there.

    Raises:
        AccessRefused: the login is no login or taken, the password may not be one, there is no role, or no such
            department.
    """
    check_login(login)
    check_password(password, login=login)
    if not roles:
        raise AccessRefused("a person needs a role", message_ja="役割を1つ以上指定してください")
    codes = tuple(dict.fromkeys(known_department(shoko, one) for one in departments))
    with shoko.archive.turn(TURN):
        first = not shoko.people.has_users()
        if shoko.people.find(login) is not None:
            raise AccessRefused(f"login {login} is taken", message_ja="このログイン名は既に使われています")
        if first and Role.ADMINISTRATOR not in roles:
            raise AccessRefused(
                "the first account has to be an administrator",
                message_ja="最初の利用者には管理者の役割が必要です（--role administrator）",
            )
        user = shoko.people.begin(login)
        return change_account(
            shoko,
            user,
            "added",
            by=by,
            name=name or login,
            roles=roles,
            departments=codes,
            password=password,
            must_change=not first,
            disabled=False,
        )


def set_roles(shoko: Shoko, login: str, roles: frozenset[Role], *, by: str) -> User:
    """Give a person other roles.

    Raises:
        AccessRefused: no such person, no role, or nobody would be administrator any more.
    """
    if not roles:
        raise AccessRefused("a person needs a role", message_ja="役割を1つ以上指定してください")
    with shoko.archive.turn(TURN):
        user = must_be(shoko.people.find(login))
        if Role.ADMINISTRATOR not in roles:
            _not_the_last(shoko, user)
        return change_account(shoko, user, "roles", by=by, roles=roles)


def set_departments(shoko: Shoko, login: str, departments: Sequence[str], *, by: str) -> User:
    """Say to which departments a person belongs: codes; none means that they see what belongs to any.

    Raises:
        AccessRefused: no such person or department.
    """
    codes = tuple(dict.fromkeys(known_department(shoko, one) for one in departments))
    with shoko.archive.turn(TURN):
        user = must_be(shoko.people.find(login))
        return change_account(shoko, user, "departments", by=by, departments=codes)


def set_sight(shoko: Shoko, login: str, sight: Sight, *, by: str) -> User:
    """Say what a person may see beside their departments' documents, or (an auditor) within which frame.

    Raises:
        AccessRefused: no such person, or a frame that is too long or turned around.
    """
    frame = sight.frame
    if len(frame.document_ids) > MOST_CHOSEN or len(frame.counterparties) > MOST_CHOSEN:
        raise AccessRefused(
            f"more than {MOST_CHOSEN} chosen",
            message_ja=f"選べるのは {MOST_CHOSEN} 件までです。期間で指定してください",
        )
    periods = ((frame.date_from, frame.date_to), (frame.received_from, frame.received_to))
    if any(first is not None and last is not None and first > last for first, last in periods):
        raise AccessRefused("a period ends before it begins", message_ja="期間の開始日が終了日より後になっています")
    with shoko.archive.turn(TURN):
        user = must_be(shoko.people.find(login))
        return change_account(shoko, user, "sight", by=by, sight=sight)


def disable(shoko: Shoko, login: str, *, by: str) -> User:
    """Let a person in no more; their sessions end, their tokens rest.

    Raises:
        AccessRefused: no such person, or nobody would be administrator any more.
    """
    with shoko.archive.turn(TURN):
        user = must_be(shoko.people.find(login))
        _not_the_last(shoko, user)
        shoko.people.end_sessions(user.user_id)
        return change_account(shoko, user, "disabled", by=by, disabled=True)


def enable(shoko: Shoko, login: str, *, by: str) -> User:
    """Let a person in again, and forget wrong logins.

    Raises:
        AccessRefused: no such person.
    """
    with shoko.archive.turn(TURN):
        user = must_be(shoko.people.find(login))
        Logins(shoko.people).unlock(login)
        return change_account(shoko, user, "enabled", by=by, disabled=False) if user.disabled else user


def set_password(shoko: Shoko, login: str, password: str, *, by: str, keep_session: str | None = None) -> User:
    """Another password; every other session ends. One that another person set has to be changed at the next login.

    Args:
        shoko: the installation.
        login: whose.
        password: the new one.
        by: login of who sets it.
        keep_session: hash of the session that goes on.

    Raises:
        AccessRefused: no such person, or the password may not be one.
    """
    check_password(password, login=login)
    with shoko.archive.turn(TURN):
        user = must_be(shoko.people.find(login))
        own = keep_session is not None
        shoko.people.end_sessions(user.user_id, but=keep_session)
        if not own:
            Logins(shoko.people).unlock(login)
        return change_account(shoko, user, "password", by=by, password=password, must_change=not own)


def switch_totp_on(shoko: Shoko, login: str, secret: str, *, step: int, by: str) -> tuple[str, ...]:
    """From now on the login asks for a code; gives the recovery codes, which are shown this once."""
    drawn = tuple(recovery_code(shoko.people.random_bytes(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODES))
    kept = tuple(recovery_form(code) for code in drawn)
    with shoko.archive.turn(TURN):
        user = must_be(shoko.people.find(login))
        change_account(shoko, user, "totp_on", by=by, totp_secret=secret, totp_step=step, recovery=kept)
    return drawn


def switch_totp_off(shoko: Shoko, login: str, *, by: str) -> User:
    """The login asks for no code any more; recovery codes are worth nothing.

    Raises:
        AccessRefused: no such person.
    """
    with shoko.archive.turn(TURN):
        user = must_be(shoko.people.find(login))
        return change_account(shoko, user, "totp_off", by=by, totp_secret="", recovery=())


def end_sessions(shoko: Shoko, login: str, *, by: str, only: str | None = None, but: str | None = None) -> int:
    """End the sessions of a person; gives how many.

    Raises:
        AccessRefused: no such person.
    """
    user = must_be(shoko.people.find(login))
    chosen = [one for one in shoko.people.sessions(user.user_id) if only in {None, one.ref} and one.session_hash != but]
    for session in chosen:
        shoko.archive.record_act(
            ActKind.SESSIONS_ENDED,
            user.user_id,
            recorded_by=by,
            facts={"session": session.ref},
            personal={"login": user.login},
        )
        shoko.people.end_sessions(user.user_id, only=session.session_hash)
    return len(chosen)


def issue_token(
    shoko: Shoko, login: str, *, label: str, scopes: frozenset[Permission], by: str, days: int = TOKEN_DAYS
) -> tuple[ApiToken, str]:
    """A token in a person's name; its secret is shown this once.

    Raises:
        AccessRefused: no such person, an unknown scope or one that the person lacks, or too long a life.
    """
    with shoko.archive.turn(TURN):
        user = must_be(shoko.people.find(login))
        if not scopes or not scopes <= TOKEN_SCOPES & user.permissions:
            raise AccessRefused(
                "a token needs scopes that its person has and programs may have",
                message_ja="トークンの範囲は、本人の役割に許され、かつプログラムに許されたものから1つ以上指定してください",
            )
        if not 1 <= days <= MOST_TOKEN_DAYS:
            raise AccessRefused(
                f"a token lives 1 to {MOST_TOKEN_DAYS} days",
                message_ja=f"トークンの有効期間は 1〜{MOST_TOKEN_DAYS} 日にしてください",
            )
        token_id, secret = shoko.people.draw_token()
        shoko.archive.record_act(
            ActKind.TOKEN_ISSUED,
            user.user_id,
            recorded_by=by,
            about=(token_id,),
            facts={"scopes": tuple(sorted(scopes)), "days": days},
            personal={"login": user.login, "label": label},
        )
        life = timedelta(days=days)
        token = shoko.people.keep_token(
            token_id, secret, user_id=user.user_id, label=label[:80], scopes=scopes, life=life
        )
    return token, secret


def revoke_token(shoko: Shoko, token_id: str, *, by: str) -> ApiToken:
    """A token that is worth nothing from now on.

    Raises:
        AccessRefused: no such token.
    """
    found = next((one for one in shoko.people.tokens() if one.token_id == token_id), None)
    if found is None:
        raise AccessRefused("no such token", message_ja="APIトークンが見つかりません")
    shoko.archive.record_act(
        ActKind.TOKEN_REVOKED, found.user_id, recorded_by=by, about=(token_id,), personal={"label": found.label}
    )
    shoko.people.revoke_token(token_id)
    return next(one for one in shoko.people.tokens() if one.token_id == token_id)


def record_view(shoko: Shoko, document_id: str, *, by: str, session: str) -> bool:
    """Write down that a person whose looking is logged opened a document: once in a session and day.

    Returns:
        False where there is no such document, and nothing was written.
    """
    if shoko.archive.get_document(document_id) is None:
        return False
    shoko.archive.record_act(
        ActKind.VIEWED,
        document_id,
        recorded_by=by,
        facts={"session": session, "day": tokyo_day(shoko.clock()).isoformat()},
    )
    return True


def record_listing(shoko: Shoko, user: User, *, page: str, query: str, session: str) -> None:
    """Write down that a person whose looking is logged asked for a list: which page, with which conditions.

    The conditions stand in the payload, since they may name people; the digest in the manifest tells them apart.
    """
    shoko.archive.record_act(
        ActKind.LISTED,
        user.user_id,
        recorded_by=user.login,
        facts={
            "page": page,
            "query": hashlib.sha256(query.encode("utf-8", "replace")).hexdigest(),
            "session": session,
            "day": tokyo_day(shoko.clock()).isoformat(),
        },
        personal={"query": query},
    )


def recovery_code(content: bytes) -> str:
    """Bytes as a code that people can copy: XXXX-XXXX-XXXX-XXXX."""
    text = base64.b32encode(content).decode().rstrip("=")
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def change_account(shoko: Shoko, user: User, what: str, *, by: str, **values: Any) -> User:
    """Change an account: the act first, then the row; held under ``TURN``."""
    roles = values.get("roles", user.roles)
    facts: dict[str, FactValue] = {
        "change": what,
        "version": user.version + 1,
        "roles": tuple(sorted(role.value for role in roles)),
    }
    personal = {}
    if "external" in values:
        personal = {"identities": "\n".join(values["external"])}
    if "mail" in values:
        personal = {"mail": values["mail"]}
    if "departments" in values:
        facts["departments"] = values["departments"]
    if (sight := values.get("sight")) is not None:
        frame = sight.frame
        facts |= {"all_departments": sight.all_departments, "confidential": sight.confidential}
        days = {name: getattr(frame, name) for name in ("date_from", "date_to", "received_from", "received_to")}
        facts |= {name: day.isoformat() for name, day in days.items() if day is not None}
        facts |= {"document_types": tuple(kind.value for kind in frame.document_types)}
        facts |= {"document_ids": frame.document_ids}
        personal = {"counterparties": "\n".join(frame.counterparties)}
    shoko.archive.record_act(
        ActKind.USER_CHANGED,
        user.user_id,
        recorded_by=by,
        facts=facts,
        personal={"login": user.login, "name": values.get("name", user.name), **personal},
    )
    logger.info("account %s: %s", user.user_id, what)
    return shoko.people.change(user.user_id, **values)


def _not_the_last(shoko: Shoko, user: User) -> None:
    others = (
        one
        for one in shoko.people.users()
        if one.user_id != user.user_id and not one.disabled and Role.ADMINISTRATOR in one.roles
    )
    if Role.ADMINISTRATOR in user.roles and not user.disabled and not any(others):
        raise AccessRefused(
            "nobody would be administrator any more",
            message_ja="最後の管理者です。先に別の管理者を追加してください",
        )
