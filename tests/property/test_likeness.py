"""Fingerprints are what their formula says, however they are worked out."""

from hypothesis import given
from hypothesis import strategies as st

from domain.likeness import _PRIME, _SPREAD, _STEP, _lowest, fingerprint

RUNS = st.sets(st.integers(0, 2**32 - 1), min_size=1, max_size=90)


@given(RUNS)
def test_the_lowest_of_every_lane_is_that_of_all_runs(runs):
    plain = [min((run * (2 * n + 1) * _SPREAD + n * _STEP) % _PRIME for run in runs) for n in range(32)]
    assert _lowest(tuple(runs)) == plain


def test_the_fingerprint_of_a_text_stays_what_it_was():
    # kept in databases: another value would part a paper from its second scan
    assert fingerprint("株式会社青空商事 御中 請求書 合計金額 128,960円 お支払期限 2026年11月30日 トナーカートリッジ")[
        :2
    ] == (
        2685443930353138413,
        1197361889335931915,
    )
