"""The one JSON door: dataclasses in, JSON out, and back. Canonical form (RFC 8785) for everything that is digested."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, TypeVar, cast

import rfc8785
from pydantic import BaseModel, TypeAdapter, ValidationError, create_model

T = TypeVar("T")


@lru_cache(maxsize=128)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@lru_cache(maxsize=32)
def _within(kind: Any, name: str) -> type[BaseModel]:
    fields: dict[str, Any] = {name: (kind, ...)}
    return create_model("Within", **fields)


def _invalid(kind: type, error: ValidationError) -> ValueError:
    msg = f"not a valid {kind.__name__}: {error.error_count()} problem(s), first: {error.errors()[0]['msg']}"
    return ValueError(msg)


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
        raise _invalid(kind, error) from error
    return result


def load_within(kind: type[T], name: str, content: bytes) -> T:
    """Read back what stands under one name of a JSON object, in one pass; whatever else stands there is not read.

    Raises:
        ValueError: not a JSON object, or nothing of that type stands under the name.
    """
    try:
        result: T = getattr(_within(cast("Any", kind), name).model_validate_json(content), name)
    except ValidationError as error:
        raise _invalid(kind, error) from error
    return result


def from_plain(kind: type[T], plain: object) -> T:
    """Read back what ``to_plain`` gave.

    Raises:
        ValueError: not of that type.
    """
    return load(kind, json.dumps(plain, ensure_ascii=False, allow_nan=False))
