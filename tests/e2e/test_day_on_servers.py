"""One day of a company on one real stack: ``shoko up`` over the Ceph gateway and PostgreSQL, Prefect behind the page.

Administrator, scanning staff, accountant, approver and auditor follow one another; what each does, the next one finds.
Nothing is done behind the page but what has no page: the first accounts, the scanner that writes into the bucket, and
the desk of the tax office, where ``verify.sh`` runs with the anchors that were kept outside.
"""

import io
import json
import re
import secrets
import zipfile
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest
from minio import Minio
from playwright.sync_api import expect

from domain.acts import ActKind
from domain.people import Role
from domain.record import DocumentState
from pipeline.settings import load_settings
from pipeline.steps.approvals import rounds
from pipeline.steps.verify import log_head, write_anchors
from pipeline.wiring import Shoko, open_shoko
from tests.e2e.site import OUR_COMPANY, sample_file, truth
from tests.support.accounts import PASSWORD
from tests.support.approving import staff
from tests.support.bundles import shell
from tests.support.documents import text_pdf
from tests.support.program import Program, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.s3, pytest.mark.postgres]

INVOICE, QUOTATION = "invoice/modern-pdf", "quotation/letterhead-pdf"
DOUBTFUL = text_pdf("INVOICE", "Blue Sky Ltd.", "Invoice No. A-7", "Issued 2099-01-01", "Total JPY 7,100")
"""Of a day that is still to come."""
OWN_PASSWORD = "あたらしい海の七つの小舟"
DEPLOYMENTS = 5
"""Flows of prefect.yaml that a worker runs beside the watch."""
PATIENCE_MS = 90_000
"""Only how long a broken stack may hang the test; nothing is measured."""


@dataclass(slots=True)
class Company:
    """The program, the same installation seen from this process, and what people hand to one another."""

    program: Program
    shoko: Shoko
    inbox: Minio
    bucket: str
    drawn: str = ""
    """The password that the page drew for the auditor."""

    @property
    def url(self):
        return self.program.url

    def documents(self):
        archive = self.shoko.archive
        return {one.drop.deposit.original_name: one.documents[0] for one in archive.drops(limit=9)}


@pytest.fixture
def company(tmp_path, s3_service, postgres_url):
    store = {"kind": "s3", "bucket_prefix": f"day-{secrets.token_hex(4)}-", **s3_service}
    home = tmp_path / "home"
    settings = load_settings(
        data_folder=home,
        store=store,
        database_url=postgres_url,
        company={"names": (OUR_COMPANY,)},
        reading={"engine": "null.v1"},
    )
    shoko = open_shoko(settings)
    staff(shoko, scan=("鈴木 走", (Role.SCANNER,), ()))
    program = Program.start(
        home,
        SHOKO_DATABASE_URL=postgres_url,
        SHOKO_COMPANY__NAMES=json.dumps([OUR_COMPANY]),
        **{f"SHOKO_STORE__{name.upper()}": value for name, value in store.items()},
    )
    inbox = Minio(
        urlsplit(s3_service["endpoint"]).netloc, s3_service["access_key"], s3_service["secret_key"], secure=False
    )
    try:
        yield Company(program, shoko, inbox, f"{store['bucket_prefix']}inbox")
    finally:
        shoko.close()
        program.stop()


@pytest.fixture
def patient(tab):
    """A tab that waits for a stack whose programs share two cores."""
    tab.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield tab
    expect.set_options(timeout=5_000)


def log_in(tab, company, login, password=PASSWORD):
    tab.context.clear_cookies()
    tab.goto(f"{company.url}/login")
    tab.fill("#login", login)
    tab.fill("#password", password)
    tab.click("main button")
    expect(tab.locator(".me").first).to_have_attribute("title", login)


def administrator_in_the_morning(tab, company):
    """Adds a person, says who approves, and has the store prove that it keeps what is written."""
    log_in(tab, company, "kanri")
    tab.goto(f"{company.url}/admin/people")
    tab.fill("input[name=login]", "kansa")
    tab.fill("input[name=name]", "監査 太郎")
    tab.locator(".chip", has_text="監査").first.click()
    tab.get_by_role("button", name="追加する").click()
    company.drawn = tab.locator(".secret").inner_text()
    assert len(company.drawn) == 20

    tab.goto(f"{company.url}/approvals/routes")
    tab.get_by_label("名前").fill("支払の承認")
    tab.get_by_role("group", name="承認者").first.get_by_label("田中 一郎（営業部）").check()
    tab.get_by_role("button", name="経路を保存").click()
    expect(tab.locator(".way")).to_contain_text("田中 一郎")

    tab.goto(f"{company.url}/admin/system")
    tab.get_by_role("button", name="保存先を今すぐ試験する").click()
    tab.get_by_role("link", name="タイムスタンプと保存先").click()
    expect(tab.get_by_role("row", name=re.compile("保存先の試験 合格"))).to_be_visible()


