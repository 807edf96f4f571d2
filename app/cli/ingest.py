"""``shoko ingest``: drop files into the inbox and run the main job until it is empty."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.home import opened, settings_for
from app.cli.options import Home, Json, parse_day
from app.cli.output import DONE, SOMETHING_WRONG, err, out, print_json, table
from domain.errors import AppError
from domain.ids import Origin
from domain.labels import DOCUMENT_STATES, DROP_STATES
from domain.os_words import why_ja
from domain.record import DropState

if TYPE_CHECKING:
    from pipeline.batch import Resident
    from pipeline.steps.deposit import Deposited
    from pipeline.wiring import Shoko

WRONG = frozenset({DropState.REFUSED.value, DropState.UNREADABLE.value, "failed"})


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("ingest", help="ファイルを取り込み、保管まで行います / file documents")
    def ingest_verb(
        paths: Annotated[
            list[Path] | None, typer.Argument(help="ファイルやフォルダ（省略時は受付箱の中身） / files or folders")
        ] = None,
        origin: Annotated[Origin, typer.Option("--origin", help="受領方法 / origin")] = Origin.UNKNOWN,
        received_on: Annotated[
            str | None, typer.Option("--received-on", help="受領日 2026-11-21（省略時は仮の日付） / day of receipt")
        ] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.batch import Resident
        from pipeline.reading_pool import ReadingPool

        settings = settings_for(home)
        day = parse_day(received_on, "--received-on")
        with ReadingPool(settings=settings) as pool:
            resident = Resident(shoko=opened(settings), pool=pool)
            rows = deposit_all(resident.shoko, paths or [], origin=origin, received_on=day)
            counts = run_until_empty(resident)
            results = [outcome_row(resident.shoko, row) for row in rows]
        if json:
            print_json(*results, {"summary": dict(counts)})
        else:
            print_outcomes(results, counts)
        wrong = any(r["outcome"] in WRONG for r in results) or any(counts.get(w) for w in WRONG)
        raise typer.Exit(SOMETHING_WRONG if wrong else DONE)


def deposit_all(
    shoko: Shoko, paths: list[Path], *, origin: Origin, received_on: Any
) -> list[Deposited | dict[str, Any]]:
    """Copy files into the inbox; one that cannot be taken gives a row that says why."""
    from pipeline.steps.deposit import deposit, files_under

    rows: list[Deposited | dict[str, Any]] = []
    for name, path in files_under(paths):
        try:
            rows.append(deposit(shoko, path.read_bytes(), name=name, origin=origin, received_on=received_on))
        except AppError as error:
            rows.append({"file": name, "outcome": "refused", "message": error.message_ja, "documents": []})
        except OSError as error:
            message = f"ファイルを開けません（{why_ja(error)}）"
            rows.append({"file": name, "outcome": "failed", "message": message, "documents": []})
    return rows


def run_until_empty(resident: Resident) -> Counter[str]:
    """Run ``file-inbox`` until nothing complete is left in the inbox; shows progress on stderr."""
    from pipeline.batch import open_batch, resident_home
    from pipeline.flows import file_inbox
    from pipeline.steps.intake import something_waits

    totals: Counter[str] = Counter()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with resident_home(resident), Progress(*columns, console=err, transient=True) as progress:
        bar = progress.add_task("読み取り・保管", total=None)
        resident.listeners.append(lambda done, total: progress.update(bar, completed=done, total=total))
        stuck = 0
        while True:
            if open_batch(resident).drop_ids:
                counts = Counter(file_inbox())
                totals += counts
                stuck = stuck + 1 if set(counts) <= {"failed", "left"} else 0
                if stuck >= 3:
                    break
            elif something_waits(resident.shoko):
                time.sleep(resident.shoko.settings.intake.still_seconds / 4 + 0.05)
            else:
                break
    return totals


def outcome_row(shoko: Shoko, row: Deposited | dict[str, Any]) -> dict[str, Any]:
    """What became of one file."""
    if isinstance(row, dict):
        return row
    status = shoko.archive.drop_status(row.drop_id)
    if status is None or status.outcome is None:
        state = "failed" if status is None else DropState.PRESERVED.value
        return {"file": row.name, "drop_id": row.drop_id, "outcome": state, "message": "", "documents": []}
    documents = [shoko.archive.get_document(d) for d in status.outcome.document_ids]
    return {
        "file": row.name,
        "drop_id": row.drop_id,
        "outcome": status.outcome.state.value,
        "repeats": status.drop.repeats_drop_id,
        "message": " ".join(f.message_ja for f in status.outcome.faults[:3]),
        "documents": [
            {
                "document_id": d.document_id,
                "type": d.classification.label.value,
                "state": d.state.value,
                "review_reasons": [r.code for r in d.review_reasons],
            }
            for d in documents
            if d is not None
        ],
    }


def print_outcomes(results: list[dict[str, Any]], counts: Counter[str]) -> None:
    """Table of files, then the counts."""
    document_labels = {s.value: label[0] for s, label in DOCUMENT_STATES.items()}
    labels = outcome_labels()
    rows = [
        (
            r["file"],
            "既に取込済み" if r.get("repeats") else labels.get(r["outcome"], r["outcome"]),
            "、".join(document_labels[d["state"]] for d in r["documents"]),
            r["message"],
        )
        for r in results
    ]
    if rows:
        columns = (("ファイル", "left"), ("取込", "left"), ("書類", "left"), ("お知らせ", "left"))
        out.print(table(None, columns, rows))
    out.print(count_text(counts) or "受付箱は空です")


def outcome_labels() -> dict[str, str]:
    """Japanese words for every outcome that a batch counts."""
    drops = {s.value: label[0] for s, label in DROP_STATES.items()}
    documents = {s.value: label[0] for s, label in DOCUMENT_STATES.items()}
    return drops | documents | {"failed": "失敗（再実行で続行）", "repeated": "既に取込済み", "left": "次回へ"}


def count_text(counts: Counter[str]) -> str:
    """「保管済み 12 件  確認待ち 3 件」."""
    labels = outcome_labels()
    return "  ".join(f"{labels.get(k, k)} {v} 件" for k, v in sorted(counts.items()))
