"""``shoko request``: one person asks, another decides, and what was done is reported."""

from __future__ import annotations

import getpass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json
from app.cli.output import out, print_json, table
from domain.errors import RequestRefused
from domain.labels import REQUEST_KINDS, REQUEST_STATES
from domain.requests import OPEN, RequestKind

if TYPE_CHECKING:
    from domain.requests import Request
    from pipeline.wiring import Shoko


class Action(StrEnum):
    """What to do with requests."""

    LIST = "list"
    ASK = "ask"
    SHOW = "show"
    APPROVE = "approve"
    REJECT = "reject"
    TAKE_BACK = "take-back"
    REPORT = "report"


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("request", help="申請・承認・報告（訂正・削除・取消し・廃棄） / ask, decide, report")
    def request_verb(
        action: Annotated[Action, typer.Argument(help="操作 / what to do")] = Action.LIST,
        ids: Annotated[
            list[str] | None, typer.Argument(help="申請ID。ask では書類ID（複数可） / request id, or document ids")
        ] = None,
        kind: Annotated[RequestKind | None, typer.Option("--kind", help="申請の種類（ask） / what is asked")] = None,
        reason: Annotated[str, typer.Option("--reason", help="理由・報告の文 / why, or what was done")] = "",
        form: Annotated[
            list[str] | None,
            typer.Option("--form", help="申請書の欄=内容（繰り返し可。例: slip_number=A-12） / entry of the form"),
        ] = None,
        by: Annotated[str | None, typer.Option("--by", help="操作した人（既定: ログイン名） / who")] = None,
        everything: Annotated[bool, typer.Option("--all", help="完了した申請も並べる / closed ones too")] = False,
        json: Json = False,
        home: Home = None,
    ) -> None:
        shoko, who, named = open_home(home), by or getpass.getuser(), ids or []
        if action is Action.LIST:
            from pipeline.steps.requests import requests

            found = tuple(one for one in requests(shoko) if everything or one.state in OPEN)
        elif action is Action.ASK:
            from pipeline.steps.requests import ask

            if kind is None:
                raise RequestRefused("ask needs --kind", message_ja="--kind で申請の種類を指定してください")
            found = (ask(shoko, kind, named, by=who, reason=reason, form=dict(_entry(e) for e in form or [])),)
        else:
            found = tuple(_step(shoko, action, one, by=who, reason=reason) for one in named)
        if json:
            from pipeline.steps.requests import request_plain

            print_json(*(request_plain(one) for one in found))
            return
        rows = (
            (
                one.request_id,
                REQUEST_KINDS[one.kind][0],
                REQUEST_STATES[one.state][0],
                one.asked.by,
                one.asked.words,
                "\n".join(one.subjects),
            )
            for one in found
        )
        headings = ("申請ID", "種類", "状態", "申請者", "理由", "対象")
        out.print(table(None, [(heading, "left") for heading in headings], rows))


def _step(shoko: Shoko, action: Action, request_id: str, *, by: str, reason: str) -> Request:
    from pipeline.steps import requests

    match action:
        case Action.APPROVE | Action.REJECT:
            return requests.decide(shoko, request_id, approve=action is Action.APPROVE, by=by, reason=reason)
        case Action.TAKE_BACK:
            return requests.take_back(shoko, request_id, by=by, reason=reason)
        case Action.REPORT:
            return requests.report(shoko, request_id, by=by, words=reason)
        case _:
            return requests.find_request(shoko, request_id)


def _entry(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise RequestRefused(
            f"--form wants entry=text, not {text[:40]!r}", message_ja="--form は 欄=内容 の形で指定してください"
        )
    return name.strip(), value
