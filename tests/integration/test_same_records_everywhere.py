"""The same files give the same records on folder + SQLite and on Ceph RGW + PostgreSQL."""

import json

import pytest

from domain.codec import to_plain
from domain.evidence import Outcome
from domain.ids import Origin
from domain.query import Query
from pipeline.batch import open_batch, run_plain
from pipeline.steps.deposit import deposit
from pipeline.steps.maintenance import reconcile_archive
from pipeline.steps.verify import publish, stamp_all_pending, verify_everything, write_anchors
from storage.search import search
from tests.support.documents import encrypted_pdf, text_pdf, ubl_invoice
from tests.support.homes import open_resident, quick_settings

LOCKED = encrypted_pdf()
FILES = [
    ("請求書/青空.xml", ubl_invoice("A-1"), Origin.ELECTRONIC_RECEIVED),
    ("同じ.xml", ubl_invoice("A-1"), Origin.ELECTRONIC_RECEIVED),
    ("別経路.xml", ubl_invoice("A-1"), Origin.PAPER_RECEIVED),
    (
        "invoice.pdf",
        text_pdf("INVOICE", "Invoice No. 77", "Date 2026-10-31", "Total USD 120.00"),
        Origin.PAPER_RECEIVED,
    ),
    ("locked.pdf", LOCKED, Origin.PAPER_RECEIVED),
    ("empty.png", b"", Origin.UNKNOWN),
    ("notes.csv", "日付,金額\n2026-11-01,100\n".encode(), Origin.SELF_GENERATED),
]


def records_of(folder, **settings):
    resident = open_resident(quick_settings(folder, **settings))
    try:
        return read_all(resident.shoko, resident, folder)
    finally:
        resident.shoko.close()


def read_all(shoko, resident, folder):
    for name, content, origin in FILES:
        deposit(shoko, content, name=name, origin=origin, received_on=None)
    run_plain(open_batch(resident))
    assert stamp_all_pending(shoko).failed == ()
    publish(shoko)
    anchors = write_anchors(shoko, folder / "anchors")
    report = verify_everything(shoko, anchors.anchors)
    assert report.outcome is Outcome.PASSED, [c for c in report.checks if c.outcome is not Outcome.PASSED]
    assert reconcile_archive(shoko).outcome is not Outcome.FAILED
    hits = search(shoko.archive, Query(limit=100)).hits
    records = [to_plain(shoko.archive.get_document(h.document_id)) for h in hits]
    for record in records:
        record.pop("recorded_at")
    found = {
        word: {h.document_id for h in search(shoko.archive, Query(words=(word,))).hits}
        for word in ("青空", "ｱｵｿﾞﾗ", "保守", "77", "INVOICE", "㈱みどり商事")
    }
    drops = sorted(
        (s.drop.deposit.original_name, s.outcome.state.value, s.drop.unit_id) for s in shoko.archive.drops(limit=99)
    )
    return json.loads(json.dumps([sorted(records, key=lambda r: r["document_id"]), drops], default=str)), found


@pytest.mark.s3
@pytest.mark.postgres
def test_the_same_files_give_the_same_records(tmp_path, s3_service, postgres_url):
    embedded, found = records_of(tmp_path / "embedded")
    store = {
        "kind": "s3",
        "endpoint": s3_service["endpoint"],
        "access_key": s3_service["access_key"],
        "secret_key": s3_service["secret_key"],
        "bucket_prefix": f"same{abs(hash(str(tmp_path))) % 10**8}-",
    }
    served, found_served = records_of(tmp_path / "served", store=store, database_url=postgres_url)
    assert len(embedded[0]) == 6
    assert embedded == served
    assert found == found_served
    assert found["青空"]
    assert found["保守"]
