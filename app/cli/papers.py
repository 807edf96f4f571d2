"""``shoko papers`` and ``shoko scanner``: what the law wants beside the data, and how scanners were tested."""

from __future__ import annotations

import getpass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.home import open_home
from app.cli.main import command_line
from app.cli.options import Home, Json, parse_day
from app.cli.output import out, print_json, table, write_file
from domain.errors import ConfigError, CorrectionInvalid
from domain.os_words import why_ja


class Action(StrEnum):
    """What to do with scanners."""

    LIST = "list"
    TEST = "test"
    NEEDED = "needed"


_PROOFS = {"none": "記録なし", "expired": "期限切れ", "failed": "判読不可"}


def register(cli: typer.Typer) -> None:
    """Add the verbs."""

    @cli.command("papers", help="備付け書類（システム概要書・マニュアル・規程）を作ります / papers that the law wants")
    def papers_verb(
        folder: Annotated[
            Path | None, typer.Argument(help="書き出すフォルダ（省略時は版の一覧） / folder to write to")
        ] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from app.papers.render import issue_papers, plain

        made = issue_papers(open_home(home), command_line())
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ConfigError(
                    f"{folder} cannot be made: {error.strerror}",
                    message_ja=f"{folder} を作れません（{why_ja(error)}）",
                ) from error
            for paper in made:
                write_file(folder / paper.file_name, (paper.edition.text or "").encode())
        if json:
            print_json(*(plain(paper) for paper in made))
            return
        rows = ((p.title, f"第{p.edition.number}版", p.edition.issued_on, p.file_name) for p in made)
        columns = (("書類", "left"), ("版", "left"), ("作成日", "left"), ("ファイル", "left"))
        out.print(table(None, columns, rows))

    @cli.command("scanner", help="スキャナの4ポイント文字の確認を記録します / chart tests of scanners")
    def scanner_verb(
        action: Annotated[Action, typer.Argument(help="操作 / what to do")] = Action.LIST,
        name: Annotated[str, typer.Argument(help="スキャナの名前（test） / name")] = "",
        profile: Annotated[
            str, typer.Option("--profile", help="読取設定の記号（例 300dpi-color-jpeg90） / profile")
        ] = "",
        tested_on: Annotated[str | None, typer.Option("--tested-on", help="確認日 2026-11-02 / day")] = None,
        device: Annotated[
            str, typer.Option("--device", help="ファイルに残る機種名（既定: 名前） / words that its files carry")
        ] = "",
        folder: Annotated[
            str, typer.Option("--folder", help="この装置だけが使う受付箱のフォルダ（例 paper/mfp-2f） / its folder")
        ] = "",
        failed: Annotated[bool, typer.Option("--failed", help="判読できない文字があった / not all legible")] = False,
        note: Annotated[str, typer.Option("--note", help="気付いたこと / note")] = "",
        by: Annotated[str | None, typer.Option("--by", help="確認した人（既定: ログイン名） / who")] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.scanners import record_chart_test, scanner_plain, scanners, untested, untested_plain

        shoko = open_home(home)
        if action is Action.TEST:
            day = parse_day(tested_on, "--tested-on")
            if day is None:
                raise CorrectionInvalid("no day of the test", message_ja="--tested-on で確認日を指定してください")
            who = by or getpass.getuser()
            about = {"device": device, "folder": folder, "note": note}
            record_chart_test(shoko, name, profile=profile, tested_on=day, passed=not failed, by=who, **about)
        if action is Action.NEEDED:
            wanting = untested(shoko)
            if json:
                print_json(*(untested_plain(one) for one in wanting))
                return
            lacking = (
                (o.device or "不明", o.folder or "", o.profile, _PROOFS[o.proof.value], o.documents, o.last_on)
                for o in wanting
            )
            heads = (("機種名", "left"), ("フォルダ", "left"), ("設定", "left"), ("確認", "left"))
            out.print(table("確認が要る装置と設定", (*heads, ("書類", "right"), ("最後の読取", "left")), lacking))
            return
        found = scanners(shoko)
        if json:
            print_json(*(scanner_plain(one) for one in found))
            return
        rows = (
            (
                *(o.name, " ".join(filter(None, (o.device, o.folder))), o.profile, o.tested_on),
                *("判読可" if o.passed else "判読不可", o.counts_until if o.passed else "", o.tested_by),
            )
            for o in found
        )
        columns = (
            *(("スキャナ", "left"), ("見分け方", "left"), ("設定", "left"), ("確認日", "left")),
            *(("結果", "left"), ("有効期限", "left"), ("確認者", "left")),
        )
        out.print(table(None, columns, rows))
