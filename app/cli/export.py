"""``shoko export``: a bundle that auditors check offline with stock tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json, make_query, parse_size
from app.cli.output import err, out, print_json, write_file
from domain.errors import ConfigError
from domain.fields import DocumentType
from domain.ids import Origin
from domain.labels import DOCUMENT_STATES, DOCUMENT_TYPES, ORIGINS
from domain.query import Query
from domain.record import DocumentState

if TYPE_CHECKING:
    from storage.export import BundleResult

_SHOWN = 20
"""Replaced characters printed for people; the file in the bundle has them all."""


class Renditions(StrEnum):
    """What is made for reading."""

    NONE = "none"
    READY = "ready"
    ALL = "all"


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("export", help="監査用の一式を書き出します（オフラインで検証できます） / export an audit bundle")
    def export_verb(
        destination: Annotated[Path, typer.Argument(help="書き出し先フォルダ（新規） / new folder")],
        counterparties: Annotated[
            bool,
            typer.Option("--counterparties", help="取引先の表だけをCSVファイルに書き出します / the master as CSV"),
        ] = False,
        words: Annotated[list[str] | None, typer.Option("--word", help="本文の語（複数可） / words")] = None,
        date_from: Annotated[str | None, typer.Option("--from", help="取引年月日 から / from day")] = None,
        date_to: Annotated[str | None, typer.Option("--to", help="取引年月日 まで / to day")] = None,
        amount_min: Annotated[str | None, typer.Option("--min", help="金額 以上 / amount from")] = None,
        amount_max: Annotated[str | None, typer.Option("--max", help="金額 以下 / amount to")] = None,
        party: Annotated[str | None, typer.Option("--party", help="取引先 / counterparty")] = None,
        types: Annotated[list[DocumentType] | None, typer.Option("--type", help="種類 / class")] = None,
        states: Annotated[list[DocumentState] | None, typer.Option("--state", help="状態 / state")] = None,
        origins: Annotated[list[Origin] | None, typer.Option("--origin", help="受領方法 / origin")] = None,
        blank: Annotated[
            list[str] | None, typer.Option("--blank", help="空欄の項目 (date, amount, party) / blank values")
        ] = None,
        deleted: Annotated[
            bool, typer.Option("--deleted/--no-deleted", help="削除済みも含む（既定） / include deleted")
        ] = True,
        whole: Annotated[
            bool, typer.Option("--whole", help="ログ全体を書き出す（別の書庫への移行用） / the complete log, to move")
        ] = False,
        volume: Annotated[
            str | None, typer.Option("--volume", help="分冊の大きさの上限（例 4GB、650MB） / size of a volume")
        ] = None,
        renditions: Annotated[
            Renditions,
            typer.Option("--renditions", help="閲覧用ファイル: none なし、ready あるものだけ、all すべて作る"),
        ] = Renditions.READY,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.exporting import export
        from pipeline.steps.verify import write_anchors

        if counterparties:
            _export_counterparties(destination, home=home, json=json)
            return
        query = make_query(
            date_from=date_from,
            date_to=date_to,
            amount_min=amount_min,
            amount_max=amount_max,
            party=party,
            words=words or [],
            types=types or [],
            states=states or [],
            origins=origins or [],
            blank=blank or [],
            deleted=deleted,
            limit=1000,
        )
        if whole and in_words(query) != in_words(Query(include_deleted=True)):
            raise ConfigError(
                "--whole takes no conditions",
                message_ja="--whole は他の条件と一緒に指定できません（ログ全体を書き出します）",
            )
        with err.status("書き出しています…"):
            shoko = open_home(home)
            result = export(
                shoko,
                query,
                destination,
                conditions=in_words(query),
                whole=whole,
                volume_bytes=parse_size(volume, "--volume"),
                renditions=renditions.value,
            )
            anchors = write_anchors(shoko, shoko.settings.data_folder.absolute() / "anchors")
        if json:
            print_json(_plain(result) | {"roots": str(anchors.roots)})
        else:
            _show(result, anchors.roots)


def _plain(result: BundleResult) -> dict[str, object]:
    return {
        "documents": result.documents,
        "units": result.units,
        "tokens": result.tokens,
        "pending_stamps": result.pending_stamps,
        "files": result.files,
        "volumes": [str(volume) for volume in result.volumes],
        "export_id": result.export_id,
        "replaced_characters": list(result.replaced_characters),
        "log_head": f"{result.head.tree_size}:{result.head.root.value}",
        "log_key_sha256": result.log_key_sha256,
    }


def _show(result: BundleResult, roots: Path) -> None:
    out.print(f"{result.documents} 件の書類を {result.folder} に書き出しました")
    if len(result.volumes) > 1:
        out.print(f"{len(result.volumes)} 分冊: " + "、".join(volume.name for volume in result.volumes))
    out.print(f"ログ先頭 {result.head.tree_size}:{result.head.root.value}")
    out.print(f"公開鍵の指紋 {result.log_key_sha256}  （この2つは別の場所に控えてください）")
    if result.replaced_characters:
        shown = " ".join(result.replaced_characters[:_SHOWN])
        more = (
            f" ほか {len(result.replaced_characters) - _SHOWN} 字" if len(result.replaced_characters) > _SHOWN else ""
        )
        err.print(
            f"注意 Shift_JIS (CP932) にない文字を index-cp932.csv で 〓 に置き換えました: {shown}{more}"
            "（data/index/replaced-characters.txt）",
            style="yellow",
        )
    for volume in result.volumes:
        out.print(f"検証: sh {volume}/verify.sh --roots {roots} --log-key-sha256 {result.log_key_sha256}")
    out.print("ルート証明書と指紋は、書き出したデータとは別の経路で渡してください")


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
    if query.amount_min is not None or query.amount_max is not None:
        low, high = query.amount_min, query.amount_max
        parts.append(f"取引金額 {'' if low is None else f'{low:f}'}〜{'' if high is None else f'{high:f}'}")
    if query.counterparty:
        parts.append(f"取引先 {query.counterparty}")
    if query.words:
        parts.append("ことば " + " ".join(query.words))
    if query.document_types:
        parts.append("種類 " + "・".join(DOCUMENT_TYPES[t][0] for t in query.document_types))
    if query.states:
        parts.append("状態 " + "・".join(DOCUMENT_STATES[s][0] for s in query.states))
    if query.origins:
        parts.append("受領方法 " + "・".join(ORIGINS[o][0] for o in query.origins))
    blanks = (
        ("取引年月日", query.date_blank),
        ("取引金額", query.amount_blank),
        ("取引先", query.counterparty_blank),
    )
    if any(asked for _, asked in blanks):
        parts.append("空欄 " + "・".join(name for name, asked in blanks if asked))
    if not query.include_deleted:
        parts.append("削除済みを除く")
    return "、".join(parts)
