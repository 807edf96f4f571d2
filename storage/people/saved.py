"""Searches that a person saved under a name: kept across restarts, shared by their address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.errors import CorrectionInvalid
from storage.archive import database
from storage.archive.people_tables import saved_search
from storage.people.book import PeopleBook

MOST_SAVED = 100
"""Of one person."""
_NAME_CHARACTERS = 60
_QUERY_CHARACTERS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """One saved search."""

    name: str
    query: str
    """As in the page's address, without the question mark."""
    saved_at: datetime


def saved_searches(book: PeopleBook, owner: str) -> tuple[SavedSearch, ...]:
    """What a person (id of the account; empty for whoever is alone with the page) saved, by name."""
    mine = (saved_search.c.client_id == book.client_id, saved_search.c.owner == owner)
    with database.reading(book.engine) as connection:
        rows = connection.execute(sa.select(saved_search).where(*mine).order_by(saved_search.c.name)).all()
    return tuple(SavedSearch(name=row.name, query=row.query, saved_at=row.saved_at) for row in rows)


def save_search(book: PeopleBook, owner: str, *, name: str, query: str) -> None:
    """Save under a name; what stood under it is replaced.

    Raises:
        CorrectionInvalid: no name, or too much of something.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= _NAME_CHARACTERS or len(query) > _QUERY_CHARACTERS:
        raise CorrectionInvalid(
            "a saved search needs a name", message_ja=f"名前を入力してください（{_NAME_CHARACTERS}文字まで）"
        )
    known = {one.name for one in saved_searches(book, owner)}
    if name not in known and len(known) >= MOST_SAVED:
        raise CorrectionInvalid(
            "too many saved searches",
            message_ja=f"保存できる検索は {MOST_SAVED} 件までです。不要なものを消してください",
        )
    key = {"client_id": book.client_id, "owner": owner, "name": name}
    with database.writing(book.engine, f"saved:{book.client_id}", book.settings) as connection:
        connection.execute(sa.delete(saved_search).filter_by(**key))
        connection.execute(sa.insert(saved_search).values(**key, query=query, saved_at=book.clock()))


def forget_search(book: PeopleBook, owner: str, *, name: str) -> None:
    """Forget one; there is nothing to do where there is none."""
    key = {"client_id": book.client_id, "owner": owner, "name": name}
    with database.writing(book.engine, f"saved:{book.client_id}", book.settings) as connection:
        connection.execute(sa.delete(saved_search).filter_by(**key))
