"""``shoko say``: what no engine can know of a document — why its input was late, through what it was exchanged."""

from __future__ import annotations

import getpass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json
from app.cli.output import out, print_json
from domain.circumstances import Channel, DelayCause


class What(StrEnum):
    """What is said."""

    DELAY = "delay"
    RECEIVED_STAMPED = "received-stamped"
    EXCHANGED_INSIDE = "exchanged-inside"


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("say", help="遅れた事由・電子取引の授受の方法を記録 / causes of delay, channels of electronic data")
    def say_verb(
        what: Annotated[What, typer.Argument(help="何を記録するか / what is said")],
        document_ids: Annotated[list[str], typer.Argument(help="書類ID（複数可） / document ids")],
        cause: Annotated[
            DelayCause, typer.Option("--cause", help="事由（delay）: special 特別な事由、disaster 災害その他 / cause")
        ] = DelayCause.SPECIAL,
        until: Annotated[
            datetime | None,
            typer.Option("--until", formats=["%Y-%m-%d"], help="事由が解消した日（続いていれば省く） / when it ended"),
        ] = None,
        reason: Annotated[str, typer.Option("--reason", help="具体的な事情 / what happened")] = "",
        evidence: Annotated[str, typer.Option("--evidence", help="証拠（罹災証明書など） / what proves it")] = "",
        service: Annotated[str, typer.Option("--service", help="サービスの名前 / the service")] = "",
        ends: Annotated[bool, typer.Option("--end", help="取り消す / take it back")] = False,
        by: Annotated[str | None, typer.Option("--by", help="操作した人（既定: ログイン名） / who")] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps import circumstances
        from pipeline.steps.compliance import standing_of, standing_plain
        from pipeline.steps.relations import known_document

        shoko, who = open_home(home), by or getpass.getuser()
        if what is What.DELAY and ends:
            circumstances.take_back_delay(shoko, document_ids, by=who, reason=reason)
        elif what is What.DELAY:
            day: date | None = until.date() if until is not None else None
            circumstances.say_delay(shoko, document_ids, cause, until=day, by=who, reason=reason, evidence=evidence)
        else:
            channel = Channel(what.value.replace("-", "_"))
            circumstances.say_channel(shoko, document_ids, channel, service=service, by=who, ends=ends)
        for one in document_ids:
            standing = standing_of(shoko, known_document(shoko, one))
            if json:
                print_json({"document_id": one} | standing_plain(standing))
            else:
                out.print(f"{one}  記録しました（判定: {standing.status.verdict.value}）")
