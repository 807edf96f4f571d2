"""Hostile, damaged and odd files: each ends with an outcome, in bounded time and memory, with a clear message."""

import io
import json
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from domain.errors import DamagedDocument, DocumentTooLarge, EncryptedDocument, InputError, UnsupportedMedia
from extractors.ocr import null
from extractors.settings import ExtractorSettings
from extractors.text import read_text

SETTINGS = ExtractorSettings(max_stream_bytes=20_000_000)
PROJECT = Path(__file__).parent.parent.parent


def read(content, name="a.pdf", settings=SETTINGS):
    return read_text(content, file_name=name, settings=settings, engine=null.create())


def pdf_with(stream=b"", filters="/FlateDecode", extra="", pages=1):
    """A hand-made PDF whose first page has this raw content stream."""
    kids = " ".join(f"{4 + n} 0 R" for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        f"<< /Length {len(stream)} /Filter {filters} {extra} >>\nstream\n".encode() + stream + b"\nendstream",
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 3 0 R >>"] * pages,
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{o:010d} 00000 n \n".encode() for o in offsets)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def packed(size, times=1):
    data = b" " * size
    for _ in range(times):
        data = zlib.compress(data, 9)
    return data


def image_bytes(kind="PNG", size=(60, 40), **options):
    buffer = io.BytesIO()
    Image.new("RGB", size, "white").save(buffer, kind, **options)
    return buffer.getvalue()


def png_claiming(width, height):
    raw = bytearray(image_bytes())
    raw[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    raw[29:33] = zlib.crc32(raw[12:29]).to_bytes(4, "big")
    return bytes(raw)


def test_zero_bytes():
    with pytest.raises(DamagedDocument) as caught:
        read(b"", "scan0001.pdf")
    assert "0バイト" in caught.value.message_ja
    assert caught.value.file == "scan0001.pdf"


def test_over_the_byte_limit():
    with pytest.raises(DocumentTooLarge, match="bytes"):
        read(b"%PDF-1.4" + b"x" * 2000, settings=ExtractorSettings(max_file_bytes=1000))


@pytest.mark.parametrize("width", [100_000, 2**31 - 1])
def test_a_hundred_thousand_pixels_wide(width):
    with pytest.raises(DocumentTooLarge) as caught:
        read(png_claiming(width, 40), "wide.png")
    assert f"{width:,}" in caught.value.message_ja


def test_a_picture_of_too_many_pixels():
    with pytest.raises(DocumentTooLarge):
        read(png_claiming(20_000, 20_000), "bomb.png")


@pytest.mark.parametrize(
    "content",
    [
        pdf_with(packed(40_000_000)),
        pdf_with(packed(60_000_000, times=2), filters="[/FlateDecode /FlateDecode]"),
        pdf_with(packed(1000), filters="[/FlateDecode /FlateDecode /FlateDecode]"),
        pdf_with(packed(1000), extra="/Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8"),
    ],
    ids=["one stream", "packed twice", "packed thrice", "huge picture"],
)
def test_packed_bombs_in_a_pdf(content):
    with pytest.raises(DocumentTooLarge) as caught:
        read(content)
    assert "圧縮" in caught.value.message_ja


def test_an_ordinary_packed_stream_is_no_bomb():
    assert read(pdf_with(zlib.compress(b"0 0 m 100 100 l S " * 5000))).page_count == 1


def test_many_pages_are_cut_off_and_recorded():
    reading = read(pdf_with(zlib.compress(b"0 0 m 9 9 l S"), pages=12), settings=ExtractorSettings(max_pages=3))
    assert len(reading.pages) == 3
    assert reading.page_count == 12
    assert [f.code for f in reading.faults] == ["too_large"]


def test_a_huge_sheet_is_rendered_small():
    buffer = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(14_400, 14_400))
        document.save(buffer)
    (page,) = read(buffer.getvalue()).pages
    assert max(page.width_px, page.height_px) <= ExtractorSettings().reading_side_px


def test_encrypted_pdf():
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_with())) as document:
        document.save(buffer, encryption=pikepdf.Encryption(owner="o", user="u", R=6))
    with pytest.raises(EncryptedDocument) as caught:
        read(buffer.getvalue())
    assert "パスワード" in caught.value.message_ja


