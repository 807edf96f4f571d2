"""What ended shows the pages of what stands in its place: it is seen by those who see all of that."""

import pytest

from domain.acts import ActKind
from domain.fields import DocumentType
from domain.query import Query
from domain.visibility import EVERYTHING, Frame, Visibility
from storage.archive import rebuild
from storage.search import search
from tests.support.memory_store import MemoryStore
from tests.support.records import NOW, Ticking, make_draft, make_drop, open_archive

KEIRI = Visibility(user_id="usr-keiri")
JINJI = Visibility(user_id="usr-jinji", departments=("jinji",), all_departments=False)
EIGYO = Visibility(user_id="usr-eigyo", departments=("eigyo",), all_departments=False)
FRAMED = Visibility(user_id="usr-kansa", frame=Frame(document_types=(DocumentType.INVOICE,)))
SEEN = {
    EVERYTHING: {"whole", "a", "b", "a1", "a2", "half", "rest", "both", "paper", "scan", "gone"},
    KEIRI: {"b", "a1", "half", "rest", "both", "gone"},
    JINJI: {"whole", "a", "b", "a1", "a2", "half", "rest", "both", "paper", "scan", "gone"},
    EIGYO: {"b", "a1", "gone"},
    FRAMED: {"b", "a1", "gone"},
}
"""``whole`` became ``a`` and ``b``, ``a`` became ``a1`` and ``a2`` (hidden); ``half`` and ``rest`` became ``both`` (a
contract of a department); the pages of ``scan`` were taken into ``paper`` (hidden); ``gone`` was simply deleted."""


def fill(archive):
    drops = [make_drop(archive.vault, name.encode(), name=name, version=name) for name in ("w", "h", "p", "s", "g")]
    units = [archive.record_drop(drop).unit_id for drop in drops]

    def draft(name, unit, **rest):
        return make_draft(units[unit], document_id=f"doc-{name}", text=f"alpha {name}", **rest)

    def say(kind, name, **facts):
        archive.record_act(kind, f"doc-{name}", recorded_by="kanri", facts=facts)

    for name, unit in (("whole", 0), ("half", 1), ("rest", 1), ("paper", 2), ("scan", 3), ("gone", 4)):
        archive.file_document(draft(name, unit))
    both = draft("both", 1, document_type=DocumentType.CONTRACT)
    for before, after in (
        (("whole",), (draft("a", 0), draft("b", 0))),
        (("a",), (draft("a1", 0), draft("a2", 0))),
        (("half", "rest"), (both,)),
    ):
        archive.regroup({f"doc-{one}": 1 for one in before}, after, recorded_by="sato", reason="訂正")
    archive.record_act(
        ActKind.RESCANNED, "doc-paper", recorded_by="sato", about=("doc-scan", units[3]), facts={"revision": 2}
    )
    for name in ("scan", "gone"):
        archive.tombstone(f"doc-{name}", base_revision=1, recorded_by="sato", reason="削除")
    for name in ("a2", "paper"):
        say(ActKind.CONFIDENTIAL_SAID, name, readers=("jinji",))
    say(ActKind.DEPARTMENT_SAID, "both", department="jinji")
    return archive


def check(archive):
    every = [f"doc-{name}" for name in SEEN[EVERYTHING]]
    for visibility, names in SEEN.items():
        expected = {f"doc-{name}" for name in names}
        seen = archive.seen_by(visibility)
        assert seen.seen_documents(every) == expected
        found = search(seen, Query(words=("alpha",), include_deleted=True, limit=50))
        assert {hit.document_id for hit in found.hits} == expected
        assert found.total == len(expected)
        assert {one for one in every if seen.get_document(one)} == expected


def test_what_ended_is_seen_by_who_sees_all_that_stands_in_its_place(tmp_path):
    archive = fill(open_archive(tmp_path, vault=MemoryStore(), clock=Ticking()))
    check(archive)
    archive.record_act(ActKind.CONFIDENTIAL_SAID, "doc-a2", recorded_by="kanri", facts={"readers": None})
    assert archive.seen_by(KEIRI).seen_documents(["doc-whole", "doc-a"]) == {"doc-whole", "doc-a"}
    archive.close()


@pytest.mark.postgres
def test_the_same_on_postgres(tmp_path, postgres_url):
    vault = MemoryStore()
    fill(open_archive(tmp_path, vault=vault, clock=Ticking())).close()
    rebuild(postgres_url, vault, clock=lambda: NOW)
    archive = open_archive(tmp_path, url=postgres_url, vault=vault)
    check(archive)
    archive.close()
