"""Signatures that came with a PDF: found, checked in a bounded process, never trusted without a root from outside."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.evidence import Outcome, SignatureKind
from storage.evidence.certificates import to_pem
from storage.evidence.local_authority import LocalAuthority, issue_root, issue_signer
from storage.evidence.pdf_signatures import bounded, check_signatures
from tests.support.signed_pdfs import plain_pdf, signed, stamped

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def party():
    """(root, certificate, key, authority)."""
    root, root_key = issue_root("root", now=NOW)
    certificate, key = issue_signer("tsa", root=root, root_key=root_key, now=NOW)
    return root, certificate, key, LocalAuthority(root=root, certificate=certificate, key=key, clock=lambda: NOW)


@pytest.fixture(scope="module")
def document(party):
    """Signed with a timestamp, then stamped as a document."""
    root, certificate, key, authority = party
    return stamped(signed(plain_pdf(), certificate=certificate, key=key, root=root, authority=authority), authority)


def told(found):
    return [(one.kind, one.outcome, one.reason) for one in found]


def test_a_pdf_without_signatures_costs_nothing():
    assert check_signatures(plain_pdf()) == ()


def test_signature_and_document_timestamp_with_who_and_when(party, document):
    found = check_signatures(document, roots_pem=to_pem((party[0],)).encode())
    assert told(found) == [
        (SignatureKind.SIGNATURE, Outcome.PASSED, None),
        (SignatureKind.DOCUMENT_TIMESTAMP, Outcome.PASSED, None),
    ]
    assert [one.stamped_at for one in found] == [NOW, NOW]
    assert [one.whole_file for one in found] == [False, True]
    assert {one.signer for one in found} == {"tsa"}
    assert found[0].claimed_at is not None


def test_without_a_root_nothing_is_trusted(document):
    outcomes = told(check_signatures(document))
    assert {(outcome, reason) for _, outcome, reason in outcomes} == {
        (Outcome.INDETERMINATE, "trust anchor not supplied")
    }


def test_another_root_does_not_do(document):
    other, _ = issue_root("other", now=NOW)
    outcomes = told(check_signatures(document, roots_pem=to_pem((other,)).encode()))
    assert {outcome for _, outcome, _ in outcomes} == {Outcome.INDETERMINATE}
    assert "NO_CERTIFICATE_CHAIN_FOUND" in {reason for _, _, reason in outcomes}


def test_a_changed_file_fails(party, document):
    place = document.index(b"MediaBox")
    changed = document[:place] + b"mediaBox" + document[place + 8 :]
    assert told(check_signatures(changed, roots_pem=to_pem((party[0],)).encode()))[0][1:] == (
        Outcome.FAILED,
        "HASH_FAILURE",
    )


@pytest.mark.parametrize(
    "content",
    [
        b"/ByteRange",
        b"%PDF-1.7\n/ByteRange [0 1 2 3]\n%%EOF",
        b"%PDF-1.7\n" + b"[" * 200_000 + b"/ByteRange",
    ],
)
def test_what_cannot_be_looked_at_is_indeterminate(content):
    assert told(check_signatures(content)) == [(SignatureKind.UNREADABLE, Outcome.INDETERMINATE, "FORMAT_FAILURE")]


def test_a_cut_off_signed_file_never_passes(party, document):
    found = check_signatures(document[:-200], roots_pem=to_pem((party[0],)).encode())
    assert Outcome.PASSED not in {one.outcome for one in found if one.whole_file}


def test_time_and_size_are_bounded(document, monkeypatch):
    monkeypatch.setattr(bounded, "SECONDS", 0.01)
    assert told(check_signatures(document))[0][0] is SignatureKind.UNREADABLE
    monkeypatch.setattr(bounded, "LARGEST_BYTES", 10)
    assert told(check_signatures(document))[0][0] is SignatureKind.UNREADABLE


def test_a_certificate_that_ended_since_still_holds_at_the_stamped_time(party):
    """As tokens are checked: at the time of the timestamp, not at today's."""
    root, root_key = issue_root("root", now=NOW - timedelta(days=4000))
    certificate, key = issue_signer(
        "old", root=root, root_key=root_key, now=NOW - timedelta(days=4000), life=timedelta(days=100)
    )
    then = NOW - timedelta(days=3950)
    authority = LocalAuthority(root=root, certificate=certificate, key=key, clock=lambda: then)
    (found,) = check_signatures(stamped(plain_pdf(), authority), roots_pem=to_pem((root,)).encode())
    assert (found.outcome, found.stamped_at) == (Outcome.PASSED, then)


def test_a_filed_pdf_shows_its_signatures_and_stays_as_it_came(tmp_path, document, party):
    from app.cli.show import document_plain, signature_text
    from app.web.settings import WebSettings
    from app.web.wired import application
    from pipeline.steps.signatures import signatures_of
    from pipeline.wiring import open_shoko
    from tests.support.homes import quick_settings
    from tests.support.records import make_draft, make_drop

    (tmp_path / "roots.pem").write_bytes(to_pem((party[0],)).encode())
    settings = quick_settings(tmp_path / "home", evidence={"signature_roots_file": tmp_path / "roots.pem"})
    shoko = open_shoko(settings, clock=lambda: NOW)
    drop = shoko.archive.record_drop(make_drop(shoko.store, document))
    filed = shoko.archive.file_document(make_draft(drop.unit_id))
    unit = shoko.archive.get_unit(drop.unit_id)
    found = signatures_of(shoko, unit)
    assert [one.outcome for one in found] == [Outcome.PASSED, Outcome.PASSED]
    assert signatures_of(shoko, unit) == found  # from derived
    assert "PDFの電子署名: 合格 tsa" in signature_text(found[0])
    assert document_plain(shoko, filed)["units"][0]["signatures"][1]["kind"] == "document_timestamp"
    services = application(shoko, WebSettings()).state.web.services
    assert services.evidence(filed.document_id).units[0].signatures == found
    assert shoko.store.get("vault", unit.blob.key) == document
    shoko.close()
