"""``shoko reprocess``: read again with the engines in force."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.home import opened, settings_for
from app.cli.options import Home, Json
from app.cli.output import err, out, print_json
from domain.fields import DocumentType


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("reprocess", help="今の読取エンジンで読み直します（人の訂正は上書きしません） / read again")
    def reprocess_verb(
        document_ids: Annotated[list[str] | None, typer.Argument(help="書類ID（省略時は全件） / document ids")] = None,
        document_type: Annotated[DocumentType | None, typer.Option("--type", help="種類 / class")] = None,
        needs_review: Annotated[
            bool, typer.Option("--needs-review", help="確認待ちだけ / only those in review")
        ] = False,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.batch import Resident
        from pipeline.reading_pool import ReadingPool
        from pipeline.steps.reprocess import reprocess_documents
        from pipeline.steps.verify import publish

        settings = settings_for(home)
        with err.status("読み直しています…"), ReadingPool(settings=settings) as pool:
            shoko = opened(settings)
            counts = reprocess_documents(
                Resident(shoko=shoko, pool=pool),
                document_type=document_type.value if document_type else None,
                only_needs_review=needs_review,
                document_ids=tuple(document_ids or ()),
            )
            publish(shoko)
        if json:
            print_json(counts)
        else:
            labels = {
                "revised": "改版",
                "unchanged": "変更なし",
                "kept": "承認済みのため変更なし",
                "filed": "新規",
                "failed": "失敗",
            }
            out.print(" ".join(f"{labels.get(k, k)} {v} 件" for k, v in counts.items()) or "対象の書類はありません")
        if counts.get("failed"):
            raise typer.Exit(1)
