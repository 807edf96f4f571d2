"""What people see of a PDF's own signatures: on the document's page, in words, never good where it is not."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate

from app.web.settings import WebSettings
from app.web.wired import application
from domain.evidence import Outcome, PdfSignature, SignatureKind
from domain.signature_labels import SIGNATURE_REASONS, signature_reason
from pipeline.wiring import open_shoko
from storage.evidence.certificates import to_pem
from storage.evidence.local_authority import LocalAuthority, issue_root, issue_signer
from tests.support.accounts import Seat
from tests.support.homes import quick_settings
from tests.support.records import make_draft, make_drop
from tests.support.signed_pdfs import person, plain_pdf, signed, stamped

NOW = datetime.now(UTC).replace(microsecond=0)
SIGNER = "青空 花子（株式会社青空商事）"
HOLDS = "署名した内容は変わっておらず、証明書は指定された根証明書に連なります"
CHANGED = "署名の後に内容が変わっています"
NO_ROOT = "信頼する根証明書が設定されていないため、署名者を確かめられません"


@pytest.fixture(scope="module")
def made():
    """(root, PDFs by what was done to them)."""
    root, root_key = issue_root("root", now=NOW)
    certificate, key = issue_signer("時刻認証局", root=root, root_key=root_key, now=NOW)
    authority = LocalAuthority(root=root, certificate=certificate, key=key, clock=lambda: NOW)
    hanako, hers = person("青空 花子", "株式会社青空商事", root=root, root_key=root_key, now=NOW)
    contract = signed(plain_pdf(), certificate=hanako, key=hers, root=root)
    place = contract.index(b"MediaBox")
    return root, {
        "signed": contract,
        "stamped": stamped(plain_pdf(), authority),
        "altered": contract[:place] + b"mediaBox" + contract[place + 8 :],
    }


@pytest.fixture
def opened(tmp_path, made):
    """A function that files a PDF and opens its page: the head of the page and the signatures told on it, as text."""
    root, pdfs = made
    (tmp_path / "roots.pem").write_bytes(to_pem((root,)).encode())
    homes = []

    def page(which, *, trusting=True, **headers):
        evidence = {"signature_roots_file": tmp_path / "roots.pem"} if trusting else {}
        shoko = open_shoko(quick_settings(tmp_path / f"home-{len(homes)}", evidence=evidence), clock=lambda: NOW)
        homes.append(shoko)
        drop = shoko.archive.record_drop(make_drop(shoko.store, pdfs[which]))
        filed = shoko.archive.file_document(make_draft(drop.unit_id))
        answer = Seat(application(shoko, WebSettings())).get(f"/documents/{filed.document_id}", headers=headers)
        assert answer.status_code == 200
        assert shoko.store.get("vault", drop.blob.key) == pdfs[which], "it stays as it came"
        if headers:
            return answer.json()
        head, _, evidence_tab = answer.text.partition('id="evidence"')
        return _words(head), _words(evidence_tab)

    yield page
    for shoko in homes:
        shoko.close()


def _words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_page_shows_signer_validity_and_why(opened):
    head, told = opened("signed")
    assert f"PDFの電子署名 合格 {HOLDS} 署名者 {SIGNER} 署名日時" in told
    assert "署名者の申告" in told, "nothing proves when it was signed"
    assert SIGNER not in head


def test_a_document_timestamp_is_shown_with_its_time(opened):
    _, told = opened("stamped")
    assert f"PDFの文書タイムスタンプ 合格 {HOLDS} 署名者 時刻認証局 タイムスタンプの時刻" in told
    assert "署名者の申告" not in told


def test_an_altered_signed_pdf_says_so_at_the_head_of_its_page(opened):
    head, told = opened("altered")
    assert f"PDFの電子署名: {CHANGED} 署名者: {SIGNER} 証拠" in head
    assert f"PDFの電子署名 不合格 {CHANGED} 署名者 {SIGNER}" in told
    assert HOLDS not in told


def test_without_a_root_it_is_indeterminate_and_says_what_to_set(opened):
    head, told = opened("signed", trusting=False)
    assert f"PDFの電子署名 判定不能 {NO_ROOT}（evidence.signature_roots_file） 署名者 {SIGNER}" in told
    assert NO_ROOT not in head


def test_the_twin_says_the_same(opened):
    (unit,) = opened("altered", accept="application/json")["evidence"]["units"]
    (one,) = unit["signatures"]
    assert (one["outcome"], one["reason"], one["signer"]) == ("failed", "HASH_FAILURE", SIGNER)


def test_every_reason_that_the_library_knows_has_words():
    assert {one.name for one in (*AdESFailure, *AdESIndeterminate)} <= SIGNATURE_REASONS.keys()


def test_a_reason_without_words_is_not_taken_for_good():
    odd = PdfSignature(
        kind=SignatureKind.SIGNATURE, signer=None, claimed_at=None, stamped_at=None, whole_file=True,
        outcome=Outcome.INDETERMINATE, reason="SOMETHING_NEW",
    )  # fmt: skip
    assert signature_reason(odd)[0] == "確かめられませんでした"
