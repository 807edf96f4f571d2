"""Questions about the document that lies open: answered from what is filed of it, with the rules that decide."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from domain.asking import Asked
from domain.calendar import tokyo_day
from domain.compliance import PAPER_STATES, VERDICTS, Verdict
from domain.corrections import value_to_text
from domain.fields import FIELDS, BankAccount, CalendarDate, Money
from domain.labels import DOCUMENT_STATES, DOCUMENT_TYPES, ORIGINS, REVIEW_REASONS
from domain.record import DocumentState
from pipeline.steps.answering_people import who_did
from pipeline.steps.answers import UNKNOWN, Answer, named_record
from pipeline.steps.compliance import standing_of
from pipeline.steps.retention import hold_of, is_held

if TYPE_CHECKING:
    from domain.asking import Question
    from domain.fields import Value
    from domain.labels import Label
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

_PAYMENT = re.compile("支払|払い|振込|入金")
NO_PAYMENT: Label = ("支払期限は読み取れていません（空欄）", "No day of payment was read")


def answer_about(shoko: Shoko, question: Question, record: ArchiveRecord) -> Answer | None:
    """The answer for one document, or None where such a question has none."""
    about = _ABOUT.get(question.asked)
    return None if about is None else about(shoko, question, record)


def value_of(question: Question, record: ArchiveRecord) -> Answer:
    """One value as it stands on the document; that it is blank is said, never guessed."""
    name = question.field or ""
    beside: dict[str, tuple[Label, Label]] = {
        "received_on": (
            ("受領日", "Received on"),
            (f"{record.received_on:%Y/%m/%d}{'（仮）' if record.received_on_assumed else ''}", f"{record.received_on}"),
        ),
        "type": (("種類", "Class"), DOCUMENT_TYPES[record.classification.label]),
        "state": (("状態", "State"), DOCUMENT_STATES[record.state]),
        "origin": (("受領方法", "How it came"), ORIGINS[record.origin]),
    }
    if name in beside:
        (japanese, english), (said, spoken) = beside[name]
    else:
        japanese, english = FIELDS[name].label_ja, FIELDS[name].label_en
        value = record.fields.value(name)
        said = spoken = _shown(value)
    if not said:
        blank: Label = (f"{japanese}は読み取れていません（空欄）", f"{english}: not read")
        return Answer(asked=Asked.FIELD, known=False, says=(blank,), named=(named_record(record),), total=1)
    says: list[Label] = [(f"{japanese}：{said}", f"{english}: {spoken}")]
    if record.state is DocumentState.NEEDS_REVIEW:
        says.append(("この書類は確認待ちです", "This document waits for review"))
    return Answer(asked=Asked.FIELD, known=True, says=tuple(says), named=(named_record(record),), total=1)


def _shown(value: Value | None) -> str:
    match value:
        case CalendarDate():
            return f"{value.day:%Y/%m/%d}"
        case Money():
            return f"{value.amount:,f}{'円' if value.currency == 'JPY' else f' {value.currency}'}"
        case BankAccount():
            parts = (value.bank, value.branch, value.type, value.number, value.holder)
            return "、".join(part for part in parts if part)
        case _:
            return value_to_text(value)


def why_in_review(record: ArchiveRecord) -> Answer:
    """What made the document wait for a person."""
    says = tuple(dict.fromkeys(REVIEW_REASONS.get(one.code, (one.code, one.code)) for one in record.review_reasons))
    none: Label = ("確認待ちではありません", "It does not wait for review")
    waits = record.state is DocumentState.NEEDS_REVIEW
    return Answer(
        asked=Asked.HOW,
        known=bool(says) or not waits,
        says=says if waits and says else (none,) if not waits else (UNKNOWN,),
        named=(named_record(record),),
        total=1,
    )


def _paper(shoko: Shoko, _: Question, record: ArchiveRecord) -> Answer:
    """Law: scan-paper-disposal."""
    paper = standing_of(shoko, record).paper
    japanese, english = PAPER_STATES[paper.state]
    return Answer(
        asked=Asked.PAPER,
        known=True,
        says=((f"この書類の紙：{japanese}", f"The paper of this document: {english}"),),
        named=(named_record(record),),
        total=1,
        lines=paper.reasons,
        paper=paper,
        place="/papers",
    )


def _retention(shoko: Shoko, _: Question, record: ArchiveRecord) -> Answer:
    """Law: ret-corp, ret-corp-loss, ret-ctax, ret-individual, ret-other."""
    until = record.retain_until
    says: list[Label] = []
    if until is None:
        says.append(
            (
                "保存期限はまだ決まっていません（確認待ちのあいだは仮のロックで守られます）",
                "Not known yet; a provisional lock holds it while it waits for a person",
            )
        )
    else:
        says.append((f"{until:%Y/%m/%d} まで保存します", f"Kept until {until:%Y/%m/%d}"))
    if is_held(shoko, record):
        own = hold_of(shoko, record.document_id) is not None
        says.append(
            ("保存命令が掛かっています。解除されるまで廃棄できません", "A legal hold keeps it until it is lifted")
            if own
            else ("会社の保存命令が掛かっています", "A legal hold of the company keeps it")
        )
    return Answer(asked=Asked.RETENTION, known=True, says=tuple(says), named=(named_record(record),), total=1)


def _verdict(shoko: Shoko, _: Question, record: ArchiveRecord) -> Answer:
    status = standing_of(shoko, record).status
    japanese, english = VERDICTS[status.verdict]
    open_lines = (*status.of(Verdict.NOT), *status.of(Verdict.NOT_YET))
    return Answer(
        asked=Asked.VERDICT,
        known=True,
        says=((f"{status.as_of:%Y/%m/%d} 現在：{japanese}", f"As of {status.as_of:%Y/%m/%d}: {english}"),),
        named=(named_record(record),),
        total=1,
        lines=open_lines or status.of(Verdict.COMPLIANT),
        place="/law",
    )


def _due(shoko: Shoko, question: Question, record: ArchiveRecord) -> Answer:
    status = standing_of(shoko, record).status
    due = status.next_due
    lines = tuple(
        line for line in (*status.of(Verdict.NOT_YET), *status.of(Verdict.NOT)) if line.due and line.due >= status.as_of
    )
    says: list[Label] = [
        (f"法令の期限：{due:%Y/%m/%d}", f"Due by law: {due:%Y/%m/%d}")
        if due
        else ("これから来る法令の期限はありません", "Nothing is due by law")
    ]
    payment = record.fields.day("due_date")
    if payment is None and _PAYMENT.search(question.text):
        return Answer(asked=Asked.DUE, known=False, says=(NO_PAYMENT,), named=(named_record(record),), total=1)
    if payment:
        says.append((f"支払期限：{payment:%Y/%m/%d}", f"To be paid by {payment:%Y/%m/%d}"))
    return Answer(
        asked=Asked.DUE, known=True, says=tuple(says), named=(named_record(record, due=due),), total=1, lines=lines
    )


def _stamp(shoko: Shoko, _: Question, record: ArchiveRecord) -> Answer:
    """Law: scan-timestamp. Every original of the document, since each is stamped by itself."""
    says: list[Label] = []
    for unit in shoko.archive.unit_of_document(record.document_id):
        tokens = shoko.archive.timestamps(unit.unit_id)
        if not tokens:
            says.append(("タイムスタンプはまだ付いていません（付与待ち）", "It waits for its timestamp"))
            continue
        newest = tokens[-1]
        day = tokyo_day(newest.gen_time)
        says.append(
            (
                f"{day:%Y/%m/%d} に付いています（認定タイムスタンプ）",
                f"Stamped on {day:%Y/%m/%d} by an accredited service",
            )
            if newest.accredited
            else (
                f"{day:%Y/%m/%d} に付いていますが、認定タイムスタンプではありません",
                f"Stamped on {day:%Y/%m/%d}, not by an accredited service",
            )
        )
    return Answer(
        asked=Asked.STAMP,
        known=bool(says),
        says=tuple(dict.fromkeys(says)) or (("原本の記録が見つかりません", "No original is on record"),),
        named=(named_record(record),),
        total=1,
    )


def _total(_: Shoko, __: Question, record: ArchiveRecord) -> Answer:
    money = record.fields.money("total_amount")
    if money is None:
        says = ("取引金額は読み取れていません（空欄）", "No amount was read")
    else:
        unit = "円" if money.currency == "JPY" else f" {money.currency}"
        says = (f"取引金額は {money.amount:,f}{unit} です", f"The amount is {money.amount:,f} {money.currency}")
    return Answer(asked=Asked.TOTAL, known=money is not None, says=(says,), named=(named_record(record),), total=1)


_ABOUT: dict[Asked, Callable[[Shoko, Question, ArchiveRecord], Answer]] = {
    Asked.PAPER: _paper,
    Asked.RETENTION: _retention,
    Asked.VERDICT: _verdict,
    Asked.DUE: _due,
    Asked.STAMP: _stamp,
    Asked.WHO: who_did,
    Asked.TOTAL: _total,
}