def scanning_staff(tab, company):
    """Two files in the browser, one straight into the bucket; each is watched until it is filed."""
    log_in(tab, company, "scan")
    tab.goto(f"{company.url}/intake")
    tab.get_by_label("電子で受領").check(force=True)
    files = [
        {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": sample_file(INVOICE).read_bytes()},
        {"name": "a-7.pdf", "mimeType": "application/pdf", "buffer": DOUBTFUL},
    ]
    tab.locator("#files").set_input_files(files)
    expect(tab.locator("#sending-words")).to_have_text("2 件を受け付けました")
    scanned = sample_file(QUOTATION).read_bytes()
    key = "electronic/2026-11-20/見積書.pdf"
    company.inbox.put_object(company.bucket, key, io.BytesIO(scanned), len(scanned))
    filed = tab.locator("#drops tbody tr:not(.waiting)")
    expect(filed).to_have_count(3)
    for name in ("invoice.pdf", "見積書.pdf"):
        expect(filed.filter(has_text=name)).to_contain_text("保管済み")
    expect(filed.filter(has_text="a-7.pdf")).to_contain_text("確認待ち")
    left = company.inbox.list_objects(company.bucket, recursive=True)
    assert [one.object_name for one in left if not one.object_name.startswith("status/")] == []


def accountant(tab, company):
    """Finds by a sentence, answers what is doubtful, submits all of it."""
    log_in(tab, company, "keiri")
    party, total = truth(INVOICE)["counterparty"], truth(INVOICE)["total_amount"]
    tab.goto(f"{company.url}/search")
    tab.get_by_role("searchbox", name="文章で探す").fill(f"{party}の{total}円以上の請求書")
    tab.get_by_role("button", name="条件にする").click()
    expect(tab.locator("#hits tbody tr")).to_have_count(1)
    expect(tab.locator("#hits td.strong")).to_have_text(f"{total:,}")
    tab.locator("#hits .row-link").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text(party)
    assert tab.locator(".sheet img").first.evaluate("i => i.decode().then(() => i.naturalWidth)") > 1000

    tab.goto(f"{company.url}/review")
    tab.get_by_role("link", name="確認をはじめる").click()
    expect(tab.locator(".ask.current .ask-title")).to_have_text("取引年月日")
    tab.keyboard.press("e")
    tab.keyboard.type("令和8年11月2日")
    tab.keyboard.press("Enter")
    expect(tab.locator(".ask.current .ask-title")).to_have_text("取引金額")
    tab.keyboard.press("Enter")  # as it was read
    expect(tab.get_by_text("確認待ちの書類はありません")).to_be_visible()

    tab.goto(f"{company.url}/approvals/submit")
    tab.get_by_label("すべて選ぶ").check()
    tab.get_by_label("承認者へのコメント").fill("月末の支払です")
    tab.get_by_role("button", name="選んだ書類の承認を申請").click()
    tab.goto(f"{company.url}/approvals?show=submitted")
    expect(tab.locator(".approvals tbody tr")).to_have_count(3)


def approver(tab, company):
    """All at once; what is approved is frozen, with a seal on its copy."""
    log_in(tab, company, "kacho")
    tab.goto(f"{company.url}/approvals")
    expect(tab.locator(".approvals tbody tr")).to_have_count(3)
    expect(tab.locator("#detail")).to_contain_text("月末の支払です")
    tab.get_by_label("すべて選ぶ").check()
    tab.locator("#bulk button[value=approve]").click()
    expect(tab.get_by_text("3 件を承認しました")).to_be_visible()
    document = company.documents()["invoice.pdf"]
    tab.goto(f"{company.url}/documents/{document}/approval")
    expect(tab.locator(".seal-row").first.locator("svg.seal")).to_have_count(1)
    with tab.expect_download() as copy:
        tab.get_by_role("link", name="承認済み写し").click()
    assert copy.value.path().read_bytes().startswith(b"%PDF")
    for one in company.documents().values():
        assert company.shoko.archive.get_document(one).state is DocumentState.APPROVED
        assert [said.said.by for said in rounds(company.shoko, one)[0].decisions] == ["kacho"]


def auditor(tab, company, folder):
    """A first login, everything verified with what is kept outside, a bundle that the tax office checks by itself."""
    log_in(tab, company, "kansa", company.drawn)
    assert tab.url == f"{company.url}/account"
    for box, typed in (("#old", company.drawn), ("#new", OWN_PASSWORD), ("#again", OWN_PASSWORD)):
        tab.fill(box, typed)
    tab.click("form[action='/account/password'] button")
    expect(tab.locator("main")).to_contain_text("パスワードを変更しました")

    anchors = write_anchors(company.shoko, folder)
    tab.goto(f"{company.url}/verify")
    tab.check("input[value=everything]")
    tab.set_input_files("input[name=roots]", str(anchors.roots))
    tab.fill("input[name=log_key]", anchors.log_key)
    tab.get_by_role("button", name="検証を始める").click()
    tab.wait_for_url("**/jobs/*")
    tab.goto(f"{company.url}/audit")  # the page may be left meanwhile
    tab.locator("table a", has_text="一括検証").first.click()
    expect(tab.get_by_text("すべての検査に合格しました")).to_be_visible()
    with tab.expect_download() as paper:
        tab.get_by_role("link", name="PDFで保存").click()
    assert paper.value.path().read_bytes().startswith(b"%PDF")
    head = log_head(company.shoko)  # one that was kept is held against the log
    tab.goto(f"{company.url}/audit/heads")
    tab.fill("textarea[name=heads]", f"{head.tree_size}:{head.root.value}")
    tab.get_by_role("button", name="照合する").click()
    expect(tab.get_by_text("今のログは、この控えの続きです")).to_be_visible()

    tab.goto(f"{company.url}/audit/export")
    tab.fill("input[name=to]", "青空税務署 山田様")
    tab.get_by_role("button", name="書き出しを始める").click()
    with tab.expect_download() as bundle:
        tab.get_by_role("link", name="ZIPで受け取る").click()
    with zipfile.ZipFile(bundle.value.path()) as bag:
        bag.extractall(folder)
    (script,) = folder.glob("*/verify.sh")
    told = shell(script.parent, "--roots", str(anchors.roots), "--log-key-sha256", anchors.log_key)
    assert told[0] == 0, told[1]
    originals = {path.read_bytes() for path in script.parent.rglob("*.pdf")}
    assert {sample_file(INVOICE).read_bytes(), sample_file(QUOTATION).read_bytes(), DOUBTFUL} <= originals
    tab.goto(f"{company.url}/audit/handovers")
    expect(tab.get_by_text("青空税務署 山田様")).to_be_visible()
    acts = company.shoko.archive.acts_of_kinds(ActKind.LISTED, ActKind.HANDED_OVER)
    assert {act.recorded_by for act in acts} == {"kansa"}


def administrator_in_the_evening(tab, company):
    """The log knows all of it, each entry with its proof; Prefect ran it, and nothing failed."""
    log_in(tab, company, "kanri")
    tab.goto(f"{company.url}/admin/log?who=kanri")
    expect(tab.locator("table").get_by_text("利用者の変更").first).to_be_visible()
    tab.locator("main table a").first.click()
    expect(tab.get_by_text("成り立ちます")).to_be_visible()
    flows = {one["id"]: one["name"] for one in company.program.ask_prefect("flows/filter")}
    runs = company.program.ask_prefect("flow_runs/filter")
    batches = [one["state_type"] for one in runs if flows[one["flow_id"]] == "file-inbox"]
    assert batches
    assert set(batches) == {"COMPLETED"}
    locked = httpx.post(f"{company.program.prefect}/flow_runs/filter", json={})
    assert locked.status_code == httpx.codes.UNAUTHORIZED, "Prefect needs its password"
    assert (company.program.home / "keys" / "prefect-auth").stat().st_mode & 0o077 == 0
    deployed = wait_for(lambda: company.program.ask_prefect("deployments/count") == DEPLOYMENTS)
    assert deployed, (company.program.home / "logs" / "prefect-deploy.log").read_text()


def test_a_days_papers_from_the_scanner_to_the_tax_office(patient, company, tmp_path):
    tab = patient
    administrator_in_the_morning(tab, company)
    scanning_staff(tab, company)
    accountant(tab, company)
    approver(tab, company)
    auditor(tab, company, tmp_path / "tax-office")
    administrator_in_the_evening(tab, company)
    assert company.program.stop() == 0
    assert not re.search("Traceback|Crash", company.program.said())
