"""``shoko split``, ``shoko merge``, ``shoko separators``: how papers are taken apart, put right or told beforehand."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import opened, settings_for
from app.cli.options import By, Home, Json
from app.cli.output import err, out, print_json, write_file
from domain.labels import DOCUMENT_TYPES

if TYPE_CHECKING:
    from domain.record import ArchiveRecord
    from pipeline.batch import Resident

Reason = Annotated[str, typer.Option("--reason", help="理由 / why")]


def register(cli: typer.Typer) -> None:
    """Add the verbs."""

    @cli.command("split", help="書類を頁で分けます（分け方は以後も保たれます） / divide a document")
    def split_verb(
        document_id: Annotated[str, typer.Argument(help="書類ID / document id")],
        after: Annotated[list[int], typer.Option("--after", min=1, help="この頁の後で分ける（繰り返し可） / page")],
        reason: Reason = "分割の訂正",
        by: By = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.divide import Decision, split_document

        decision = Decision(recorded_by=by or getpass.getuser(), reason=reason)
        _run(lambda at: split_document(at, document_id, after=after, decision=decision), home=home, json=json)

    @cli.command("merge", help="書類を一つにまとめます（指定した順） / join documents")
    def merge_verb(
        document_ids: Annotated[list[str], typer.Argument(help="書類ID / document ids")],
        reason: Reason = "結合の訂正",
        by: By = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps.divide import Decision, merge_documents

        decision = Decision(recorded_by=by or getpass.getuser(), reason=reason)
        _run(lambda at: (merge_documents(at, document_ids, decision=decision),), home=home, json=json)

    @cli.command("separators", help="書類の間に挟む仕切り紙のPDFを作ります / print separator sheets")
    def separators_verb(
        path: Annotated[Path, typer.Argument(help="書き出すPDF / file to write")],
        count: Annotated[int, typer.Option("--count", min=1, max=100, help="枚数 / sheets")] = 1,
        json: Json = False,
    ) -> None:
        from extractors.separators import separator_sheets

        write_file(path, separator_sheets(count))
        if json:
            print_json({"file": str(path), "sheets": count})
            return
        out.print(f"{path}: {count} 枚。印刷して書類の間に挟み、まとめてスキャンしてください")


def _run(work: Callable[[Resident], tuple[ArchiveRecord, ...]], *, home: Path | None, json: bool) -> None:
    from pipeline.batch import Resident
    from pipeline.reading_pool import ReadingPool
    from pipeline.steps.verify import publish

    settings = settings_for(home)
    with err.status("読み直しています…"), ReadingPool(settings=settings) as pool:
        shoko = opened(settings)
        records = work(Resident(shoko=shoko, pool=pool))
        publish(shoko)
    for record in records:
        kind = DOCUMENT_TYPES[record.classification.label][0]
        if json:
            print_json(
                {
                    "document_id": record.document_id,
                    "document_type": record.classification.label.value,
                    "state": record.state.value,
                    "pages": len(record.pages),
                    "in_place_of": list(shoko.archive.predecessors(record.document_id)),
                }
            )
        else:
            out.print(f"{record.document_id}  {kind}  {len(record.pages)}頁")
