"""A query refuses what it cannot mean."""

from decimal import Decimal

import pytest

from domain.query import MAX_LIMIT, MAX_WORDS, ORDERS, Query


@pytest.mark.parametrize("order", [*ORDERS, *(f"-{name}" for name in ORDERS)])
def test_orders(order):
    assert Query(order=order).order == order


@pytest.mark.parametrize(
    "wrong",
    [
        {"order": "text"},
        {"order": "--transaction_date"},
        {"order": "transaction_date; DROP TABLE revision"},
        {"limit": 0},
        {"limit": MAX_LIMIT + 1},
        {"offset": -1},
        {"offset": 10**12},
        {"words": ("a" * 1000,)},
        {"words": ("a",) * (MAX_WORDS + 1)},
        {"counterparty": "a" * 1000},
        {"amount_min": Decimal("NaN")},
        {"amount_max": Decimal("Infinity")},
    ],
)
def test_what_no_query_can_mean_is_refused(wrong):
    with pytest.raises(ValueError):
        Query(**wrong)
