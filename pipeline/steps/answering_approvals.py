"""What waits for approval, is under way, was returned or taken back: from the acts of approval."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from domain.acts import ActKind
from domain.approvals import PREFIX, ApprovalState
from domain.sentence import Part
from domain.text import search_key
from pipeline.steps.answering_search import conditions, notes
from pipeline.steps.answers import SHOWN, Answer, named_record, not_known
from pipeline.steps.approval_queue import open_rounds, waits_for
from pipeline.steps.approvals import rounds

if TYPE_CHECKING:
    from datetime import date

    from domain.asking import Question
    from domain.labels import Label
    from domain.people import User
    from domain.query import Query
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

_RETURNED = re.compile("差し?戻")
_TAKEN_BACK = re.compile("取り?下げ")
_UNDER_WAY = re.compile("申請中|承認中|途中|全体|会社|全員|みんな")
_ASKED_WITH = re.compile(
    r"会社全体[のでは]?|全体[のでは]|全員の|みんなの|(?:私|自分|わたし)[のが]?|(?:が)?必要な|(?:すべき|する|しなければならない|を待っている|待ちの?|中の?|の途中の?)"
    r"|差し?戻(?:された|し中の?|しの|しになった|った)|(?:申請|承認|決裁)(?:を|が)?|取り?下げ(?:られ)?た"
)
_USED = frozenset({Part.DATE, Part.RECEIVED, Part.AMOUNT, Part.COUNTERPARTY, Part.TYPE, Part.ORIGIN, Part.ORDER})


def approvals(shoko: Shoko, question: Question, user: User | None) -> Answer:
    """Documents of the state of approval that is asked for, of those that the question names."""
    text = question.text
    if _RETURNED.search(text):
        found = _ended(shoko, ActKind.APPROVAL_RETURNED, ApprovalState.RETURNED)
        what: Label = ("差し戻されている書類", "returned")
    elif _TAKEN_BACK.search(text):
        found = _ended(shoko, ActKind.APPROVAL_WITHDRAWN, ApprovalState.WITHDRAWN)
        what = ("申請が取り下げられている書類", "whose submission was taken back")
    elif _UNDER_WAY.search(text):
        found = [record for record, last in open_rounds(shoko) if last.state is ApprovalState.IN_PROGRESS]
        what = ("承認の途中の書類", "under approval")
    elif user is None:
        return not_known(
            question.asked,
            ("承認には利用者の登録が必要なので、あなたを待つ承認は分かりません", "Approvals need accounts"),
            place="/approvals",
        )
    else:
        found = [record for record, _, _ in waits_for(shoko, user)]
        what = ("あなたの承認を待つ書類", "that wait for your approval")
    asked = conditions(shoko, _ASKED_WITH.sub(" ", question.rest), party=question.party)
    unused = any(piece.part not in _USED for piece in asked.pieces)
    chosen = [record for record in found if fits(record, asked.query)]
    says: Label = (
        (f"{what[0]}は {len(chosen):,} 件です", f"{len(chosen):,} {what[1]}")
        if chosen
        else (f"{what[0]}はありません", f"None {what[1]}")
    )
    return Answer(
        asked=question.asked,
        known=not unused,
        says=(says, *notes(asked)),
        named=tuple(named_record(record) for record in chosen[:SHOWN]),
        total=len(chosen),
        pieces=asked.pieces,
        place="/approvals",
    )


def _ended(shoko: Shoko, kind: ActKind, state: ApprovalState) -> list[ArchiveRecord]:
    """Documents whose last round ended so and that were not submitted again."""
    found = []
    for subject in shoko.archive.subjects_ending_in(PREFIX, kind):
        record = shoko.archive.get_document(subject.removeprefix(PREFIX))
        if record is not None and rounds(shoko, record.document_id)[-1].state is state:
            found.append(record)
    return found


def fits(record: ArchiveRecord, query: Query) -> bool:
    """Whether a document fulfils the days, the amount, the counterparty, the class and the origin of a query."""
    money = record.fields.money("total_amount")
    name = search_key(record.fields.text("counterparty") or "")
    party = search_key(query.counterparty or "")
    return (
        _among(record.classification.label, query.document_types)
        and _among(record.origin, query.origins)
        and _within(record.fields.day("transaction_date"), query.date_from, query.date_to)
        and _within(record.received_on, query.received_from, query.received_to)
        and (query.amount_min is None or (money is not None and money.amount >= query.amount_min))
        and (query.amount_max is None or (money is not None and money.amount <= query.amount_max))
        and (party == name if query.counterparty_exact else party in name)
    )


def _among(value: object, wanted: Iterable[object]) -> bool:
    chosen = tuple(wanted)
    return not chosen or value in chosen


def _within(day: date | None, first: date | None, last: date | None) -> bool:
    if first is None and last is None:
        return True
    return day is not None and (first is None or day >= first) and (last is None or day <= last)
