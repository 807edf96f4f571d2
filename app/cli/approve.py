"""``shoko approve``: submit, approve and return documents, see what is due, let another approve, set the routes."""

from __future__ import annotations

import getpass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json, parse_day
from app.cli.output import SOMETHING_WRONG, out, print_json, read_file, table
from domain.errors import AccessRefused, ConfigError, RequestRefused
from domain.labels import APPROVAL_STATES, DOCUMENT_TYPES
from domain.visibility import visibility_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from domain.approvals import Round
    from domain.people import User
    from domain.record import ArchiveRecord
    from pipeline.steps.approval_queue import Result
    from pipeline.wiring import Shoko

_MOST_BYTES = 1_000_000


class Action(StrEnum):
    """What to do with approvals."""

    LIST = "list"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    DELEGATE = "delegate"
    ROUTES = "routes"


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("approve", help="承認（電子印）・差戻し・代理・承認経路 / submit, approve, return, delegate, routes")
    def approve_verb(
        action: Annotated[Action, typer.Argument(help="操作 / what to do")] = Action.LIST,
        ids: Annotated[
            list[str] | None,
            typer.Argument(help="書類ID（複数可）。delegate では代理の人のログイン名 / document ids, or a login"),
        ] = None,
        by: Annotated[
            str | None, typer.Option("--by", help="操作する人のログイン名（既定: OSの利用者名） / login of who acts")
        ] = None,
        reason: Annotated[str, typer.Option("--reason", help="コメント・差戻しの理由 / comment, or why")] = "",
        due: Annotated[
            bool, typer.Option("--due", help="期限が明日までのものだけ（催促用） / only what is due by tomorrow")
        ] = False,
        mail: Annotated[
            bool,
            typer.Option("--mail", help="list と共に: 期限のものを各自へメールで知らせる（1日1通） / send reminders"),
        ] = False,
        routes: Annotated[
            Path | None, typer.Option("--routes", help="承認経路のTOMLを読み込む / load routes from TOML")
        ] = None,
        first: Annotated[str | None, typer.Option("--from", help="代理の初日 / first day")] = None,
        last: Annotated[str | None, typer.Option("--to", help="代理の末日 / last day")] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        shoko, named = open_home(home), ids or []
        if routes is not None and action is not Action.ROUTES:
            raise ConfigError(
                "--routes without routes", message_ja="--routes は shoko approve routes と共に指定してください"
            )
        if mail and action is not Action.LIST:
            raise ConfigError("--mail without list", message_ja="--mail は shoko approve list と共に指定してください")
        if mail:
            _mail(shoko, json=json)
        elif action is Action.ROUTES:
            _routes(shoko, routes, by=by, json=json)
        elif action is Action.LIST:
            _list(shoko, by=by, due=due, json=json)
        elif action is Action.DELEGATE:
            _delegate(shoko, named, by=_person(shoko, by), days=(first, last), json=json)
        else:
            person = _person(shoko, by)
            shoko = shoko.seen_by(visibility_of(person))
            results = _each(shoko, action, named, by=person, reason=reason)
            _print_results(shoko, results, json=json)
            if any(one.error is not None for one in results):
                raise typer.Exit(next(one.error.exit_code for one in results if one.error is not None))


def _person(shoko: Shoko, login: str | None) -> User:
    """An approval stands for an account; whoever may start this command is trusted to say whose."""
    user = shoko.people.find(login or getpass.getuser())
    if user is None:
        raise AccessRefused(
            "nobody has this login", message_ja="--by に登録済みのログイン名を指定してください（shoko users で登録）"
        )
    return user


def _each(shoko: Shoko, action: Action, ids: Sequence[str], *, by: User, reason: str) -> tuple[Result, ...]:
    from pipeline.steps import approvals
    from pipeline.steps.approval_queue import each

    if not ids:
        raise RequestRefused(f"{action.value} needs documents", message_ja="書類IDを指定してください")
    does: dict[Action, Callable[[str], object]] = {
        Action.SUBMIT: lambda one: approvals.submit(shoko, one, by=by, comment=reason),
        Action.APPROVE: lambda one: approvals.decide(shoko, one, approve=True, by=by, words=reason, via="command"),
        Action.RETURN: lambda one: approvals.decide(shoko, one, approve=False, by=by, words=reason, via="command"),
        Action.WITHDRAW: lambda one: approvals.withdraw(shoko, one, by=by, words=reason),
        Action.REOPEN: lambda one: approvals.reopen(shoko, one, by=by, words=reason),
    }
    return each(ids, does[action])


def _print_results(shoko: Shoko, results: Sequence[Result], *, json: bool) -> None:
    from pipeline.steps.approval_queue import round_plain
    from pipeline.steps.approvals import rounds

    for one in results:
        record, known = shoko.archive.get_document(one.document_id), rounds(shoko, one.document_id)
        if json:
            error = {"code": one.error.code, "message": one.error.message_ja} if one.error is not None else None
            plain = round_plain(record, known[-1]) if record is not None and known else {}
            print_json(plain | {"document_id": one.document_id, "error": error})
        elif one.error is not None:
            out.print(f"{one.document_id}: {one.error.message_ja}", style="red")
        else:
            out.print(f"{one.document_id}: {APPROVAL_STATES[known[-1].state][0]}")


def _list(shoko: Shoko, *, by: str | None, due: bool, json: bool) -> None:
    from domain.calendar import tokyo_day
    from pipeline.steps import approval_queue

    found: tuple[tuple[ArchiveRecord, Round], ...]
    if by is not None:
        person = _person(shoko, by)
        seen = shoko.seen_by(visibility_of(person))
        found = tuple((record, one) for record, one, _ in approval_queue.waits_for(seen, person))
    else:
        found = approval_queue.open_rounds(shoko)
    if due:
        found = approval_queue.due_by(found, tokyo_day(shoko.clock()) + timedelta(days=1))
    if json:
        print_json(*(approval_queue.round_plain(record, one) for record, one in found))
        return
    rows = (
        (
            record.document_id,
            DOCUMENT_TYPES[record.classification.label][0],
            record.fields.text("counterparty") or "",
            APPROVAL_STATES[one.state][0],
            "" if one.current is None else f"第{one.current.number}段 {one.current.label}",
            "" if one.current is None else "、".join(s.name for s in one.current.seats if not s.is_filled),
            one.due_on.isoformat() if one.due_on else "",
        )
        for record, one in found
    )
    headings = ("書類ID", "種類", "取引先", "状態", "段階", "承認者", "期限")
    out.print(table(None, [(heading, "left") for heading in headings], rows))


def _mail(shoko: Shoko, *, json: bool) -> None:
    """The mails of today, as the nightly job sends them; those that were sent are not sent again."""
    from pipeline.steps.reminding import send_digests

    done = send_digests(shoko)
    if json:
        print_json({name: list(getattr(done, name)) for name in ("sent", "failed", "before", "without")})
    else:
        out.print(f"送信 {len(done.sent)} 通、失敗 {len(done.failed)} 通、本日送信済み {len(done.before)} 人")
        if done.without:
            out.print(f"メールアドレスが未設定: {'、'.join(done.without)}（[mail.addresses]）", style="yellow")
    if done.failed:
        raise typer.Exit(SOMETHING_WRONG)


def _delegate(
    shoko: Shoko, logins: Sequence[str], *, by: User, days: tuple[str | None, str | None], json: bool
) -> None:
    from pipeline.steps.approval_people import delegate

    first, last = _day(days[0], "--from"), _day(days[1], "--to")
    if len(logins) != 1:
        raise ConfigError("delegate needs one login", message_ja="代理の人のログイン名を1つ指定してください")
    given = delegate(shoko, by=by, to=_person(shoko, logins[0]), first_on=first, last_on=last)
    if json:
        print_json({"principal": by.login, "delegate": logins[0], "from": str(first), "to": str(last)})
    else:
        out.print(f"{given.principal_name} → {given.delegate_name}  {first.isoformat()} 〜 {last.isoformat()}")


def _day(text: str | None, option: str) -> date:
    day = parse_day(text, option)
    if day is None:
        raise ConfigError(f"delegate needs {option}", message_ja=f"代理の期間を {option} で指定してください")
    return day


def _routes(shoko: Shoko, file: Path | None, *, by: str | None, json: bool) -> None:
    from pipeline.steps.approval_routes import parse_routes, routes_in_force, routes_plain, set_routes

    if file is not None:
        people = {user.login: user for user in shoko.people.users()}
        routes = parse_routes(read_file(file, most_bytes=_MOST_BYTES), people=people)
        set_routes(shoko, routes, by=_person(shoko, by))
    found = routes_in_force(shoko)
    if json:
        print_json({"version": found.version, "routes": routes_plain(found.routes)})
        return
    rows = (
        (one.priority, one.route_id, one.name, " → ".join(f"{s.label}({len(s.seats)})" for s in one.steps))
        for one in sorted(found.routes, key=lambda one: one.priority)
    )
    headings = ("優先順位", "コード", "名前", "段階（承認者の数）")
    out.print(table(f"承認経路 第{found.version}版", [(heading, "left") for heading in headings], rows))
