"""What stands around a document: its deal, possible duplicates, proofs to take away, division by a person."""

import hashlib
import re
import subprocess
from datetime import date

import pytest
from starlette.testclient import TestClient

from app.web.settings import WebSettings
from app.web.wired import application
from domain.corrections import Correction, parse_value
from domain.errors import ObjectMissing
from domain.fields import DocumentType
from domain.ids import Origin
from domain.record import DocumentState
from pipeline.steps.correct import correct_document
from pipeline.steps.proof import timestamp_response
from pipeline.steps.related import Stage, Tie, related
from pipeline.steps.verify import publish, stamp_all_pending
from storage.evidence.proofs import inclusion_proofs
from storage.evidence.verifier import proves_inclusion
from tests.support.desk import Desk
from tests.support.stacks import CONTRACT, sample

DAY = date(2026, 11, 2)
DATA = Origin.ELECTRONIC_RECEIVED


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.shoko.close()


@pytest.fixture
def page(desk):
    app = application(desk.shoko, WebSettings(), pool=desk.resident.pool)
    return TestClient(app, base_url="http://127.0.0.1:8710", follow_redirects=False)


def paper(desk, kind, *lines, **values):
    one = desk.file(*lines, day=DAY, origin=DATA)
    record = desk.newest(one)
    known = {"counterparty": "Blue Sky Ltd.", "total_amount": "1,100"} | values
    typed = {name: parse_value(name, text) for name, text in known.items()}
    said = Correction(
        base_revision=record.revision, values=typed, document_type=kind, reviewed=True, recorded_by="x", reason="x"
    )
    correct_document(desk.shoko, one, said)
    return one


def test_a_deal_is_told_by_numbers_and_by_amounts(desk, page):
    quotation = paper(desk, DocumentType.QUOTATION, "quote", transaction_date="2026-09-01", document_number="Q-7731")
    order = paper(desk, DocumentType.PURCHASE_ORDER, "order for Q-7731", transaction_date="2026-09-10")
    invoice = paper(desk, DocumentType.INVOICE, "invoice of Q-7731", transaction_date="2026-10-31")
    receipt = paper(desk, DocumentType.RECEIPT, "paid", transaction_date="2026-11-20")
    other = paper(desk, DocumentType.RECEIPT, "other", transaction_date="2026-11-21", total_amount="2,000")
    foreign = paper(desk, DocumentType.INVOICE, "Q-7731", transaction_date="2026-10-30", counterparty="Red Sea Ltd.")
    found = related(desk.shoko, desk.newest(quotation))
    chain = {stage: [near.record.document_id for near in nears] for stage, nears in found.chain}
    assert found.stage is Stage.QUOTATION
    assert (chain[Stage.ORDER], chain[Stage.INVOICE], chain[Stage.PAYMENT]) == ([order], [invoice], [])
    ties = {near.record.document_id: near.ties for _, nears in found.chain for near in nears}
    assert ties[invoice] == (Tie.NUMBER, Tie.AMOUNT)
    # without numbers the amount has to do; another amount and another counterparty are no part of it
    paid = related(desk.shoko, desk.newest(receipt))
    chain = {stage: [near.record.document_id for near in nears] for stage, nears in paid.chain}
    assert chain[Stage.INVOICE] == [invoice]
    everybody = {near.record.document_id for _, nears in paid.chain for near in nears}
    assert not everybody & {other, foreign}
    assert paid.party_total == 5
    shown = page.get(f"/documents/{quotation}").text
    assert f'href="/documents/{quotation}/around"' in shown
    for headers in ({}, {"hx-request": "true"}):
        shown = page.get(f"/documents/{quotation}/around", headers=headers).text
        assert ("<html" in shown) is not bool(headers)
        assert "取引の流れ" in shown
        assert f'href="/documents/{invoice}"' in shown
    plain = page.get(f"/documents/{quotation}.json").json()["related"]
    assert plain["chain"]["order"] == [{"document_id": order, "ties": ["number", "amount"]}]


def test_the_same_paper_twice_is_suspected_from_both_sides(desk):
    facts = {"transaction_date": "2026-10-31", "document_number": "A-1001"}
    one = paper(desk, DocumentType.INVOICE, "INVOICE A-1001", **facts)
    two = paper(desk, DocumentType.INVOICE, "INVOICE A-1001 copy", **facts)
    third = paper(desk, DocumentType.INVOICE, "INVOICE A-1002", transaction_date="2026-10-31", document_number="A-1002")
    assert [other.document_id for other in related(desk.shoko, desk.newest(one)).duplicates] == [two]
    assert [other.document_id for other in related(desk.shoko, desk.newest(two)).duplicates] == [one]
    assert related(desk.shoko, desk.newest(third)).duplicates == ()
    desk.archive.tombstone(two, base_revision=2, recorded_by="x", reason="x")
    assert related(desk.shoko, desk.newest(one)).duplicates == ()


