"""What was read in a snapshot need not be read again in it: the same question has the same answer there.

Kept with the read transaction and gone with it, so nothing kept can grow old. What is kept is what the tables say,
whoever asks; what one may see is decided above. Connections that write keep nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar, cast

import sqlalchemy as sa

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

KEPT = "shoko_kept"
"""Execution option of a connection that reads: answers by question."""
_MOST = 1000
"""Answers of one snapshot: a page asks some hundred questions, a walk through an archive any number."""


def once(connection: sa.Connection, question: tuple[object, ...], ask: Callable[[], T]) -> T:
    """The answer to a question (its name first), which nobody may change; asked where it is not known."""
    kept = _kept(connection)
    if kept is None:
        return ask()
    if question not in kept:
        keep(connection, question, ask())
    return cast("T", kept[question])


def each(
    connection: sa.Connection,
    question: tuple[object, ...],
    names: Iterable[K],
    ask: Callable[[tuple[K, ...]], Mapping[K, T]],
) -> dict[K, T]:
    """The answers to one question about each of these names; asked together for those of which it is not known.

    ``ask`` answers for every name that it is given, or leaves out what there is nothing of.
    """
    wanted, kept = tuple(dict.fromkeys(names)), _kept(connection)
    if kept is None:
        return dict(ask(wanted)) if wanted else {}
    found = {one: kept[*question, one] for one in wanted if (*question, one) in kept}
    left = tuple(one for one in wanted if one not in found)
    fresh = ask(left) if left else {}
    for one in left:
        found[one] = (fresh[one],) if one in fresh else ()
        keep(connection, (*question, one), found[one])
    return {one: found[one][0] for one in wanted if found[one]}


def keep(connection: sa.Connection, question: tuple[object, ...], answer: object) -> None:
    """Keep an answer that came along with another."""
    kept = _kept(connection)
    if kept is None:
        return
    if len(kept) >= _MOST:
        kept.clear()
    kept[question] = answer


def _kept(connection: sa.Connection) -> dict[Any, Any] | None:
    kept: dict[Any, Any] | None = connection.get_execution_options().get(KEPT)
    return kept
