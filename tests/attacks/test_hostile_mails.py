"""Mails made to harm: nesting, numbers, headers, HTML."""

from contextlib import suppress
from datetime import date

import pytest

from domain.engines import FieldContext
from domain.errors import DocumentTooLarge, InputError
from extractors.mail import mail_text
from extractors.settings import ExtractorSettings
from pipeline.steps.apart import read_apart
from pipeline.steps.read import text_of
from pipeline.steps.reading import Reading
from pipeline.wiring import build_reader
from tests.support.homes import quick_settings
from tests.support.mails import mail
from tests.support.stacks import RECEIPT, sample

HEAD = b"From: a@example.jp\r\nDate: x\r\nSubject: y\r\n"


@pytest.fixture
def how(tmp_path):
    reader = build_reader(quick_settings(tmp_path))
    return Reading(
        client_id="c",
        reader=reader,
        context=FieldContext(today=date(2026, 11, 21)),
        text_of=lambda content, name: text_of(content, file_name=name, reader=reader),
    )


def opened(content, how):
    return read_apart(content, file_name="a.eml", unit_id="u", how=how)


def test_mails_in_mails_end(how):
    message = mail(("a.pdf", "application/pdf", sample(RECEIPT)))
    for _ in range(8):
        outer = mail(text="転送")
        outer.add_attachment(message)
        message = outer
    found = opened(bytes(message), how)
    assert len(found.parts) == 3
    (document,) = found.reading.documents
    assert "attachments_unread" in {reason.code for reason in document.review_reasons}


def test_too_many_attachments(how):
    many = mail(*((f"{n}.png", "image/png", b"\x89PNG\r\n\x1a\n") for n in range(230)))
    with pytest.raises(DocumentTooLarge):
        opened(bytes(many), how)


def test_many_attachments_spread_over_forwarded_mails(how):
    outer = mail(text="転送")
    for _ in range(3):
        outer.add_attachment(mail(*((f"{n}.png", "image/png", b"\x89PNG\r\n\x1a\n") for n in range(90))))
    with pytest.raises(DocumentTooLarge):
        opened(bytes(outer), how)


@pytest.mark.parametrize(
    "content",
    [
        HEAD + b"Content-Type: multipart/mixed; boundary=" + b"b" * 100_000 + b"\r\n\r\n--b\r\n",
        HEAD + b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        HEAD + b"Content-Type: text/html; charset=utf-7\r\n\r\n" + b"<div>" * 50_000,
        HEAD + b"Content-Type: text/html\r\n\r\n<script>" + b"x" * 10_000,
        HEAD + b"Content-Type: text/plain; charset=\xff\xfe\r\n\r\n\xff\x00\x80",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n%%%%%",
        HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 ../../a\r\n\xff\xff",
        HEAD + b"Content-Type: message/rfc822\r\n\r\n" + HEAD + b"Content-Type: message/rfc822\r\n\r\n",
        HEAD + b"Content-Disposition: attachment; filename*=utf-8''%00%2e%2e%2f\r\n\r\nx",
        HEAD + b"X: " + b"=?utf-8?q?" * 20_000 + b"\r\n\r\n",
    ],
)
def test_odd_mails_are_read_or_refused(content, how):
    with suppress(InputError):
        found = opened(content, how)
        assert all(len(document.text) < 200_000 for document in found.reading.documents)


def test_scripts_and_styles_say_nothing():
    html = "<style>p{}</style><script>alert('請求書')</script><p>合計</p>"
    html += "<table><tr><td>金額</td><td>100円</td></tr></table>"
    content = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()
    assert mail_text(content, ExtractorSettings()).texts[0].text == "合計\n金額 100円"
