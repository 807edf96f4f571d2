"""``shoko hold``: keep documents whatever their period, lift that, move every lock to its day of now."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json
from app.cli.output import out, print_json


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("hold", help="保存命令（リーガルホールド）の設定・解除と、保存期間の固定の延長 / legal hold, locks")
    def hold_verb(
        ids: Annotated[
            list[str] | None, typer.Argument(help="書類ID（なければ全書類の固定を延長） / documents")
        ] = None,
        lift: Annotated[bool, typer.Option("--lift", help="保存命令を解除する / lift the hold")] = False,
        full: Annotated[
            bool, typer.Option("--full", help="変わっていない書類も含めて全件を固定し直す / set every lock again")
        ] = False,
        reason: Annotated[str, typer.Option("--reason", help="理由（設定・解除に必要） / why")] = "",
        by: Annotated[str | None, typer.Option("--by", help="操作した人（既定: ログイン名） / who")] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps import retention

        shoko, who = open_home(home), by or getpass.getuser()
        if ids:
            change = retention.lift if lift else retention.hold
            acts = change(shoko, ids, by=who, reason=reason)
            if json:
                print_json(
                    *(
                        {"document_id": a.subject_id, "kind": a.kind.value, "at": a.recorded_at.isoformat()}
                        for a in acts
                    )
                )
            else:
                out.print(f"{len(acts)} 書類の保存命令を{'解除しました' if lift else '設定しました'}")
            return
        done = retention.extend_locks(shoko, full=full)
        if json:
            print_json({"documents": done.documents, "objects": done.objects, "later": list(done.later)})
        else:
            said = f"{done.documents} 書類・{done.objects} 件を固定しました"
            out.print(f"{said}（保存期限が延びた書類 {len(done.later)}）")
