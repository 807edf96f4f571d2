"""Amounts as documents print them (law: extraction conventions): ¥1,234-, 金壱百万円也, 1.2万円, ▲500, 1.163,40 EUR."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.folding import fold
from domain.kanji_numbers import NUMERAL_CHARACTERS, format_kanji_number, parse_kanji_number
from domain.numbers import bounded


class NumberStyle(StrEnum):
    """Which mark separates decimals."""

    POINT = "point"
    """1,234.56 (Japan, English-speaking countries, India)."""
    COMMA = "comma"
    """1.234,56 (most of Europe)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAmount:
    """A number that can be an amount, found in a text."""

    value: Decimal
    """Negative for ▲, △, - and the like."""
    currency: str | None
    """ISO 4217 where a sign stands beside it, else None."""
    start: int
    """In the text as given; half-open, signs included."""
    end: int
    raw: str
    """As printed."""
    closed: bool = False
    """Ends in 也, - or ※, which stop anyone from adding digits: people do this with the amount that counts."""
    decimals: int = 0
    """Digits after the decimal mark."""

    @property
    def marked(self) -> bool:
        """A currency stands beside it."""
        return self.currency is not None

    @property
    def torn(self) -> bool:
        """Yen whose last group has fewer than three digits: the rest stands elsewhere, or was not read."""
        return self.currency == "JPY" and _TORN.search(fold(self.raw).text.rstrip("円-也整※ ")) is not None


_TORN = re.compile(r"\d,\d{3},\d{1,2}$")
_SIGNS: dict[str, str] = {
    "¥": "JPY", "\\": "JPY", "円": "JPY", "圓": "JPY", "JPY": "JPY", "YEN": "JPY",
    "€": "EUR", "EUR": "EUR", "EURO": "EUR", "$": "USD", "US$": "USD", "USD": "USD", "£": "GBP", "GBP": "GBP",
    "RM": "MYR", "MYR": "MYR", "RS": "INR", "RS.": "INR", "INR": "INR", "₹": "INR", "CHF": "CHF",
    "S$": "SGD", "SGD": "SGD", "HK$": "HKD", "HKD": "HKD", "CNY": "CNY", "RMB": "CNY", "₩": "KRW", "KRW": "KRW",
    "฿": "THB", "THB": "THB",
    "A$": "AUD", "AUD": "AUD", "C$": "CAD", "CAD": "CAD", "NT$": "TWD", "TWD": "TWD",
}  # fmt: skip
_MISREAD_YEN = frozenset({"V", "Y"})
"""What OCR makes of ¥ before digits in groups of three: the sign is misread, the digits are as they were read."""
_PREFIXES = sorted((s for s in _SIGNS if s not in {"円", "圓"}), key=len, reverse=True)
_SUFFIXES = sorted((s for s in _SIGNS if s not in {"¥", "\\", "RS", "RS."}), key=len, reverse=True)
_BEFORE = "|".join(map(re.escape, _PREFIXES))
_AFTER = "|".join(map(re.escape, _SUFFIXES))
_MULTIPLIERS = {"千": 10**3, "百万": 10**6, "万": 10**4, "億": 10**8, "": 1}

_PLAIN = r"\d{1,3}(?:\s?[,.、']\s?\d{3}(?!\d))+(?:[.,]\d{1,4}(?!\d))?|\d+(?:[.,]\s?\d{1,4}(?!\d))?"
_ARABIC = re.compile(
    rf"(?P<neg>[▲△]\s*|(?<![\dA-Za-z/-])-\s*)?"
    rf"(?:(?<![A-Za-z])(?P<cur>{_BEFORE}|[VY](?=\d{{1,3}}[,.]\d{{3}}(?!\d)))\s*(?P<neg2>[▲△-]\s*)?|金\s*)?"
    rf"(?P<n>(?<![\d.,])(?:{_PLAIN}))"
    rf"(?P<mult>(?:億(?P<oku>\d{{1,4}}(?:,\d{{3}})?)万|億|百万|万(?P<rest>\d{{1,4}}|\d,\d{{3}})?|千)(?=\s*円))?"
    rf"(?:\s*(?P<suf>{_AFTER})(?![A-Za-z]))?"
    rf"(?P<close>\s*(?:也|整|※|[-]+(?![\dA-Za-z])))?",
    re.IGNORECASE,
)
_KANJI = re.compile(
    rf"(?:金|¥)?\s*(?P<n>[{NUMERAL_CHARACTERS}]{{2,24}}|[{NUMERAL_CHARACTERS}])\s*円(?P<close>\s*[也整])?"
)


