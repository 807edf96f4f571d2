"""Canonical JSON (RFC 8785), written a second time, to check that a manifest is in the one form that is digested."""

from __future__ import annotations

import json
import math
from typing import Any


class _FractionError(Exception):
    """A number with a fraction or exponent, or none at all."""


def _refuse(text: str) -> float:
    raise _FractionError(text)


_WHOLE_NUMBERS = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)
_QUICK = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False, check_circular=False
)


def parse_canonical(content: bytes) -> Any:
    """The value of canonical JSON.

    Raises:
        ValueError: not JSON, a key twice, or another form of the same value.
    """
    if content.isascii():
        # Without fractions the library's writer gives this very form; keys of ASCII sort the same by every order.
        # A key that stood twice would be missing from what is written.
        text = content.decode("ascii")
        try:
            value = _WHOLE_NUMBERS.decode(text)
            if _QUICK.encode(value) == text:
                return value
        except _FractionError:
            pass  # the slow way knows how fractions are written
    value = json.loads(content.decode("utf-8"), object_pairs_hook=_once)
    if _write(value).encode("utf-8") != content:
        msg = "JSON, but not in canonical form (RFC 8785)"
        raise ValueError(msg)
    return value


def is_canonical(content: bytes) -> bool:
    """Whether these bytes are canonical JSON."""
    try:
        parse_canonical(content)
    except (ValueError, RecursionError):
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a key stands twice in one object"
        raise ValueError(msg)
    return found


def _write(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, list):
        return "[" + ",".join(_write(v) for v in value) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda k: k.encode("utf-16-be"))
        return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{_write(value[k])}" for k in keys) + "}"
    msg = f"no JSON value: {type(value).__name__}"
    raise ValueError(msg)


def _number(value: float) -> str:
    """As ECMAScript writes numbers (RFC 8785 §3.2.2.3)."""
    if not math.isfinite(value):
        msg = "not a JSON number"
        raise ValueError(msg)
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value!r}e0".partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    power = int(exponent.removesuffix("e0") or "0")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + power - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    shown = point - 1
    head = digits if count == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{sign}{head}e{'+' if shown >= 0 else '-'}{abs(shown)}"
