"""Registration numbers of qualified invoice issuers (law: inv-regnum, inv-checkdigit): ``T`` and 13 digits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.folding import fold

_NUMBER = re.compile(r"T\d{13}")
_BASE = re.compile(r"\d{12}")
# OCR puts spaces and hyphens between groups and reads T as a look-alike; the digits are taken as they were read.
_PRINTED = re.compile(r"(?<![A-Za-z0-9])[TtΤТ丁][\s\-:.]{0,3}(?P<digits>\d(?:[\s\-]{0,2}\d){12})(?!\s?-?\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRegistrationNumber:
    """A registration number found in a text."""

    number: str
    """``T`` and 13 digits, as read."""
    start: int
    """In the text as given; half-open."""
    end: int
    raw: str
    """As printed."""
    check_digit_ok: bool


def check_digit(base: str) -> int:
    """Check digit of a corporate number: ``9 - (Σ Pn·Qn mod 9)`` over the 12 base digits from the right.

    Raises:
        ValueError: not 12 digits.
    """
    if not _BASE.fullmatch(base):
        msg = "the base of a corporate number has 12 digits"
        raise ValueError(msg)
    total = sum(int(digit) * (1 if n % 2 else 2) for n, digit in enumerate(reversed(base), 1))
    return 9 - total % 9


def check_digit_ok(number: str) -> bool:
    """True where ``T`` + 13 digits (or the 13 digits alone) pass. A zero read as nine, or the reverse, is not seen."""
    digits = number.removeprefix("T")
    return bool(_NUMBER.fullmatch(f"T{digits}")) and digits.isascii() and check_digit(digits[1:]) == int(digits[0])


def with_check_digit(base: str) -> str:
    """``T``, check digit and base: a well-formed number (for samples and tests).

    Raises:
        ValueError: not 12 digits.
    """
    return f"T{check_digit(base)}{base}"


def find_registration_numbers(text: str) -> tuple[FoundRegistrationNumber, ...]:
    """Every registration number in a text; one that fails the check digit is kept and says so, never repaired."""
    folded = fold(text)
    found: list[FoundRegistrationNumber] = []
    for match in _PRINTED.finditer(folded.text):
        start, end = folded.span(match.start(), match.end())
        number = "T" + re.sub(r"\D", "", match["digits"])
        found.append(
            FoundRegistrationNumber(
                number=number, start=start, end=end, raw=text[start:end], check_digit_ok=check_digit_ok(number)
            )
        )
    return tuple(found)
