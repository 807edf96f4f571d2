"""What one person is shown on every page, to be compared with what they are shown at another time."""

from __future__ import annotations

import hashlib
import threading

from tests.support.routes import ROUTES

QUESTIONS = (
    "今月の合計は？",
    "確認が必要な書類は？",
    "タイムスタンプを待っている書類は？",
    "一番高い請求書は？",
    "Alpha Trading",
)
ASKED = {
    "/search": ("words=trading&deleted=1", "counterparty=alpha&order=-total_amount", "state=needs_review"),
    "/search/totals": ("words=trading&deleted=1",),
    "/search/sentence": ("say=alpha trading の請求書",),
    "/search/choices": ("say=alpha", "say=請求書"),
    "/search/suggestions": ("counterparty=a", "counterparty=trading"),
    "/requests": ("show=all",),
    "/intake": ("show=attention",),
    "/law": ("show=not",),
    "/help": tuple(f"q={one}" for one in QUESTIONS),
    "/admin/log": ("limit=500", "about=alpha", "about=a.pdf"),
    "/admin/log/choices": ("say=alpha", "say=a.pdf"),
}
"""What is asked of a page besides looking at it, in JSON."""
_OF_ALL = frozenset({"/login", "/logout", "/login/sso", "/login/sso/return", "/openapi", "/healthz", "/"})
"""Before the login, and the same for everybody."""
_FILES = ("png", "pdf", "original", "tsr", "ers", "zip", "csv", "txt")


class _Given(dict[str, str]):
    """Values of parameters; what is not given names nothing that there is."""

    def __missing__(self, name: str) -> str:
        return "none"


def addresses(letters, documents, values):
    """Every GET address for somebody of these roles, as page and as JSON."""
    for (method, path), who in ROUTES.items():
        if method != "GET" or path in _OF_ALL or not set(who) & set(letters):
            continue
        several = documents if "{document_id}" in path else ("",)
        for one in several:
            address = path.format_map(_Given(values | {"document_id": one}))
            yield address
            if not address.endswith(_FILES) and "words/" not in address:
                yield f"{address}.json"
                yield from (f"{address}.json?{query}" for query in ASKED.get(address, ()))


def look(browser, paths, normal):
    """Address → status, where it leads, and the body made comparable."""
    found = {}
    for path in paths:
        answer = browser.get(path)
        kind = answer.headers.get("content-type", "")
        is_text = any(one in kind for one in ("json", "text", "xml"))
        body = normal(answer.text) if is_text else hashlib.sha256(answer.content).hexdigest()
        found[path] = (answer.status_code, answer.headers.get("location"), body)
    return found


def finished(browser, address):
    """A job after its end."""
    pause = threading.Event()
    for _ in range(2400):
        job = browser.get(f"{address}.json").json()
        if job["state"] not in {"waiting", "running"}:
            return job
        pause.wait(0.02)
    raise AssertionError("the job does not end")
