"""Questions that the rules of the law answer: papers, deadlines, verdicts, stamps, periods."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.calendar import tokyo_day
from domain.compliance import PAPER_STATES, PaperState, Verdict
from domain.ids import Origin
from domain.sentence import Part
from pipeline.steps.answering_search import conditions, notes
from pipeline.steps.answers import SHOWN, WHICH, Answer, named_hit, named_record, not_known
from pipeline.steps.compliance import standing_of, survey
from pipeline.steps.review import review_queue
from storage.search import search

if TYPE_CHECKING:
    from domain.asking import Question
    from domain.labels import Label
    from domain.people import User
    from pipeline.wiring import Shoko

DUE_DAYS = 14
"""What counts as near: two weeks are enough to order a stamp, ask a counterparty or scan again."""
SURVEYED = 100
"""Newest documents that are judged for a question: some ten milliseconds each, while somebody waits."""
_PAPERS_ASKED = 5
"""Documents whose papers one question is answered for; each is judged by itself."""
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
)
_SOME = frozenset({Part.DATE, Part.RECEIVED, Part.AMOUNT, Part.COUNTERPARTY})
"""Parts that name some documents rather than all of a kind."""


def due(shoko: Shoko, question: Question, _: User | None) -> Answer:
    """What waits for a person with a near or passed deadline, then what the law wants soon of the newest."""
    last = tokyo_day(shoko.clock()) + timedelta(days=DUE_DAYS)
    waiting = [item for item in review_queue(shoko) if item.deadline is not None and item.deadline <= last]
    kinds: dict[str | None, Label] = {
        "input": ("入力期限（確認待ち）", "to be stored by (in review)"),
        "payment": ("支払期限（確認待ち）", "to be paid by (in review)"),
    }
    named = [named_record(one.record, due=one.deadline, note=kinds.get(one.deadline_of)) for one in waiting]
    known = {one.document_id for one in named}
    judged = survey(shoko, most=SURVEYED)
    for one in judged.due(days=DUE_DAYS):
        if one.hit.document_id in known:
            continue
        lines = [line for line in one.standing.status.lines if line.due == one.standing.status.next_due]
        line = next((line for line in lines if line.verdict is not Verdict.COMPLIANT), None)
        named.append(
            named_hit(
                one.hit,
                due=one.standing.status.next_due,
                note=line.what if line else None,
                rule=line.rule if line else None,
            )
        )
    says: list[Label] = [
        (
            f"期限が {DUE_DAYS} 日以内か過ぎているものが {len(named):,} 件あります",
            f"{len(named):,} are due within {DUE_DAYS} days, or late",
        )
        if named
        else (f"{DUE_DAYS} 日以内に期限が来るものはありません", f"Nothing is due within {DUE_DAYS} days")
    ]
    says.append(
        (
            f"確認待ちのすべてと、新しい書類 {len(judged.judged):,} 件を調べました（全 {judged.total:,} 件）",
            f"Looked at all that is in review and the newest {len(judged.judged):,} of {judged.total:,}",
        )
    )
    return Answer(
        asked=question.asked,
        known=True,
        says=tuple(says),
        named=tuple(named[:SHOWN]),
        total=len(named),
        place="/law?show=due",
    )


def verdict(shoko: Shoko, question: Question, _: User | None) -> Answer:
    """How the newest documents stand."""
    if question.this:
        return not_known(question.asked, WHICH)
    judged = survey(shoko, most=SURVEYED)
    bad = judged.of(Verdict.NOT)
    waits = judged.of(Verdict.NOT_YET)
    looked, every = f"{len(judged.judged):,}", f"{judged.total:,}"
    says: Label = (
        f"新しい書類 {looked} 件のうち、不適合 {len(bad):,} 件、未了 {len(waits):,} 件です（全 {every} 件）",
        f"Of the newest {looked} ({every} in all): {len(bad):,} not compliant, {len(waits):,} not yet",
    )
    named = []
    for one in (*bad, *waits)[:SHOWN]:
        line = next(line for line in one.standing.status.lines if line.verdict is one.standing.status.verdict)
        named.append(named_hit(one.hit, note=line.what, due=line.due, rule=line.rule))
    return Answer(
        asked=question.asked, known=True, says=(says,), named=tuple(named), total=len(bad) + len(waits), place="/law"
    )


def paper(shoko: Shoko, question: Question, _: User | None) -> Answer:
    """Law: scan-paper-disposal, for the few documents that the question names."""
    end = min((at for word in _CUT_PAPER if (at := question.rest.find(word)) >= 0), default=len(question.rest))
    found = conditions(shoko, question.rest[:end])
    if question.this or not any(piece.part in _SOME for piece in found.pieces):
        says: Label = (
            "紙を捨ててよいかは書類ごとに違います。「廃棄できる」に並ぶ紙だけを捨てられます。書類の画面で聞くと、その書類について答えます",
            "It depends on the document: only what is listed as “May go” may go. Ask on its page",
        )
        return Answer(asked=question.asked, known=not question.this, says=(says,), place="/papers?show=may_go")
    on_paper = (Origin.PAPER_RECEIVED, Origin.PAPER_ISSUED_COPY)
    query = replace(found.query, origins=found.query.origins or on_paper, limit=_PAPERS_ASKED)
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
    """Law: scan-timestamp; what the installation stamps with."""
    if question.this:
        return not_known(question.asked, WHICH)
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


def retention(_: Shoko, question: Question, __: User | None) -> Answer:
    """Law: ret-corp and others, in the words of the manual; of one document only where it lies open."""
    if question.this:
        return not_known(question.asked, WHICH)
    says: Label = (
        "保存期限は書類ごとに、日付・種類・会社の事業年度から計算されます。書類の画面で聞くと、その書類の期限を答えます",
        "Computed for each document from its day, its class and the fiscal year: ask on its page",
    )
    return Answer(asked=question.asked, known=True, says=(says,))
