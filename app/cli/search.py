"""``shoko search``: the three ranges of the law, words, blanks, in any combination."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json, make_query
from app.cli.output import out, print_json, table, yen
from domain.codec import to_plain
from domain.fields import DocumentType
from domain.ids import Origin
from domain.labels import DOCUMENT_STATES, DOCUMENT_TYPES
from domain.query import Hit, Hits
from domain.record import DocumentState, UnitState

COLUMNS = (
    ("種類", "left"),
    ("取引年月日", "left"),
    ("金額", "right"),
    ("取引先", "left"),
    ("状態", "left"),
    ("タイムスタンプ", "left"),
    ("書類ID", "left"),
)
WIDE_ENOUGH_FOR_IDS = 120
"""Narrower terminals leave the ids out; ``--json`` has them always."""
STAMP_MARKS = {UnitState.TIMESTAMP_PENDING: "付与待ち", UnitState.STAMPED: "付与済み", UnitState.RENEWED: "更新済み"}


def row(hit: Hit) -> tuple[str, ...]:
    """One line of the table."""
    return (
        DOCUMENT_TYPES[hit.document_type][0],
        hit.transaction_date.isoformat() if hit.transaction_date else "",
        yen(hit.total_amount, hit.currency),
        hit.counterparty or "",
        DOCUMENT_STATES[hit.state][0],
        STAMP_MARKS[hit.unit_state] if hit.unit_state else "",
        hit.document_id,
    )


def show_hits(hits: Hits, title: str) -> None:
    """The table of results."""
    shown = len(COLUMNS) if out.width >= WIDE_ENOUGH_FOR_IDS else len(COLUMNS) - 1
    out.print(table(title, COLUMNS[:shown], (row(h)[:shown] for h in hits.hits)))


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("search", help="書類を検索します（日付・金額・取引先・語の組合せ） / search the archive")
    def search_verb(
        words: Annotated[list[str] | None, typer.Argument(help="本文の語 / words")] = None,
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
        deleted: Annotated[bool, typer.Option("--deleted", help="削除済みも含む / include deleted")] = False,
        limit: Annotated[int, typer.Option("--limit", min=1, max=10000, help="件数 / most results")] = 50,
        offset: Annotated[int, typer.Option("--offset", min=0, help="先頭から飛ばす件数 / skip")] = 0,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from storage.search import search

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
            limit=limit,
            offset=offset,
        )
        hits = search(open_home(home).archive, query)
        if json:
            print_json(*(to_plain(h) for h in hits.hits))
            return
        show_hits(hits, f"検索結果 {hits.total} 件")
