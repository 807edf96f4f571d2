"""``shoko import``: tables that people keep elsewhere, the register of qualified issuers, another archive's bundle."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json, Roots, parse_day
from app.cli.output import err, out, print_json, read_file
from domain.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.wiring import Shoko

_SHOWN = 20
"""Warnings printed for people; ``--json`` has them all."""


class Kind(StrEnum):
    """What is imported."""

    COUNTERPARTIES = "counterparties"
    ISSUERS = "issuers"


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("import", help="表や公表データ、別の書庫から移す一式を取り込みます / import a table or a bundle")
    def import_verb(
        kind: Annotated[
            str,
            typer.Argument(
                help="counterparties（取引先）・issuers（登録事業者）、または移行元の一式のフォルダ / or a bundle"
            ),
        ],
        files: Annotated[
            list[Path] | None,
            typer.Argument(help="CSVファイル（UTF-8 または CP932）、公表データ（zip・CSV・XML・JSON） / files"),
        ] = None,
        whole: Annotated[
            bool, typer.Option("--whole", help="issuers: 全件データである（ない番号は未登録とみなす） / all entries")
        ] = False,
        updated_to: Annotated[
            str | None, typer.Option("--updated-to", help="issuers: 公表データの日付 / day of the files")
        ] = None,
        update: Annotated[
            bool, typer.Option("--update", help="issuers: 差分をWeb-APIから取り込む / fetch differences")
        ] = False,
        roots: Roots = None,
        log_key: Annotated[
            str | None, typer.Option("--log-key", help="フォルダ: 移行元のログ公開鍵の指紋 / log key fingerprint")
        ] = None,
        earlier_head: Annotated[
            list[str] | None,
            typer.Option("--earlier-head", help="フォルダ: 以前に控えたログ先頭 件数:ルート / earlier log head"),
        ] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        given = tuple(files or ())
        if kind not in {one.value for one in Kind}:
            if given or whole or update or updated_to:
                raise _misused("a bundle: one folder", "一式のフォルダは1つだけ指定してください")
            _bundle(Path(kind), roots=roots, log_key=log_key, earlier=tuple(earlier_head or ()), home=home, json=json)
            return
        if roots or log_key or earlier_head:
            raise _misused("trust anchors are for bundles", "--roots などは一式のフォルダを取り込むときだけ使います")
        if Kind(kind) is Kind.COUNTERPARTIES:
            if len(given) != 1 or whole or update or updated_to:
                raise _misused(
                    "counterparties: one file, no options", "counterparties にはファイルを1つ指定してください"
                )
            _counterparties(open_home(home), given[0], json=json)
            return
        if bool(given) == update:
            raise _misused("issuers: files or --update", "issuers にはファイルか --update のどちらかを指定してください")
        _issuers(open_home(home), given, whole=whole, updated_to=updated_to, json=json)


def _misused(message: str, message_ja: str) -> ConfigError:
    return ConfigError(message, message_ja=message_ja)


def _bundle(
    folder: Path, *, roots: Path | None, log_key: str | None, earlier: tuple[str, ...], home: Path | None, json: bool
) -> None:
    from pipeline.steps.exporting import take_over
    from pipeline.steps.verify import anchors_from

    if not folder.is_dir():
        raise _misused(
            f"{folder} is no kind of table and no folder",
            f"{folder} という種類もフォルダもありません（counterparties・issuers・一式のフォルダ）",
        )
    with err.status("検証してから取り込んでいます…"):
        result = take_over(open_home(home), folder, anchors_from(roots, log_key, earlier))
    if json:
        print_json(
            {
                "leaves": result.leaves,
                "originals": result.originals,
                "export_id": result.export_id,
                "head": result.head,
            }
        )
        return
    out.print(f"検証に合格し、ログ {result.leaves} 件と原本 {result.originals} 件を取り込みました")
    out.print(f"移行元のログ先頭 {result.head}")


def _counterparties(shoko: Shoko, file: Path, *, json: bool) -> None:
    from extractors.parties.table import MAX_BYTES
    from pipeline.steps.parties import import_counterparties

    result = import_counterparties(shoko, read_file(file, most_bytes=MAX_BYTES), recorded_by="cli")
    if json:
        print_json({"rows": result.rows, "changed": result.changed, "warnings": list(result.warnings)})
        return
    out.print(f"取引先 {result.rows} 件を読み、{result.changed} 件を追加または更新しました")
    for warning in result.warnings[:_SHOWN]:
        err.print(f"  注意 {warning}", style="yellow")
    if len(result.warnings) > _SHOWN:
        err.print(f"  ほか {len(result.warnings) - _SHOWN} 件（--json ですべて表示）", style="yellow")


def _issuers(shoko: Shoko, files: tuple[Path, ...], *, whole: bool, updated_to: str | None, json: bool) -> None:
    from pipeline.steps.issuers import import_issuers, update_issuers

    with err.status("登録事業者のデータを取り込んでいます…"):
        if files:
            count = import_issuers(shoko, files, whole=whole, updated_to=parse_day(updated_to, "--updated-to"))
        else:
            count = update_issuers(shoko)
    state = shoko.issuers.mirror.state()
    if json:
        day = state.updated_to.isoformat() if state.updated_to else None
        print_json(
            {"taken": count, "entries": state.entries, "whole": state.whole_since is not None, "updated_to": day}
        )
        return
    out.print(
        f"登録事業者 {count:,} 件を取り込みました（写しは {state.entries:,} 件、{state.updated_to or '日付なし'}）"
    )
