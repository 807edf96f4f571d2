"""Of what an entry of the log speaks, as people call it: a document with its counterparty, a file, a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.web.codes import PAPERS
from domain.acts import INSTALLATION
from domain.approvals import PREFIX as APPROVAL
from domain.labels import DOCUMENT_TYPES, Label

if TYPE_CHECKING:
    from pipeline.wiring import Shoko

_SHORT = 10
"""Characters of an id that are enough to tell the entries of one page apart."""
_KNOWN: dict[str, tuple[Label, str | None]] = {
    INSTALLATION: (("書庫全体", "The installation"), None),
    "vault": (("保管庫", "The vault"), "/admin/system"),
    "approval-routes": (("承認経路", "Routes of approval"), "/approvals/routes"),
}
_KINDS: dict[str, Label] = {
    "unit-": ("原本", "Original"),
    "drop-": ("受け付けたファイル", "File"),
    "request-": ("申請", "Request"),
    "batch-": ("タイムスタンプのまとめ", "Batch of timestamps"),
    "delegation-": ("代理の設定", "Delegation"),
    "mail-": ("催促のメール", "Reminder"),
    "usr-": ("利用者", "Person"),
    "doc-": ("書類", "Document"),
}
"""What an id is of, where nothing more can be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an entry is about."""

    name: Label
    target: str | None = None
    """Its page, where it has one."""
    code: str = ""
    """Enough of its id to tell it from its neighbours."""


def subjects_of(shoko: Shoko, ids: Iterable[str]) -> dict[str, Subject]:
    """The subjects of some entries, as who asks may see them (``shoko`` shows only that)."""
    people = {user.user_id: (user.login, user.name or user.login) for user in shoko.people.users()}
    return {one: _subject(shoko, people, one) for one in dict.fromkeys(ids)}


def _subject(shoko: Shoko, people: dict[str, tuple[str, str]], subject_id: str) -> Subject:
    if subject_id in _KNOWN:
        name, target = _KNOWN[subject_id]
        return Subject(name=name, target=target)
    kind, _, rest = subject_id.partition("-")
    match kind:
        case "approval" if rest.startswith("doc-"):
            return _document(shoko, rest, target=f"/documents/{rest}/approval")
        case "doc":
            return _document(shoko, subject_id, target=f"/documents/{subject_id}")
        case "unit":
            documents = shoko.archive.documents_of_unit(subject_id)
            if documents:
                return _document(shoko, documents[0], target=f"/documents/{documents[0]}")
        case "drop":
            drop = shoko.archive.get_drop(subject_id)
            if drop is not None:
                file = drop.deposit.original_name
                return Subject(name=(file, file), code=_code(subject_id))
        case "usr" if subject_id in people:
            login, called = people[subject_id]
            return Subject(name=(called, called), target=f"/admin/people/{login}", code=login)
        case "paper" if rest in PAPERS:
            return Subject(name=PAPERS[rest], target=f"/binder/{rest}")
        case "request":
            return Subject(name=_KINDS["request-"], target=f"/requests?show=all#{subject_id}", code=_code(subject_id))
        case _:
            pass
    return Subject(name=_KINDS.get(f"{kind}-", (subject_id, subject_id)), code=_code(subject_id))


def _document(shoko: Shoko, document_id: str, *, target: str) -> Subject:
    record = shoko.archive.get_document(document_id)
    code = _code(document_id)
    if record is None:
        return Subject(name=_KINDS["doc-"], code=code)
    party = record.fields.text("counterparty") or ""
    japanese, english = DOCUMENT_TYPES[record.classification.label]
    return Subject(name=(f"{japanese} {party}".strip(), f"{english} {party}".strip()), target=target, code=code)


def _code(subject_id: str) -> str:
    kind, _, rest = subject_id.removeprefix(APPROVAL).partition("-")
    return f"{kind}-{rest[:_SHORT]}" + ("…" if len(rest) > _SHORT else "")
