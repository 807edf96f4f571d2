"""Attachments come out of e-mails byte for byte."""

from email.message import EmailMessage

import pytest

from domain.errors import DocumentTooLarge
from extractors import containers, media
from extractors.containers import attachments

PDF = b"%PDF-1.7\r\n" + bytes(range(256)) * 20 + b"\r\n%%EOF"


def mail(*files):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.jp", "b@example.jp", "請求書送付"
    message.set_content("ご確認ください")
    message.add_alternative("<p>ご確認ください</p>", subtype="html")
    for name, kind, data in files:
        main, sub = kind.split("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message


def test_bytes_and_japanese_names_are_kept():
    found = attachments(
        bytes(mail(("請求書 2024年10月.pdf", "application/pdf", PDF), ("明細.csv", "text/csv", b"a,b\r\n1,2\r\n")))
    )
    assert [(a.name, a.media_type, a.content) for a in found] == [
        ("請求書 2024年10月.pdf", media.PDF, PDF),
        ("明細.csv", media.CSV, b"a,b\r\n1,2\r\n"),
    ]


def test_bodies_are_no_attachments():
    assert attachments(bytes(mail())) == ()


def test_a_forwarded_mail_is_an_attachment_of_its_own():
    outer = mail()
    outer.add_attachment(mail(("a.pdf", "application/pdf", PDF)))
    (inner,) = attachments(bytes(outer))
    assert inner.media_type == media.EML
    assert attachments(inner.content)[0].content == PDF


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b'attachment; filename="=?UTF-8?B?6KuL5rGC5pu4LnBkZg==?="', "請求書.pdf"),
        (b"attachment; filename*=UTF-8''%E8%AB%8B%E6%B1%82%E6%9B%B8.pdf", "請求書.pdf"),
        ('attachment; filename="請求書.pdf"'.encode("cp932"), "請求書.pdf"),
        (b'attachment; filename="../../etc/passwd"', "passwd"),
        (b'attachment; filename="C:\\\\temp\\\\a.pdf"', "a.pdf"),
        (b'attachment; filename=".."', "attachment-1"),
        (b"attachment", "attachment-1"),
    ],
)
def test_names(header, name):
    raw = (
        b"From: a@example.jp\r\nDate: x\r\nContent-Type: application/pdf\r\nContent-Disposition: "
        + header
        + b"\r\n\r\n%PDF-"
    )
    (found,) = attachments(raw)
    assert found.name == name


def test_too_many_are_refused(monkeypatch):
    monkeypatch.setattr(containers, "_MAX_ATTACHMENTS", 2)
    with pytest.raises(DocumentTooLarge, match="attachments"):
        attachments(bytes(mail(*[(f"{n}.pdf", "application/pdf", PDF) for n in range(3)])))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 100,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
        b'Content-Transfer-Encoding: base64\r\nContent-Type: text/plain; x="\r\n\r\n!!!',
    ],
)
def test_rubbish_has_no_attachments(raw):
    assert attachments(raw) == ()
