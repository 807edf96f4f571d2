"""``shoko paper`` and ``shoko ledger``: papers beside their pictures, and numbers in the books."""

from __future__ import annotations

import getpass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.home import open_home
from app.cli.options import By, Home, Json
from app.cli.output import out, print_json, table
from compliance.facts import StampDuty
from domain.compliance import PAPER_STATES, PaperState
from domain.labels import DOCUMENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.steps.paper import PaperRow
    from pipeline.wiring import Shoko

Ids = Annotated[list[str] | None, typer.Argument(help="書類ID（複数可） / document ids")]


class Action(StrEnum):
    """What to do with papers."""

    LIST = "list"
    SAME = "same"
    DIFFERS = "differs"
    KEEP = "keep"
    DISCARD = "discard"
    STAMP_DUTY = "stamp-duty"
    PRINTOUT = "printout"


class Link(StrEnum):
    """What to say of the books."""

    SHOW = "show"
    LINK = "link"
    NONE = "none"


def register(cli: typer.Typer) -> None:
    """Add the verbs."""

    @cli.command("paper", help="紙の原本: 一覧・同等確認・保管場所・廃棄・収入印紙 / papers of scans")
    def paper_verb(
        action: Annotated[Action, typer.Argument(help="操作 / what to do")] = Action.LIST,
        document_ids: Ids = None,
        state: Annotated[PaperState | None, typer.Option("--state", help="この判定だけ（list） / only these")] = None,
        discarded: Annotated[bool, typer.Option("--discarded", help="廃棄済みを並べる（list） / gone already")] = False,
        place: Annotated[str, typer.Option("--place", help="保管場所（keep） / where it is kept")] = "",
        note: Annotated[str, typer.Option("--note", help="気付いたこと（same・differs） / note")] = "",
        stamp: Annotated[
            StampDuty, typer.Option("--stamp", help="収入印紙の状態（stamp-duty） / revenue stamp")
        ] = StampDuty.AFFIXED,
        ends: Annotated[bool, typer.Option("--end", help="取り消す（printout） / take it back")] = False,
        limit: Annotated[int, typer.Option("--limit", min=1, help="最大件数（list） / at most")] = 1000,
        by: By = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps import paper

        shoko, who, ids = open_home(home), by or getpass.getuser(), document_ids or []
        rows: Iterable[PaperRow]
        match action:
            case Action.LIST:
                rows = islice(paper.papers(shoko, state=state, discarded=discarded), limit)
            case Action.SAME | Action.DIFFERS:
                rows = paper.check_sameness(shoko, ids, same=action is Action.SAME, by=who, note=note)
            case Action.KEEP:
                rows = paper.keep_paper(shoko, ids, place=place, by=who)
            case Action.DISCARD:
                rows = paper.discard_paper(shoko, ids, by=who)
            case Action.STAMP_DUTY:
                rows = paper.say_stamp_duty(shoko, ids, said=stamp, by=who)
            case Action.PRINTOUT:
                rows = paper.say_printout(shoko, ids, by=who, ends=ends)
        if json:
            print_json(*(paper.paper_plain(row) for row in rows))
            return
        columns = (("書類ID", "left"), ("種類", "left"), ("紙", "left"), ("理由・保管場所", "left"))
        out.print(table(None, columns, (_cells(row) for row in rows)))

    @cli.command("ledger", help="帳簿との関連付け（番号・関連なしの明示） / ties to the books")
    def ledger_verb(
        action: Annotated[Link, typer.Argument(help="操作 / what to do")],
        document_ids: Annotated[list[str], typer.Argument(help="書類ID（複数可） / document ids")],
        number: Annotated[str, typer.Option("--number", help="伝票番号など（link） / number in the book")] = "",
        book: Annotated[str, typer.Option("--book", help="帳簿の名前（link） / name of the book")] = "",
        ends: Annotated[bool, typer.Option("--end", help="解除する / take it back")] = False,
        by: By = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from domain.paperwork import LedgerRef
        from pipeline.steps import books

        shoko, who = open_home(home), by or getpass.getuser()
        if action is Link.LINK:
            books.link_book(shoko, document_ids, LedgerRef(book=book, number=number), by=who, ends=ends)
        elif action is Link.NONE:
            books.say_no_book(shoko, document_ids, by=who, ends=ends)
        found = [(one, books_plain(shoko, one)) for one in document_ids]
        if json:
            print_json(*({"document_id": one} | plain for one, plain in found))
            return
        for one, plain in found:
            numbers = "、".join(f"{ref['book']} {ref['number']}".strip() for ref in plain["refs"])
            out.print(f"{one}  {numbers or ('関連する帳簿なし' if plain['none'] else '未設定')}")


def books_plain(shoko: Shoko, document_id: str) -> dict[str, Any]:
    """The plain JSON form of what ties a document to the books."""
    from pipeline.steps.books import books

    found = books(shoko, document_id)
    return {"refs": [{"book": ref.book, "number": ref.number} for ref in found.refs], "none": found.none_said}


def _cells(row: PaperRow) -> tuple[str, str, str, str]:
    state = "廃棄済み" if row.discarded else PAPER_STATES[row.answer.state][0]
    lines = [line.what[0] + (f" → {line.todo[0]}" if line.todo else "") for line in row.answer.reasons]
    lines += [f"保管場所: {paper.place}" for _, paper in row.papers if paper.place]
    return row.record.document_id, DOCUMENT_TYPES[row.record.classification.label][0], state, "\n".join(lines)
