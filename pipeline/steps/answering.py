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
from pipeline.steps.answering_approvals import approvals
from pipeline.steps.answering_document import answer_about, value_of, why_in_review
from pipeline.steps.answering_due import due
from pipeline.steps.answering_law import OF_ONE, SOME, names_of, paper, retention, stamp, verdict, who
from pipeline.steps.answering_rules import rules_say
from pipeline.steps.answering_search import conditions, find, total
from pipeline.steps.answers import UNKNOWN, WHICH, WHICH_PARTY, Answer, not_known

if TYPE_CHECKING:
    from domain.labels import Label
    from domain.people import User
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko


_NAME = re.compile(r"[^\W\dぁ-んー]{2}")
"""What may be a name: kanji, katakana or letters."""
_ITS_DEADLINE = re.compile(
    r"(?:次の|入力|法令の?)?(?:期限|締め?切り?)(?:は|って)?(?:いつ)?(?:まで)?(?:です|でしょう)?か?\?*"
)
_WHY = re.compile(
    "(?:なぜ|どうして|何で|なんで|理由)[^。]*(?:確認待ち|要確認|確認が必要)|(?:確認待ち|要確認)[^。]*(?:なぜ|理由)"
)
_NO_NAME = re.compile("最後|最初|最終|直近|今回|前回|現在|実際|本当|書類|文書|原本|電子|担当者?|状態|自体|まだ")


_ENGLISH = re.compile(r"\s*[A-Za-z]+(?:\W+[A-Za-z0-9']+){2,}\W*", re.ASCII)
_IN_JAPANESE: Label = ("質問は日本語で書いてください", "Questions are understood in Japanese only")
_BY_SEARCH = frozenset({Asked.FIND, Asked.COUNT, Asked.OPEN})
"""Other documents are no answer to a question about the one that lies open."""


def answer(shoko: Shoko, text: str, *, document: ArchiveRecord | None = None, user: User | None = None) -> Answer:
    """The answer to a question.

    Args:
        shoko: as who asks may see it.
        text: the question; what is longer than ``domain.asking.MAX_CHARACTERS`` is cut.
        document: the one that lies open before who asks.
        user: who asks; None where nobody has an account.
    """
    said = _answer(shoko, recognise(text), document=document, user=user)
    return replace(said, says=(*said.says, _IN_JAPANESE)) if not said.known and _ENGLISH.fullmatch(text) else said


def _answer(shoko: Shoko, question: Question, *, document: ArchiveRecord | None, user: User | None) -> Answer:
    if question.same_party:
        party = document.fields.text("counterparty") if document is not None else None
        if party is None:
            return not_known(question.asked, WHICH_PARTY)
        question = replace(question, party=party)
    elif document is not None and _WHY.search(question.text):
        return why_in_review(document)
    elif document is not None and question.field is not None:
        return value_of(question, document)
    elif document is not None and _is_about_it(shoko, question, document):
        found = answer_about(shoko, question, document)
        if found is not None:
            return found
    if question.this and question.asked in _BY_SEARCH:
        return not_known(question.asked, UNKNOWN if document is not None else WHICH)
    return _ANSWERS[question.asked](shoko, question, user)


def _is_about_it(shoko: Shoko, question: Question, document: ArchiveRecord) -> bool:
    """With a document open, a question that names no other is about it: 「保存期間は？」."""
    if question.this:
        return True
    if question.asked is Asked.DUE:
        return _ITS_DEADLINE.fullmatch(question.text) is not None
    return question.asked in OF_ONE and not _names_others(shoko, question, document)


def _names_others(shoko: Shoko, question: Question, document: ArchiveRecord) -> bool:
    """It names a day, a company, another class; or something that nobody here knows."""
    named = conditions(shoko, names_of(question))
    if any(piece.part in SOME for piece in named.pieces):
        return True
    if named.query.document_types and document.classification.label not in named.query.document_types:
        return True
    return any(_NAME.search(_NO_NAME.sub("", word)) for word in conditions(shoko, question.left).query.words)


def _which(_: Shoko, question: Question, __: User | None) -> Answer:
    return not_known(question.asked, WHICH)


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
    Asked.APPROVALS: approvals,
    Asked.FIELD: _which,
    Asked.RULE: rules_say,
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
