"""What is asked for ahead is only brought nearer: it judges nothing, and nothing can stop it."""

import pytest

from domain.ids import DEFAULT_CLIENT_ID
from storage.archive import keys
from storage.evidence.ahead import Ahead
from storage.objects.bulk import open_shelf
from tests.support.archive_story import objects, tell
from tests.support.memory_store import MemoryStore
from tests.support.records import Ticking, folder_vault, open_archive

PREFIX = f"{DEFAULT_CLIENT_ID}/"


@pytest.fixture
def vault(tmp_path):
    vault = folder_vault(tmp_path / "vault")
    archive = open_archive(tmp_path, vault=vault, clock=Ticking())
    tell(archive)
    archive.close()
    return vault


class Watched:
    """A folder shelf that remembers what was fetched."""

    def __init__(self, shelf):
        self.fetched = set()
        self.fetch_of, self.ask_of = shelf.fetch, shelf.ask_for
        shelf.fetch, shelf.ask_for = self.fetch, self.ask

    def fetch(self, path):
        self.fetched.add(path)
        return self.fetch_of(path)

    def ask(self, path):
        self.fetched.add(path)
        return self.ask_of(path)


def test_what_the_log_names_is_brought(vault):
    shelf = open_shelf(vault, keys.VAULT, PREFIX)
    watched = Watched(shelf)
    size = len(list(shelf.paths("log/leaves/")))
    Ahead(shelf).bring(0, size)
    there = set(shelf.paths())
    assert {path for path in there if path.startswith(("drops/", "units/", "log/leaves/"))} <= watched.fetched
    assert {path for path in watched.fetched & there if path.startswith("blobs/")}
    assert shelf.faults() == ()


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'{"kind": 1}', b"[" * 100_000, b"\xff"])
def test_damage_stops_nothing_and_is_told_by_whoever_reads(vault, content):
    shelf = open_shelf(vault, keys.VAULT, PREFIX)
    for path in (vault.bucket_folder(keys.VAULT) / DEFAULT_CLIENT_ID).rglob("000001-????????"):
        path.chmod(0o600)
        path.write_bytes(content)
    size = len(list(shelf.paths("log/leaves/")))
    Ahead(shelf).bring(0, size + 5)
    assert shelf.faults() == ()
    assert objects(vault)


def test_an_archive_in_memory_is_not_asked_for_and_a_server_never(vault):
    ahead = Ahead(open_shelf(vault, keys.VAULT, PREFIX))
    ahead.done(1 << 60)
    assert not ahead.is_cold
    elsewhere = Ahead(open_shelf(MemoryStore(), keys.VAULT, PREFIX))
    elsewhere.bring(0, 10)
    elsewhere.done(-1)
    assert not elsewhere.is_cold
