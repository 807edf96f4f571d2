"""The kind of a file comes from its content."""

import io
import zipfile

import pytest

from extractors import media


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


def stored(*contents):
    """An archive that does not compress: the first file stands near its head as it is, the last near its end."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.pdf", content)
    return buffer.getvalue()


MAIL = b"From: a@example.jp\r\nTo: b@example.jp\r\nSubject: =?utf-8?b?6KuL5rGC5pu4?=\r\nDate: Mon, 1 Jan 2024\r\n\r\nx"

CASES = [
    (b"%PDF-1.7\n", "scan.jpg", media.PDF),
    (b"\x00\x01rubbish%PDF-1.4\n", "a", media.PDF),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a.pdf", media.JPEG),
    (b"\x89PNG\r\n\x1a\n....", "a.txt", media.PNG),
    (b"II*\x00\x08\x00\x00\x00", "a", media.TIFF),
    (b"MM\x00*\x00\x00\x00\x08", "a", media.TIFF),
    (b"GIF89a....", "a", media.GIF),
    (b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00", "a", media.BMP),
    (b"BMW is a car", "a.txt", media.TEXT),
    (b"\x00\x00\x01\x00\x01\x00", "a.ico", media.ICO),
    (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "a", media.WEBP),
    (b"RIFF\x10\x00\x00\x00WAVEfmt ", "a", media.OCTETS),
    (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "a", media.HEIC),
    (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00", "a", media.OCTETS),
    (b"<?xml version='1.0'?><Invoice/>", "a", media.XML),
    (b"\xef\xbb\xbf<?xml version='1.0'?><Invoice/>", "a", media.XML),
    ("<?xml version='1.0' encoding='utf-16'?><Invoice/>".encode("utf-16"), "a", media.XML),
    (b"<ubl:Invoice xmlns:ubl='u'/>", "a.txt", media.XML),
    (b"<!DOCTYPE html><html>", "a", media.HTML),
    (b"<?xml version='1.0'?>\n<!DOCTYPE html><html>", "a", media.HTML),
    (MAIL, "a.txt", media.EML),
    (b"Subject: only one field\n\nhello", "a.txt", media.TEXT),
    (b"Subject: only one field\n\nhello", "a.eml", media.EML),
    ("日付,金額\n2024-10-31,1000\n".encode("cp932"), "a.csv", media.CSV),
    ("領収書".encode(), "a.md", media.TEXT),
    (("領収書" * 3000).encode(), "a.md", media.TEXT),
    (zipped("[Content_Types].xml", "xl/workbook.xml"), "a", media.XLSX),
    (zipped("[Content_Types].xml", "word/document.xml"), "a", media.DOCX),
    (zipped("ppt/presentation.xml"), "a", media.PPTX),
    (zipped("a.pdf"), "a", media.ZIP),
    (stored(b"%PDF-1.7\n", b"%PDF-1.4\n"), "a.zip", media.ZIP),
    (zipped("[Content_Types].xml", "word/document.xml")[:-40], "a", media.DOCX),
    (zipped("a.pdf", "b.pdf")[:-40], "a", media.ZIP),
    (MAIL + b"\r\n%PDF-1.4\n", "a", media.EML),
    (b"PK\x03\x04broken", "a.xlsx", media.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "a.xls", media.OLE),
    (b"\x00\x01\x02\x03", "a.pdf", media.OCTETS),
    (b"", "a.pdf", media.OCTETS),
    (b"   \n", "a.txt", media.OCTETS),
]


@pytest.mark.parametrize(("content", "name", "kind"), CASES)
def test_sniff(content, name, kind):
    assert media.sniff(content, name) == kind