def test_a_pdf_locked_only_against_changes_is_read():
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_with(zlib.compress(b"0 0 m 9 9 l S")))) as document:
        document.save(buffer, encryption=pikepdf.Encryption(owner="o", user="", R=6))
    assert read(buffer.getvalue()).page_count == 1


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["PDF", "PNG", "JPEG", "TIFF", "WEBP"])
def test_truncated_files_end_in_an_outcome(kind, share):
    rng = np.random.default_rng(3)
    picture = Image.fromarray(rng.integers(0, 255, (300, 300, 3), dtype=np.uint8))
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    whole = buffer.getvalue()
    problem = None
    try:
        reading = read(whole[: int(len(whole) * share)], f"a.{kind.lower()}")
    except InputError as error:
        problem = error
    if problem is None:
        assert reading.faults or kind == "PDF"
    else:
        assert isinstance(problem, DamagedDocument | UnsupportedMedia)
        assert problem.message_ja


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP", "PDF"])
@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a", "領収書.xlsx"])
def test_a_wrong_extension_does_not_matter(kind, name):
    assert read(image_bytes(kind), name).page_count == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04" + b"\x00" * 100, "a.pdf"),
        (b"MZ" + b"\x00" * 200, "invoice.pdf.exe"),
        ("日付,金額\n".encode("cp932"), "a.csv"),
        (b"<!DOCTYPE html><html></html>", "a.html"),
        (b"\x00\x00\x01\x00\x01\x00", "a.ico"),
    ],
)
def test_unsupported_kinds_say_so(content, name):
    with pytest.raises(UnsupportedMedia) as caught:
        read(content, name)
    assert "原本のまま保存" in caught.value.message_ja


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><Invoice>&c;</Invoice>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice>&x;</Invoice>"""


@pytest.mark.parametrize(
    "content", [ENTITIES, OUTSIDE, b"<?xml version='1.0'?><Invoice>", b"<Invoice>" + b"<a>" * 5000]
)
def test_hostile_xml(content):
    with pytest.raises(DamagedDocument):
        read(content, "a.xml")


def test_other_xml_is_not_an_invoice():
    with pytest.raises(UnsupportedMedia):
        read(b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "a.xml")


def test_a_tiff_whose_second_page_is_broken_keeps_the_first():
    buffer = io.BytesIO()
    pages = [Image.new("1", (200, 300), 1) for _ in range(3)]
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    reading = read(buffer.getvalue(), "fax.tif")
    assert (reading.page_count, len(reading.pages), reading.faults) == (3, 3, ())


def test_a_tiff_directory_with_thousands_of_entries():
    with pytest.raises(DamagedDocument):
        read(b"II*\x00\x08\x00\x00\x00\xff\xff" + b"\x00" * 3000, "a.tif")


@pytest.mark.sample_data
def test_the_public_robustness_files_end_in_an_outcome(sample_data):
    """In a process of its own with little memory and time: nothing may hang, crash or fill memory."""
    script = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from domain.errors import InputError
from extractors.ocr import null
from extractors.settings import ExtractorSettings
from extractors.text import read_text
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        reading = read_text(path.read_bytes(), file_name=path.name, settings=ExtractorSettings(), engine=null.create())
        outcome = "partial" if reading.faults else "read"
    except InputError as error:
        outcome = error.code
    print(json.dumps({"file": path.name, "outcome": outcome}))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(sample_data / "robustness/files")],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    outcomes = {entry["file"]: entry["outcome"] for entry in map(json.loads, done.stdout.splitlines())}
    assert len(outcomes) == 16
    assert outcomes["pdfminer.six__aes-128.pdf"] == "encrypted"
    assert outcomes["pyhanko__minimal-aes256.pdf"] == "encrypted"
    assert outcomes["pillow__decompression_bomb.ico"] == "unsupported_media"
    assert outcomes["qpdf__issue-141b.pdf"] == "damaged"
    assert outcomes["pillow__broken.png"] == "damaged"
    assert outcomes["qpdf__bad-xref.pdf"] == "read"
    assert outcomes["pdf.js__noembed-eucjp.pdf"] == "read"
