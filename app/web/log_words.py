"""Of what an entry of the log speaks, as people call it: a document with its counterparty, a file, a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.web.codes import PAPERS
from app.web.format import day_text, money_text
from domain.acts import INSTALLATION
from domain.approvals import PREFIX as APPROVAL
from domain.labels import DOCUMENT_STATES, DOCUMENT_TYPES, Label
from domain.record import DocumentState
from domain.text import search_key
from storage.archive.many import newest_records

if TYPE_CHECKING:
    from domain.record import ArchiveRecord
    from pipeline.steps.log_subjects import Named
    from pipeline.wiring import Shoko

_SHORT = 10
"""Characters of an id that are enough to tell the entries of one page apart."""
_KNOWN: dict[str, tuple[Label, str | None]] = {
    INSTALLATION: (("書庫全体", "The installation"), None),
    "vault": (("保管庫", "The vault"), "/admin/system"),
    "approval-routes": (("承認経路", "Routes of approval"), "/approvals/routes"),
}
_KINDS: dict[str, Label] = {
    "unit": ("原本", "Original"),
    "drop": ("受け付けたファイル", "File"),
    "request": ("申請", "Request"),
    "batch": ("タイムスタンプのまとめ", "Batch of timestamps"),
    "delegation": ("代理の設定", "Delegation"),
    "mail": ("催促のメール", "Reminder"),
    "usr": ("利用者", "Person"),
    "doc": ("書類", "Document"),
}
"""What an id is of by its kind, where nothing more can be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an entry is about."""

    name: Label
    target: str | None = None
    """Its page, where it has one."""
    code: str = ""
    """Enough of its id to tell it from its neighbours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that typed words may stand for."""

    subject_id: str
    name: Label
    beside: Label = ("", "")
    """What tells it from others of its name."""
    picture: str = ""
    """Address of a small one, where it has one."""


def parts_named(words: str) -> tuple[str, ...]:
    """Ids of what is no document, file or person: the whole, the vault, a paper; by their names in either language."""
    key = search_key(words)
    known = {one: name for one, (name, _) in _KNOWN.items()} | {f"paper-{one}": name for one, name in PAPERS.items()}
    return tuple(one for one, name in known.items() if key and any(key in search_key(called) for called in name))


def choices_of(shoko: Shoko, named: Named, parts: Iterable[str], *, each: int) -> tuple[Choice, ...]:
    """The first of each sort, as people call them: people and parts before documents and files."""
    records = newest_records(shoko.archive, named.documents[:each])
    statuses = shoko.archive.drop_statuses(named.drops[:each])
    names = subjects_of(shoko, (*parts, *records))
    return (
        *(
            Choice(subject_id=u.user_id, name=_twice(u.name or u.login), beside=_twice(u.login))
            for u in named.people[:each]
        ),
        *(Choice(subject_id=one, name=names[one].name) for one in parts),
        *(
            Choice(
                subject_id=one, name=names[one].name, beside=_told(record), picture=f"/documents/{one}/thumbnail.png"
            )
            for one, record in records.items()
        ),
        *(
            Choice(
                subject_id=one,
                name=_twice(status.drop.deposit.original_name),
                beside=_twice(day_text(status.drop.received_on)),
            )
            for one, status in statuses.items()
        ),
    )


def _told(record: ArchiveRecord) -> Label:
    total = record.fields.money("total_amount")
    shown = [day_text(record.fields.day("transaction_date")), money_text(total) if total is not None else ""]
    states = DOCUMENT_STATES[record.state] if record.state is DocumentState.TOMBSTONED else ("", "")
    japanese, english = ("　".join(filter(None, (*shown, state))) for state in states)
    return japanese, english


def _twice(name: str) -> Label:
    return name, name


def subjects_of(shoko: Shoko, ids: Iterable[str]) -> dict[str, Subject]:
    """The subjects of some entries, as who asks may see them (``shoko`` shows only that)."""
    wanted = tuple(dict.fromkeys(ids))
    people = {user.user_id: (user.login, user.name or user.login) for user in shoko.people.users()}
    documents = {one: found for one in wanted if (found := _document_of(shoko, one)) is not None}
    records = newest_records(shoko.archive, documents.values())
    return {
        one: _document(one, documents[one], records) if one in documents else _subject(shoko, people, one)
        for one in wanted
    }


def _document_of(shoko: Shoko, subject_id: str) -> str | None:
    """The document that an entry speaks of in the end: itself, that of an approval, the first with an original."""
    document_id = subject_id.removeprefix(APPROVAL)
    if document_id.startswith("doc-"):
        return document_id
    if subject_id.startswith("unit-"):
        return next(iter(shoko.archive.documents_of_unit(subject_id)), None)
    return None


def _document(subject_id: str, document_id: str, records: Mapping[str, ArchiveRecord]) -> Subject:
    code = _code(document_id)
    if document_id not in records:
        return Subject(name=_KINDS["doc"], code=code)
    record = records[document_id]
    party = record.fields.text("counterparty") or ""
    japanese, english = DOCUMENT_TYPES[record.classification.label]
    under = "/approval" if subject_id.startswith(APPROVAL) else ""
    name = (f"{japanese} {party}".strip(), f"{english} {party}".strip())
    return Subject(name=name, target=f"/documents/{document_id}{under}", code=code)


def _subject(shoko: Shoko, people: Mapping[str, tuple[str, str]], subject_id: str) -> Subject:
    if subject_id in _KNOWN:
        name, target = _KNOWN[subject_id]
        return Subject(name=name, target=target)
    kind, _, rest = subject_id.partition("-")
    match kind:
        case "drop":
            drop = shoko.archive.get_drop(subject_id)
            if drop is not None:
                file = drop.deposit.original_name
                return Subject(name=_twice(file), code=_code(subject_id))
        case "usr" if subject_id in people:
            login, called = people[subject_id]
            return Subject(name=_twice(called), target=f"/admin/people/{login}", code=login)
        case "paper" if rest in PAPERS:
            return Subject(name=PAPERS[rest], target=f"/binder/{rest}")
        case "request":
            return Subject(name=_KINDS[kind], target=f"/requests?show=all#{subject_id}", code=_code(subject_id))
        case _:
            pass
    return Subject(name=_KINDS.get(kind, (subject_id, subject_id)), code=_code(subject_id))


def _code(subject_id: str) -> str:
    kind, _, rest = subject_id.removeprefix(APPROVAL).partition("-")
    return f"{kind}-{rest[:_SHORT]}" + ("…" if len(rest) > _SHORT else "")
