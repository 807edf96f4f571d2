"""``shoko correct``: a person puts a document right; every correction is a revision and a lesson."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json, parse_day
from app.cli.output import out, print_json
from domain.errors import CorrectionInvalid, ObjectMissing
from domain.fields import FIELDS, DocumentType
from domain.ids import Origin
from domain.labels import DOCUMENT_STATES, REVIEW_REASONS


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("correct", help="誤りを訂正します（版として残り、次の読み取りに生きます） / correct")
    def correct_verb(
        document_id: Annotated[str, typer.Argument(help="書類ID / document id")],
        values: Annotated[
            list[str] | None,
            typer.Option("--set", help="項目=値（繰り返し可。例: total_amount=128960） / field=value"),
        ] = None,
        clear: Annotated[
            list[str] | None, typer.Option("--clear", help="書類にない項目（繰り返し可） / not on the document")
        ] = None,
        confirm: Annotated[
            list[str] | None, typer.Option("--confirm", help="正しいと確かめた項目（繰り返し可） / right as it is")
        ] = None,
        document_type: Annotated[DocumentType | None, typer.Option("--type", help="種類 / class")] = None,
        origin: Annotated[
            Origin | None, typer.Option("--origin", help="受領方法（紙・電子） / how it reached us")
        ] = None,
        received_on: Annotated[
            str | None, typer.Option("--received-on", help="受領日 2026-11-02（確認した日付） / day of receipt")
        ] = None,
        paper: Annotated[
            str | None,
            typer.Option(
                "--paper", help="スキャンした用紙の大きさ（A3 A4 A5 B4 B5 receipt-58 receipt-80） / paper size"
            ),
        ] = None,
        reviewed: Annotated[
            bool, typer.Option("--reviewed", help="書類全体を確認済みにする / nothing needs review any more")
        ] = False,
        reason: Annotated[str, typer.Option("--reason", help="理由 / why")] = "読み取りの訂正",
        by: Annotated[str | None, typer.Option("--by", help="訂正した人（既定: ログイン名） / who")] = None,
        base_revision: Annotated[
            int | None, typer.Option("--base-revision", min=1, help="見ていた版（既定: 最新） / revision looked at")
        ] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from app.cli.show import document_plain
        from domain.corrections import Correction, parse_value
        from pipeline.steps.correct import correct_document

        shoko = open_home(home)
        record = shoko.archive.get_document(document_id)
        if record is None:
            raise ObjectMissing(
                f"no document {document_id}", message_ja=f"書類 {document_id} は見つかりません。IDを確かめてください"
            )
        typed = dict(_pair(item) for item in values or []) | dict.fromkeys(clear or [], "")
        currency = record.fields.text("currency") or "JPY"
        corrected = correct_document(
            shoko,
            document_id,
            Correction(
                base_revision=base_revision or record.revision,
                values={
                    name: parse_value(name, text, currency=currency, near=record.received_on)
                    for name, text in typed.items()
                },
                confirmed=frozenset(confirm or []),
                document_type=document_type,
                origin=origin,
                received_on=parse_day(received_on, "--received-on"),
                paper=paper,
                reviewed=reviewed,
                recorded_by=by or getpass.getuser(),
                reason=reason,
            ),
        )
        if json:
            print_json(document_plain(shoko, corrected))
            return
        out.print(f"書類 {document_id} 第{corrected.revision}版（{DOCUMENT_STATES[corrected.state][0]}）")
        for item in corrected.review_reasons:
            name = f"{FIELDS[item.field].label_ja}: " if item.field in FIELDS else ""
            out.print(f"  要確認 {name}{REVIEW_REASONS.get(item.code, (item.code,))[0]}")


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise CorrectionInvalid(
            f"--set wants field=value, not {text[:40]!r}", message_ja="--set は 項目=値 の形で指定してください"
        )
    return name.strip(), value
