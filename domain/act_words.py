"""What an act says to people, in one line: its facts in words, then the person's own."""

from __future__ import annotations

from domain.acts import ActKind, ActRecord
from domain.approvals import APPROVAL_ACTS
from domain.circumstances import EVIDENCE, SERVICE, Channel, DelayCause
from domain.labels import RELATIONS, REQUEST_KINDS, Label
from domain.relations import Relation
from domain.requests import REASON, RequestKind

_FACTS: dict[str, Label] = {
    "found_on": ("発見日", "found on"),
    "revision": ("版", "revision"),
    "deleted": ("削除件数", "deleted"),
    "discarded_on": ("廃棄日", "discarded on"),
    "tested_on": ("確認日", "tested on"),
    "profile": ("読取設定", "profile"),
    "until": ("事由が解消した日", "cause ended on"),
}
_DAYS = frozenset({"found_on", "discarded_on", "tested_on", "until"})
_YES_NO: dict[str, tuple[Label, Label]] = {
    "same": (("画像と紙は同等", "the same"), ("同等ではない", "not the same")),
    "passed": (("全て判読できた", "all legible"), ("判読できない文字がある", "not all legible")),
    "stands": (("", ""), ("解除", "ended")),
}
STAMP_DUTIES: dict[str, Label] = {
    "none": ("印紙税の対象外", "no stamp duty paper"),
    "affixed": ("貼付・消印済み", "affixed and cancelled"),
    "not_affixed": ("未貼付", "not affixed yet"),
    "refund": ("還付を受けるため原本が必要", "refund: the original is needed"),
}
"""What a person may say of the revenue stamp of a paper."""
CIRCUMSTANCES: dict[str, Label] = {
    DelayCause.SPECIAL: ("特別な事由", "a special cause"),
    DelayCause.DISASTER: ("災害その他やむを得ない事情", "a disaster or the like"),
    Channel.RECEIVED_STAMPED: ("認定タイムスタンプ付きで受領", "received with an accredited timestamp"),
    Channel.EXCHANGED_INSIDE: (
        "訂正・削除の記録が残るサービスで授受・保存",
        "exchanged and kept in a service that keeps corrections",
    ),
}
"""Causes of delay, and channels of electronic data."""
_PERSONAL: dict[str, Label] = {
    SERVICE: ("サービス", "service"),
    EVIDENCE: ("証拠", "evidence"),
    "place": ("保管場所", "kept at"),
    "book": ("帳簿", "book"),
    "number": ("番号", "number"),
    "scanner": ("スキャナ", "scanner"),
    "device": ("機種名", "device"),
    "login": ("ログイン名", "login"),
    "name": ("名前", "name"),
    "label": ("用途", "for"),
    "delegate_name": ("代理の人", "in their place"),
    "upper": ("印影の上段", "upper line"),
    "lower": ("印影の下段", "lower line"),
    "query": ("条件", "conditions"),
    "conditions": ("条件", "conditions"),
    "to": ("渡した相手", "handed to"),
}
"""Of the personal words these are shown; whole texts and tables that an act carries are not."""
FORM: dict[str, Label] = {
    "slip_number": ("取引伝票番号", "Slip no."),
    "title": ("取引件名", "Title"),
    "counterparty": ("取引先名", "Counterparty"),
    "change_on": ("訂正・削除日付", "Day of the change"),
    "content": ("訂正・削除内容", "What is changed"),
    "person": ("処理担当者名", "Person in charge"),
}
"""Entries of the application form of the office rules (law: et-rules-template), beside its day and its reason."""


def act_words(act: ActRecord) -> Label:
    """The line, in Japanese and in English; personal words as they are in both."""
    return _said(act, 0), _said(act, 1)


def _said(act: ActRecord, language: int) -> str:
    if act.kind in APPROVAL_ACTS:
        return _of_approval(act, language)
    parts = [*_first(act, language)]
    for name, value in act.facts.items():
        if name in _FACTS and value is not None:
            parts.append(f"{_FACTS[name][language]} {_day(str(value)) if name in _DAYS else value}")
        elif name in _YES_NO:
            parts.append(_YES_NO[name][value is not True][language])
        elif name in {"cause", "channel"}:
            parts.append(CIRCUMSTANCES[str(value)][language])
        elif name == "stamp_duty":
            parts.append(STAMP_DUTIES[str(value)][language])
    for name, value in act.personal.items():
        if value and (known := FORM.get(name) or _PERSONAL.get(name)):
            parts.append(f"{known[language]}: {value}")
    if words := act.personal.get(REASON):
        parts.append(words)
    return ("、" if language == 0 else "; ").join(part for part in parts if part)


def _day(iso: str) -> str:
    """A day as the pages write it."""
    return iso.replace("-", "/")


def _of_approval(act: ActRecord, language: int) -> str:
    """What was approved, in whose place; names of the route's people and the drawing of the seal stay out."""
    parts = [f"{_FACTS['revision'][language]} {act.facts['revision']}"] if "revision" in act.facts else []
    if "step" in act.facts:
        parts.append(("第{}段", "step {}")[language].format(act.facts["step"]))
    if name := act.personal.get("principal_name"):
        parts.append(("{} さんの代理", "in the place of {}")[language].format(name))
    return ("、" if language == 0 else "; ").join(part for part in (*parts, act.personal.get(REASON, "")) if part)


def _first(act: ActRecord, language: int) -> tuple[str, ...]:
    match act.kind:
        case ActKind.REQUESTED:
            return (REQUEST_KINDS[RequestKind(str(act.facts["request"]))][language], act.subject_id)
        case ActKind.RELATED:
            return (RELATIONS[Relation(str(act.facts["relation"]))][language], " ".join(act.about))
        case ActKind.RESCANNED:
            return (act.about[0],)
        case _:
            return ()
