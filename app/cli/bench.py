"""``shoko bench``: time and accuracy on held-back and public documents, as ratios against a peer where there is one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.home import settings_for
from app.cli.options import Json
from app.cli.output import err, out, print_json

PROJECT_FOLDER = Path(__file__).resolve().parents[2]


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("bench", help="速さと正確さを測ります / measure speed and accuracy")
    def bench_verb(
        count: Annotated[int | None, typer.Option("--count", min=1, help="作る文書の数 / documents made")] = None,
        seed: Annotated[int | None, typer.Option("--seed", min=0, help="乱数の種 / seed")] = None,
        sets: Annotated[list[str] | None, typer.Option("--set", help="測るデータ（繰り返し可） / sets")] = None,
        peer_pages: Annotated[
            int | None, typer.Option("--peer-pages", min=0, help="ocrmypdf にも読ませる頁数 / pages for the peer")
        ] = None,
        json: Json = False,
    ) -> None:
        from domain.calendar import tokyo_day, utc_now
        from domain.codec import to_plain
        from pipeline.benchmark.run import run
        from pipeline.benchmark.settings import BenchSettings
        from pipeline.benchmark.tables import tables
        from pipeline.wiring import build_reader

        asked = {"count": count, "seed": seed, "sets": tuple(sets) if sets else None, "peer_pages": peer_pages}
        settings = BenchSettings.model_validate({k: v for k, v in asked.items() if v is not None})
        data = Path(os.environ.get("SHOKO_SAMPLE_DATA", PROJECT_FOLDER.parent / "shared" / "data"))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=err, transient=True) as progress:
            bars: dict[str, int] = {}

            def show(what: str, done: int, total: int) -> None:
                bar = bars.setdefault(what, -1)
                if bar < 0:
                    bar = bars[what] = int(progress.add_task(what, total=total))
                progress.update(bar, completed=done, total=total)  # type: ignore[arg-type]  # rich.TaskID is an int

            report = run(
                reader=build_reader(settings_for(None)),
                today=tokyo_day(utc_now()),
                settings=settings,
                data_folder=data if data.is_dir() else None,
                progress=show,
            )
        if json:
            print_json(to_plain(report))
            return
        for made in tables(report):
            out.print(made)
        for name in report.left_out:
            out.print(f"測っていないデータ: {name}（SHOKO_SAMPLE_DATA にありません）", style="yellow")
