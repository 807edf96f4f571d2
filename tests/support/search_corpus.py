"""A small archive to search in, and what each query finds in it: the same on every database."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from domain.fields import DocumentType
from domain.ids import Origin
from domain.query import Query
from domain.record import DocumentState
from tests.support.records import NOW, make_draft, make_drop, make_token

RECEIVED = date(2026, 11, 20)
"""Day of receipt of all of them."""

CORPUS = {
    "aozora": {"day": date(2026, 10, 31), "amount": "128960", "counterparty": "株式会社青空商事"},
    "takahashi": {
        "day": date(2026, 11, 1),
        "amount": "500",
        "counterparty": "髙橋珈琲店",
        "text": "領収書 ｺｰﾋｰ代 100%果汁",
        "document_type": DocumentType.RECEIPT,
        "state": DocumentState.NEEDS_REVIEW,
        "origin": Origin.ELECTRONIC_RECEIVED,
    },
    "nda": {
        "day": date(2025, 4, 1),
        "amount": None,
        "counterparty": "Müller GmbH",
        "text": "秘密保持契約書 a_b",
        "document_type": DocumentType.CONTRACT,
    },
    "blank": {"day": None, "amount": None, "counterparty": None, "text": "メモ a%b"},
    "dollars": {
        "day": date(2026, 10, 31),
        "amount": "99.95",
        "currency": "USD",
        "counterparty": "O'Brien; DROP TABLE",
        "text": "Invoice",
    },
    "huge": {"day": date(2026, 12, 31), "amount": "1" + "0" * 30, "counterparty": "ABC\\Corp", "text": "axb"},
    "refund": {"day": date(2026, 10, 30), "amount": "-3000", "counterparty": "㈲山﨑", "text": "返品"},
    "deleted": {"day": date(2026, 10, 31), "amount": "128960", "counterparty": "青空商事㈱", "text": "二重"},
}
LIVE = set(CORPUS) - {"deleted"}

CASES = [
    (Query(), LIVE),
    (Query(include_deleted=True), set(CORPUS)),
    (Query(states=(DocumentState.TOMBSTONED,)), {"deleted"}),
    (Query(states=(DocumentState.NEEDS_REVIEW,)), {"takahashi"}),
    (Query(states=(DocumentState.NEEDS_REVIEW, DocumentState.FILED)), LIVE),
    (Query(date_from=date(2026, 10, 31), date_to=date(2026, 10, 31)), {"aozora", "dollars"}),
    (Query(date_from=date(2026, 11, 1)), {"takahashi", "huge"}),
    (Query(date_to=date(2025, 12, 31)), {"nda"}),
    (Query(date_from=date(2027, 1, 1), date_to=date(2020, 1, 1)), set()),
    (Query(date_blank=True), {"blank"}),
    (Query(date_blank=True, date_from=date(2020, 1, 1)), set()),
    (Query(amount_min=Decimal(500), amount_max=Decimal(128960)), {"aozora", "takahashi"}),
    (Query(amount_min=Decimal("99.95"), amount_max=Decimal("99.95")), {"dollars"}),
    (Query(amount_min=Decimal("99.96"), amount_max=Decimal("499.9999")), set()),
    (Query(amount_min=Decimal(10) ** 25), {"huge"}),
    (Query(amount_max=Decimal(-1)), {"refund"}),
    (Query(amount_blank=True), {"nda", "blank"}),
    (Query(amount_blank=True, date_blank=True), {"blank"}),
    (Query(counterparty="青空"), {"aozora"}),
    (Query(counterparty="㈱青空商事"), {"aozora"}),
    (Query(counterparty="青空商事", include_deleted=True), {"aozora", "deleted"}),
    (Query(counterparty="高橋"), {"takahashi"}),
    (Query(counterparty="山崎"), {"refund"}),
    (Query(counterparty="MÜLLER gmbh"), {"nda"}),
    (Query(counterparty="o'brien;"), {"dollars"}),
    (Query(counterparty="abc\\corp"), {"huge"}),
    (Query(counterparty=" \u3000"), LIVE),
    (Query(counterparty="㈱青空商事", counterparty_exact=True), {"aozora"}),
    (Query(counterparty="青空", counterparty_exact=True), set()),
    (Query(counterparty_blank=True), {"blank"}),
    (Query(received_from=RECEIVED, received_to=RECEIVED), LIVE),
    (Query(received_from=RECEIVED + timedelta(days=1)), set()),
    (Query(received_to=RECEIVED - timedelta(days=1)), set()),
    (Query(filed_from=NOW.date(), filed_to=NOW.date()), LIVE),
    (Query(filed_from=NOW.date() + timedelta(days=1)), set()),
    (Query(filed_to=NOW.date() - timedelta(days=1)), set()),
    (Query(filed_to=date.max), LIVE),
    (Query(words=("コーヒー",)), {"takahashi"}),
    (Query(words=("コ一ヒ-",)), {"takahashi"}),
    (Query(words=("髙",)), {"takahashi"}),
    (Query(words=("商事",)), {"aozora"}),
    (Query(words=("%",)), {"takahashi", "blank"}),
    (Query(words=("a%b",)), {"blank"}),
    (Query(words=("a_b",)), {"nda"}),
    (Query(words=("\\",)), {"huge"}),
    (Query(words=("/",)), set()),
    (Query(words=("128960",)), {"aozora"}),
    (Query(words=("128,960",)), {"aozora"}),
    (Query(words=("inv-0012",)), LIVE),
    (Query(words=("請求書", "青空")), {"aozora"}),
    (Query(words=("請求書", "秘密")), set()),
    (Query(words=("' OR 1=1 --",)), set()),
    (Query(words=("\x00",)), LIVE),
    (Query(document_types=(DocumentType.CONTRACT, DocumentType.RECEIPT)), {"nda", "takahashi"}),
    (Query(origins=(Origin.ELECTRONIC_RECEIVED,)), {"takahashi"}),
    (
        Query(
            date_from=date(2026, 10, 1),
            date_to=date(2026, 10, 31),
            amount_min=Decimal(100000),
            counterparty="青空",
            words=("請求",),
            document_types=(DocumentType.INVOICE,),
            states=(DocumentState.FILED,),
            origins=(Origin.PAPER_RECEIVED,),
        ),
        {"aozora"},
    ),
]

ORDERS = {
    "-transaction_date": ["huge", "takahashi", "aozora|dollars", "aozora|dollars", "refund", "nda", "blank"],
    "transaction_date": ["nda", "refund", "aozora|dollars", "aozora|dollars", "takahashi", "huge", "blank"],
    "total_amount": ["refund", "dollars", "takahashi", "aozora", "huge", "nda|blank", "nda|blank"],
    "-total_amount": ["huge", "aozora", "takahashi", "dollars", "refund", "nda|blank", "nda|blank"],
    "counterparty": ["huge", "nda", "dollars", "refund", "aozora", "takahashi", "blank"],
    "recorded_at": ["aozora", "takahashi", "nda", "blank", "dollars", "huge", "refund"],
}


def fill(archive):
    """File the corpus; returns the name of each document id."""
    names = {}
    for name, values in CORPUS.items():
        options = dict(values)
        origin = options.get("origin", Origin.PAPER_RECEIVED)
        drop = archive.record_drop(make_drop(archive.vault, name.encode(), name=f"{name}.pdf", origin=origin))
        record = archive.file_document(make_draft(drop.unit_id, **options))
        names[record.document_id] = name
        if name == "deleted":
            archive.tombstone(record.document_id, base_revision=1, recorded_by="sato", reason="二重")
        if name == "aozora":
            archive.record_timestamp(drop.unit_id, make_token(drop.blob.digest))
    return names


def pages(search, archive, query):
    """All hits of a query, fetched page by page."""
    found = []
    while page := search(archive, replace(query, limit=2, offset=len(found))).hits:
        found.extend(page)
    return found
