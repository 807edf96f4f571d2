"""``shoko export``: a bundle that auditors check offline with stock tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json, make_query
from app.cli.output import out, print_json, write_file
from domain.fields import DocumentType
from domain.labels import DOCUMENT_TYPES
from domain.query import Query


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("export", help="監査用の一式を書き出します（オフラインで検証できます） / export an audit bundle")
    def export_verb(
        destination: Annotated[Path, typer.Argument(help="書き出し先フォルダ（新規） / new folder")],
        counterparties: Annotated[
            bool,
            typer.Option("--counterparties", help="取引先の表だけをCSVファイルに書き出します / the master as CSV"),
        ] = False,
        date_from: Annotated[str | None, typer.Option("--from", help="取引年月日 から / from day")] = None,
        date_to: Annotated[str | None, typer.Option("--to", help="取引年月日 まで / to day")] = None,
        party: Annotated[str | None, typer.Option("--party", help="取引先 / counterparty")] = None,
        types: Annotated[list[DocumentType] | None, typer.Option("--type", help="種類 / class")] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.verify import export

        if counterparties:
            _export_counterparties(destination, home=home, json=json)
            return
        query = make_query(
            date_from=date_from,
            date_to=date_to,
            amount_min=None,
            amount_max=None,
            party=party,
            words=[],
            types=types or [],
            states=[],
            origins=[],
            blank=[],
            deleted=True,
            limit=1000,
        )
        result = export(open_home(home), query, destination, conditions=in_words(query))
        if json:
            print_json(result)
        else:
            out.print(f"{result['documents']} 件の書類を {destination} に書き出しました")
            out.print(f"ログ先頭 {result['log_head']}")
            out.print(f"公開鍵の指紋 {result['log_key_sha256']}  （この2つは別の場所に控えてください）")
            out.print(
                f"検証: sh {destination}/verify.sh --roots 信頼するルート証明書.pem --log-key-sha256 公開鍵の指紋"
            )


def _export_counterparties(file: Path, *, home: Path | None, json: bool) -> None:
    from pipeline.steps.parties import export_counterparties

    content, count = export_counterparties(open_home(home))
    write_file(file, content)
    if json:
        print_json({"counterparties": count, "file": str(file)})
    else:
        out.print(f"取引先 {count} 件を {file} に書き出しました")


def in_words(query: Query) -> str:
    """The conditions in Japanese, for the bundle's README."""
    parts = []
    if query.date_from or query.date_to:
        parts.append(f"取引年月日 {query.date_from or ''}〜{query.date_to or ''}")
    if query.counterparty:
        parts.append(f"取引先 {query.counterparty}")
    if query.document_types:
        parts.append("種類 " + "・".join(DOCUMENT_TYPES[t][0] for t in query.document_types))
    return "、".join(parts)
