"""The register's Web-API, version 1 (law: inv-registry-api): ``/1/num``, ``/1/valid`` and ``/1/diff`` in JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Self

import httpx

from domain.errors import ConfigError, InputError, StorageError, StoreUnavailable
from domain.issuers import IssuerRecord
from storage.issuers.files import Change, announcements, change_of
from storage.issuers.settings import IssuerSettings

JSON = "21"
MOST_NUMBERS = 10
"""Of one request."""
MOST_DAYS = 50
"""Of one request for differences."""
MAX_BYTES = 50_000_000
"""Of one answer."""
_MOST_PARTS = 10_000


class IssuerWebApi:
    """Asks the register. Thread-safe; close it, or use it as a context."""

    def __init__(self, settings: IssuerSettings, *, client: httpx.Client | None = None) -> None:
        """Open the connection pool.

        Raises:
            ConfigError: no application id.
        """
        if not settings.application_id.get_secret_value():
            raise ConfigError(
                "the issuer register needs an application id",
                message_ja="国税庁 Web-API のアプリケーションID（issuers.application_id）を設定してください",
            )
        self._settings = settings
        # The library logs addresses, and the address holds the application id.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._client = client or httpx.Client(follow_redirects=False, timeout=settings.timeout_seconds)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the pool."""
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def find(self, numbers: Sequence[str]) -> dict[str, IssuerRecord]:
        """Newest states of at most ten numbers; those that are not registered are left out.

        Raises:
            StoreUnavailable: no answer; ask again later.
            StorageError: refused, or not an answer.
        """
        if not 0 < len(numbers) <= MOST_NUMBERS:
            msg = f"one request names 1 to {MOST_NUMBERS} numbers"
            raise ValueError(msg)
        plain = self._ask("num", {"number": ",".join(numbers), "history": "0"})
        found = [c for c in _changes(plain) if isinstance(c, IssuerRecord)]
        return {record.number: record for record in found if record.number in numbers}

    def find_on(self, number: str, day: date) -> IssuerRecord | None:
        """State of a number as of a day (``/1/valid``), or None.

        Raises:
            StoreUnavailable: no answer; ask again later.
            StorageError: refused, or not an answer.
        """
        plain = self._ask("valid", {"number": number, "day": day.isoformat()})
        return next((c for c in _changes(plain) if isinstance(c, IssuerRecord) and c.number == number), None)

    def changes(self, first: date, last: date) -> Iterator[Change]:
        """What was published from ``first`` to ``last`` (at most 50 days), part by part.

        Raises:
            StoreUnavailable: no answer; ask again later.
            StorageError: refused, or not an answer.
        """
        if not 0 <= (last - first).days < MOST_DAYS:
            msg = f"one request spans 1 to {MOST_DAYS} days"
            raise ValueError(msg)
        part, parts = 1, 1
        while part <= parts:
            plain = self._ask(
                "diff", {"from": first.isoformat(), "to": last.isoformat(), "division": "", "divide": str(part)}
            )
            yield from _changes(plain)
            parts = min(_whole(plain, "divideSize"), _MOST_PARTS)
            part += 1

    def _ask(self, what: str, parameters: Mapping[str, str]) -> Mapping[str, object]:
        # The id is a secret: it goes into no message and no log.
        secret = self._settings.application_id.get_secret_value()
        query = {"id": secret, **{k: v for k, v in parameters.items() if v}, "type": JSON}
        try:
            with self._client.stream("GET", f"{self._settings.url.rstrip('/')}/1/{what}", params=query) as answer:
                if answer.status_code >= 500 or answer.status_code == 429:
                    raise _unavailable(f"HTTP {answer.status_code}")
                if answer.status_code != 200:
                    raise _refused(f"HTTP {answer.status_code}")
                content = _limited(answer)
        except httpx.HTTPError as error:
            raise _unavailable(type(error).__name__) from None  # its text may name the address, and so the id
        try:
            plain = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise _refused("not JSON") from error
        if not isinstance(plain, dict):
            raise _refused("not an object")
        return plain


def _limited(answer: httpx.Response) -> bytes:
    content = bytearray()
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > MAX_BYTES:
            raise _refused("too long an answer")
    return bytes(content)


def _changes(plain: Mapping[str, object]) -> Iterator[Change]:
    try:
        for row in announcements(plain, "Web-API"):
            yield change_of(row, "Web-API")
    except InputError as error:
        raise _refused(error.message) from error


def _whole(plain: Mapping[str, object], name: str) -> int:
    text = str(plain.get(name, "1"))
    return int(text) if text.isascii() and text.isdigit() else 1


def _unavailable(what: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"the issuer register does not answer ({what})",
        message_ja="登録事業者の公表システムに接続できません。あとで再試行します",
    )


def _refused(what: str) -> StorageError:
    return StorageError(
        f"the issuer register answered something else ({what})",
        message_ja=f"登録事業者の公表システムの応答が想定と異なります（{what}）。アプリケーションIDを確かめてください",
    )
