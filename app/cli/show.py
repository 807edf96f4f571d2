"""``shoko show``: one document with its fields, checks, history and evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_home
from app.cli.law import print_standing
from app.cli.options import Home, Json
from app.cli.output import OUTCOME_JA, out, print_json, table, write_file
from domain.act_words import act_words
from domain.calendar import tokyo_day, tokyo_time
from domain.codec import to_plain
from domain.errors import ObjectMissing
from domain.fields import FIELDS, value_to_plain
from domain.labels import (
    ACTS,
    DOCUMENT_STATES,
    DOCUMENT_TYPES,
    ORIGINS,
    REVIEW_REASONS,
)
from domain.record import ArchiveRecord, UnitExtract
from domain.signature_labels import SIGNATURE_KINDS, signature_reason
from pipeline.steps.compliance import standing_of, standing_plain
from pipeline.steps.signatures import signatures_of
from pipeline.steps.suggesting import suggest_for, suggestion_lines, suggestion_plain

if TYPE_CHECKING:
    from domain.evidence import PdfSignature
    from domain.suggestion import Suggestion
    from pipeline.wiring import Shoko


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("show", help="書類の内容・履歴・証拠を表示します / show one document")
    def show_verb(
        document_id: Annotated[str, typer.Argument(help="書類ID / document id")],
        revision: Annotated[int | None, typer.Option("--revision", help="版 / revision")] = None,
        searchable: Annotated[
            Path | None,
            typer.Option(
                "--searchable-pdf",
                help="検索できるPDF (PDF/A) を書き出します / write the document as a searchable PDF/A",
                show_default=False,
            ),
        ] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        shoko = open_home(home)
        record = shoko.archive.get_document(document_id, revision=revision)
        ended = shoko.archive.destruction_of(document_id) if record is None else None
        if ended is not None:
            day, request = tokyo_day(ended.recorded_at).isoformat(), ended.facts["request"]
            if json:
                print_json({"document_id": document_id, "destroyed_on": day, "request": request})
            else:
                out.print(f"書類 {document_id} は {day} に廃棄済みです（承認: {request}）。記録と証明は残っています")
            return
        if record is None:
            raise ObjectMissing(
                f"no document {document_id}", message_ja=f"書類 {document_id} は見つかりません。IDを確かめてください"
            )
        if searchable is not None:
            from pipeline.steps.searchable import searchable_document

            write_file(searchable, searchable_document(shoko, record))
        if json:
            print_json(document_plain(shoko, record))
        else:
            _print(shoko, record)


def document_plain(shoko: Shoko, record: ArchiveRecord) -> dict[str, object]:
    """Everything about a document as plain JSON values."""
    units = shoko.archive.unit_of_document(record.document_id)
    return {
        **to_plain(record),
        "values": {f.name: value_to_plain(f.value) for f in record.fields.fields},
        "history": [
            {"revision": r.revision, "recorded_at": r.recorded_at.isoformat(), "by": r.recorded_by, "reason": r.reason}
            for r in shoko.archive.history(record.document_id)
        ],
        "acts": [
            {
                "kind": act.kind.value,
                "subject": act.subject_id,
                "about": list(act.about),
                "at": act.recorded_at.isoformat(),
                "by": act.recorded_by,
                "facts": dict(act.facts),
                "personal": dict(act.personal),
            }
            for act in shoko.archive.acts(record.document_id)
        ],
        "units": [
            {
                "unit_id": u.unit_id,
                "drop_id": u.first_drop_id,
                "cut_from": to_plain(u.extract) if u.extract else None,
                "sha256": u.blob.digest.value,
                "timestamps": [
                    {"at": t.gen_time.isoformat(), "authority": t.authority, "accredited": t.accredited}
                    for t in shoko.archive.timestamps(u.unit_id)
                ],
                "signatures": [to_plain(one) for one in signatures_of(shoko, u)],
            }
            for u in units
        ],
        "compliance": standing_plain(standing_of(shoko, record)),
        "suggestion": suggestion_plain(_suggestion(shoko, record)),
    }


def _suggestion(shoko: Shoko, record: ArchiveRecord) -> Suggestion | None:
    return suggest_for(record, shoko.parties.index(), company=shoko.company, archive=shoko.archive)


def _print(shoko: Shoko, record: ArchiveRecord) -> None:
    kind = DOCUMENT_TYPES[record.classification.label][0]
    out.print(f"{kind}  {record.document_id}  第{record.revision}版  {DOCUMENT_STATES[record.state][0]}", style="bold")
    assumed = "（仮）" if record.received_on_assumed else ""
    out.print(
        f"受領: {record.received_on}{assumed}  {ORIGINS[record.origin][0]}  保存期限: {record.retain_until or '未定'}"
    )
    rows = []
    for field in record.fields.fields:
        if field.value is not None:
            pages = ",".join(str(s.page_index + 1) for s in field.sources)
            rows.append(
                (
                    FIELDS[field.name].label_ja,
                    value_to_plain(field.value),
                    field.raw_text,
                    pages,
                    f"{field.confidence:.2f}",
                    field.engine.name,
                )
            )
    out.print(
        table(
            None,
            (
                ("項目", "left"),
                ("値", "left"),
                ("原文", "left"),
                ("頁", "right"),
                ("確信度", "right"),
                ("読取", "left"),
            ),
            rows,
        )
    )
    for reason in record.review_reasons:
        label = REVIEW_REASONS.get(reason.code, (reason.code, reason.code))[0]
        where = f"（{FIELDS[reason.field].label_ja}）" if reason.field in FIELDS else ""
        out.print(f"  要確認: {label}{where}", style="yellow")
    for what, text in suggestion_lines(_suggestion(shoko, record)):
        out.print(f"  提案 {what}: {text}")
    for check in record.checks:
        out.print(f"  検査 {check.name}: {OUTCOME_JA[check.outcome]}", style="dim")
    for unit in shoko.archive.unit_of_document(record.document_id):
        if unit.extract is not None:
            out.print(
                f"  取り出し元: {unit.extract.of_unit_id} {_taken_from(unit.extract)}（{unit.first_drop_id}）",
            )
        tokens = shoko.archive.timestamps(unit.unit_id)
        if not tokens:
            out.print("  タイムスタンプ: 付与待ち")
        for token in tokens:
            note = "" if token.accredited else "（認定なし）"
            out.print(f"  タイムスタンプ: {tokyo_time(token.gen_time)} {token.authority}{note}")
        for one in signatures_of(shoko, unit):
            out.print(f"  {signature_text(one)}")
    print_standing(standing_of(shoko, record))
    _print_past(shoko, record)


def signature_text(one: PdfSignature) -> str:
    """「PDFの電子署名: 合格 山田 2026-11-20T…」: who, when, and how it stands."""
    at = one.stamped_at or one.claimed_at
    when = f" {tokyo_time(at)}" + ("" if one.stamped_at else "（署名者の申告）") if at else ""
    reason = f"（{signature_reason(one)[0]}）" if one.reason else ""
    added = "" if one.whole_file else " 署名の後に追加あり"
    kind = SIGNATURE_KINDS[one.kind][0]
    return f"{kind}: {OUTCOME_JA[one.outcome]}{reason} {one.signer or ''}{when}{added}"


def _print_past(shoko: Shoko, record: ArchiveRecord) -> None:
    for act in shoko.archive.acts(record.document_id):
        who = act.recorded_by or "（記録は廃棄済み）"
        out.print(f"  {ACTS[act.kind][0]} {tokyo_time(act.recorded_at)} {who} {act_words(act)[0]}", style="dim")
    for old in shoko.archive.history(record.document_id):
        out.print(
            f"  履歴 第{old.revision}版 {tokyo_time(old.recorded_at)} {old.recorded_by} {old.reason or ''}", style="dim"
        )


def _taken_from(extract: UnitExtract) -> str:
    if extract.pages:
        return ", ".join(str(page + 1) for page in extract.pages) + "頁"
    if extract.region is None:
        return f"添付{extract.page_index + 1}"
    return f"{extract.page_index + 1}頁 [{', '.join(map(str, extract.region.as_list()))}]"
