"""``shoko journal``: entries for an accounting product, and what is tied to the books by them."""

from __future__ import annotations

import getpass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_home
from app.cli.options import By, Home, Json, make_query
from app.cli.output import err, out, print_json, read_file, table, write_file, yen
from domain.errors import ConfigError
from domain.fields import DocumentType
from domain.journal import DOUBTS, LEFT_OUT, Entry
from domain.record import DocumentState

if TYPE_CHECKING:
    from pipeline.journal.products import Written

COLUMNS = (
    ("番号", "right"),
    ("日付", "left"),
    ("借方／貸方", "left"),
    ("金額", "right"),
    ("摘要", "left"),
    ("確認", "left"),
)


MOST_BYTES = 16 * 1024 * 1024
"""Of a file of entries: some 50,000 documents."""


class Kind(StrEnum):
    """Accounting products."""

    YAYOI = "yayoi"
    FREEE = "freee"
    MONEYFORWARD = "moneyforward"


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command(
        "journal", help="会計ソフト用の仕訳ファイルを作ります（弥生・freee・マネーフォワード） / entries for the books"
    )
    def journal_verb(
        product: Annotated[Kind, typer.Argument(help="会計ソフト / product")],
        destination: Annotated[
            Path,
            typer.Argument(help="書き出すファイル（.csv）。--link では取り込んだファイル / file to write, or taken in"),
        ],
        words: Annotated[list[str] | None, typer.Option("--word", help="本文の語（複数可） / words")] = None,
        date_from: Annotated[str | None, typer.Option("--from", help="取引年月日 から / from day")] = None,
        date_to: Annotated[str | None, typer.Option("--to", help="取引年月日 まで / to day")] = None,
        party: Annotated[str | None, typer.Option("--party", help="取引先 / counterparty")] = None,
        types: Annotated[list[DocumentType] | None, typer.Option("--type", help="種類 / class")] = None,
        states: Annotated[list[DocumentState] | None, typer.Option("--state", help="状態 / state")] = None,
        first: Annotated[int, typer.Option("--first", min=1, max=999_999, help="最初の伝票番号 / first number")] = 1,
        again: Annotated[
            bool, typer.Option("--again", help="帳簿と関連付け済みの書類も含む / handed over before, too")
        ] = False,
        tie: Annotated[
            bool,
            typer.Option(
                "--link", help="取り込んだファイルの伝票番号を書類に関連付ける / tie documents to a file's numbers"
            ),
        ] = False,
        by: By = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.journal import hand_over_file, journal_of, journal_plain, product_named

        if destination.exists() and not tie:
            raise ConfigError(
                f"{destination} exists", message_ja=f"{destination} はすでにあります。別の名前を指定してください"
            )
        query = make_query(
            date_from=date_from, date_to=date_to, amount_min=None, amount_max=None, party=party, words=words or [],
            types=types or [], states=states or [], origins=[], blank=[], deleted=False, limit=500,
        )  # fmt: skip
        shoko, of = open_home(home), product_named(product.value)
        if tie:
            done = hand_over_file(shoko, _taken_in(destination), of, by=by or getpass.getuser(), again=again)
        else:
            done = journal_of(shoko, query, of, first=first, again=again)
            write_file(destination, done.content)
        if json:
            print_json(journal_plain(done) | {"file": str(destination), "linked": tie})
        else:
            _show(done, destination, tied=tie)


def _show(done: Written, destination: Path, *, tied: bool) -> None:
    rows = [
        (
            str(number),
            entry.on.isoformat(),
            "／".join(entry.titles),
            yen(entry.total_yen, "JPY"),
            entry.summary,
            _doubts(entry),
        )
        for number, entry in done.entries
    ]
    said = "件の書類に {} の伝票番号を関連付けました" if tied else "件の仕訳を {} に書き出しました"
    out.print(table(f"{len(rows)} {said.format(destination)}", COLUMNS, rows))
    for one in done.left_out:
        err.print(f"{one.document_id}: {LEFT_OUT[one.why][0]}", style="yellow")
    if done.entries and not tied:
        out.print("取り込みを確かめたら、同じファイルに --link を付けて実行し、伝票番号を書類に関連付けてください")


def _taken_in(file: Path) -> bytes:
    content = read_file(file, most_bytes=MOST_BYTES)
    if len(content) > MOST_BYTES:
        raise ConfigError(f"{file} is too large", message_ja=f"{file} が大きすぎます（{MOST_BYTES // 2**20} MB まで）")
    return content


def _doubts(entry: Entry) -> str:
    return "、".join(DOUBTS[code][0] for code in entry.doubts)
