"""The register of qualified issuers on a real loopback socket: its documented requests and answers, and failures."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from storage.issuers.files import COLUMNS

APPLICATION_ID = "K1aBcDeFgHiJk"


def entry(number, name="", *, since="2023-10-01", disposed="", expired="", updated="2023-10-01", process="01", **rest):
    """One entry with its 24 columns, all of them text."""
    row = dict.fromkeys(COLUMNS, "")
    row |= {
        "sequenceNumber": "1", "registratedNumber": number, "process": process, "correct": "0", "kind": "2",
        "country": "1", "latest": "1", "registrationDate": since, "updateDate": updated, "disposalDate": disposed,
        "expireDate": expired, "address": "東京都千代田区霞が関３－１－１", "name": name,
    }  # fmt: skip
    return row | rest


@dataclass(slots=True)
class Register:
    """What it has, and what it was asked."""

    entries: list[dict[str, str]]
    address: str = ""
    asked: list[str] = field(default_factory=list)
    status: int = 200
    body: bytes | None = None
    """Sent instead of an answer."""
    per_part: int = 2

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        """As documented for ``/1/num``, ``/1/valid`` and ``/1/diff`` with type 21."""
        if query.get("id") != APPLICATION_ID or query.get("type") != "21":
            return 403, b""
        if self.status != 200 or self.body is not None:
            return self.status, self.body or b""
        if path == "/1/num":
            numbers = query["number"].split(",")
            if len(numbers) > 10 or query["history"] not in {"0", "1"}:
                return 400, b""
            return self._found([e for e in self.entries if e["registratedNumber"] in numbers], 1, 1)
        if path == "/1/valid":
            date.fromisoformat(query["day"])
            return self._found([e for e in self.entries if e["registratedNumber"] == query["number"]], 1, 1)
        if path == "/1/diff":
            first, last = query["from"], query["to"]
            if (date.fromisoformat(last) - date.fromisoformat(first)).days >= 50:
                return 400, b""
            found = [e for e in self.entries if first <= e["updateDate"] <= last]
            parts = max(1, -(-len(found) // self.per_part))
            part = int(query.get("divide", "1"))
            return self._found(found[(part - 1) * self.per_part : part * self.per_part], part, parts)
        return 404, b""

    def _found(self, entries: list[dict[str, str]], part: int, parts: int) -> tuple[int, bytes]:
        plain = {
            "lastUpdateDate": "2026-11-20", "count": str(len(entries)), "divideNumber": str(part),
            "divideSize": str(parts), "announcement": entries,
        }  # fmt: skip
        return 200, json.dumps(plain, ensure_ascii=False).encode()


@contextlib.contextmanager
def serve_register(*entries: dict[str, str]) -> Iterator[Register]:
    """A register with these entries."""
    register = Register(entries=list(entries))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            register.asked.append(f"{parts.path} {query.get('number') or query.get('from')}")
            status, body = register.answer(parts.path, query)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    register.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield register
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
