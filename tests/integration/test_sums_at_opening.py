"""An archive from before there were sums, opened for the first time after an update."""

import shutil

import pytest
import sqlalchemy as sa

from storage.archive import Archive
from storage.archive.rebuildable import figure_sum
from storage.archive.settings import ArchiveSettings
from tests.support.faulty_store import Crash
from tests.support.records import NOW, folder_vault, make_draft, make_drop, open_archive


class Dying:
    """The store of a process that is killed when it comes to a log entry."""

    def __init__(self, store, sequence):
        self._store, self._key = store, f"/log/leaves/{sequence:012d}.json"

    def get(self, bucket, key, **more):
        if key.endswith(self._key):
            raise Crash
        return self._store.get(bucket, key, **more)

    def __getattr__(self, name):
        return getattr(self._store, name)


def file(archive, vault, number):
    drop = archive.record_drop(make_drop(vault, str(number).encode(), name=f"{number}.pdf"))
    return archive.file_document(make_draft(drop.unit_id))


def sums(archive):
    return archive.rows(sa.select(figure_sum).order_by(*figure_sum.primary_key.columns))


def test_sums_are_right_where_that_was_killed_while_it_caught_up_with_the_vault(tmp_path):
    """What is added while it catches up must not pass for the whole."""
    vault = folder_vault(tmp_path / "vault", lambda: NOW)
    first, behind = (f"sqlite:///{tmp_path}/{name}.sqlite" for name in ("first", "behind"))
    archive = open_archive(tmp_path, url=first, vault=vault)
    filed = [file(archive, vault, number) for number in range(2)]
    archive.close()
    shutil.copy(tmp_path / "first.sqlite", tmp_path / "behind.sqlite")
    archive = open_archive(tmp_path, url=first, vault=vault)
    draft = make_draft(filed[0].pages[0].unit_id, amount="777")
    archive.revise_document(filed[0].document_id, base_revision=1, draft=draft, recorded_by="sato", reason="誤り")
    file(archive, vault, 2)
    right, size = sums(archive), archive.log_size()
    archive.close()
    engine = sa.create_engine(behind)
    with engine.begin() as connection:
        connection.execute(sa.delete(figure_sum))
    engine.dispose()
    one_by_one = ArchiveSettings(rebuild_batch=1)
    with pytest.raises(Crash):
        Archive.open(behind, Dying(vault, size - 1), clock=lambda: NOW, settings=one_by_one)
    archive = Archive.open(behind, vault, clock=lambda: NOW)
    assert sums(archive) == right
    archive.close()
