"""Options that several verbs share."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import ConfigError
from domain.fields import DocumentType
from domain.ids import Origin
from domain.numbers import decimal_in
from domain.query import Query
from domain.record import DocumentState

By = Annotated[str | None, typer.Option("--by", help="操作した人（既定: ログイン名） / who")]
Json = Annotated[bool, typer.Option("--json", help="JSON Lines で出力 / print JSON Lines")]
Home = Annotated[
    Path | None,
    typer.Option("--home", help="データフォルダ（既定: 設定の data_folder） / data folder", show_default=False),
]
Roots = Annotated[
    Path | None,
    typer.Option("--roots", help="信頼するルート証明書 (PEM) / trust anchors from outside (PEM)", show_default=False),
]


def parse_day(text: str | None, option: str) -> date | None:
    """A day of an option.

    Raises:
        ConfigError: not of the form 2026-11-21.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(
            f"{option}: {text!r} is not a date like 2026-11-21",
            message_ja=f"{option} は 2026-11-21 の形で指定してください（{text}）",
        ) from error


def parse_amount(text: str | None, option: str) -> Decimal | None:
    """An amount of an option.

    Raises:
        ConfigError: not a number.
    """
    if not text:
        return None
    try:
        return decimal_in(text.replace(",", "").lstrip("¥￥"))
    except ValueError as error:
        raise ConfigError(
            f"{option}: {text!r} is not an amount", message_ja=f"{option} は数字で指定してください（{text}）"
        ) from error


_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}


def parse_size(text: str | None, option: str) -> int | None:
    """A number of bytes of an option, such as ``4GB``.

    Raises:
        ConfigError: not a size.
    """
    if not text:
        return None
    match = re.fullmatch(r"([0-9]+)\s*([A-Za-z]*)", text.strip())
    unit = _UNITS.get(match.group(2).lower()) if match else None
    if match is None or unit is None:
        raise ConfigError(
            f"{option}: {text!r} is not a size like 4GB",
            message_ja=f"{option} は 4GB や 650MB の形で指定してください（{text}）",
        )
    return int(match.group(1)) * unit


def make_query(
    *,
    date_from: str | None,
    date_to: str | None,
    amount_min: str | None,
    amount_max: str | None,
    party: str | None,
    words: list[str],
    types: list[DocumentType],
    states: list[DocumentState],
    origins: list[Origin],
    blank: list[str],
    deleted: bool,
    limit: int,
    offset: int = 0,
) -> Query:
    """Options to a query.

    Raises:
        ConfigError: a date or an amount is malformed.
    """
    unknown = set(blank) - {"date", "amount", "party"}
    if unknown:
        raise ConfigError(
            f"--blank knows date, amount and party, not {', '.join(sorted(unknown))}",
            message_ja="--blank には date・amount・party を指定してください",
        )
    return Query(
        date_from=parse_day(date_from, "--from"),
        date_to=parse_day(date_to, "--to"),
        date_blank="date" in blank,
        amount_min=parse_amount(amount_min, "--min"),
        amount_max=parse_amount(amount_max, "--max"),
        amount_blank="amount" in blank,
        counterparty=party or None,
        counterparty_blank="party" in blank,
        words=tuple(words),
        document_types=tuple(types),
        states=tuple(states),
        origins=tuple(origins),
        include_deleted=deleted,
        limit=limit,
        offset=offset,
    )
