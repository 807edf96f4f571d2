"""The one JSON door: dataclasses in, JSON out, and back. Canonical form (RFC 8785) for everything that is digested."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, TypeVar, cast

import rfc8785
from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


@lru_cache(maxsize=128)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_plain(value: object) -> Any:
    """A dataclass as plain JSON values: dates and decimals as strings, bytes as base64."""
    return _adapter(cast("Any", type(value))).dump_python(value, mode="json")


def canonical(value: object) -> bytes:
    """Canonical JSON (RFC 8785) of a dataclass or of plain JSON values: key order does not matter, bytes are stable."""
    plain = value if isinstance(value, dict | list | str | int | bool | type(None)) else to_plain(value)
    return rfc8785.dumps(plain)


def dump(value: object) -> bytes:
    """JSON for storage; canonical, so that equal values give equal bytes."""
    return canonical(to_plain(value))


def load(kind: type[T], content: bytes | str) -> T:
    """Read back what ``dump`` wrote.

    Raises:
        ValueError: not JSON, or not of that type.
    """
    try:
        result: T = _adapter(cast("Any", kind)).validate_json(content)
    except ValidationError as error:
        msg = f"not a valid {kind.__name__}: {error.error_count()} problem(s), first: {error.errors()[0]['msg']}"
        raise ValueError(msg) from error
    return result


def from_plain(kind: type[T], plain: object) -> T:
    """Read back what ``to_plain`` gave.

    Raises:
        ValueError: not of that type.
    """
    return load(kind, json.dumps(plain, ensure_ascii=False, allow_nan=False))