def find_amounts(text: str, *, style: NumberStyle | None = None) -> tuple[FoundAmount, ...]:
    """Every number that can be an amount, from left to right, without overlaps.

    ``style`` says which mark separates decimals where the digits do not show it (1.234); None reads a mark followed by
    exactly three digits as a thousands separator. Percentages, and digits inside words, dates or times, are left out.
    """
    folded = fold(text)
    found: list[FoundAmount] = []
    for match in _ARABIC.finditer(folded.text):
        if not _stands_alone(folded.text, match):
            continue
        sign = (match["cur"] or match["suf"] or "").upper()
        currency = "JPY" if sign in _MISREAD_YEN else _SIGNS.get(sign)
        read = _read_number(match["n"], style=style, yen=currency == "JPY")
        if read is None:
            continue
        value, decimals = read
        value = _multiplied(value, match)
        if match["neg"] or match["neg2"]:
            value = -value
        start, end = folded.span(match.start(), match.end())
        found.append(
            FoundAmount(
                value=value,
                currency=currency,
                start=start,
                end=end,
                raw=text[start:end].strip(),
                closed=bool(match["close"]),
                decimals=0 if currency == "JPY" else decimals,
            )
        )
    for match in _KANJI.finditer(folded.text):
        start, end = folded.span(match.start(), match.end())
        if any(a.start < end and start < a.end for a in found):
            continue
        try:
            value = bounded(Decimal(parse_kanji_number(match["n"])))
        except ValueError:
            continue
        found.append(
            FoundAmount(
                value=value, currency="JPY", start=start, end=end, raw=text[start:end], closed=bool(match["close"])
            )
        )
    return tuple(sorted(found, key=lambda a: a.start))


def parse_amount(text: str, *, style: NumberStyle | None = None) -> Decimal:
    """The one amount that a text consists of.

    Raises:
        ValueError: not exactly one amount, or other words beside it.
    """
    found = find_amounts(text, style=style)
    if len(found) != 1 or text[: found[0].start].strip(" 　金") or text[found[0].end :].strip(" 　-也"):
        msg = f"not an amount: {text[:40]!r}"
        raise ValueError(msg)
    return found[0].value


_SURE = 5
"""A number beside a currency sign tells as much as this many others, which may be times (8.30) or dates."""


def detect_style(text: str) -> NumberStyle | None:
    """Which mark separates decimals in a text, by what its two-decimal numbers show; None where they do not."""
    plain = fold(text).text
    comma = len(re.findall(r"(?<![\d.,])\d{1,3}(?:\.\d{3})*,\d{2}(?![\d,.]\d|\d)", plain))
    point = len(re.findall(r"(?<![\d.,])\d{1,3}(?:,\d{3})*\.\d{2}(?![\d,.]\d|\d)", plain))
    near = re.findall(rf"(?:{_BEFORE})\s?[\d.,]*?([.,])\d{{2}}(?!\d)|\d([.,])\d{{2}}\s?(?:{_AFTER})(?![A-Za-z])", plain)
    comma += _SURE * sum("," in pair for pair in near)
    point += _SURE * sum("." in pair for pair in near)
    if comma == point:
        return None
    return NumberStyle.COMMA if comma > point else NumberStyle.POINT


