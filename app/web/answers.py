"""Questions at the page: the archive's answer with the sections of the manual that belong to it."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from app import manual
from app.web.queries import query_string
from domain import labels
from domain.asking import Asked
from pipeline.steps.answering import answer
from pipeline.steps.compliance import line_plain

if TYPE_CHECKING:
    from app.manual import Section
    from domain.people import User
    from domain.visibility import Visibility
    from pipeline.steps.answers import Answer, Named
    from pipeline.wiring import Shoko

_SECTIONS: dict[Asked, tuple[str, ...]] = {
    Asked.PAPER: ("papers",),
    Asked.RETENTION: ("retention",),
    Asked.APPROVALS: ("approvals",),
    Asked.DUE: ("law", "review"),
    Asked.VERDICT: ("law",),
    Asked.STAMP: ("timestamps",),
    Asked.WHO: ("document",),
    Asked.TOTAL: ("search",),
    Asked.COUNT: ("search",),
    Asked.FIND: ("search",),
    Asked.RULE: ("law",),
    Asked.FIELD: ("document",),
    Asked.NOT_OURS: ("start",),
    Asked.ORDER: ("questions",),
}
"""Sections that an answer of a kind stands on; for the others the manual is searched."""
_SEARCHED = frozenset({Asked.FIND, Asked.COUNT, Asked.OPEN})
"""Kinds for which the manual is looked into where the archive has nothing."""
_MANUAL = frozenset({Asked.FIND, Asked.OPEN, Asked.HOW})
"""Kinds that the manual alone may answer: how many there are it never tells."""
_MOST_SECTIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer as it is shown."""

    answer: Answer
    sections: tuple[Section, ...]
    search: str | None
    """Address of the search behind it."""

    by_manual: bool
    """The manual alone answers."""

    @property
    def known(self) -> bool:
        """True where the archive or the manual has an answer."""
        return self.answer.known or self.by_manual

    def plain(self) -> dict[str, Any]:
        """The plain JSON form."""
        one = self.answer
        return {
            "kind": one.asked.value,
            "known": self.known,
            "says": [] if self.by_manual else [{"ja": japanese, "en": english} for japanese, english in one.says],
            "total": one.total,
            "documents": [_named_plain(named) for named in one.named],
            "sums": [
                {
                    "type": row.document_type.value,
                    "way": row.way.value,
                    "currency": row.currency,
                    "count": row.count,
                    "amount": str(row.amount),
                }
                for row in one.sums
            ],
            "paper": one.paper.state.value if one.paper else None,
            "law": [
                {
                    "rule": one_rule.rule,
                    "source": one_rule.source,
                    "certain": one_rule.certain,
                    "doubt": {"ja": one_rule.doubt[0], "en": one_rule.doubt[1]} if one_rule.doubt else None,
                    "ja": one_rule.what[0],
                    "en": one_rule.what[1],
                }
                for one_rule in one.statements
            ],
            "rules": [line_plain(line) for line in one.lines],
            "understood": [{"text": piece.text, "part": piece.part.value} for piece in one.pieces],
            "search": self.search,
            "manual": [section.slug for section in self.sections],
        }


class Answers:
    """Answers of one installation. Methods may raise the errors of ``domain.errors``."""

    def __init__(self, shoko: Shoko) -> None:
        self._shoko = shoko

    def seen_by(self, visibility: Visibility) -> Self:
        """The same, from what somebody may see."""
        twin = copy(self)
        twin._shoko = self._shoko.seen_by(visibility)  # noqa: SLF001  # our own
        return twin

    def say(self, text: str, *, document_id: str | None, user: User | None) -> Said:
        """The answer to a question, asked with a document open or not; one that may not be seen is not there."""
        document = self._shoko.archive.get_document(document_id) if document_id else None
        found = answer(self._shoko, text, document=document, user=user)
        named = [section for slug in _SECTIONS.get(found.asked, ()) if (section := manual.section(slug)) is not None]
        sought = () if found.known else manual.find(text, most=_MOST_SECTIONS)
        searched = found.asked in _SEARCHED
        sections = tuple(dict.fromkeys((*(() if searched and not found.known else named), *sought)))[:_MOST_SECTIONS]
        search = f"/search?{query_string(found.query)}" if found.query is not None and found.total else None
        by_manual = not found.known and not found.total and bool(sought) and found.asked in _MANUAL
        return Said(answer=found, sections=sections, search=search, by_manual=by_manual)


def _named_plain(named: Named) -> dict[str, Any]:
    return {
        "document_id": named.document_id,
        "type": named.document_type.value,
        "counterparty": named.counterparty,
        "transaction_date": named.day.isoformat() if named.day else None,
        "amount": None if named.amount is None else str(named.amount),
        "currency": named.currency,
        "due": named.due.isoformat() if named.due else None,
        "note": {"ja": named.note[0], "en": named.note[1]} if named.note else None,
        "rule": named.rule,
    }


EXAMPLES: tuple[labels.Label, ...] = (
    ("期限が近い書類は？", "期限が近い書類は？"),
    ("確認待ちは何件？", "確認待ちは何件？"),
    ("登録番号がない請求書は？", "登録番号がない請求書は？"),
    ("先月の請求書の合計は？", "先月の請求書の合計は？"),
    ("紙を捨てていいのはいつ？", "紙を捨てていいのはいつ？"),
)
"""Questions to begin with; they are asked in Japanese."""
ABOUT_IT: tuple[str, ...] = (
    "この紙は捨てていい？",
    "保存期間は？",
    "法令要件を満たしている？",
    "タイムスタンプは付いている？",
    "誰が訂正した？",
)
"""The same with a document open."""
