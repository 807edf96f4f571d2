"""``LiveServices`` over a real installation: what the page asks, answered from archive, vault and inbox."""

import io
import json
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from app.web.settings import WebSettings
from app.web.wired import application
from domain.compliance import Verdict
from domain.errors import InputError, ObjectMissing, StoreUnavailable
from domain.evidence import Outcome
from domain.ids import Origin
from domain.query import Query
from pipeline.batch import open_batch, run_plain
from pipeline.steps.intake import INBOX
from pipeline.steps.verify import publish, stamp_all_pending
from tests.support.homes import open_resident, quick_settings

INVOICE = Path(__file__).parents[2] / "samples" / "set" / "invoice" / "modern-pdf" / "source.pdf"
TRUTH = json.loads((INVOICE.parent / "expected" / "fields.json").read_text())["fields"]
DAY = date(2024, 9, 26)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    resident = open_resident(
        quick_settings(tmp_path_factory.mktemp("home"), company={"names": ("株式会社灯台製作所",)})
    )
    yield resident
    resident.shoko.close()


@pytest.fixture(scope="module")
def services(home):
    return application(home.shoko, WebSettings()).state.web.services


@pytest.fixture(scope="module")
def document_id(home, services):
    """Uploaded, seen waiting, filed, stamped."""
    sent = services.upload(
        io.BytesIO(INVOICE.read_bytes()),
        name="請求書.pdf",
        origin=Origin.ELECTRONIC_RECEIVED,
        received_on=DAY,
        deposited_by="web",
    )
    assert sent.key == "electronic/2024-09-26/請求書.pdf"
    waiting = services.intake(limit=10).waiting
    assert [(w.name, w.origin) for w in waiting] == [("請求書.pdf", Origin.ELECTRONIC_RECEIVED)]
    run_plain(open_batch(home))
    stamp_all_pending(home.shoko)
    publish(home.shoko)
    assert services.intake(limit=10).waiting == ()
    (found,) = services.search(Query(counterparty=TRUTH["counterparty"])).hits
    return found.document_id


def test_the_same_name_again_is_another_file(home, services, document_id):
    keys = [
        services.upload(
            io.BytesIO(content), name="scan0001.pdf", origin=Origin.PAPER_RECEIVED, received_on=DAY, deposited_by="web"
        ).key
        for content in (b"one", b"two")
    ]
    assert keys[0] != keys[1]
    for key in keys:
        version = home.shoko.store.stat(INBOX, key)
        home.shoko.store.delete_version(INBOX, key, version_id=version.version_id)


def test_record_history_lineage_and_evidence(services, document_id):
    record = services.document(document_id)
    assert record.fields.money("total_amount").amount == TRUTH["total_amount"]
    assert services.history(document_id) == (record,)
    (drop,) = services.lineage(document_id)
    assert drop.drop.deposit.original_name == "請求書.pdf"
    evidence = services.evidence(document_id)
    (unit,) = evidence.units
    assert len(unit.tokens) == 1
    assert not unit.tokens[0].accredited
    assert {leaf.kind for leaf in (*unit.leaves, *evidence.leaves)} >= {"dropped", "batch_stamped", "filed"}
    assert evidence.head.tree_size == evidence.log_size
    assert evidence.compliance.status.verdict is Verdict.NOT


def test_standing_is_honest(services):
    standing = services.standing()
    assert not standing.authority.accredited
    assert not standing.write_once


def test_page_pictures_come_at_the_size_asked_for_and_are_kept(services, document_id):
    image = services.page_image(document_id, page=0, width_px=800)
    assert image.png[16:20] == (800).to_bytes(4, "big")
    ref = services.document(document_id).pages[0]
    assert (image.width_px, image.height_px) == (ref.width_px, ref.height_px)
    assert services.page_image(document_id, page=0, width_px=800).png is image.png
    # never larger than the page is
    large = services.page_image(document_id, page=0, width_px=6000)
    assert large.png[16:20] == ref.width_px.to_bytes(4, "big")


def test_the_small_pictures_of_a_long_document_are_all_kept(services, document_id):
    first = services.page_image(document_id, page=0, width_px=100).png
    for width in range(101, 150):
        services.page_image(document_id, page=0, width_px=width)
    assert services.page_image(document_id, page=0, width_px=100).png is first


def test_the_original_is_byte_for_byte(services, document_id):
    original = services.original(document_id)
    with closing(original.stream) as stream:
        content = stream.read()
    assert (content, original.name, original.media_type) == (INVOICE.read_bytes(), "請求書.pdf", "application/pdf")
    assert original.size_bytes == len(content)


def test_what_does_not_exist_is_missing(services, document_id):
    assert services.document("doc-none") is None
    assert services.document(document_id, revision=9) is None
    for call in (
        lambda: services.evidence("doc-none"),
        lambda: services.original("doc-none"),
        lambda: services.original(document_id, unit_id="unit-none"),
        lambda: services.page_image(document_id, page=1, width_px=100),
        lambda: services.page_image(document_id, page=-1, width_px=100),
        lambda: services.verify_document("doc-none"),
    ):
        with pytest.raises(ObjectMissing):
            call()


def test_a_file_without_pages_has_no_picture(home, services, document_id):
    services.upload(
        io.BytesIO(b"no pages here"), name="memo.txt", origin=Origin.UNKNOWN, received_on=DAY, deposited_by="web"
    )
    run_plain(open_batch(home))
    drop = next(line for line in services.intake(limit=10).drops if line.documents[0].document_id != document_id)
    assert drop.status.outcome.faults
    with pytest.raises(InputError):
        services.page_image(drop.documents[0].document_id, page=0, width_px=100)


def test_ids_of_units_and_drops_lead_to_their_document(services, document_id):
    record = services.document(document_id)
    (drop,) = services.lineage(document_id)
    assert services.subject(document_id) == record
    assert services.subject(record.pages[0].unit_id) == record
    assert services.subject(drop.drop.drop_id) == record
    assert services.subject("unit-none") is None


def test_verification_without_anchors_is_indeterminate(services, document_id):
    assert services.verify_document(document_id).outcome is Outcome.INDETERMINATE


def test_an_inbox_that_does_not_answer_hides_nothing(services, document_id, monkeypatch):
    def silent(*_, **__):
        raise StoreUnavailable("down")

    monkeypatch.setattr(services._store, "list_latest", silent)
    intake = services.intake(limit=10)
    assert intake.waiting == ()
    assert intake.drops
