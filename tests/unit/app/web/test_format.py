from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.web import format as fmt
from domain.fields import (
    BankAccount,
    CalendarDate,
    Flag,
    LineItem,
    LineItems,
    Money,
    Number,
    Parties,
    Party,
    TaxBreakdown,
    TaxRow,
    Text,
)


@pytest.mark.parametrize(
    ("name", "harmless"),
    [
        ("領収書.pdf", "領収書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("/", "file"),
        ("", "file"),
        ("...", "file"),
        (".htaccess", "htaccess"),
        ("a\x00b\nc.pdf", "abc.pdf"),
        ("a\u202egnp.exe", "agnp.exe"),
        ('<img src=x onerror="1">.png', "_img src=x onerror=_1__.png"),
        ("bad\udce3\udc81.pdf", "bad??.pdf".replace("?", "_")),
        ("a  b\u3000c.pdf", "a b c.pdf"),
        ("か\u3099.pdf", "が.pdf"),
    ],
)
def test_names_become_harmless(name, harmless):
    assert fmt.harmless_name(name) == harmless


def test_long_names_keep_their_extension():
    name = fmt.harmless_name("領" * 300 + ".pdf")
    assert name.endswith("領.pdf")
    assert len(name.encode()) <= 180


def test_downloads_are_attachments_whatever_the_name():
    value = fmt.attachment('見積"; filename=evil.html\r\nSet-Cookie: a=b.pdf')
    assert value.startswith('attachment; filename="')
    assert "\r" not in value
    assert "\n" not in value
    assert value.isascii()
    assert value.count(";") == 2


@pytest.mark.parametrize(
    ("media_type", "sent"),
    [
        ("application/pdf", "application/pdf"),
        ("image/png", "image/png"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/xml", "application/octet-stream"),
    ],
)
def test_only_inert_kinds_keep_their_media_type(media_type, sent):
    assert fmt.inert_media(media_type) == sent


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Money(amount=Decimal(128960)), "¥128,960"),
        (Money(amount=Decimal("1200.50"), currency="USD"), "1,200.50 USD"),
        (CalendarDate(day=date(2026, 1, 5)), "2026/01/05"),
        (Text(text="0012"), "0012"),
        (Text(text="credit_card"), "クレジットカード"),
        (Number(number=Decimal("2.5")), "2.5"),
        (Flag(flag=True), "あり"),
        (BankAccount(bank="みずほ銀行", number="0012345"), "みずほ銀行 0012345"),
        (Parties(rows=(Party(role="甲", name="A社"), Party(role=None, name="B社"))), "甲 A社、B社"),
        (
            TaxBreakdown(rows=(TaxRow(rate=Decimal(8), taxable=Decimal(1000), tax=None),)),
            "8%: 1,000 / -",
        ),
        (LineItems(rows=(LineItem(description="紙"), LineItem(description="インク"))), "紙、インク"),
        (None, "（空欄）"),
    ],
)
def test_values_on_one_line(value, shown):
    assert fmt.value_text(value) == shown


def test_instants_are_shown_in_tokyo():
    assert fmt.instant_text(datetime(2026, 12, 31, 15, 0, tzinfo=UTC)) == "2027/01/01 00:00"
    assert fmt.instant_exact(datetime(2026, 11, 21, 9, 30, 5, tzinfo=UTC)) == "2026/11/21 18:30:05 JST"


@pytest.mark.parametrize(("confidence", "shown"), [(1.0, "100%"), (0.999, "99%"), (0.834, "83%"), (0.0, "0%")])
def test_only_certainty_is_a_hundred_percent(confidence, shown):
    assert fmt.percent_text(confidence) == shown


@pytest.mark.parametrize(("size", "shown"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (5 * 1024**3, "5.0 GB")])
def test_sizes(size, shown):
    assert fmt.size_text(size) == shown


def test_a_currency_that_was_not_read_is_a_question_mark():
    assert fmt.amount_text(Decimal(1000), "XXX") == "1,000.00 ?"
    assert fmt.amount_text(Decimal(1000), "USD") == "1,000.00 USD"
