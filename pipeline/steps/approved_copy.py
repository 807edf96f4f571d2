"""承認済み写し: the searchable PDF of an approved document with its seals, and with what to verify it by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.approvals import ApprovalState, Round, approval_id
from domain.calendar import tokyo_day, tokyo_time
from domain.errors import RequestRefused
from domain.labels import DOCUMENT_TYPES
from domain.record import DocumentState
from domain.seals import drawn
from extractors.searchable.sealed import CopyBox, Cover, find_font, sealed_copy
from pipeline.steps.approvals import rounds
from pipeline.steps.searchable import searchable_document

if TYPE_CHECKING:
    from datetime import datetime

    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

HEADING = "承認済み写し"
WARNING = "これは表示用の写しで、原本ではありません。印影は絵であり、証拠は最終ページに記したログの記録です。"


def approved_copy(shoko: Shoko, record: ArchiveRecord) -> bytes:
    """A rendition with the seals; the original is not touched, and nothing is laid over what it shows.

    Raises:
        RequestRefused: the document is not approved.
        ConfigError: no Japanese font.
        ObjectMissing: the original is gone, or no text of it is recorded.
        InputError: the original cannot be shown.
    """
    known = rounds(shoko, record.document_id)
    last = known[-1] if known else None
    if last is None or last.state is not ApprovalState.APPROVED or record.state is not DocumentState.APPROVED:
        raise RequestRefused("the document is not approved", message_ja="承認済みの書類だけ、承認済み写しを作れます")
    font = find_font(shoko.settings.approvals.font_file)
    return sealed_copy(searchable_document(shoko, record), _cover(shoko, record, last), font=font)


def _cover(shoko: Shoko, record: ArchiveRecord, last: Round) -> Cover:
    boxes = [CopyBox(label="申請", name=last.submitted.name, day=_day(last.submitted.at), seal=None, note="申請")]
    for step in last.steps:
        for seat in step.seats:
            given = seat.decision
            boxes.append(
                CopyBox(
                    label=step.label,
                    name=given.said.name if given else seat.name,
                    day=_day(given.said.at) if given else "",
                    seal=drawn(given.seal) if given and given.seal else None,
                    note="承認済み" if given else "前段で承認済み" if seat.carried else "—",
                )
            )
    total = record.fields.money("total_amount")
    leaves = shoko.archive.leaves_of(approval_id(record.document_id))
    given_leaves = [leaf for leaf in leaves if leaf.kind == "approval_given"][-len(last.decisions) :]
    facts = [
        ("書類", f"{DOCUMENT_TYPES[record.classification.label][0]}　{record.fields.text('counterparty') or ''}"),
        ("取引金額", f"{total.amount:,} {total.currency}" if total is not None else ""),
        ("書類ID", record.document_id),
        ("承認された版", f"第{last.revision}版（承認により第{record.revision}版として固定）"),
        ("版の目録のハッシュ値", last.digest),
        ("承認経路", f"{last.route_name}（第{last.routes}版）" if last.routes else last.route_name),
    ]
    for decision, leaf in zip(last.decisions, given_leaves, strict=False):
        place = f"（{decision.principal_name} の代理）" if decision.principal else ""
        who = f"{decision.said.name}{place}　{_instant(decision.said.at)}"
        facts.append((f"第{decision.step}段の承認", f"{who}\nログ {leaf.sequence}　{leaf.manifest_digest}"))
    facts.append(("検証の方法", f"shoko verify {record.document_id}（承認した人・順序・対象の版を検証します）"))
    facts.append(("写しの作成", _instant(shoko.clock())))
    return Cover(heading=HEADING, warning=WARNING, boxes=tuple(boxes), facts=tuple(f for f in facts if f[1]))


def _day(at: datetime) -> str:
    return tokyo_day(at).isoformat()


def _instant(at: datetime) -> str:
    return tokyo_time(at)
