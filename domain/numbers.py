"""Numbers from outside, as people type them and files say them: one limit for all, before anything is done with them.

A short text may stand for a huge number (``1e1000000``): written out it takes gigabytes, or minutes.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

DIGITS = 15
"""Digits before the point: more than all of Japan turns over in a year has in yen (about 10^15), and few enough that
JSON holds every whole number exactly (up to 2^53, RFC 7493 §2.2)."""
DECIMALS = 10
"""Digits behind it: as many as unit prices of electronic invoices carry (EN 16931 leaves them open)."""
MOST = 10**DIGITS - 1
"""The largest whole number that ``bounded`` lets through."""
MOST_COUNT = 999_999_999
"""Of what is counted or numbered: fits the 32 bits of a database's integers."""


def bounded(number: Decimal) -> Decimal:
    """The same number.

    Raises:
        ValueError: it is not finite, or has more digits than any number that is meant.
    """
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -DECIMALS or number.adjusted() >= DIGITS:
        msg = "not a number of a size that anybody means"
        raise ValueError(msg)
    return number


def decimal_in(text: str) -> Decimal:
    """A number that a text consists of.

    Raises:
        ValueError: it is none, or not ``bounded``.
    """
    try:
        return bounded(Decimal(text))
    except InvalidOperation as error:
        msg = "not a number"
        raise ValueError(msg) from error


def whole_in(text: str, *, least: int = 0, most: int = MOST_COUNT) -> int | None:
    """A whole number that a text consists of (ASCII digits only); None where it is none, or outside the limits."""
    if not (text.isascii() and text.isdecimal()) or len(text) > DIGITS:
        return None
    number = int(text)
    return number if least <= number <= most else None