_CURRENCY_HINTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("JPY", re.compile(r"円|¥|(?<![A-Z])JPY(?![A-Z])|\\\d")),
    (
        "EUR",
        re.compile(
            r"€|(?<![A-Za-z])EURO?(?![A-Za-z])|(?:GmbH|B\.V\.|S\.A\.R\.L)|(?<![A-Za-z])(?:MwSt|USt|BTW)(?![A-Za-z])"
        ),
    ),
    (
        "MYR",
        re.compile(
            r"(?<![A-Za-z])RM\s?\d|MYR|S[DI]N\.?\s*BHD|(?<![A-Za-z])RM(?![A-Za-z])"
            r"|Selangor|Kuala Lumpur|Malaysia|Johor|Penang",
            re.IGNORECASE,
        ),
    ),
    (
        "INR",
        re.compile(
            r"₹|(?<![A-Za-z])INR(?![A-Za-z])|(?<![A-Za-z])Rs\.?\s?\d|GSTIN|Pvt\.?\s*Ltd|(?<![A-Za-z])India(?![A-Za-z])"
        ),
    ),
    ("GBP", re.compile(r"£|(?<![A-Z])GBP(?![A-Z])")),
    ("SGD", re.compile(r"S\$|(?<![A-Z])SGD(?![A-Z])|(?<![A-Za-z])PTE\.?\s*LTD", re.IGNORECASE)),
    ("CHF", re.compile(r"(?<![A-Z])CHF(?![A-Z])")),
    ("USD", re.compile(r"US\$|(?<![A-Z])USD(?![A-Z])|(?<![A-Z])\$\s?\d")),
)


def detect_currency(text: str) -> str | None:
    """The currency that a whole document speaks of, by its signs and words; None where nothing tells."""
    plain = fold(text).text
    counts = {code: len(pattern.findall(plain)) for code, pattern in _CURRENCY_HINTS}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] else None


def format_yen(amount: int, *, kanji: bool = False) -> str:
    """¥1,234- or, in kanji, 金千二百三十四円也. Negative amounts as ▲1,234."""
    if kanji:
        return f"金{format_kanji_number(amount)}円也"
    return f"¥{amount:,}-" if amount >= 0 else f"▲{-amount:,}"


def format_decimal(amount: Decimal, style: NumberStyle) -> str:
    """Two decimals with thousands separators in the given style."""
    plain = f"{amount:,.2f}"
    return plain if style is NumberStyle.POINT else plain.translate(str.maketrans(",.", ".,"))


_JOINED_BEFORE = re.compile(r"[A-Za-z0-9#@]$|[\d][-/:.]$|[A-Za-z][-_]$")
_JOINED_AFTER = re.compile(r"^(?:\s?%|[A-Za-z_]|[-/:]\d|\.\d)")
_LOOSE_AFTER = re.compile(r"^(?:[A-Z](?![A-Za-z0-9])|[xX×])")


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    before, after = text[max(0, match.start() - 2) : match.start()], text[match.end() : match.end() + 4]
    if re.search(r"(?<![A-Za-z])[RM]$", before) and re.search(r"[.,]\d{2}$", match["n"]):
        before = ""  # a currency sign of which one letter was read
    if not match["cur"] and _JOINED_BEFORE.search(before):
        return False
    if re.match(r"^\s?%", after):
        return False
    if match["suf"] or match["close"]:
        return True
    return not _JOINED_AFTER.match(after) or bool(_LOOSE_AFTER.match(after))


def _read_number(text: str, *, style: NumberStyle | None, yen: bool) -> tuple[Decimal, int] | None:
    digits = re.sub(r"[\s']", "", text).replace("、", ",")
    marks = re.findall(r"[.,]", digits)
    decimal_mark = ""
    if marks:
        last = marks[-1]
        tail = len(digits) - digits.rindex(last) - 1
        known = style is not None and not yen and last == _mark(style)
        if len(set(marks)) == 2 or (len(marks) == 1 and (tail != 3 or known)):
            decimal_mark = last
        if yen and decimal_mark and tail == 3:
            decimal_mark = ""
    whole = digits
    decimals = 0
    if decimal_mark:
        whole, _, fraction = digits.rpartition(decimal_mark)
        decimals = len(fraction)
        plain = f"{re.sub('[.,]', '', whole) or '0'}.{fraction}"
    else:
        plain = re.sub("[.,]", "", whole)
    if len(plain) > 18:
        return None
    return Decimal(plain), decimals


def _mark(style: NumberStyle) -> str:
    return "." if style is NumberStyle.POINT else ","


def _multiplied(value: Decimal, match: re.Match[str]) -> Decimal:
    unit = match["mult"] or ""
    if match["oku"]:
        return value * 10**8 + Decimal(match["oku"].replace(",", "")) * 10**4
    if match["rest"]:
        return value * 10**4 + Decimal(match["rest"].replace(",", ""))
    factor = _MULTIPLIERS.get(unit, 1)
    return (
        value if factor == 1 else (value * factor).quantize(Decimal(1)) if value * factor % 1 == 0 else value * factor
    )
