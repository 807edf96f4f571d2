"""The page as an API: an OpenAPI 3.1 document made from the routes themselves, so that it cannot drift from them.

Every page has its JSON twin: the same address ending in ``.json`` (or with ``Accept: application/json``). What a route
takes and who may call it is read from the route; what it answers stands in ``api_schemas``.
"""

from __future__ import annotations

import inspect
import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from app.web.api_schemas import ANSWERS, COMPONENTS, DOWNLOADS, FORMS, QUERIES
from app.web.permissions import needs_of
from domain.people import TOKEN_SCOPES

VERSION = "3.1.0"
API_VERSION = "1"
"""Goes up where an answer loses a field or changes its meaning."""
_PATH_NAME = re.compile(r"\{(\w+)(?::\w+)?\}")
_ID = {"type": "string", "pattern": "^[A-Za-z0-9._@-]{1,100}$"}
_PLAIN = frozenset({"/", "/healthz"})
"""Without a JSON twin."""
_ERROR = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
_PAGE_POSTS = frozenset({"/login", "/logout"})
"""For browsers alone: they hand out cookies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One route with one method."""

    method: str
    path: str
    """As it is declared."""
    route: APIRoute

    @property
    def media(self) -> str | None:
        """Of the file that it answers with: as listed, or as its name ends; None for pages."""
        listed = DOWNLOADS.get((self.method, self.path))
        return listed or mimetypes.guess_type(self.path)[0] if self.path not in _PLAIN else None

    @property
    def json_path(self) -> str:
        """Where its JSON is; the path itself for what is no page."""
        twin = self.path not in _PLAIN and self.media is None
        return f"{self.path}.json" if twin else self.path


def operations(routes: Iterable[Any]) -> Iterator[Operation]:
    """Every route that answers requests, those of included routers too; files of our own are none."""
    for route in routes:
        if isinstance(route, APIRoute):
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield Operation(method=method, path=route.path, route=route)
        elif hasattr(route, "original_router"):
            yield from operations(route.original_router.routes)


def document(routes: Iterable[Any]) -> dict[str, Any]:
    """The OpenAPI document."""
    found = list(routes)
    declared = get_openapi(title="Shoko", version=API_VERSION, routes=found)["paths"]
    paths: dict[str, dict[str, Any]] = {}
    for one in operations(found):
        known = declared.get(one.path, {}).get(one.method.lower(), {})
        paths.setdefault(one.json_path, {})[one.method.lower()] = _operation(one, known)
    return {
        "openapi": VERSION,
        "info": {
            "title": "書庫 Shoko",
            "version": API_VERSION,
            "description": (
                "Everything that the page does, as JSON. A program sends `Authorization: Bearer <token>` "
                "(`shoko users token`); a browser sends its session cookie and, to change anything, `X-CSRF-Token`. "
                'Every error has the one shape `{"error": {"code", "message"}}`. What one may not see does '
                "not exist: it is answered with 404."
            ),
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": COMPONENTS,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "shoko_session"},
            },
        },
    }


def _operation(one: Operation, declared: Mapping[str, Any]) -> dict[str, Any]:
    words = inspect.getdoc(one.route.endpoint) or one.route.name
    needed = needs_of(one.route.endpoint) or frozenset()
    made: dict[str, Any] = {
        "operationId": f"{one.method.lower()}{re.sub(r'[^a-z0-9]+', '_', one.json_path.lower()).rstrip('_')}",
        "summary": words.split("\n")[0],
        "parameters": [*_path(one), *_query(one, declared)],
        "responses": _responses(one),
        "x-permissions": sorted(needed),
    }
    if needed:
        by_token = needed & TOKEN_SCOPES
        made["security"] = [{"token": []}, {"session": []}] if by_token else [{"session": []}]
    else:
        made["security"] = []
    if one.method != "GET":
        made["requestBody"] = _body(one)
    return made


def _path(one: Operation) -> Iterator[dict[str, Any]]:
    for name in _PATH_NAME.findall(one.path):
        number = name in {"number", "sequence"}
        schema = {"type": "integer", "minimum": 0, "maximum": 1_000_000} if number else _ID
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query(one: Operation, declared: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    named = [known for known in declared.get("parameters", ()) if known["in"] == "query"]
    yield from named
    for name, schema in QUERIES.get((one.method, one.path), {}).items():
        if name not in {known["name"] for known in named}:
            yield {"name": name, "in": "query", "required": False, "schema": schema}


def _body(one: Operation) -> dict[str, Any]:
    fields = FORMS.get(one.path, {})
    files = any(
        schema.get("format") == "binary" or ("items" in schema and schema["items"].get("format") == "binary")
        for schema in fields.values()
    )
    media = "multipart/form-data" if files else "application/x-www-form-urlencoded"
    return {"content": {media: {"schema": {"type": "object", "properties": fields}}}}


def _responses(one: Operation) -> dict[str, Any]:
    media = one.media
    if media is not None:
        good: dict[str, Any] = {"200": {"description": "The file", "content": {media: {}}}}
    elif one.path in _PLAIN:
        good = {"200": {"description": "Alive", "content": {"text/plain": {}}}} if one.path == "/healthz" else {}
        good |= {"303": {"description": "The start page"}} if one.path == "/" else {}
    else:
        schema = ANSWERS.get((one.method, one.path), {"type": "object"})
        answer = {"content": {"application/json": {"schema": schema}}}
        good = {"200": {"description": "Done", **answer}}
        if one.method != "GET":
            good |= {
                "201": {"description": "Taken", **answer},
                "202": {"description": "Begun; `Location` says where it goes on", **answer},
                "204": {"description": "Done, nothing to say"},
                "303": {"description": "Done; for browsers"},
            }
        elif one.path in {"/login", "/"} or one.path.startswith("/login/"):
            good |= {"303": {"description": "Nothing to log in to"}}
    return good | {"default": {"description": "An error", **_ERROR}}
