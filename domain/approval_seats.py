"""Whether there are enough people for the seats of a route: each seat is one person's, and nobody sits twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from domain.approval_routes import RouteStep, fills
from domain.people import User

_FROM, _TO = "from", "to"
_Pipe = tuple[Hashable, Hashable, int]


def step_without_people(steps: Sequence[RouteStep], people: Sequence[User], *, once: bool) -> int | None:
    """The first step, from 1, that cannot be completed with these people; None where every one can.

    Args:
        steps: of the route, without seats of who may not approve.
        people: who may approve the document and sees it.
        once: nobody decides twice in the round, and a seat naming who decided before counts as filled; else nobody
            decides twice in a step.
    """
    for number in range(1, len(steps) + 1):
        some = steps[:number] if once else steps[number - 1 : number]
        if _flow(_pipes(some, {user.user_id: user for user in people})) < sum(_needed(step) for step in some):
            return number
    return None


def _needed(step: RouteStep) -> int:
    return step.need or len(step.seats)


def _pipes(steps: Sequence[RouteStep], people: dict[str, User]) -> Iterator[_Pipe]:
    """Step → seat → person as a network: what flows through it are seats that are filled."""
    own: dict[str | None, int] = {}
    for number, step in enumerate(steps):
        if _needed(step) == len(step.seats):
            for seat in step.seats:
                own.setdefault(seat.user_id, number)
    for number, step in enumerate(steps):
        yield _FROM, number, _needed(step)
        sat: set[str] = set()
        for place, seat in enumerate(step.seats):
            yield number, (number, place), 1
            ends = [
                user_id
                for user_id, user in people.items()
                # who has to decide in a step, in their seat or before it, sits nowhere else from there on
                if fills(seat.code, user) and (seat.user_id is not None or number < own.get(user_id, len(steps)))
            ]
            if seat.user_id is None or not ends:
                yield from (((number, place), user_id, 1) for user_id in ends)
                continue
            before = own.get(seat.user_id, len(steps)) < number or any(
                fills(one.code, people[seat.user_id]) for earlier in steps[:number] for one in earlier.seats
            )
            if before or (own.get(seat.user_id) == number and seat.user_id not in sat):
                yield (number, place), _TO, 1  # filled by what the person decided before, or by what only they can
            elif seat.user_id not in sat:
                yield (number, place), seat.user_id, 1
            sat.add(seat.user_id)
    yield from ((user_id, _TO, 1) for user_id in people)


def _flow(pipes: Iterator[_Pipe]) -> int:
    """How much flows from the beginning to the end at most (Ford and Fulkerson)."""
    room: dict[Hashable, dict[Hashable, int]] = defaultdict(dict)
    for start, end, width in pipes:
        room[start][end] = room[start].get(end, 0) + width
        room[end].setdefault(start, 0)
    total = 0
    while path := _way_through(room):
        for start, end in path:
            room[start][end] -= 1
            room[end][start] += 1
        total += 1
    return total


def _way_through(room: dict[Hashable, dict[Hashable, int]]) -> list[tuple[Hashable, Hashable]]:
    came: dict[Hashable, Hashable] = {_FROM: _FROM}
    waiting: list[Hashable] = [_FROM]
    for start in waiting:  # grows while it is walked: breadth first
        for end, width in room[start].items():
            if width and end not in came:
                came[end] = start
                waiting.append(end)
    path: list[tuple[Hashable, Hashable]] = []
    node: Hashable = _TO
    while node != _FROM:
        if node not in came:
            return []
        path.append((came[node], node))
        node = came[node]
    return path
