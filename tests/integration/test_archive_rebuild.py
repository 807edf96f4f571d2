"""The database is an index of the vault: deleted, it comes back the same, on either database."""

import pytest

from domain.query import Query
from storage.archive import rebuild
from storage.archive.rebuild import set_aside
from storage.search import search
from tests.support.archive_story import objects, rows, tell
from tests.support.memory_store import MemoryStore
from tests.support.records import NOW, Ticking, folder_vault, make_drop, open_archive


def clock():
    return NOW


def test_a_deleted_database_is_rebuilt_from_the_vault_alone(tmp_path):
    vault = folder_vault(tmp_path / "vault")
    archive = open_archive(tmp_path, vault=vault, clock=Ticking())
    tell(archive)
    before, hits, held = rows(archive), search(archive, Query(include_deleted=True)), objects(vault)
    counts = archive.counts()
    archive.close()
    for file in tmp_path.glob("archive.sqlite*"):
        file.unlink()
    result = rebuild(f"sqlite:///{tmp_path}/archive.sqlite", vault, clock=clock)
    assert (result.log_size, result.indexed, result.counts) == (counts.log_size, counts.documents, counts)
    again = open_archive(tmp_path, vault=vault)
    assert rows(again) == before
    assert search(again, Query(include_deleted=True)) == hits
    assert objects(vault) == held
    again.close()


@pytest.mark.postgres
def test_sqlite_and_postgresql_come_out_the_same(tmp_path, postgres_url):
    vault = MemoryStore()
    archive = open_archive(tmp_path, vault=vault, clock=Ticking())
    tell(archive)
    rebuild(postgres_url, vault, clock=clock)
    other = open_archive(tmp_path, url=postgres_url, vault=vault)
    assert rows(other) == rows(archive)
    assert search(other, Query(include_deleted=True)) == search(archive, Query(include_deleted=True))
    assert other.counts() == archive.counts()
    archive.close()
    other.close()


@pytest.mark.postgres
def test_the_story_can_be_told_on_postgresql(tmp_path, postgres_url):
    vault = MemoryStore()
    archive = open_archive(tmp_path, url=postgres_url, vault=vault, clock=Ticking())
    tell(archive)
    size = archive.log_size()
    tell(archive)
    assert archive.log_size() == size
    rebuild(f"sqlite:///{tmp_path}/copy.sqlite", vault, clock=clock)
    other = open_archive(tmp_path, url=f"sqlite:///{tmp_path}/copy.sqlite", vault=vault)
    assert rows(other) == rows(archive)
    archive.close()
    other.close()


def test_a_rebuild_goes_on_where_it_stopped_and_brings_back_one_client_only(tmp_path):
    vault = MemoryStore()
    for client_id in ("default", "other"):
        archive = open_archive(tmp_path, vault=vault, client_id=client_id)
        for number in range(5):
            archive.record_drop(make_drop(vault, bytes([number]), name=f"{number}.pdf", client_id=client_id))
        archive.close()
    held = dict(vault.objects)
    vault.objects = {pair: found for pair, found in held.items() if not pair[1].endswith("0003.json")}
    url = f"sqlite:///{tmp_path}/copy.sqlite"
    assert rebuild(url, vault, clock=clock).log_size == 3
    vault.objects = held
    assert rebuild(url, vault, clock=clock).log_size == 5
    other = open_archive(tmp_path, url=url, vault=MemoryStore(), client_id="other")
    assert other.log_size() == 0
    other.close()


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_damaged_database_is_set_aside_and_made_anew(tmp_path, request, kind):
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else f"sqlite:///{tmp_path}/archive.sqlite"
    vault = MemoryStore()
    assert set_aside(url, stamp="20261120T000000Z") is None
    archive = open_archive(tmp_path, url=url, vault=vault, clock=Ticking())
    tell(archive)
    before = rows(archive)
    archive.close()
    kept = set_aside(url, stamp="20261120T000000Z")
    assert "before" in kept
    rebuild(url, vault, clock=clock)
    again = open_archive(tmp_path, url=url, vault=vault)
    assert rows(again) == before
    assert again.missing_triggers() == ()
    again.close()
    assert set_aside(url, stamp="20261120T000001Z") != kept
