"""The command line as people and programs use it: JSON Lines, exit codes, the contract of ``read``."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from domain.fields import DocumentType, fields_for
from tests.support.documents import encrypted_pdf, text_pdf, ubl_invoice

PROJECT = Path(__file__).parents[2]
QUICK = {"SHOKO_READING__ENGINE": "null.v1", "SHOKO_READING__WORKERS": "1", "SHOKO_INTAKE__STILL_SECONDS": "0"}


def shoko(*arguments, cwd=PROJECT, **extra):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "SHOKO"))}
    environment |= {"PYTHONPATH": str(PROJECT)} | QUICK | extra
    return subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", *map(str, arguments)],
        cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("files")
    (made / "請求書.xml").write_bytes(ubl_invoice("0012", net=100_000))
    (made / "issued.xml").write_bytes(ubl_invoice("0013", seller="株式会社みどり商事"))
    (made / "plain.pdf").write_bytes(text_pdf("INVOICE", "Invoice No. 77", "Date: 2026-10-31", "Total: USD 120.00"))
    (made / "locked.pdf").write_bytes(encrypted_pdf())
    (made / "empty.png").write_bytes(b"")
    return made


@pytest.fixture(scope="module")
def filed(folder, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    done = shoko(
        "ingest", folder, "--origin", "electronic_received", "--received-on", "2026-11-20", "--home", home, "--json"
    )
    return home, done


def test_read_keeps_its_contract(folder):
    done = shoko(
        "read", *(folder / n for n in ("請求書.xml", "locked.pdf", "plain.pdf", "empty.png", "missing.pdf")), "--json"
    )
    assert done.returncode == 1, done.stderr
    rows = {Path(r["file"]).name: r for r in lines(done)}
    assert list(rows) == ["請求書.xml", "locked.pdf", "plain.pdf", "empty.png", "missing.pdf"], "in the order asked"

    invoice = rows["請求書.xml"]
    assert set(invoice) == {
        "file", "pages", "region", "document_type", "type_confidence", "fields", "checks", "needs_review",
        "review_reasons", "suggestion", "text", "pages_read", "seconds",
    }  # fmt: skip
    assert invoice["suggestion"]["taxes"] == [{"kind": "standard", "rate": 10, "certain": True}]
    assert invoice["suggestion"]["deduction"]["class"] == "qualified"
    assert invoice["document_type"] == "invoice"
    assert set(invoice["fields"]) == set(fields_for(DocumentType.INVOICE)), "every field that can apply is present"
    fields = {name: field["value"] for name, field in invoice["fields"].items()}
    assert fields["total_amount"] == 110_000
    assert fields["transaction_date"] == "2026-10-31"
    assert fields["document_number"] == "0012", "a number with leading zeros stays text"
    assert fields["counterparty"] == fields["issuer"] == "青空商事株式会社"
    assert fields["registration_number"] == "T7010705000725"
    assert fields["tax_breakdown"] == [{"rate": 10, "taxable": 100_000, "tax": 10_000}]
    assert fields["due_date"] is None
    assert invoice["fields"]["due_date"] == {"value": None}

    page = rows["plain.pdf"]
    assert page["pages"] == [1]
    (read,) = page["pages_read"]
    assert set(read) == {"page", "width_px", "height_px", "dpi", "rotation_degrees"}
    left, top, right, bottom = page["fields"]["total_amount"]["boxes"][0]
    assert 0 <= left < right <= read["width_px"]
    assert 0 <= top < bottom <= read["height_px"]
    assert page["fields"]["total_amount"]["value"] == "120.00", "other currencies are decimal strings"

    for name, code in (("locked.pdf", "encrypted"), ("empty.png", "damaged"), ("missing.pdf", "damaged")):
        assert rows[name]["error"]["code"] == code
        assert any("\u3040" <= c <= "\u30ff" for c in rows[name]["error"]["message"]), "told in Japanese"


def test_our_company_decides_the_counterparty(folder):
    done = shoko("read", folder / "issued.xml", "--our-company", "別の会社", "--our-company", "㈱みどり商事", "--json")
    assert done.returncode == 0, done.stderr
    (row,) = lines(done)
    assert row["fields"]["issuer"]["value"] == "株式会社みどり商事"
    assert row["fields"]["counterparty"]["value"] == row["fields"]["recipient"]["value"]


def test_ingest_says_what_became_of_each_file(filed):
    _, done = filed
    assert done.returncode == 1, "two files could not be read"
    rows = {r["file"]: r for r in lines(done) if "file" in r}
    assert {n: r["outcome"] for n, r in rows.items()} == {
        "請求書.xml": "read",
        "issued.xml": "read",
        "plain.pdf": "read",
        "locked.pdf": "unreadable",
        "empty.png": "unreadable",
    }  # fmt: skip
    assert rows["請求書.xml"]["documents"][0]["state"] == "filed"
    assert rows["locked.pdf"]["documents"][0]["review_reasons"] == ["encrypted"]


def test_search_show_verify_export_and_rebuild(filed, tmp_path):
    home, _ = filed
    party = lines(
        shoko("search", "--party", "青空商事㈱", "--min", "110,000", "--from", "2026-10-01", "--home", home, "--json")
    )
    assert len(party) == 1
    blank = lines(shoko("search", "--blank", "amount", "--home", home, "--json"))
    assert len(blank) == 2
    document_id = party[0]["document_id"]

    (shown,) = lines(shoko("show", document_id, "--home", home, "--json"))
    assert shown["suggestion"]["deduction"]["percent"] == 100
    assert shown["values"]["total_amount"] == 110_000
    assert shown["history"][0]["revision"] == 1
    assert shown["units"][0]["timestamps"][0]["accredited"] is False

    unsure = shoko("verify", document_id, "--home", home, "--json")
    assert unsure.returncode == 3, "without anchors from outside it is indeterminate"
    assert lines(unsure)[-1] == {"outcome": "indeterminate"}

    bundle = tmp_path / "bundle"
    exported = shoko("export", bundle, "--home", home, "--json")
    assert exported.returncode == 0, exported.stderr
    assert lines(exported)[0]["documents"] == 5
    assert Path(lines(exported)[0]["roots"]).read_text().startswith("-----BEGIN CERTIFICATE-----")
    again = shoko("export", bundle, "--home", home)
    assert again.returncode == 2, "an existing folder is never written over"
    assert shoko("verify", "--bundle", bundle, "--home", home).returncode == 3
    reports = {path.name: path.read_text("utf-8-sig").splitlines() for path in (bundle / "data/report").iterdir()}
    assert {line.split(",")[0] for line in reports["compliance.csv"][1:]} == {
        line.split(",")[0] for line in reports["history.csv"][1:]
    }
    assert any("regime-split" in line for line in reports["compliance.csv"]), "each line names its rule"
    assert any("原本ではありません" in page.read_text() for page in (bundle / "data/renditions").rglob("*.html"))

    some = tmp_path / "some"
    found = shoko(
        "export", some, "--party", "青空商事㈱", "--min", "110,000", "--word", "青空", "--no-deleted",
        "--volume", "4GB", "--renditions", "none", "--home", home,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert "1 件の書類を" in found.stdout
    command = next(line for line in found.stdout.splitlines() if line.startswith("検証: ")).removeprefix("検証: ")
    assert subprocess.run(shlex.split(command), check=False, capture_output=True).returncode == 0, command
    readme = (some / "README.txt").read_text()
    assert "取引金額 110000〜、取引先 青空商事㈱、ことば 青空、削除済みを除く" in readme
    for wrong in (("--volume", "big"), ("--volume", "1MB"), ("--whole", "--min", "1"), ("--renditions", "some")):
        assert shoko("export", tmp_path / "no", *wrong, "--home", home).returncode == 2

    before = lines(shoko("search", "--home", home, "--json"))
    rebuilt = shoko("doctor", "--rebuild", "--home", home, "--json")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert "利用者の登録" not in rebuilt.stderr  # there never were accounts to be lost
    assert lines(shoko("search", "--home", home, "--json")) == before
    checked = shoko("doctor", "--reconcile", "--home", home, "--json")
    assert checked.returncode == 0, checked.stdout
    facts = lines(checked)[0]
    assert facts["authority"]["accredited"] is False
    assert any("認定" in note for note in facts["notes"])


def test_reprocessing_with_the_same_engines_changes_nothing(filed):
    home, _ = filed
    done = shoko("reprocess", "--type", "invoice", "--home", home, "--json")
    assert done.returncode == 0, done.stderr
    assert set(lines(done)[0]) == {"unchanged"}


def test_wrong_use_is_two(tmp_path):
    assert shoko("search", "--from", "yesterday", "--home", tmp_path).returncode == 2
    assert shoko("search", "--blank", "colour", "--home", tmp_path).returncode == 2
    assert shoko("nonsense").returncode == 2
    wrong = shoko("search", "--home", tmp_path, SHOKO_INTAKE__MAX_BYTES="-1")
    assert wrong.returncode == 2
    assert "max_bytes" in wrong.stderr


def test_secrets_are_not_shown(tmp_path):
    done = shoko("doctor", "--home", tmp_path, "--json", SHOKO_STORE__SECRET_KEY="TOPSECRET12345")
    assert done.returncode == 0, done.stderr
    assert "TOPSECRET12345" not in done.stdout + done.stderr


def test_search_by_the_laws_verdict(filed):
    home, _ = filed
    found = lines(shoko("search", "--compliance", "not", "--home", home, "--json"))
    assert found, "no accredited authority: nothing complies"
    for one in found:
        assert one["compliance"]["verdict"] == "not"
        assert any(line["rule"] == "et-authenticity-choice" for line in one["compliance"]["lines"])
    shown = shoko("search", "--due-within", "3650", "--compliance", "not", "--home", home)
    assert shown.returncode == 0, shown.stderr
