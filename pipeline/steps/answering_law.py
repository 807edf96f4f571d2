"""Questions that the rules of the law answer: papers, verdicts, stamps, periods, and who did what."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.asking import Asked
from domain.compliance import PAPER_STATES, PaperState, Verdict
from domain.ids import Origin
from domain.query import Query
from domain.sentence import Part
from pipeline.steps.answering_document import answer_about
from pipeline.steps.answering_rules import retention_rules
from pipeline.steps.answering_search import conditions, notes
from pipeline.steps.answers import SHOWN, WHICH, Answer, named_hit, named_record, not_known
from pipeline.steps.compliance import standing_of, survey
from storage.search import search

if TYPE_CHECKING:
    from domain.asking import Question
    from domain.labels import Label
    from domain.people import User
    from pipeline.wiring import Shoko

SURVEYED = 100
"""Newest documents that are judged for a question: some ten milliseconds each, while somebody waits."""
OF_ONE = frozenset({Asked.PAPER, Asked.RETENTION, Asked.VERDICT, Asked.STAMP, Asked.WHO})
"""Questions that are about one document, each answered by itself."""
SOME = frozenset({Part.DATE, Part.RECEIVED, Part.FILED, Part.DUE, Part.AMOUNT, Part.COUNTERPARTY})
"""Parts that name some documents rather than all of a kind."""
_ANSWERED = 5
"""Documents that one question is answered for; each is judged by itself."""
_STAMPS_LOOKED_AT = 1000
_UNSTAMPED = re.compile(r"(?:付い|つい|付与されて|押されて|取れて)て?い?ない|未付与|付与待ち|待ち|無い|なし")
_ENDING = re.compile("切れ|過ぎ|近い|近く|来る|終わ|迎え")
_NOT_BY_RETENTION: Label = (
    "保存期限では書類を探せません。書類の画面で聞くと、その書類の期限を答えます",
    "Documents cannot be searched for by the end of their retention: ask on the page of one",
)
_CUT_PAPER = (
    "の紙",
    "の原本",
    "は捨て",
    "を捨て",
    "も捨て",
    "は廃棄",
    "を廃棄",
    "、シュレッダー",
    "はシュレッダー",
    "って捨て",
    "は処分",
    "を処分",
    "は破棄",
    "を破棄",
)


def names_of(question: Question) -> str:
    """The part of the question that may name documents."""
    if question.asked is not Asked.PAPER:
        return question.left
    return question.rest[
        : min((at for word in _CUT_PAPER if (at := question.rest.find(word)) >= 0), default=len(question.rest))
    ]


def of_named(shoko: Shoko, question: Question) -> Answer | None:
    """The same question, answered for each of the few documents that it names; None where it names none."""
    found = conditions(shoko, names_of(question), party=question.party)
    if question.this or not any(piece.part in SOME for piece in found.pieces):
        return None
    query = replace(found.query, limit=_ANSWERED)
    hits = search(shoko.archive, query)
    none: Label = ("当てはまる書類はありません", "There is no such document")
    named = []
    for hit in hits.hits:
        record = shoko.archive.get_document(hit.document_id)
        said = answer_about(shoko, question, record) if record is not None else None
        if record is not None and said is not None:
            named.append(named_record(record, note=_joined(said.says)))
    many: Label = (
        f"当てはまる {hits.total:,} 件のうち {len(named):,} 件について答えます",
        f"Answered for {len(named):,} of {hits.total:,}",
    )
    return Answer(
        asked=question.asked,
        known=bool(named) or not notes(found),
        says=((many if named else none), *notes(found)),
        named=tuple(named),
        total=hits.total,
        query=query,
        pieces=found.pieces,
    )


def _joined(says: tuple[Label, ...]) -> Label:
    return "、".join(japanese for japanese, _ in says), "; ".join(english for _, english in says)


def who(shoko: Shoko, question: Question, _: User | None) -> Answer:
    """Who did something with the documents that are named."""
    return of_named(shoko, question) or not_known(question.asked, WHICH)


def verdict(shoko: Shoko, question: Question, _: User | None) -> Answer:
    """How the newest documents stand."""
    if question.this:
        return not_known(question.asked, WHICH)
    found = conditions(shoko, names_of(question), party=question.party)
    narrowed = found.query if any(piece.part in SOME | {Part.TYPE} for piece in found.pieces) else Query()
    judged = survey(shoko, most=SURVEYED, query=narrowed)
    bad = judged.of(Verdict.NOT)
    waits = judged.of(Verdict.NOT_YET)
    looked, every = f"{len(judged.judged):,}", f"{judged.total:,}"
    says: Label = (
        f"新しい書類 {looked} 件のうち、不適合 {len(bad):,} 件、未了 {len(waits):,} 件です（全 {every} 件）",
        f"Of the newest {looked} ({every} in all): {len(bad):,} not compliant, {len(waits):,} not yet",
    )
    if narrowed != Query() and not judged.total:
        says = ("当てはまる書類はありません", "There is no such document")
    elif narrowed != Query():
        says = (
            f"当てはまる {every} 件のうち新しい {looked} 件では、不適合 {len(bad):,} 件、未了 {len(waits):,} 件です",
            f"Of the newest {looked} that fit ({every} in all): {len(bad):,} not compliant, {len(waits):,} not yet",
        )
    named = []
    for one in (*bad, *waits)[:SHOWN]:
        line = next(line for line in one.standing.status.lines if line.verdict is one.standing.status.verdict)
        named.append(named_hit(one.hit, note=line.what, due=line.due, rule=line.rule))
    return Answer(
        asked=question.asked,
        known=True,
        says=(says, *notes(found)),
        named=tuple(named),
        total=len(bad) + len(waits),
        pieces=found.pieces,
        place="/law",
    )


def paper(shoko: Shoko, question: Question, _: User | None) -> Answer:
    """Law: scan-paper-disposal, for the few documents that the question names."""
    found = conditions(shoko, names_of(question), party=question.party)
    if question.this or not any(piece.part in SOME for piece in found.pieces):
        says: Label = (
            "紙を捨ててよいかは書類ごとに違います。「廃棄できる」に並ぶ紙だけを捨てられます。書類の画面で聞くと、その書類について答えます",
            "It depends on the document: only what is listed as “May go” may go. Ask on its page",
        )
        return Answer(asked=question.asked, known=not question.this, says=(says,), place="/papers?show=may_go")
    on_paper = (Origin.PAPER_RECEIVED, Origin.PAPER_ISSUED_COPY)
    query = replace(found.query, origins=found.query.origins or on_paper, limit=_ANSWERED)
    hits = search(shoko.archive, query)
    records = [record for hit in hits.hits if (record := shoko.archive.get_document(hit.document_id)) is not None]
    answers = [(record, standing_of(shoko, record).paper) for record in records]
    may_go = sum(paper.state is PaperState.MAY_GO for _, paper in answers)
    first: Label = (
        f"調べた {len(answers):,} 件のうち、捨ててよい紙は {may_go:,} 件です",
        f"Of {len(answers):,} papers, {may_go:,} may go",
    )
    more: Label = (f"当てはまる書類は全部で {hits.total:,} 件あります", f"{hits.total:,} documents in all")
    none: Label = ("当てはまる紙の書類はありません", "There is no such paper")
    return Answer(
        asked=question.asked,
        known=True,
        says=((first, *([more] if hits.total > len(answers) else []), *notes(found)) if answers else (none,)),
        named=tuple(
            named_record(
                record,
                note=paper.reasons[0].what
                if paper.reasons and paper.state is PaperState.MUST_STAY
                else PAPER_STATES[paper.state],
                rule=paper.reasons[0].rule if paper.reasons else None,
            )
            for record, paper in answers
        ),
        total=hits.total,
        query=query,
        pieces=found.pieces,
        place="/papers",
    )


def stamp(shoko: Shoko, question: Question, _: User | None) -> Answer:
    """Law: scan-timestamp; of documents that are named, of all that wait, else what is stamped with."""
    if question.this:
        return not_known(question.asked, WHICH)
    if _UNSTAMPED.search(question.text):
        return _unstamped(shoko, question)
    named = of_named(shoko, question)
    if named is not None:
        return named
    authority = shoko.authority.authority
    says: Label = (
        (f"時刻認証局は「{authority.label_ja}」です（認定）", f"Stamped by {authority.name}, accredited")
        if authority.accredited
        else (
            f"時刻認証局は「{authority.label_ja}」で、認定されたものではありません。紙は捨てられません",
            f"Stamped by {authority.name}, which is not accredited: papers must stay",
        )
    )
    return Answer(asked=question.asked, known=True, says=(says,))


def _unstamped(shoko: Shoko, question: Question) -> Answer:
    """Which documents wait for a timestamp, whatever else is asked of them."""
    pending = shoko.archive.pending_seen(limit=_STAMPS_LOOKED_AT)
    units = {request.unit_id for request in pending}
    ids = dict.fromkeys(one for unit in sorted(units) for one in shoko.archive.documents_of_unit(unit))
    more = len(pending) >= _STAMPS_LOOKED_AT
    says: Label = (
        (
            f"タイムスタンプの付与を待っている書類は {len(ids):,} 件{'以上' if more else ''}です",
            f"{len(ids):,}{' or more' if more else ''} wait for their timestamp",
        )
        if ids
        else ("タイムスタンプの付与を待っている書類はありません", "Nothing waits for a timestamp")
    )
    found = conditions(shoko, question.left, party=question.party)
    unused: Label = ("期間・取引先・種類などの条件は使っていません", "Other conditions were not used")
    narrowed = any(piece.part in SOME | {Part.TYPE} for piece in found.pieces)
    records = (shoko.archive.get_document(one) for one in list(ids)[:SHOWN])
    return Answer(
        asked=question.asked,
        known=not narrowed,
        says=(says, *([unused] if narrowed else [])),
        named=tuple(named_record(record) for record in records if record is not None),
        total=len(ids),
        place="/intake",
    )


def retention(shoko: Shoko, question: Question, _: User | None) -> Answer:
    """Law: ret-corp and others, in the words of the manual; of one document only where it lies open or is named."""
    if question.this:
        return not_known(question.asked, WHICH)
    if _ENDING.search(question.text):
        return not_known(question.asked, _NOT_BY_RETENTION)
    named = of_named(shoko, question)
    if named is not None:
        return named
    says: Label = (
        "保存期限は書類ごとに、日付・種類・会社の事業年度から計算されます。書類の画面で聞くと、その書類の期限を答えます",
        "Computed for each document from its day, its class and the fiscal year: ask on its page",
    )
    return Answer(asked=question.asked, known=True, says=(says,), statements=retention_rules())
