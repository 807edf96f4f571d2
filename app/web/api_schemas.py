"""What the routes answer and take where the route itself does not say it, as JSON Schema 2020-12."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from domain.evidence import Check
from domain.fields import DocumentType
from domain.ids import Origin
from domain.query import ORDERS, Hit, Query
from domain.record import DocumentState
from pipeline.journal import PRODUCTS
from pipeline.steps.arrivals import Intake

Schema = dict[str, Any]
Key = tuple[str, str]
"""Method and path as declared."""

_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "string", "enum": ["1", "on", "true"]}
_STRINGS: Schema = {"type": "array", "items": _TEXT}
_FILES: Schema = {"type": "array", "items": {"type": "string", "format": "binary"}}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: dict[str, Schema], **more: Schema) -> Schema:
    return {"type": "object", "required": sorted(required), "properties": required | more}


def _list(name: str) -> Schema:
    return {"type": "array", "items": _ref(name)}


def _made() -> dict[str, Schema]:
    """Schemas of the values that are answered as they are."""
    made: dict[str, Schema] = {}
    for kind in (Query, Hit, Intake, Check):
        schema = TypeAdapter(kind).json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        made |= schema.pop("$defs", {})
        made[kind.__name__] = schema
    # yen are whole numbers, other money is written out
    made["Hit"]["properties"]["total_amount"] = {"type": ["integer", "string", "object", "null"]}
    return made


COMPONENTS: dict[str, Schema] = _made() | {
    "Error": _object({"error": _object({"code": _TEXT, "message": _TEXT})}),
    "Document": _object(
        {
            "document_id": _TEXT,
            "revision": {"type": "integer", "minimum": 1},
            "state": {"type": "string", "enum": [one.value for one in DocumentState]},
            "fields": {},
            "received_on": {"type": "string", "format": "date"},
        }
    ),
    "Report": _object(
        {"outcome": {"type": "string", "enum": ["passed", "failed", "indeterminate"]}, "checks": _list("Check")}
    ),
    "Request": _object(
        {"request_id": _TEXT, "kind": _TEXT, "state": _TEXT, "subjects": _STRINGS, "asked": {"type": "object"}}
    ),
    "ReviewItem": _object(
        {
            "document_id": _TEXT,
            "yen": {"type": ["integer", "number", "string", "null"]},
            "deadline": {"type": ["string", "null"]},
            "days_left": {"type": ["integer", "null"]},
            "reasons": {"type": "array", "items": _object({"code": _TEXT})},
        }
    ),
    "Paper": _object({"document_id": _TEXT, "state": _TEXT, "reasons": {"type": "array"}, "papers": {"type": "array"}}),
    "Standing": _object({"verdict": _TEXT, "as_of": _TEXT, "lines": {"type": "array"}}),
}
"""Named schemas."""

ANSWERS: dict[Key, Schema] = {
    ("GET", "/search"): _object(
        {
            "query": {"type": "object"},
            "total": {"type": "integer", "minimum": 0},
            "limit": {"type": "integer", "minimum": 1},
            "offset": {"type": "integer", "minimum": 0},
            "hits": _list("Hit"),
        }
    ),
    ("GET", "/documents/{document_id}"): _object(
        {
            "document": _ref("Document"),
            "history": _list("Document"),
            "evidence": {"type": "object"},
            "lineage": {"type": "array"},
            "acts": {"type": "array"},
        }
    ),
    ("POST", "/documents/{document_id}/verify"): _ref("Report"),
    ("POST", "/documents/{document_id}/correct"): _object({"document": _ref("Document")}),
    ("GET", "/review"): _object({"items": _list("ReviewItem")}),
    ("GET", "/papers"): _object({"show": _TEXT, "papers": _list("Paper")}),
    ("GET", "/requests"): _object({"requests": _list("Request")}),
    ("GET", "/intake"): _ref("Intake"),
    ("GET", "/law"): _object(
        {"show": _TEXT, "counts": {"type": "object"}, "total": {"type": "integer"}, "documents": {"type": "array"}}
    ),
    ("GET", "/access"): _object({"documents": {"type": "array"}, "departments": {"type": "object"}}),
    ("GET", "/journal"): _object(
        {"product": _TEXT, "digest": _TEXT, "entries": {"type": "array"}, "left_out": {"type": "array"}}
    ),
    ("GET", "/login"): {"type": "object"},
}
"""JSON of a route, where more can be said of it than that it is an object."""

DOWNLOADS: dict[Key, str] = {
    ("GET", "/search.csv"): "text/csv",
    ("GET", "/journal/file"): "text/csv",
    ("GET", "/documents/{document_id}/pages/{number}.png"): "image/png",
    ("GET", "/documents/{document_id}/original"): "*/*",
    ("GET", "/documents/{document_id}/searchable.pdf"): "application/pdf",
    ("GET", "/jobs/{job_id}/report.pdf"): "application/pdf",
    ("GET", "/jobs/{job_id}/volumes/{number}.zip"): "application/zip",
    ("GET", "/binder/{name}"): "text/html",
}
"""Routes that answer with a file."""

SEARCH: dict[str, Schema] = {
    **dict.fromkeys(("date_from", "date_to", "received_from", "received_to"), _TEXT),
    **dict.fromkeys(("amount_min", "amount_max", "counterparty", "words"), _TEXT),
    **dict.fromkeys(
        ("date_blank", "amount_blank", "counterparty_blank", "counterparty_exact", "assumed", "deleted"), _FLAG
    ),
    "type": {"type": "array", "items": {"type": "string", "enum": [one.value for one in DocumentType]}},
    "state": {"type": "array", "items": {"type": "string", "enum": [one.value for one in DocumentState]}},
    "origin": {"type": "array", "items": {"type": "string", "enum": [one.value for one in Origin]}},
    "order": {"type": "string", "enum": [sign + one for one in ORDERS for sign in ("", "-")]},
    "page": {"type": "integer", "minimum": 1},
}
"""Conditions of a search: days and amounts are read as people write them."""
_JOURNAL: dict[str, Schema] = {
    "product": {"type": "string", "enum": list(PRODUCTS)},
    "first": {"type": "integer", "minimum": 1},
    "q": _TEXT,
}
QUERIES: dict[Key, dict[str, Schema]] = {
    ("GET", "/search"): SEARCH,
    ("GET", "/search.csv"): SEARCH,
    ("GET", "/audit/export"): SEARCH,
    ("GET", "/journal"): {**_JOURNAL, "tied": {"type": "integer"}},
    ("GET", "/journal/file"): {**_JOURNAL, "digest": _TEXT},
}
"""Parameters that a route reads without declaring them."""

FORMS: dict[str, dict[str, Schema]] = {
    "/upload": {"files": _FILES, "origin": _TEXT, "received_on": _TEXT},
    "/access": {
        "ids": _STRINGS,
        "department": _TEXT,
        "confidential": {"type": "string", "enum": ["keep", "no", "yes"]},
        "reader_department": _STRINGS,
        "reader_person": _STRINGS,
        "reason": _TEXT,
    },
    "/papers": {"ids": _STRINGS, "action": _TEXT, "place": _TEXT, "note": _TEXT, "stamp": _TEXT},
    "/journal": {**_JOURNAL, "digest": _TEXT},
    "/received": {"ids": _STRINGS, "on": _TEXT},
    "/requests/{request_id}": {"action": _TEXT, "reason": _TEXT},
    "/documents/{document_id}/acts": dict.fromkeys(
        ("action", "kind", "reason", "relation", "to_id", "found_on", "book", "number", "base_revision"), _TEXT
    ),
    "/documents/{document_id}/correct": dict.fromkeys(
        ("base_revision", "document_type", "origin", "received_on", "reviewed", "reason"), _TEXT
    ),
    "/documents/{document_id}/verify": {},
    "/verify": {"date_from": _TEXT, "date_to": _TEXT},
}
"""Fields of forms; a form takes no others into account."""
