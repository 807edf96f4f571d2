"""Who did something with a document: from the acts on it, each said as what it was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from domain.approvals import ApprovalState
from domain.calendar import tokyo_day
from domain.record import DocumentState
from pipeline.steps.answers import Answer, named_record
from pipeline.steps.approvals import rounds

if TYPE_CHECKING:
    from datetime import datetime

    from domain.approvals import Round
    from domain.asking import Question
    from domain.labels import Label
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

_ENGINE = "engine"
_OF_APPROVAL = re.compile("承認|決裁|電子印|押印|印を押|差し?戻|却下|申請")
_OF_INTAKE = re.compile("登録|投入|取り?込|スキャン|アップロード|撮")
_OF_CHANGE = re.compile("訂正|修正|直し|変更|入力|書き換え|確認")
_OF_DELETION = re.compile("削除|消し|消した")
_REVISIONS: dict[str, Label] = {
    "read": ("自動読み取り", "read automatically"),
    "again": ("読み取りのやり直し", "read again"),
    "entered": ("登録", "entered"),
    "changed": ("訂正・確認", "corrected or confirmed"),
    "deleted": ("削除", "deleted"),
    "restored": ("削除の取消し", "brought back"),
    "approved": ("承認による確定", "frozen on approval"),
    "reopened": ("承認の取消し", "approval taken back"),
    "destroyed": ("廃棄", "destroyed"),
}
_ROUNDS: dict[ApprovalState, Label] = {
    ApprovalState.IN_PROGRESS: ("承認の途中です", "Under approval"),
    ApprovalState.APPROVED: ("承認済みです", "Approved"),
    ApprovalState.RETURNED: ("差し戻されています", "Returned"),
    ApprovalState.WITHDRAWN: ("申請は取り下げられています", "The submission was taken back"),
    ApprovalState.SUPERSEDED: (
        "承認のあとに版が変わったため、いまは承認されていません",
        "Revised since: not approved now",
    ),
    ApprovalState.REOPENED: ("承認は取り消されています", "The approval was taken back"),
}


def who_did(shoko: Shoko, question: Question, record: ArchiveRecord) -> Answer:
    """What people did with this document, of the kind that is asked for; all of it where no kind is."""
    says: list[Label] = []
    if _OF_APPROVAL.search(question.text):
        says += _approvals(shoko, record)
    if _OF_INTAKE.search(question.text):
        says += _intake(shoko, record)
    if _OF_DELETION.search(question.text):
        says += _revisions(shoko, record, {"deleted", "restored"}) or [("削除されていません", "It was not deleted")]
    if _OF_CHANGE.search(question.text):
        changes = _revisions(shoko, record, {"changed", "entered"})
        says += changes or [
            ("人が訂正・確認した版はありません（自動読み取りのまま）", "Nobody corrected or confirmed it")
        ]
    return Answer(
        asked=question.asked,
        known=True,
        says=tuple(says or [*_intake(shoko, record), *_revisions(shoko, record, set(_REVISIONS))]),
        named=(named_record(record),),
        total=1,
    )


def _approvals(shoko: Shoko, record: ArchiveRecord) -> list[Label]:
    """From the acts of approval, never from who recorded a revision."""
    known = rounds(shoko, record.document_id)
    if not known:
        return [("承認の申請はまだありません", "It was not submitted for approval")]
    last = known[-1]
    japanese, english = _ROUNDS[last.state]
    says: list[Label] = [(japanese, english), _done(shoko, "申請", "submitted", _person(last), last.submitted.at)]
    for one in last.decisions:
        returned = last.state is ApprovalState.RETURNED and one is last.decisions[-1]
        name = one.said.name or one.said.by or "—"
        if one.principal_name:
            name = f"{name}（{one.principal_name} の代理）"
        what = ("差し戻し", "returned") if returned else ("承認", "approved")
        says.append(_done(shoko, *what, name, one.said.at))
    if last.state in {ApprovalState.IN_PROGRESS, ApprovalState.SUPERSEDED} and not last.decisions:
        says.append(("承認した人はまだいません", "Nobody has approved it yet"))
    if last.ended is not None and last.state in {ApprovalState.WITHDRAWN, ApprovalState.REOPENED}:
        what = (
            ("取下げ", "taken back")
            if last.state is ApprovalState.WITHDRAWN
            else ("承認の取消し", "approval taken back")
        )
        says.append(_done(shoko, *what, last.ended.name, last.ended.at))
    return says


def _person(last: Round) -> str:
    return last.submitted.name or last.submitted.by or "—"


def _intake(shoko: Shoko, record: ArchiveRecord) -> list[Label]:
    says: list[Label] = []
    for unit in shoko.archive.unit_of_document(record.document_id):
        drop = shoko.archive.get_drop(unit.first_drop_id)
        if drop is None:
            continue
        by = drop.deposit.deposited_by
        says.append(
            _done(shoko, "取込", "taken in", by, drop.preserved_at)
            if by
            else (
                f"取込：{tokyo_day(drop.preserved_at):%Y/%m/%d}（投入した人の記録はありません）",
                f"Taken in on {tokyo_day(drop.preserved_at):%Y/%m/%d}; by whom is not on record",
            )
        )
    return list(dict.fromkeys(says))


def _revisions(shoko: Shoko, record: ArchiveRecord, wanted: set[str]) -> list[Label]:
    """Newest first."""
    says: list[Label] = []
    before: ArchiveRecord | None = None
    for one in shoko.archive.history(record.document_id):
        what = _what(one, before)
        if what in wanted:
            japanese, english = _REVISIONS[what]
            by = "" if one.recorded_by == _ENGINE else one.recorded_by
            says.append(
                _done(shoko, f"第{one.revision}版 {japanese}", f"version {one.revision} {english}", by, one.recorded_at)
            )
        before = one
    return says[::-1]


def _what(one: ArchiveRecord, before: ArchiveRecord | None) -> str:
    by_engine = one.recorded_by == _ENGINE
    if before is None:
        return "read" if by_engine else "entered"
    if one.state is not before.state:
        for state, begun, ended in (
            (DocumentState.DESTROYED, "destroyed", "restored"),
            (DocumentState.TOMBSTONED, "deleted", "restored"),
            (DocumentState.APPROVED, "approved", "reopened"),
        ):
            if one.state is state:
                return begun
            if before.state is state:
                return ended
    return "again" if by_engine else "changed"


def _done(shoko: Shoko, japanese: str, english: str, by: str | None, at: datetime) -> Label:
    """「承認：山田（2026/11/20）」; a login is shown as the name of its person."""
    user = shoko.people.find(by) if by else None
    name = (user.name if user is not None else "") or by or ""
    day = f"{tokyo_day(at):%Y/%m/%d}"
    who = f"：{name}（{day}）" if name else f"（{day}）"
    return (f"{japanese}{who}", f"{english}: {name} ({day})" if name else f"{english} ({day})")
