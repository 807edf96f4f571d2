"""What is read: truth in one form, public sets in order, pages for the peer."""

import io
import json

import pikepdf
import pytest
from PIL import Image

from domain.fields import DocumentType, fields_for
from pipeline.benchmark.corpus import BenchDocument, public_set, source_of, truth_line
from pipeline.benchmark.peer import pages_as_pdf, run_peer
from pipeline.benchmark.run import peer_pages


def test_truth_lines_have_only_fields_of_the_class():
    fields = dict.fromkeys(fields_for(DocumentType.CONTRACT)) | {"transaction_date": "2026-01-05"}
    line = truth_line("a.pdf", {"document_type": "contract", "fields": fields})
    assert line["date"] == "2026-01-05"
    assert line["filled_in"] is False
    assert "registration_number" not in line


def test_a_public_set_is_read_in_order_up_to_a_limit(tmp_path):
    (tmp_path / "b.xml").write_bytes(b"<b/>")
    (tmp_path / "a.xml").write_bytes(b"<a/>")
    lines = [json.dumps({"file": name}) for name in ("b.xml", "gone.xml", "a.xml")]
    (tmp_path / "truth.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("# Set\nfive files\nSource: somewhere. Licence: MIT.\n", encoding="utf-8")
    assert [d.file_name for d in public_set(tmp_path, limit=5)] == ["b.xml", "a.xml"]
    assert [d.file_name for d in public_set(tmp_path, limit=1)] == ["b.xml"]
    assert source_of(tmp_path) == "Source: somewhere. Licence: MIT."
    assert source_of(tmp_path / "gone") == ""


def _file(kind):
    out = io.BytesIO()
    Image.new("1" if kind == "TIFF" else "RGB", (300, 400), 1).save(out, format=kind, dpi=(100, 100))
    return out.getvalue()


def test_pages_for_the_peer_keep_their_size():
    pdf = pages_as_pdf([("a.jpg", _file("JPEG")), ("b.tif", _file("TIFF")), ("c.pdf", _file("PDF"))])
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 3
        assert float(document.pages[0].mediabox[2]) == pytest.approx(216, abs=1)


def test_the_peer_gets_scans_only():
    def made(damage, pages, text="x"):
        return BenchDocument(file_name=damage, content=b"", truth={}, damage=damage, pages=pages, text=text)

    documents = [made("born_digital", 1), made("fax", 1), made("tiff", 2), made("xml", 0), made("skew", 1)]
    assert [d.file_name for d in peer_pages(documents, 9)] == ["fax", "skew"]
    assert [d.file_name for d in peer_pages(documents, 1)] == ["fax"]


def test_without_the_peer_there_is_no_comparison(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert run_peer(b"", timeout_seconds=1) is None
