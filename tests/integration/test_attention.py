"""What a person should look at of what came in: listed along an index, right after every change, for who may see it."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from domain.record import DocumentState, DropState
from domain.visibility import EVERYTHING, Visibility
from storage.archive import database
from storage.archive.rebuildable import attention
from storage.archive.settings import ArchiveSettings
from storage.arrivals import Show, newest
from tests.support.records import Deposit, make_draft, make_drop, make_outcome, open_archive
from tests.support.statements import statements

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SALES = Visibility(user_id="usr-1", departments=("eigyo",), all_departments=False)


@pytest.fixture
def archive(tmp_path):
    archive = open_archive(tmp_path)
    yield archive
    archive.close()


def came(archive, number, *, state=DocumentState.NEEDS_REVIEW, read=DropState.READ, folder=""):
    """A file that came in, and what became of it."""
    deposit = Deposit(original_name="a.pdf", inbox_key=f"{folder}paper/{number}.pdf", deposited_by="sato")
    drop = archive.record_drop(
        make_drop(archive.vault, str(number).encode(), version=str(number), preserved_at=NOW, deposit=deposit)
    )
    if read is not DropState.READ:
        archive.record_outcome(make_outcome(drop, state=read))
        return drop.drop_id, None
    record = archive.file_document(make_draft(drop.unit_id, state=state, text=str(number)))
    archive.record_outcome(make_outcome(drop, record.document_id))
    return drop.drop_id, record


def listed(archive, *, limit=50, before=None):
    return [row.drop_id for row in newest(archive, show=Show.ATTENTION, limit=limit, before=before)]


def test_what_waits_and_what_failed_is_listed_newest_first_and_page_by_page(archive):
    first, waiting = came(archive, 1)
    came(archive, 2, state=DocumentState.FILED)
    failed, _ = came(archive, 3, read=DropState.UNREADABLE)
    last, _ = came(archive, 4)
    assert listed(archive) == [last, failed, first]
    assert listed(archive, limit=2) == [last, failed]
    assert listed(archive, limit=2, before=failed) == [first]
    assert listed(archive, before=first) == []
    assert listed(archive, before="drop-unknown") == []
    archive.tombstone(waiting.document_id, base_revision=1, recorded_by="x", reason="x")
    assert listed(archive) == [last, failed]


def test_what_was_read_again_with_success_is_no_failure(archive):
    drop = archive.record_drop(make_drop(archive.vault))
    archive.record_outcome(make_outcome(drop, state=DropState.UNREADABLE))
    assert listed(archive) == [drop.drop_id]
    archive.record_outcome(make_outcome(drop, state=DropState.READ))
    assert listed(archive) == []


def test_who_may_not_see_a_document_is_not_told_of_its_file(archive):
    open_to_all, _ = came(archive, 1)
    theirs, _ = came(archive, 2, folder="@keiri/")
    mine, _ = came(archive, 3, folder="@eigyo/")
    assert listed(archive.seen_by(EVERYTHING)) == [mine, theirs, open_to_all]
    assert listed(archive.seen_by(SALES)) == [mine, open_to_all]
    assert listed(archive.seen_by(SALES), limit=1, before=mine) == [open_to_all]


def test_a_longer_list_asks_no_more(archive):
    came(archive, 1)
    few = len(statements(archive.database, lambda: listed(archive)))
    for number in range(2, 6):
        came(archive, number)
    assert len(statements(archive.database, lambda: listed(archive))) == few


def test_an_older_database_is_filled_with_what_waits(archive):
    for number in range(3):
        came(archive, number)
    came(archive, 3, state=DocumentState.FILED)
    kept, engine = rows(archive), archive.database
    with engine.begin() as connection:
        for said in (
            "DROP TABLE attention",
            "DROP INDEX ix_drop_outcome_failed",
            "DROP INDEX ix_search_entry_party_date",
            "UPDATE alembic_version SET version_num = 'v0020'",
        ):
            connection.execute(sa.text(said))
    database.migrate(engine, ArchiveSettings())
    assert rows(archive) == kept
    assert len(kept) == 3


def rows(archive):
    return sorted(map(tuple, archive.rows(sa.select(attention))))
