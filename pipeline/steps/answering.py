"""Answers to questions in Japanese, by rules and search: what the archive says, and on which documents that stands.

A question is recognised (``domain.asking``), its conditions are read (``domain.sentence``), and a search or the
rules of the law give the answer. Nothing is made up: what fits no rule and finds nothing is answered with "not known".
The archive is taken as who asks may see it: what one may not see is neither named nor counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.asking import Asked, Question, recognise
from pipeline.steps.answering_document import answer_about
from pipeline.steps.answering_due import due
from pipeline.steps.answering_law import OF_ONE, SOME, names_of, paper, retention, stamp, verdict, who
from pipeline.steps.answering_search import conditions, find, total
from pipeline.steps.answers import SHOWN, UNKNOWN, WHICH_PARTY, Answer, named_record, not_known
from pipeline.steps.approval_queue import waits_for

if TYPE_CHECKING:
    from domain.labels import Label
    from domain.people import User
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko


_NAME = re.compile(r"[^\W\dぁ-んー]{2}")
"""What may be a name: kanji, katakana or letters."""
_NO_NAME = re.compile("最後|最初|最終|直近|今回|前回|現在|実際|本当|書類|文書|原本|電子|担当者?|状態|自体|まだ")


def answer(shoko: Shoko, text: str, *, document: ArchiveRecord | None = None, user: User | None = None) -> Answer:
    """The answer to a question.

    Args:
        shoko: as who asks may see it.
        text: the question; what is longer than ``domain.asking.MAX_CHARACTERS`` is cut.
        document: the one that lies open before who asks.
        user: who asks; None where nobody has an account.
    """
    question = recognise(text)
    if question.same_party:
        party = document.fields.text("counterparty") if document is not None else None
        if party is None:
            return not_known(question.asked, WHICH_PARTY)
        question = replace(question, party=party)
    elif document is not None and _is_about_it(shoko, question, document):
        found = answer_about(shoko, question, document)
        if found is not None:
            return found
    return _ANSWERS[question.asked](shoko, question, user)


def _is_about_it(shoko: Shoko, question: Question, document: ArchiveRecord) -> bool:
    """With a document open, a question that names no other is about it: 「保存期間は？」."""
    return question.this or (question.asked in OF_ONE and not _names_others(shoko, question, document))


def _names_others(shoko: Shoko, question: Question, document: ArchiveRecord) -> bool:
    """It names a day, a company, another class; or something that nobody here knows."""
    named = conditions(shoko, names_of(question))
    if any(piece.part in SOME for piece in named.pieces):
        return True
    if named.query.document_types and document.classification.label not in named.query.document_types:
        return True
    return any(_NAME.search(_NO_NAME.sub("", word)) for word in conditions(shoko, question.left).query.words)


def _approvals(shoko: Shoko, question: Question, user: User | None) -> Answer:
    if user is None:
        return not_known(
            question.asked,
            ("承認には利用者の登録が必要なので、あなたを待つ承認は分かりません", "Approvals need accounts"),
            place="/approvals",
        )
    waiting = waits_for(shoko, user)
    says: Label = (
        (f"あなたの承認を待つ書類は {len(waiting):,} 件です", f"{len(waiting):,} wait for your approval")
        if waiting
        else ("あなたの承認を待つ書類はありません", "Nothing waits for your approval")
    )
    named = tuple(named_record(record) for record, _, _ in waiting[:SHOWN])
    return Answer(asked=question.asked, known=True, says=(says,), named=named, total=len(waiting), place="/approvals")


def _how(_: Shoko, question: Question, __: User | None) -> Answer:
    """The manual answers this, where it does."""
    return not_known(question.asked, UNKNOWN)


def _not_ours(_: Shoko, question: Question, __: User | None) -> Answer:
    return not_known(
        question.asked,
        (
            "税務の判断はできません。税理士または所轄の税務署に確かめてください",
            "Tax is not judged here: ask an adviser or the tax office",
        ),
    )


def _order(_: Shoko, question: Question, __: User | None) -> Answer:
    return not_known(
        question.asked,
        (
            "ここでは質問に答えるだけで、書類を変えることはできません。操作はそれぞれの画面で行ってください",
            "Only questions are answered here; nothing is changed",
        ),
    )


_ANSWERS: dict[Asked, Callable[[Shoko, Question, User | None], Answer]] = {
    Asked.PAPER: paper,
    Asked.RETENTION: retention,
    Asked.APPROVALS: _approvals,
    Asked.DUE: due,
    Asked.VERDICT: verdict,
    Asked.STAMP: stamp,
    Asked.WHO: who,
    Asked.TOTAL: total,
    Asked.COUNT: find,
    Asked.FIND: find,
    Asked.HOW: _how,
    Asked.NOT_OURS: _not_ours,
    Asked.ORDER: _order,
    Asked.OPEN: find,
}