def test_timestamp_and_proofs_are_taken_away_and_hold_elsewhere(desk, page, tmp_path):
    one = desk.file("INVOICE", day=DAY, origin=DATA)
    address = f"/documents/{one}"
    assert page.get(f"{address}/timestamps/1.tsr").status_code == 404
    assert page.get(f"{address}/evidence/1.ers").status_code == 404
    before = page.get(f"{address}/proof").json()
    assert (before["head"], before["proofs"], before["waiting"] > 0) == (None, [], True)
    stamp_all_pending(desk.shoko)
    publish(desk.shoko)
    answer = page.get(f"{address}/timestamps/1.tsr")
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{one}-1.tsr"')
    (tmp_path / "t.tsr").write_bytes(answer.content)
    shown = subprocess.run(
        ["openssl", "ts", "-reply", "-in", str(tmp_path / "t.tsr"), "-text"], capture_output=True, text=True, check=True
    )
    assert "Status: Granted" in shown.stdout
    record = page.get(f"{address}/evidence/1.ers").content
    (unit,) = desk.archive.unit_of_document(one)
    assert record[:1] == b"\x30"
    assert bytes.fromhex(unit.blob.digest.value) in record or len(record) > len(answer.content)
    plain = page.get(f"{address}/proof").json()
    assert plain["document_id"] == one
    assert plain["waiting"] == 0
    kinds = set()
    for proof in plain["proofs"]:
        leaf = proof["leaf"].encode()
        kinds.add(re.search(r'"kind":"(\w+)"', proof["leaf"])[1])
        assert hashlib.sha256(b"\x00" + leaf).hexdigest() == proof["leaf_hash"]
        assert proof["tree_size"] == plain["head"]["tree_size"]
        assert proves_inclusion(
            bytes.fromhex(proof["leaf_hash"]),
            index=proof["sequence"],
            size=proof["tree_size"],
            path=tuple(bytes.fromhex(one) for one in proof["path"]),
            root=bytes.fromhex(proof["root"]),
        )
    assert kinds >= {"dropped", "filed", "batch_stamped"}
    for wrong in ("timestamps/2.tsr", "timestamps/0.tsr", "evidence/2.ers"):
        assert page.get(f"{address}/{wrong}").status_code == 404
    for path in ("proof", "timestamps/1.tsr", "evidence/1.ers"):
        assert page.get(f"/documents/doc-none/{path}").status_code == 404
    with pytest.raises(ObjectMissing):
        timestamp_of_nobody(desk)
    assert inclusion_proofs(desk.archive, desk.shoko.store, ()) == ()


def timestamp_of_nobody(desk):
    from pipeline.steps.proof import timestamp_file

    return timestamp_file(desk.shoko, "doc-none", 1)


@pytest.mark.parametrize("size", [1, 120, 200, 70_000])
def test_a_response_around_a_token_has_the_length_it_says(size):
    made = timestamp_response(b"\x00" * size)
    first = made[1]
    length, start = (
        (first, 2) if first < 0x80 else (int.from_bytes(made[2 : 2 + first - 0x80], "big"), 2 + first - 0x80)
    )
    assert length == len(made) - start
    assert made[start : start + 5] == b"\x30\x03\x02\x01\x00"


def test_a_document_is_divided_and_joined_on_its_page(desk, page):
    one = desk.file(content=sample(CONTRACT), day=DAY, origin=DATA)
    address = f"/documents/{one}"
    shown = page.get(address).text
    assert 'name="after" value="1"' in shown
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
    form = {"csrf_token": token, "by": "佐藤"}
    for wrong in (
        {"action": "split"},
        {"action": "split", "after": "9"},
        {"action": "burn"},
        {"action": "merge", "ids": one},
        {"action": "split", "after": ["1", "9" * 5000]},
    ):
        assert page.post(f"{address}/divide", data=form | wrong).status_code == 422
    assert (
        page.post(f"{address}/divide", data={"csrf_token": token, "action": "split", "after": "1"}).status_code == 422
    )
    assert page.post(f"{address}/divide", data={"action": "split", "after": "1", "by": "x"}).status_code == 403
    assert desk.newest(one).state is not DocumentState.TOMBSTONED
    gone = page.post(f"{address}/divide", data=form | {"action": "split", "after": "1"})
    assert gone.status_code == 303
    first = gone.headers["location"].split("/")[-1].split("#")[0]
    assert desk.newest(one).state is DocumentState.TOMBSTONED
    parts = desk.archive.successors(one)
    assert parts[0] == first
    assert desk.newest(first).recorded_by == "佐藤"
    # both are offered to be joined again, in the order of pages
    shown = page.get(f"/documents/{first}").text
    assert [shown.index(f'value="{part}"') for part in parts] == sorted(
        shown.index(f'value="{part}"') for part in parts
    )
    headers = {"Accept": "application/json", "X-CSRF-Token": token}
    back = page.post(
        f"/documents/{first}/divide", data={"by": "佐藤", "action": "merge", "ids": list(parts)}, headers=headers
    )
    (joined,) = back.json()["documents"]
    assert len(desk.newest(joined).pages) == 2
    assert page.post("/documents/doc-none/divide", data=form | {"action": "split", "after": "1"}).status_code == 404


def test_what_a_person_put_stands_with_what_was_read_beside_it(desk, page):
    one = desk.file("INVOICE", "Issued 2026-10-30", "Total JPY 1,100", day=DAY, origin=DATA)
    read = desk.newest(one).fields.money("total_amount")
    assert read is not None
    said = Correction(
        base_revision=1, values={"total_amount": parse_value("total_amount", "1,110")}, recorded_by="佐藤", reason="x"
    )
    correct_document(desk.shoko, one, said)
    shown = page.get(f"/documents/{one}").text
    assert "¥1,110" in shown
    assert "読み取り: ¥1,100" in shown
