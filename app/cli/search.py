"""``shoko search``: the three ranges of the law, words, blanks, in any combination."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_home
from app.cli.law import line_words
from app.cli.options import Home, Json, make_query
from app.cli.output import out, print_json, table, yen
from domain.codec import to_plain
from domain.compliance import VERDICTS, Verdict
from domain.fields import FIELDS, DocumentType, number_to_plain
from domain.ids import Origin
from domain.labels import DOCUMENT_STATES, DOCUMENT_TYPES, REVIEW_REASONS
from domain.query import Hit, Hits, Query
from domain.record import ArchiveRecord, DocumentState, UnitState

if TYPE_CHECKING:
    from pipeline.steps.review import ReviewItem

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
"""In narrower terminals the ids stand below the table, where they are not broken over lines."""
STAMP_MARKS = {UnitState.TIMESTAMP_PENDING: "付与待ち", UnitState.STAMPED: "付与済み", UnitState.RENEWED: "更新済み"}


REVIEW_COLUMNS = (
    ("期限", "left"),
    ("金額", "right"),
    ("種類", "left"),
    ("取引先", "left"),
    ("確認すること", "left"),
    ("書類ID", "left"),
)


def deadline_words(item: ReviewItem) -> str:
    """The day, what it is of, and how long there is."""
    if item.deadline is None or item.days_left is None:
        return ""
    what = "支払" if item.deadline_of == "payment" else "入力"
    left = f"あと{item.days_left}日" if item.days_left >= 0 else f"{-item.days_left}日超過"
    return f"{item.deadline.isoformat()} {what}（{left}）"


def reason_words(record: ArchiveRecord) -> list[str]:
    """What to look at, in words."""
    words = []
    for reason in record.review_reasons:
        spec = FIELDS.get(reason.field) if reason.field else None
        said = REVIEW_REASONS.get(reason.code, (reason.code, reason.code))[0]
        words.append(f"{spec.label_ja}: {said}" if spec else said)
    return list(dict.fromkeys(words))


def review_plain(item: ReviewItem) -> dict[str, object]:
    """The plain JSON form."""
    return {
        "document_id": item.record.document_id,
        "document_type": item.record.classification.label.value,
        "counterparty": item.record.fields.text("counterparty"),
        "yen": number_to_plain(item.yen) if item.yen is not None else None,
        "deadline": item.deadline.isoformat() if item.deadline else None,
        "deadline_of": item.deadline_of,
        "days_left": item.days_left,
        "reasons": [{"code": r.code, "field": r.field, "detail": r.detail} for r in item.record.review_reasons],
    }


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
    _print_with_ids(title, COLUMNS, [row(h) for h in hits.hits])


def _print_with_ids(title: str, columns: tuple[tuple[str, str], ...], rows: Sequence[tuple[str, ...]]) -> None:
    """A table whose last column is the document's id; below it, whole, where the terminal is too narrow for it."""
    if out.width >= WIDE_ENOUGH_FOR_IDS:
        out.print(table(title, columns, rows))
        return
    numbered = [(str(number), *one[:-1]) for number, one in enumerate(rows, start=1)]
    out.print(table(title, (("番", "right"), *columns[:-1]), numbered))
    for number, one in enumerate(rows, start=1):
        out.print(f"{number:>4}  {one[-1]}")


def _show_review(home: Path | None, *, limit: int, json: bool) -> None:
    from pipeline.steps.review import review_queue

    items = review_queue(open_home(home), limit=limit)
    if json:
        print_json(*(review_plain(item) for item in items))
        return
    rows = [
        (
            deadline_words(item),
            yen(item.yen, "JPY"),
            DOCUMENT_TYPES[item.record.classification.label][0],
            item.record.fields.text("counterparty") or "",
            "、".join(reason_words(item.record)),
            item.record.document_id,
        )
        for item in items
    ]
    _print_with_ids(f"確認待ち {len(items)} 件（急ぐ順）", REVIEW_COLUMNS, rows)


def _show_judged(
    home: Path | None, query: Query, *, verdict: Verdict | None, due_within: int | None, json: bool
) -> None:
    """Documents by the law's verdict on them (the page of the query counts those that remain)."""
    from pipeline.steps.compliance import at_risk, judged, standing_plain

    shoko = open_home(home)
    if due_within is not None:
        late = at_risk(shoko, query, days=due_within)
        found = [one for one in late if verdict is None or one.standing.status.verdict is verdict]
        page = found[query.offset : query.offset + query.limit]
    else:
        page = list(islice(judged(shoko, query, verdict=verdict), query.offset, query.offset + query.limit))
    if json:
        print_json(*({**to_plain(one.hit), "compliance": standing_plain(one.standing)} for one in page))
        return
    for one in page:
        status = one.standing.status
        due = f" 期限 {status.next_due}" if status.next_due else ""
        out.print(f"{VERDICTS[status.verdict][0]}{due}  {' '.join(filter(None, row(one.hit)))}", style="bold")
        for worst in (Verdict.NOT, Verdict.NOT_YET):
            for line in status.of(worst):
                out.print(f"    {line_words(line)}", style="yellow")
    out.print(f"{len(page)} 件")


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
        review: Annotated[
            bool, typer.Option("--review", help="確認待ちを急ぐ順に（期限と金額） / what waits for a person")
        ] = False,
        compliance: Annotated[
            Verdict | None,
            typer.Option("--compliance", help="法令要件の判定で絞り込む / only documents of this verdict"),
        ] = None,
        due_within: Annotated[
            int | None,
            typer.Option(
                "--due-within",
                min=0,
                max=3650,
                help="この日数のうちに期限が来る書類を期限の順に / what is due within so many days",
            ),
        ] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from storage.search import search

        if review:
            _show_review(home, limit=limit, json=json)
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
            limit=limit,
            offset=offset,
        )
        if compliance is not None or due_within is not None:
            _show_judged(home, query, verdict=compliance, due_within=due_within, json=json)
            return
        hits = search(open_home(home).archive, query)
        if json:
            print_json(*(to_plain(h) for h in hits.hits))
            return
        show_hits(hits, f"検索結果 {hits.total} 件")
