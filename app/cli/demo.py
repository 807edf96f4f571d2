"""``shoko demo``: the whole story with embedded parts and the sample documents."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.panel import Panel

from app.cli.home import opened, settings_for
from app.cli.options import Json
from app.cli.output import SOMETHING_WRONG, err, out, print_json
from domain.codec import to_plain
from domain.evidence import Outcome
from domain.ids import ORIGIN_BY_FOLDER, Origin

if TYPE_CHECKING:
    from pipeline.batch import Resident

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "set"
MARK = ".shoko-demo"
"""Only a folder with this file in it is ever cleared."""
VERIFY_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFile:
    """One committed sample."""

    path: Path
    origin: Origin
    received_on: date
    our_company: str | None


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("demo", help="見本の書類で、取込みから検証・書き出しまでを実演します / show everything with samples")
    def demo_verb(json: Json = False) -> None:
        home = Path("var/demo")
        clear(home)
        samples = find_samples()
        companies = tuple(sorted({s.our_company for s in samples if s.our_company}))
        settings = settings_for(home)
        settings = settings.model_copy(update={"company": settings.company.model_copy(update={"names": companies})})

        from domain.query import Query
        from pipeline.batch import Resident
        from pipeline.reading_pool import ReadingPool
        from storage.search import search

        out.quiet = json
        out.print(Panel("書庫 Shoko — 紙を、見つかり・信頼でき・証明できる記録に", expand=False))
        with ReadingPool(settings=settings) as pool:
            shoko = opened(settings)
            failed = _story(Resident(shoko=shoko, pool=pool), samples)
            if json:
                print_json(*(to_plain(h) for h in search(shoko.archive, Query(limit=200)).hits))
                raise typer.Exit(SOMETHING_WRONG if failed else 0)
        out.print()
        out.print("Web画面を開くには:  make up  （http://127.0.0.1:8710/）")
        out.print(f"この実演の書庫をWebで見るには:  .venv/bin/shoko up --home {home}")
        raise typer.Exit(SOMETHING_WRONG if failed else 0)


def find_samples() -> list[SampleFile]:
    """The committed sample set."""
    found = []
    for about in sorted(SAMPLES.glob("*/*/about.toml")):
        facts = tomllib.loads(about.read_text(encoding="utf-8"))
        source = next(p for p in about.parent.iterdir() if p.stem == "source")
        found.append(
            SampleFile(
                path=source,
                origin=ORIGIN_BY_FOLDER.get(facts.get("origin", ""), Origin.UNKNOWN),
                received_on=date.fromisoformat(str(facts["received_on"])),
                our_company=facts.get("our_company"),
            )
        )
    return found


def clear(home: Path) -> None:
    """Empty the demo's own folder from an earlier run; no other."""
    if (home / MARK).exists():
        for path in home.rglob("*"):
            if path.is_dir() and not path.is_symlink():
                path.chmod(stat.S_IRWXU)
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).touch()


def _story(resident: Resident, samples: list[SampleFile]) -> bool:
    from app.cli.ingest import count_text, run_until_empty
    from app.cli.search import show_hits
    from domain.query import Query
    from pipeline.steps.deposit import deposit
    from pipeline.steps.verify import verify_everything, write_anchors
    from storage.search import search

    shoko = resident.shoko
    _heading(1, f"受付箱に {len(samples)} 件の書類を入れ、Prefect のフロー file-inbox で保存・読取・保管します")
    for sample in samples:
        name = f"{sample.path.parent.name}{sample.path.suffix}"
        deposit(shoko, sample.path.read_bytes(), name=name, origin=sample.origin, received_on=sample.received_on)
    counts = run_until_empty(resident)
    out.print("結果: " + count_text(counts))
    filed = search(shoko.archive, Query(limit=200))
    show_hits(filed, f"保管した書類 {filed.total} 件")

    _heading(2, "検索: 10万円以上の請求書")
    from decimal import Decimal

    from domain.fields import DocumentType

    show_hits(
        search(shoko.archive, Query(amount_min=Decimal(100000), document_types=(DocumentType.INVOICE,))), "検索結果"
    )

    _heading(3, "検証: 原本・ログ・タイムスタンプ（信頼の起点は書庫の外に写した証明書と公開鍵）")
    anchors = write_anchors(shoko, shoko.settings.data_folder / "anchors")
    report = verify_everything(shoko, anchors.anchors)
    style = "green" if report.outcome is Outcome.PASSED else "red"
    from app.cli.output import OUTCOME_JA

    out.print(f"{sum(report.counts.values())} 項目を検査: {OUTCOME_JA[report.outcome]}", style=style)
    out.print(f"時刻認証: {shoko.authority.authority.label_ja}", style="yellow")

    _heading(4, "監査用の一式を書き出し、その verify.sh だけでオフライン検証します（sh・openssl・sha256sum のみ）")
    code = _export_and_check(resident, anchors)
    return report.outcome is Outcome.FAILED or code != 0 or bool(counts.get("failed"))


def _export_and_check(resident: Resident, anchors: Any) -> int:
    from domain.query import Query
    from pipeline.steps.exporting import export

    bundle = resident.shoko.settings.data_folder / "bundle"
    result = export(resident.shoko, Query(include_deleted=True), bundle)
    out.print(f"{result.documents} 件を {bundle} に書き出しました")
    command = ["sh", "verify.sh", "--roots", str(anchors.roots.absolute()), "--log-key-sha256", anchors.log_key]
    done = subprocess.run(  # noqa: S603 - the bundle's own script
        command,
        cwd=bundle,
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=VERIFY_SECONDS,
        check=False,
    )
    for line in done.stdout.strip().splitlines()[-6:]:
        out.print(f"  {line}")
    if done.returncode != 0:
        err.print(done.stderr, style="red")
    return done.returncode


def _heading(number: int, text: str) -> None:
    out.print()
    out.print(f"{number}. {text}", style="bold")
