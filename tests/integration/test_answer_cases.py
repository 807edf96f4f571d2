"""What an accountant, a scanning clerk, an approver and an auditor ask, each answer judged by a person; 2026-11-20.

``question @open document → kind total documents``; a question mark behind the kind: it is said not to be known. Where
it is not known what was found without the part that was left out is shown all the same.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.fields import CalendarDate, DocumentType, Text
from domain.ids import Origin
from domain.people import Role
from domain.record import DocumentState
from pipeline.steps.answering import answer
from tests.support.accounts import add_people
from tests.support.desk import Desk
from tests.support.records import field, make_draft, make_drop, with_fields

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
CORPUS = {
    "ao10": {"day": date(2026, 10, 5), "amount": "110000"},
    "ao10b": {"day": date(2026, 10, 20), "amount": "55000", "due": date(2026, 11, 30)},
    "ao09": {"day": date(2026, 9, 30), "amount": "330000", "origin": Origin.PAPER_RECEIVED},
    "ao25": {"day": date(2025, 10, 12), "amount": "88000"},
    "ao25a": {"day": date(2025, 4, 12), "amount": "4400"},
    "ao_q": {
        "day": date(2026, 10, 1),
        "amount": "165000",
        "document_type": DocumentType.QUOTATION,
        "text": "御見積書",
    },
    "hoku": {
        "day": date(2026, 10, 7),
        "amount": "33000",
        "counterparty": "北斗印刷株式会社",
        "due": date(2026, 11, 24),
    },
    "hoku2": {
        "day": date(2026, 8, 7),
        "amount": "22000",
        "counterparty": "北斗印刷株式会社",
        "due": date(2026, 9, 30),
    },
    "momiji": {
        "day": date(2026, 10, 9),
        "amount": "1100",
        "counterparty": "もみじパーキング",
        "document_type": DocumentType.RECEIPT,
        "state": DocumentState.NEEDS_REVIEW,
        "text": "領収書 駐車料金",
        "origin": Origin.PAPER_RECEIVED,
        "retain_until": None,
    },
    "wakaba": {"day": date(2026, 9, 1), "amount": None, "counterparty": "株式会社若葉"},
    "usd": {
        "day": date(2026, 9, 2),
        "amount": "99.50",
        "currency": "USD",
        "counterparty": "O'Brien LLC",
        "text": "INVOICE USD 99.50",
    },
    "sale": {
        "day": date(2026, 10, 31),
        "amount": "500000",
        "counterparty": "三葉商事",
        "origin": Origin.ELECTRONIC_SENT,
    },
    "contract": {
        "day": date(2025, 4, 1),
        "amount": "1200000",
        "counterparty": "株式会社ひので不動産",
        "document_type": DocumentType.CONTRACT,
        "text": "賃貸借契約書",
    },
    "rent": {
        "day": date(2026, 11, 1),
        "amount": "200000",
        "counterparty": "株式会社ひので不動産",
        "due": date(2026, 11, 27),
    },
    "toner": {
        "day": date(2026, 11, 10),
        "amount": "12800",
        "counterparty": "カクヤス文具",
        "document_type": DocumentType.RECEIPT,
        "text": "領収書 トナー カートリッジ",
        "origin": Origin.PAPER_RECEIVED,
    },
    "dn": {
        "day": date(2026, 11, 12),
        "amount": "55000",
        "document_type": DocumentType.DELIVERY_NOTE,
        "text": "納品書",
    },
}
UNNUMBERED = {"hoku", "momiji"}
"""They bear no registration number."""
CASES = [
    line.split(" → ") for line in (Path(__file__).parent / "answer_cases.txt").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    desk = Desk(home, clock=lambda: NOW, company={"names": ("株式会社みなと工房",)})
    desk.ids = {}
    for name, said in CORPUS.items():
        options = dict(said)
        origin, due = options.pop("origin", Origin.ELECTRONIC_RECEIVED), options.pop("due", None)
        drop = desk.archive.record_drop(make_drop(desk.archive.vault, name.encode(), name=f"{name}.pdf", origin=origin))
        draft = replace(make_draft(drop.unit_id, **options), origin=origin)
        fields = [] if name in UNNUMBERED else [field("registration_number", Text(text="T1234567890123"))]
        fields += [field("due_date", CalendarDate(day=due))] if due else []
        desk.ids[name] = desk.archive.file_document(with_fields(draft, *fields) if fields else draft).document_id
    add_people(desk.shoko, keiri=(Role.ACCOUNTANT, Role.APPROVER))
    yield desk
    desk.shoko.close()


def test_there_are_enough_of_them():
    assert len(CASES) >= 250


def told(desk, question):
    text, _, about = question.partition(" @")
    document = desk.archive.get_document(desk.ids[about]) if about else None
    said = answer(desk.shoko, text, document=document, user=desk.shoko.people.find("keiri"))
    names = {found: name for name, found in desk.ids.items()}
    documents = "+".join(sorted(names[one.document_id] for one in said.named))
    return f"{said.asked.value}{'' if said.known else '?'} {said.total or ''} {documents}".rstrip()


@pytest.mark.parametrize("start", range(0, len(CASES), 50))
def test_each_question_has_its_answer(desk, start):
    some = CASES[start : start + 50]
    assert [(question, told(desk, question)) for question, _ in some] == [tuple(one) for one in some]
