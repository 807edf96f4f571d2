"""``shoko withdraw``: a misdirected file is taken back, with approval, before it is locked for good."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json
from app.cli.output import out, print_json
from pipeline.steps.requests import request_plain


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("withdraw", help="誤投入の取消し（申請と、承認後の実施） / withdraw a misdirected file")
    def withdraw_verb(
        id_: Annotated[
            str, typer.Argument(metavar="ID", help="受付ID（申請）、または --carry-out で申請ID / a drop, or a request")
        ],
        reason: Annotated[str, typer.Option("--reason", help="理由（申請に必要） / why")] = "",
        carry_out: Annotated[
            bool, typer.Option("--carry-out", help="承認済みの申請を実施する / carry out an approved request")
        ] = False,
        by: Annotated[str | None, typer.Option("--by", help="操作した人（既定: ログイン名） / who")] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.withdraw import ask_withdrawal, carry_out_withdrawal

        shoko, who = open_home(home), by or getpass.getuser()
        if not carry_out:
            request = ask_withdrawal(shoko, id_, by=who, reason=reason)
            if json:
                print_json(request_plain(request))
                return
            out.print(f"誤投入の取消しを申請しました: {request.request_id}")
            out.print(f"別の担当者の承認: shoko request approve {request.request_id}")
            out.print(f"承認後の実施: shoko withdraw --carry-out {request.request_id}")
            return
        done = carry_out_withdrawal(shoko, id_, by=who)
        if json:
            print_json(request_plain(done.request) | {"documents": list(done.documents), "locked": list(done.locked)})
        elif done.locked:
            out.print("取り消しました。原本は仮のロックが終わった後、夜間処理で消去されます（記録は残ります）")
        else:
            out.print("取り消し、原本を消去しました（記録は残ります）")
