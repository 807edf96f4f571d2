"""The benchmark's tables for a terminal, in Japanese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.table import Table

from domain.fields import FIELDS as FIELD_SPECS
from domain.labels import DOCUMENT_TYPES
from pipeline.benchmark.calibration import ALL
from pipeline.benchmark.exact import TYPE, Cause, Failure
from pipeline.benchmark.rates import Rate
from pipeline.benchmark.report import FIELDS, BenchReport, GroupResult, PeerResult, SetResult

_LABELS = {
    "date": "日付",
    "total_amount": "金額",
    "counterparty": "取引先",
    "registration_number": "登録番号",
    "number": "書類番号",
    "due_date": "期限",
    "net_amount": "小計",
    "tax_amount": "税額",
    "items": "明細",
}
CONDITION_LABELS = {
    "born_digital": "電子",
    "clean300": "300dpi",
    "damaged200": "200dpi 傷み",
    "photo": "写真",
    "data": "データ",
    "all": "全体",
}
"""Names of conditions (``pipeline.benchmark.conditions``)."""
_CAUSES = {
    Cause.CLASS: "種別違い",
    Cause.CHARACTERS: "文字",
    Cause.NOT_FOUND: "見つからず",
    Cause.CHOICE: "選び違い",
    Cause.INVENTED: "余計",
}
_CHANCE = (
    "偶然だけの較正誤差: 確信度が完全に正しくても、件数が少ないと区間ごとの正答率は偶然にずれます。"
    "同じ確信度から正誤を1,000回引いたときの較正誤差の平均と、95%が入る範囲です。"
    "測った値がこの範囲より大きければ偶然ではなく、範囲の中なら、この件数ではこれより細かくは言えません。"
)
_BAR = 40
"""Characters of a bar of the curve that stands for 100 %."""
_MANY = 200
"""Cases from which a tenth of a percent says something."""
_STAGES = {"pages": "頁", "text": "文字", "class": "種別", "fields": "項目"}


def percent(value: Rate) -> str:
    """Share with its interval, e.g. ``93% (88–96)``; of many cases with a decimal."""
    if value.share is None:
        return "-"
    if value.of >= _MANY:
        return f"{value.share:.1%} ({value.low * 100:.1f}–{value.high * 100:.1f})"
    return f"{value.share:.0%} ({value.low * 100:.0f}–{value.high * 100:.0f})"


def tables(report: BenchReport) -> tuple[Table, ...]:
    """Everything as tables: time, accuracy by set, by class, by damage, by layout, and the peer."""
    out = [
        _times(report),
        _accuracy("公開データと測定用データの正答率(95%信頼区間)", [(s.name, s.whole) for s in report.sets]),
    ]
    for found in report.sets:
        for title, groups in (("種別", found.by_class), ("状態", found.by_damage), ("様式", found.by_layout)):
            if groups:
                out.append(_accuracy(f"{found.name}: {title}ごと", [(_name(g.name), g) for g in groups]))
        if found.by_condition:
            out.append(_conditions(found))
        if found.calibration:
            out += [_calibration(found), _reliability(found)]
        if found.silent:
            out.append(_listed(f"{found.name}: 黙った誤り(確認なしで通った誤り)", found.silent))
        if found.failures:
            out += [_causes(found), _listed(f"{found.name}: 誤りの一覧", found.failures)]
    if report.peer:
        out.append(_peer(report.peer))
    return tuple(out)


def _name(name: str) -> str:
    labels = {kind.value: label_ja for kind, (label_ja, _) in DOCUMENT_TYPES.items()}
    return labels.get(name, name)


def _times(report: BenchReport) -> Table:
    table = Table(title="読み取り時間(秒)")
    for heading in ("データ", "文書", "頁", *(f"{label}/頁" for label in _STAGES.values()), "合計/頁", "合計/文書"):
        table.add_column(heading, justify="left" if heading == "データ" else "right")
    for found in report.sets:
        per_page = found.seconds_per_page
        table.add_row(
            found.name,
            str(found.whole.documents),
            str(found.pages),
            *(f"{per_page.get(stage, 0.0):.3f}" for stage in _STAGES),
            f"{sum(per_page.values()):.3f}",
            f"{sum(found.seconds_per_document.values()):.3f}",
        )
    return table


def _accuracy(title: str, rows: Sequence[tuple[str, GroupResult]]) -> Table:
    table = Table(title=title)
    for heading in ("", "文書", "種別", *(_LABELS[key] for key in FIELDS), "要確認", "見逃し"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, group in rows:
        by_field = {f.field: f for f in group.fields}
        table.add_row(
            name,
            str(group.documents),
            percent(group.type_right),
            *(percent(by_field[key].right) if key in by_field else "-" for key in FIELDS),
            percent(group.review),
            f"{group.silent_errors.hits} (≤{group.silent_errors.high:.1%})",
        )
    return table


def _conditions(found: SetResult) -> Table:
    """Every field against every condition."""
    table = Table(title=f"{found.name}: 状態ごとの全項目(印字されたもの、または読み取ったもののうち)")
    table.add_column("項目")
    for column in found.by_condition:
        table.add_column(f"{CONDITION_LABELS[column.name]} {column.documents}", justify="right")
    table.add_row("種別", *(percent(c.type_right) for c in found.by_condition))
    for name, spec in FIELD_SPECS.items():
        cells = [next((percent(f.right) for f in c.fields if f.field == name), "-") for c in found.by_condition]
        if any(cell != "-" for cell in cells):
            table.add_row(spec.label_ja, *cells)
    table.add_row("確認なしで通過", *(percent(c.straight) for c in found.by_condition))
    table.add_row("通過したうちの見逃し", *(percent(c.silent_errors) for c in found.by_condition))
    return table


def _calibration(found: SetResult) -> Table:
    table = Table(title=f"{found.name}: 確信度の較正(15 等分)", caption=_CHANCE)
    for heading in ("項目", "件", "較正誤差", "偶然だけの較正誤差(95%範囲)", "最も低い区間 → 正答率"):
        table.add_column(heading, justify="left" if heading == "項目" else "right")
    for row in found.calibration:
        label = "全項目" if row.field == ALL else FIELD_SPECS[row.field].label_ja
        lowest, chance = row.bins[0], row.by_chance
        table.add_row(
            label,
            str(row.count),
            f"{row.expected_error:.3f}",
            f"{chance.mean:.3f} ({chance.low:.3f}–{chance.high:.3f})",
            f"{lowest.confidence:.2f} → {percent(lowest.right)}",
        )
    return table


def _causes(found: SetResult) -> Table:
    table = Table(title=f"{found.name}: 誤りの原因")
    for heading in ("項目", *_CAUSES.values()):
        table.add_column(heading, justify="left" if heading == "項目" else "right")
    counts = Counter((failure.field, failure.cause) for failure in found.failures)
    for name, spec in FIELD_SPECS.items():
        if any(field == name for field, _ in counts):
            table.add_row(spec.label_ja, *(str(counts[name, cause] or "") for cause in _CAUSES))
    return table


def _listed(title: str, failures: Sequence[Failure]) -> Table:
    table = Table(title=title)
    for heading in ("文書", "項目", "原因", "正", "読み取り"):
        table.add_column(heading, overflow="fold")
    names = [TYPE, *FIELD_SPECS]
    for failure in sorted(failures, key=lambda f: (names.index(f.field), f.cause, f.file)):
        label = "種別" if failure.field == TYPE else FIELD_SPECS[failure.field].label_ja
        table.add_row(failure.file, label, _CAUSES[failure.cause], failure.expected, failure.got)
    return table


def _reliability(found: SetResult) -> Table:
    """The curve over every field: of what is claimed with 0.9, nine tenths should be right."""
    curve = next(row for row in found.calibration if row.field == ALL)
    table = Table(title=f"{found.name}: 信頼度曲線(全項目)")
    for heading in ("確信度の平均", "件", "正答率", ""):
        table.add_column(heading, justify="right" if heading else "left")
    for step in curve.bins:
        bar = "█" * round(_BAR * (step.right.share or 0.0))
        table.add_row(f"{step.confidence:.3f}", str(step.right.of), percent(step.right), bar)
    return table


def _peer(peer: PeerResult) -> Table:
    table = Table(title=f"同じ{peer.pages}頁を {peer.peer} と比べる(時間の比 {peer.ratio:.2f})")
    for heading in ("", "秒", "文字誤り率", "文字誤り率(順序を問わない)"):
        table.add_column(heading, justify="right" if heading else "left")
    table.add_row(
        "Shoko",
        f"{peer.shoko_seconds:.1f}",
        f"{peer.shoko_character_errors:.1%}",
        f"{peer.shoko_unordered_errors:.1%}",
    )
    table.add_row(
        "ocrmypdf",
        f"{peer.peer_seconds:.1f}",
        f"{peer.peer_character_errors:.1%}",
        f"{peer.peer_unordered_errors:.1%}",
    )
    return table
