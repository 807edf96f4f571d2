"""``shoko bench``: time and accuracy on held-back and public documents, as ratios against a peer where there is one."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.home import settings_for
from app.cli.options import Json
from app.cli.output import err, out, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from pipeline.benchmark.desk.clearing import Clearing
    from pipeline.benchmark.desk.run import DeskReport
    from pipeline.benchmark.evidence.rows import EvidenceReport
    from pipeline.benchmark.names import NamesReport
    from pipeline.benchmark.reading.report import ReadingReport
    from pipeline.benchmark.reading.worst import WorstPage
    from pipeline.benchmark.report import BenchReport
    from pipeline.benchmark.splitting.measure import Splitting

PROJECT_FOLDER = Path(__file__).resolve().parents[2]
Show = Callable[[str, int, int], None]
_STACKS = 60
"""Stacks made where no number is given: every condition ten times."""


def _number(name: str, help_text: str, least: int = 0) -> Any:
    return typer.Option(name, min=least, help=help_text)


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("bench", help="速さと正確さを測ります / measure speed and accuracy")
    def bench_verb(
        fields: Annotated[bool, typer.Option("--fields", help="項目の抽出だけ / fields only")] = False,
        reading: Annotated[bool, typer.Option("--reading", help="読み取りだけ / reading only")] = False,
        names: Annotated[bool, typer.Option("--names", help="会社名の補正だけ / names only")] = False,
        splitting: Annotated[bool, typer.Option("--splitting", help="束の分割だけ / splitting only")] = False,
        evidence: Annotated[bool, typer.Option("--evidence", help="検証・タイムスタンプだけ / evidence only")] = False,
        desk: Annotated[
            str | None,
            typer.Option("--desk", help="検索と画面だけ: データベースのURL / search and pages: a database"),
        ] = None,
        clearing: Annotated[
            bool,
            typer.Option("--clearing", help="確認待ちを片付ける時間だけ (Chromium) / clearing the review queue only"),
        ] = False,
        measures: Annotated[
            list[str] | None, typer.Option("--measure", help="証拠: 測定の名前（繰り返し可） / measurements")
        ] = None,
        units: Annotated[int | None, _number("--units", "証拠: 単位・書類の数 / units or documents", 1)] = None,
        unit_bytes: Annotated[int | None, _number("--unit-bytes", "証拠: 原本の大きさ / bytes of a unit", 1)] = None,
        repeats: Annotated[int | None, _number("--repeats", "証拠: 比べる回数 / runs against the peer", 1)] = None,
        count: Annotated[int | None, _number("--count", "作る文書の数 / documents made", 1)] = None,
        seed: Annotated[int | None, _number("--seed", "乱数の種 / seed")] = None,
        sets: Annotated[list[str] | None, typer.Option("--set", help="測るデータ（繰り返し可） / sets")] = None,
        text_layers: Annotated[
            bool,
            typer.Option(
                "--text-layers",
                help="項目: 作った文書を文字層から読む（OCRは層にない所だけ） / from text layers, OCR only beside them",
            ),
        ] = False,
        peer_pages: Annotated[
            int | None, _number("--peer-pages", "ほかのエンジンにも読ませる頁数 / pages for the peers")
        ] = None,
        pages: Annotated[int | None, _number("--pages", "読み取り: 各条件の頁数 / pages of each condition")] = None,
        conditions: Annotated[
            list[str] | None, typer.Option("--condition", help="読み取り: 条件（繰り返し可） / conditions")
        ] = None,
        speed_pages: Annotated[int | None, _number("--speed-pages", "読み取り: 速さを測る頁数 / for speed")] = None,
        orientation_pages: Annotated[
            int | None, _number("--orientation-pages", "読み取り: 向きを判定する頁数 / pages whose way up is decided")
        ] = None,
        platen_pages: Annotated[
            int | None, _number("--platen-pages", "読み取り: 複数枚のレシートを載せた頁数 / scans of several receipts")
        ] = None,
        memory_pages: Annotated[
            int | None, _number("--memory-pages", "読み取り: メモリを見る頁数 / pages of the memory curve")
        ] = None,
        ablation_pages: Annotated[
            int | None, _number("--ablation-pages", "読み取り: 一つずつ外して読む各条件の頁数 / pages of the ablation")
        ] = None,
        development: Annotated[
            bool, typer.Option("--development", help="開発用の様式で測る / development layouts")
        ] = False,
        worst: Annotated[
            Path | None,
            typer.Option(
                "--worst",
                help="最も悪い頁の画像を書くフォルダー（既定は --page の隣） / worst pages, by default beside --page",
            ),
        ] = None,
        keep: Annotated[
            Path | None,
            typer.Option(
                "--keep",
                help="作った文書と読んだ文字、証拠の書庫を残すフォルダー / folder that keeps what was made and read",
            ),
        ] = None,
        page: Annotated[
            Path | None, typer.Option("--page", help="表を書くファイル (Markdown) / file that gets the tables")
        ] = None,
        json: Json = False,
    ) -> None:
        from domain.codec import to_plain

        if desk:
            _tell_desk(_desk(desk), json=json, page=page)
            return
        if clearing:
            _tell_clearing(_clearing(count, seed), json=json, page=page)
            return
        from pipeline.benchmark.reading.settings import ReadingBenchSettings
        from pipeline.benchmark.settings import DEVELOPMENT, HELD_BACK, VARIED, BenchSettings

        if development and not sets:
            sets = [DEVELOPMENT, VARIED]
        if text_layers and not sets:
            sets = [HELD_BACK]
        asked = {"count": count, "seed": seed, "sets": tuple(sets) if sets else None, "peer_pages": peer_pages}
        asked |= {"text_layers": text_layers or None}
        of_reading = {
            "seed": seed,
            "held_back": False if development else None,
            "conditions": tuple(conditions) if conditions else None,
            "pages": pages,
            "peer_pages": peer_pages,
            "public_peer_pages": peer_pages,
            "speed_pages": speed_pages,
            "orientation_pages": orientation_pages,
            "platen_pages": platen_pages,
            "memory_pages": memory_pages,
            "ablation_pages": ablation_pages,
        }
        of_evidence = {
            "seed": seed,
            "measures": tuple(measures) if measures else None,
            "units": units,
            "unit_bytes": unit_bytes,
            "repeats": repeats,
        }
        report, found, called, parted, proven = None, None, None, None, None
        everything = not (fields or reading or names or splitting or evidence)
        if names or everything:
            called = _names()
        if fields or everything:
            report = _fields(BenchSettings.model_validate(_given(asked)), keep=keep)
        if reading or everything:
            folder = worst or (page.with_name(f"{page.stem}-worst") if page else None)
            found = _reading(ReadingBenchSettings.model_validate(_given(of_reading)), worst=folder, keep=keep)
        if splitting:
            parted = _splitting(count=count or _STACKS, seed=seed or 1, held_back=not development)
        if evidence or everything:
            proven = _evidence(_given(of_evidence), keep=keep)
        if page:
            _write_page(page, _tables(report, found, called, parted, proven), worst=found.worst if found else ())
        if json:
            plain = dict(to_plain(report)) if report else {}
            plain |= {"reading": to_plain(found)} if found else {}
            plain |= {"names": to_plain(called)} if called else {}
            plain |= {"splitting": to_plain(parted)} if parted else {}
            print_json(plain | ({"evidence": _evidence_plain(proven)} if proven else {}))
            return
        for made in _tables(report, found, called, parted, proven):
            out.print(made)
        _print_left_out(report, found, proven)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _fields(settings: Any, *, keep: Path | None) -> BenchReport:
    from domain.calendar import tokyo_day, utc_now
    from pipeline.benchmark.run import run
    from pipeline.wiring import build_reader

    with _progress() as show:
        return run(
            reader=build_reader(settings_for(None)),
            today=tokyo_day(utc_now()),
            settings=settings,
            data_folder=_data_folder(),
            keep=keep,
            progress=show,
        )


def _reading(settings: Any, *, worst: Path | None, keep: Path | None) -> ReadingReport:
    from domain.calendar import tokyo_day, utc_now
    from pipeline.benchmark.reading.run import run_reading

    with tempfile.TemporaryDirectory(prefix="shoko-bench-") as temporary, _progress() as show:
        return run_reading(
            settings,
            folder=keep or Path(temporary),
            today=tokyo_day(utc_now()),
            data_folder=_data_folder(),
            worst=worst,
            progress=show,
        )


def _data_folder() -> Path | None:
    data = Path(os.environ.get("SHOKO_SAMPLE_DATA", PROJECT_FOLDER.parent / "shared" / "data"))
    return data if data.is_dir() else None


@contextmanager
def _progress() -> Iterator[Show]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        bars: dict[str, int] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in bars:
                bars[what] = int(progress.add_task(what, total=total))
            progress.update(bars[what], completed=done, total=total)  # type: ignore[arg-type]  # rich.TaskID is an int

        yield show


def _names() -> NamesReport | None:
    from pipeline.benchmark.names import FOLDER, run_names

    folder = _data_folder()
    if folder is None or not (folder / FOLDER).is_dir():
        err.print("測っていないもの: 会社名（この計算機にありません）", style="yellow")
        return None
    with _progress() as show:
        return run_names(folder, progress=show)


def _splitting(*, count: int, seed: int, held_back: bool) -> Splitting:
    from domain.calendar import tokyo_day, utc_now
    from pipeline.benchmark.splitting.run import run_splitting
    from pipeline.wiring import build_reader

    with _progress() as show:
        return run_splitting(
            reader=build_reader(settings_for(None)),
            today=tokyo_day(utc_now()),
            count=count,
            seed=seed,
            held_back=held_back,
            progress=show,
        )


def _tell_desk(report: DeskReport, *, json: bool, page: Path | None) -> None:
    from domain.codec import to_plain
    from pipeline.benchmark.desk.tables import desk_tables

    made = desk_tables(report)
    if page:
        _write_page(page, made)
    if json:
        print_json(to_plain(report))
        return
    for table in made:
        out.print(table)


def _tell_clearing(report: Clearing, *, json: bool, page: Path | None) -> None:
    from domain.codec import to_plain
    from pipeline.benchmark.desk.clearing import clearing_tables

    made = clearing_tables(report)
    if page:
        _write_page(page, made)
    if json:
        print_json(dict(to_plain(report)) | {"seconds": report.seconds, "left_seconds": report.left_seconds})
        return
    for table in made:
        out.print(table)


def _clearing(count: int | None, seed: int | None) -> Clearing:
    from app.web.clearing import clear_queue
    from domain.calendar import tokyo_day, utc_now
    from pipeline.batch import Resident
    from pipeline.benchmark.desk.clearing import DOCUMENTS
    from pipeline.benchmark.desk.doubts import doubtful
    from pipeline.benchmark.desk.words import OUR_COMPANY
    from pipeline.reading_worker import ReadingWorker
    from pipeline.settings import load_settings
    from pipeline.wiring import open_shoko

    with tempfile.TemporaryDirectory(prefix="shoko-bench-") as temporary, _progress() as show:
        settings = load_settings(
            data_folder=Path(temporary),
            company={"names": (OUR_COMPANY,)},
            intake={"still_seconds": 0.0},
            reading={"engine": "null.v1"},
        )
        shoko = open_shoko(settings)
        try:
            home = Resident(shoko=shoko, pool=ReadingWorker.start(settings))
            last_day = tokyo_day(utc_now())
            waiting = doubtful(home, count=count or DOCUMENTS, seed=seed or 1, last_day=last_day, progress=show)
            return clear_queue(shoko, waiting, progress=show)
        finally:
            shoko.close()


def _desk(database: str) -> DeskReport:
    from dataclasses import replace

    from app.web.timing import paint_pages, time_pages
    from domain.calendar import tokyo_day, utc_now
    from pipeline.benchmark.desk.run import run_desk
    from pipeline.benchmark.desk.settings import DeskBenchSettings
    from pipeline.settings import load_settings
    from pipeline.wiring import open_shoko

    settings = DeskBenchSettings(database=database)
    with _progress() as show:
        report = run_desk(settings, today=tokyo_day(utc_now()), progress=show)
    with tempfile.TemporaryDirectory(prefix="shoko-bench-") as temporary:
        shoko = open_shoko(load_settings(data_folder=Path(temporary), database_url=database))
        try:
            return replace(report, pages=paint_pages(shoko, time_pages(shoko, settings)))
        finally:
            shoko.close()


def _evidence(given: dict[str, Any], *, keep: Path | None) -> EvidenceReport:
    from pipeline.benchmark.evidence.run import run_evidence
    from pipeline.benchmark.evidence.settings import EvidenceBenchSettings

    with tempfile.TemporaryDirectory(prefix="shoko-bench-") as temporary, _progress() as show:
        settings = EvidenceBenchSettings.model_validate(given)
        return run_evidence(settings, folder=Path(temporary), progress=show, keep=keep)


def _evidence_plain(report: EvidenceReport) -> dict[str, Any]:
    from domain.codec import to_plain

    plain = dict(to_plain(report))
    computed = ({"ratio": row.ratio, "reached": row.reached} for row in report.rows)
    plain["rows"] = [row | more for row, more in zip(plain["rows"], computed, strict=True)]
    return plain


def _tables(
    report: BenchReport | None,
    reading: ReadingReport | None,
    names: NamesReport | None,
    splitting: Splitting | None,
    evidence: EvidenceReport | None,
) -> list[Table]:
    from pipeline.benchmark.evidence.tables import evidence_table
    from pipeline.benchmark.names import names_table
    from pipeline.benchmark.reading.tables import reading_tables
    from pipeline.benchmark.splitting.run import splitting_table
    from pipeline.benchmark.tables import tables

    return [
        *(reading_tables(reading) if reading else ()),
        *(tables(report) if report else ()),
        *([names_table(names)] if names else ()),
        *([splitting_table(splitting)] if splitting else ()),
        *([evidence_table(evidence)] if evidence else ()),
    ]


def _write_page(path: Path, made: list[Table], *, worst: Sequence[WorstPage] = ()) -> None:
    from domain.calendar import tokyo_day, utc_now
    from pipeline.benchmark.page import page
    from pipeline.benchmark.reading.speed import machine

    here = machine(len(os.sched_getaffinity(0)))
    about = f"{tokyo_day(utc_now())}, {here.processor} ({here.cores}), `shoko bench {shlex.join(sys.argv[2:])}`"
    pictures = [(f"{bad.title}: {bad.what}", Path(os.path.relpath(bad.small, path.parent)).as_posix()) for bad in worst]
    path.write_text(page(made, about=about, pictures=pictures), encoding="utf-8")


def _print_left_out(report: BenchReport | None, reading: ReadingReport | None, evidence: EvidenceReport | None) -> None:
    left_out = [
        *(report.left_out if report else ()),
        *(reading.left_out if reading else ()),
        *(evidence.left_out if evidence else ()),
    ]
    if reading and reading.worst:
        out.print(f"最も悪い頁: {Path(reading.worst[0].picture).parent / 'index.html'}")
    for name in dict.fromkeys(left_out):
        out.print(f"測っていないもの: {name}（この計算機にありません）", style="yellow")
