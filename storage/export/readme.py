"""What people read first in a bundle: README, and the migration data specification (law: migrate-evidence)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from storage.export.volume import Counts

_HERE = Path(__file__).parent / "static"


def render(
    *,
    title: str,
    export_id: str,
    exported_at: str,
    conditions: str,
    volume: str,
    counts: Counts,
    whole: bool,
    notes: Sequence[str],
) -> str:
    """The README. Values come last, so that nothing in them is taken for a place to fill."""
    shown = "、".join(
        f"{name}（{'総務大臣認定' if accredited else '認定なし / not accredited'}）"
        for name, accredited in sorted(counts.authorities.items())
    )
    facts = (
        ("書き出し番号 / Export", export_id),
        ("書き出し日時 / Exported at", exported_at),
        ("分冊 / Volume", volume),
        ("条件 / Conditions", conditions or "指定なし / none"),
        ("範囲 / Scope", "ログ全体（システム移行用） / the complete log" if whole else "選んだ書類 / a selection"),
        ("書類 / Documents", str(counts.documents)),
        ("原本 / Originals", str(counts.units)),
        ("タイムスタンプ / Timestamps", f"{counts.tokens}（付与待ち / pending {counts.pending}）"),
        ("時刻認証局 / Authorities", shown or "なし / none"),
    )
    listed = "".join(f"{name}: {value}\n" for name, value in facts)
    noted = "\n■ 注記 / Notes\n" + "".join(f"  {note}\n" for note in notes) if notes else ""
    return f"{title}\n{'=' * 60}\n\n{listed}\n{_text('readme.txt')}{noted}"


def specification() -> str:
    """The format of the bundle, for whoever takes it over into another system (移行データ仕様書)."""
    return _text("specification.txt")


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
