"""Whether a route can be completed: held against trying every way in which people could sit."""

from itertools import combinations, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.approval_routes import fills
from domain.approval_seats import step_without_people
from tests.property.test_approvals import PEOPLE, routes


def completes(steps, people, *, once, acted=frozenset()):
    """Whether some people could decide in some order so that every step is done."""
    if not steps:
        return True
    step, *rest = steps
    need = step.need or len(step.seats)
    carried = {n for n, seat in enumerate(step.seats) if once and seat.user_id in acted}
    free = [n for n in range(len(step.seats)) if n not in carried]
    may = [user for user in people if not (once and user.user_id in acted)]
    count = max(0, need - len(carried))
    return any(
        all(fills(step.seats[n].code, user) for n, user in zip(seats, sitting, strict=True))
        and completes(rest, people, once=once, acted=acted | {user.user_id for user in sitting})
        for seats in combinations(free, min(count, len(free)))
        for sitting in permutations(may, len(seats))
    )


@settings(max_examples=150)
@given(routes(), st.sets(st.sampled_from(sorted(PEOPLE)), max_size=4))
def test_people_are_said_to_be_missing_just_where_they_are(route, there):
    people = [PEOPLE[login] for login in sorted(there)]
    short = step_without_people(route.steps, people, once=route.once)
    possible = completes(route.steps, people, once=route.once)
    if all((step.need or len(step.seats)) == len(step.seats) for step in route.steps) or not route.once:
        assert (short is None) == possible
    elif possible:
        assert short is None  # nobody is refused a way that there is
    if short is not None:
        assert not completes(route.steps[:short] if route.once else [route.steps[short - 1]], people, once=route.once)
