"""Values as people read them: days, instants, amounts, sizes."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote

from app.web import codes, texts
from domain.calendar import TOKYO
from domain.fields import Money, Value
from domain.labels import label

_UNITS = ("B", "KB", "MB", "GB")
_MAX_NAME_BYTES = 180
_FORBIDDEN_IN_NAMES = set('/\\:*?"<>|')
_INERT_MEDIA = frozenset(
    {"application/pdf", "image/jpeg", "image/png", "image/tiff", "image/webp", "image/heic", "image/heif"}
)


def day_text(day: date | None) -> str:
    """2026/10/31, or nothing."""
    return "" if day is None else f"{day.year:04d}/{day.month:02d}/{day.day:02d}"


def instant_text(instant: datetime) -> str:
    """2026/10/31 09:05 in Tokyo."""
    return instant.astimezone(TOKYO).strftime("%Y/%m/%d %H:%M")


def instant_exact(instant: datetime) -> str:
    """2026/10/31 09:05:07 JST."""
    return instant.astimezone(TOKYO).strftime("%Y/%m/%d %H:%M:%S JST")


def number_text(number: Decimal) -> str:
    """With thousands separators; decimals as they are."""
    whole = number == number.to_integral_value()
    return f"{int(number):,}" if whole else f"{number:,f}"


def amount_text(amount: Decimal, currency: str | None) -> str:
    """128,960 for yen; 1,200.00 USD for others."""
    if currency in {None, "JPY"}:
        return number_text(amount)
    return f"{foreign_text(amount)} {currency_text(currency)}"


def currency_text(currency: str | None) -> str:
    """The code of a currency; a question mark where none was read (ISO 4217 has XXX for it, which nobody reads)."""
    return "?" if currency in {None, "XXX"} else str(currency)


def foreign_text(amount: Decimal) -> str:
    """An amount that has cents: 1,200.00."""
    return f"{amount:,.2f}" if amount == round(amount, 2) else f"{amount:,f}"


def money_text(money: Money) -> str:
    """¥128,960; 1,200.00 USD."""
    text = amount_text(money.amount, money.currency)
    return f"¥{text}" if money.currency == "JPY" else text


def size_text(size_bytes: int) -> str:
    """1.2 MB."""
    size, at = float(size_bytes), 0
    while size >= 1024 and at < len(_UNITS) - 1:
        size, at = size / 1024, at + 1
    return f"{size:.0f} {_UNITS[at]}" if at == 0 else f"{size:.1f} {_UNITS[at]}"


def percent_text(confidence: float) -> str:
    """97%; never 100% for what is not certain."""
    shown = round(confidence * 100)
    return f"{99 if shown == 100 and confidence < 1 else shown}%"


def value_text(value: Value | None, *, language: str = "ja") -> str:
    """A value on one line, for histories and simple fields."""
    if value is None:
        return label(texts.TEXTS["not_read"], language=language)
    match value.kind:
        case "money":
            return money_text(value)
        case "date":
            return day_text(value.day)
        case "text":
            known = codes.PAYMENT_METHODS.get(value.text)
            return label(known, language=language) if known else value.text
        case "number":
            return number_text(value.number)
        case "flag":
            return label(texts.TEXTS["yes" if value.flag else "no"], language=language)
        case "bank_account":
            parts = (value.bank, value.branch, value.type, value.number, value.holder)
            return " ".join(part for part in parts if part)
        case "parties":
            return "、".join(f"{p.role} {p.name}" if p.role else p.name for p in value.rows)
        case "tax_breakdown":
            return "、".join(
                f"{number_text(r.rate)}%: {'-' if r.taxable is None else number_text(r.taxable)}"
                f" / {'-' if r.tax is None else number_text(r.tax)}"
                for r in value.rows
            )
        case "line_items":
            return "、".join(r.description for r in value.rows)


def harmless_name(name: str) -> str:
    """A file name that is only a name: the last part of a path, without control, format and reserved characters.

    Never empty, never starting with a dot, at most 180 bytes in UTF-8 with its extension kept.
    """
    text = name.encode("utf-8", "replace").decode("utf-8")
    text = unicodedata.normalize("NFC", text).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join("_" if c in _FORBIDDEN_IN_NAMES else c for c in text if unicodedata.category(c)[0] != "C")
    text = " ".join(text.split()).strip(". ")
    if not text:
        return "file"
    stem, dot, extension = text.rpartition(".")
    if not dot or len(extension.encode()) > 12:
        stem, dot, extension = text, "", ""
    room = _MAX_NAME_BYTES - len((dot + extension).encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip()
    return f"{stem}{dot}{extension}"


def attachment(name: str) -> str:
    """Value of Content-Disposition for a download (RFC 6266): always an attachment."""
    safe = harmless_name(name)
    ascii_name = "".join(c if c.isascii() and c.isprintable() and c not in '"%;' else "_" for c in safe)
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(safe, safe='')}"


def inert_media(media_type: str) -> str:
    """The media type if no browser runs it, else plain bytes (never HTML, SVG or XML)."""
    return media_type if media_type in _INERT_MEDIA else "application/octet-stream"
