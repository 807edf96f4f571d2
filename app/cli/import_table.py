"""``shoko import``: tables that people keep elsewhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json
from app.cli.output import err, out, print_json, read_file

_SHOWN = 20
"""Warnings printed for people; ``--json`` has them all."""


class Kind(StrEnum):
    """What is imported."""

    COUNTERPARTIES = "counterparties"


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("import", help="取引先の表 (CSV) を取り込みます / import a table")
    def import_verb(
        kind: Annotated[Kind, typer.Argument(help="counterparties（取引先）")],
        file: Annotated[Path, typer.Argument(help="CSVファイル（UTF-8 または CP932） / CSV file")],
        json: Json = False,
        home: Home = None,
    ) -> None:
        from extractors.parties.table import MAX_BYTES
        from pipeline.steps.parties import import_counterparties

        del kind  # one so far
        result = import_counterparties(open_home(home), read_file(file, most_bytes=MAX_BYTES), recorded_by="cli")
        if json:
            print_json({"rows": result.rows, "changed": result.changed, "warnings": list(result.warnings)})
            return
        out.print(f"取引先 {result.rows} 件を読み、{result.changed} 件を追加または更新しました")
        for warning in result.warnings[:_SHOWN]:
            err.print(f"  注意 {warning}", style="yellow", markup=False)
        if len(result.warnings) > _SHOWN:
            err.print(f"  ほか {len(result.warnings) - _SHOWN} 件（--json ですべて表示）", style="yellow")
