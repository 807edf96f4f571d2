"""``shoko destroy``: the end of retention: a list, a request, approval by another, and then it goes."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json
from app.cli.output import SOMETHING_WRONG, out, print_json, table
from domain.labels import DOCUMENT_TYPES, REQUEST_STATES
from pipeline.steps.requests import request_plain

if TYPE_CHECKING:
    from pipeline.steps.destroy import Destruction, Due


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command(
        "destroy", help="保存期間が満了した書類の廃棄（一覧・申請・承認後の実施） / destroy what need not be kept"
    )
    def destroy_verb(
        ids: Annotated[
            list[str] | None,
            typer.Argument(help="書類ID（申請）、または --carry-out で申請ID / documents, or requests"),
        ] = None,
        list_: Annotated[bool, typer.Option("--list", help="廃棄できる書類の一覧 / what may go")] = False,
        ask: Annotated[
            bool,
            typer.Option("--ask", help="廃棄を申請する（IDなしは一覧の全件） / ask; without ids for all of the list"),
        ] = False,
        carry_out: Annotated[
            bool, typer.Option("--carry-out", help="承認済みの申請を実施する / carry out approved requests")
        ] = False,
        reason: Annotated[str, typer.Option("--reason", help="申請の理由 / why")] = "保存期間の満了",
        by: Annotated[str | None, typer.Option("--by", help="操作した人（既定: ログイン名） / who")] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps import destroy

        shoko, who, named = open_home(home), by or getpass.getuser(), ids or []
        if carry_out:
            done = [destroy.carry_out(shoko, one, by=who) for one in named]
            _print_done(done, json=json)
            raise typer.Exit(SOMETHING_WRONG if any(one.locked for one in done) else 0)
        due = tuple(destroy.destruction_list(shoko)) if list_ or not named else ()
        if not ask:
            _print_list(due, json=json)
            return
        wanted = named or [one.document_id for one in due]
        request = destroy.ask_destruction(shoko, wanted, by=who, reason=reason)
        if json:
            print_json(request_plain(request))
            return
        out.print(f"廃棄を申請しました: {request.request_id}（{len(wanted)} 件、{REQUEST_STATES[request.state][0]}）")
        out.print(f"別の担当者の承認: shoko request approve {request.request_id}")
        out.print(f"承認後の実施: shoko destroy --carry-out {request.request_id}")


def _print_list(due: tuple[Due, ...], *, json: bool) -> None:
    if json:
        print_json(*(_plain(one) for one in due))
        return
    rows = (
        (one.document_id, DOCUMENT_TYPES[one.record.classification.label][0], one.record.received_on, one.retain_until)
        for one in due
    )
    headings = ("書類ID", "種類", "受領日", "保存期限")
    out.print(table("廃棄できる書類（保存期間満了、保存命令なし）", [(one, "left") for one in headings], rows))
    out.print("申請: shoko destroy --ask [書類ID…]")


def _plain(due: Due) -> dict[str, Any]:
    return {
        "document_id": due.document_id,
        "document_type": due.record.classification.label.value,
        "received_on": due.record.received_on.isoformat(),
        "retain_until": due.retain_until.isoformat(),
    }


def _print_done(done: list[Destruction], *, json: bool) -> None:
    for one in done:
        if json:
            print_json(request_plain(one.request) | {"removed": one.removed, "locked": list(one.locked)})
            continue
        out.print(f"{one.request.request_id}: {len(one.documents)} 書類、{one.removed} 件を廃棄しました")
        if one.locked:
            out.print(
                f"  {len(one.locked)} 件は保存先のロックがまだ残っています。後で同じコマンドを再度実行してください",
                style="yellow",
            )
