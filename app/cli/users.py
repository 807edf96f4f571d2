"""``shoko users``: who may use the page, as what; passwords are typed or read from a file, never given as arguments."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json
from app.cli.output import out, print_json, read_file, table
from domain.calendar import tokyo_day, tokyo_time
from domain.codec import to_plain
from domain.errors import AccessRefused
from domain.fields import DocumentType
from domain.labels import ROLES
from domain.people import Permission, Role
from domain.visibility import Frame, Sight

if TYPE_CHECKING:
    from domain.people import ApiToken, User
    from pipeline.wiring import Shoko

_MOST_BYTES = 1000
_DAYS = {"from": "date_from", "to": "date_to", "received-from": "received_from", "received-to": "received_to"}
_CHOSEN: dict[str, tuple[str, Callable[[str], Any]]] = {
    "type": ("document_types", DocumentType),
    "counterparty": ("counterparties", str),
    "document": ("document_ids", str),
}


class Action(StrEnum):
    """What to do with people."""

    LIST = "list"
    ADD = "add"
    DISABLE = "disable"
    ENABLE = "enable"
    SET_ROLE = "set-role"
    SET_DEPARTMENTS = "set-departments"
    SET_SIGHT = "set-sight"
    LINK = "link"
    RESET_PASSWORD = "reset-password"  # noqa: S105  # the name of an action
    RESET_TOTP = "reset-totp"
    END_SESSIONS = "end-sessions"
    TOKEN = "token"  # noqa: S105  # the name of an action
    TOKENS = "tokens"
    REVOKE_TOKEN = "revoke-token"  # noqa: S105  # the name of an action


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("users", help="利用者・役割・パスワード・APIトークン / people, roles, passwords, API tokens")
    def users_verb(
        action: Annotated[Action, typer.Argument(help="操作 / what to do")] = Action.LIST,
        login: Annotated[
            str | None, typer.Argument(help="ログイン名（revoke-token ではトークンID） / login, or token id")
        ] = None,
        name: Annotated[str, typer.Option("--name", help="氏名（add） / name")] = "",
        roles: Annotated[list[Role] | None, typer.Option("--role", help="役割（繰り返し可） / roles")] = None,
        departments: Annotated[
            list[str] | None, typer.Option("--department", help="部門（繰り返し可） / departments")
        ] = None,
        password_file: Annotated[
            Path | None,
            typer.Option(
                "--password-file", help="パスワードを1行目に書いたファイル（- は標準入力） / file, - for stdin"
            ),
        ] = None,
        scopes: Annotated[
            list[Permission] | None, typer.Option("--scope", help="トークンの範囲（繰り返し可） / scopes of a token")
        ] = None,
        sight: Annotated[
            list[str] | None,
            typer.Option(
                "--see",
                help="set-sight: all-departments、confidential、from=日付、to=日付、received-from=、received-to=、"
                "type=種別、counterparty=名前、document=ID（繰り返し可。指定なしで解除） / what is shown",
            ),
        ] = None,
        identities: Annotated[
            list[str] | None,
            typer.Option(
                "--identity", help="link: sub:識別子 か email:アドレス（繰り返し可。指定なしで解除） / single sign-on"
            ),
        ] = None,
        label: Annotated[str, typer.Option("--label", help="トークンの用途 / what the token is for")] = "",
        days: Annotated[int, typer.Option("--days", help="トークンの有効日数 / days until it ends")] = 90,
        json: Json = False,
        home: Home = None,
    ) -> None:
        shoko, by = open_home(home), getpass.getuser()
        if action is Action.LIST:
            _print_users(shoko.people.users(), json=json)
        elif action is Action.TOKENS:
            _print_tokens(shoko, login, json=json)
        elif login is None:
            raise AccessRefused(f"{action.value} needs a login", message_ja="ログイン名を指定してください")
        elif action in {Action.ADD, Action.RESET_PASSWORD}:
            _with_password(
                shoko,
                login,
                file=password_file,
                by=by,
                json=json,
                added=(name, frozenset(roles or ()), tuple(departments or ())) if action is Action.ADD else None,
            )
        elif action is Action.TOKEN:
            _issue(shoko, login, label=label, scopes=frozenset(scopes or ()), days=days, by=by, json=json)
        elif action is Action.LINK:
            from pipeline.steps.identities import link

            _print_users((link(shoko, login, identities or (), by=by),), json=json)
        elif action in {Action.SET_DEPARTMENTS, Action.SET_SIGHT}:
            from pipeline.steps import people

            if action is Action.SET_DEPARTMENTS:
                user = people.set_departments(shoko, login, departments or (), by=by)
            else:
                user = people.set_sight(shoko, login, sight_of(sight or ()), by=by)
            _print_users((user,), json=json)
        else:
            _other(shoko, action, login, roles=frozenset(roles or ()), by=by, json=json)


def sight_of(said: Sequence[str]) -> Sight:
    """What a person is shown, from ``all-departments``, ``from=2026-04-01`` and so on.

    Raises:
        AccessRefused: not of that form.
    """
    frame: dict[str, Any] = {}
    flags = {"all-departments": False, "confidential": False}
    try:
        for one in said:
            name, separator, value = one.partition("=")
            if name in flags and not separator:
                flags[name] = True
            elif name in _DAYS:
                frame[_DAYS[name]] = date.fromisoformat(value)
            else:
                key, kind = _CHOSEN[name]
                frame[key] = (*frame.get(key, ()), kind(value))
    except (KeyError, ValueError) as error:
        raise AccessRefused(
            f"--see {one!r} is not understood",
            message_ja=f"--see {one} を読み取れません（例: from=2026-04-01、type=invoice、all-departments）",
        ) from error
    return Sight(all_departments=flags["all-departments"], confidential=flags["confidential"], frame=Frame(**frame))


def user_plain(user: User) -> dict[str, Any]:
    """An account as JSON values."""
    return {
        "user_id": user.user_id,
        "login": user.login,
        "name": user.name,
        "roles": sorted(user.roles),
        "departments": list(user.departments),
        "sight": to_plain(user.sight),
        "identities": list(user.external),
        "disabled": user.disabled,
        "totp": user.has_totp,
        "must_change_password": user.must_change,
        "changed_at": user.changed_at.isoformat(),
    }


def token_plain(token: ApiToken) -> dict[str, Any]:
    """A token as JSON values; its secret is not kept."""
    return {
        "token_id": token.token_id,
        "user_id": token.user_id,
        "label": token.label,
        "scopes": sorted(token.scopes),
        "expires_at": token.expires_at.isoformat(),
        "used_at": token.used_at.isoformat() if token.used_at else None,
        "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
    }


def _with_password(
    shoko: Shoko,
    login: str,
    *,
    file: Path | None,
    by: str,
    json: bool,
    added: tuple[str, frozenset[Role], tuple[str, ...]] | None,
) -> None:
    from pipeline.steps import people

    password = _password(file)
    if added is None:
        _print_users((people.set_password(shoko, login, password, by=by),), json=json)
        return
    name, roles, departments = added
    user = people.add_user(shoko, login, name=name, roles=roles, departments=departments, password=password, by=by)
    _print_users((user,), json=json)


def _other(shoko: Shoko, action: Action, login: str, *, roles: frozenset[Role], by: str, json: bool) -> None:
    from pipeline.steps import people

    match action:
        case Action.DISABLE:
            user = people.disable(shoko, login, by=by)
        case Action.ENABLE:
            user = people.enable(shoko, login, by=by)
        case Action.SET_ROLE:
            user = people.set_roles(shoko, login, roles, by=by)
        case Action.RESET_TOTP:
            user = people.switch_totp_off(shoko, login, by=by)
        case Action.REVOKE_TOKEN:
            token = people.revoke_token(shoko, login, by=by)
            if json:
                print_json(token_plain(token))
            else:
                out.print(f"{token.token_id} を失効しました")
            return
        case _:
            ended = people.end_sessions(shoko, login, by=by)
            if json:
                print_json({"login": login, "ended": ended})
            else:
                out.print(f"{login}: {ended} 件のログインを終了しました")
            return
    _print_users((user,), json=json)


def _issue(
    shoko: Shoko, login: str, *, label: str, scopes: frozenset[Permission], days: int, by: str, json: bool
) -> None:
    from pipeline.steps.people import issue_token

    token, secret = issue_token(shoko, login, label=label, scopes=scopes, by=by, days=days)
    if json:
        print_json({**token_plain(token), "token": secret})
        return
    out.print(f"{token.token_id}  期限 {tokyo_day(token.expires_at).isoformat()}")
    out.print("トークン（二度と表示されません。Authorization: Bearer … で送ります）:")
    out.print(secret)


def _print_users(users: tuple[User, ...], *, json: bool) -> None:
    if json:
        print_json(*(user_plain(user) for user in users))
        return
    if not users:
        out.print("利用者は登録されていません（1人モード）。shoko users add LOGIN --role administrator で始めます")
        return
    rows = (
        (
            user.login,
            user.name,
            "・".join(pair[0] for role, pair in ROLES.items() if role in user.roles),
            "・".join(user.departments),
            "あり" if user.has_totp else "",
            "停止中" if user.disabled else "初回の変更待ち" if user.must_change else "有効",
        )
        for user in users
    )
    headings = ("ログイン名", "氏名", "役割", "部門", "2段階認証", "状態")
    out.print(table(None, [(heading, "left") for heading in headings], rows))


def _print_tokens(shoko: Shoko, login: str | None, *, json: bool) -> None:
    from storage.people.book import must_be

    tokens = shoko.people.tokens(must_be(shoko.people.find(login)).user_id if login else None)
    if json:
        print_json(*(token_plain(token) for token in tokens))
        return
    logins = {user.user_id: user.login for user in shoko.people.users()}
    rows = (
        (
            token.token_id,
            logins.get(token.user_id, ""),
            token.label,
            " ".join(sorted(token.scopes)),
            "失効" if token.revoked_at else tokyo_day(token.expires_at).isoformat(),
            tokyo_time(token.used_at)[:16] if token.used_at else "",
        )
        for token in tokens
    )
    headings = ("トークンID", "ログイン名", "用途", "範囲", "期限", "最後の使用")
    out.print(table(None, [(heading, "left") for heading in headings], rows))


def _password(file: Path | None) -> str:
    """Typed twice, or the first line of a file."""
    if file is None:
        return str(typer.prompt("パスワード", hide_input=True, confirmation_prompt=True, err=True))
    content = sys.stdin.readline().encode() if str(file) == "-" else read_file(file, most_bytes=_MOST_BYTES)
    return content.decode("utf-8", "replace").split("\n")[0].rstrip("\r")
