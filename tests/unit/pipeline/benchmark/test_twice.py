"""Pages that only look like another differ from it in what the measurement says, and in nothing else."""

import random

from pipeline.benchmark.twice import with_other_digit, with_other_figures, with_stamp

PAGE = '<style>td { width: 1,000px }</style><p title="2026-10-31">No. 7</p><td>2026-10-31</td><td>12,800</td>'


def test_other_figures_leave_markup_and_the_rest_alone():
    other = with_other_figures(PAGE, random.Random(1))
    head, _ = PAGE.split("<td>", 1)
    assert other.startswith(head)
    assert other != PAGE
    assert [c for c in other if not c.isdigit()] == [c for c in PAGE if not c.isdigit()]


def test_one_digit_is_another():
    for seed in range(20):
        other = with_other_digit(PAGE, random.Random(seed))
        changed = [at for at, (one, two) in enumerate(zip(PAGE, other, strict=True)) if one != two]
        assert len(changed) == 1
        assert changed[0] > PAGE.index("<td>")
    assert with_other_digit("<p>No. 7</p>", random.Random(1)) == "<p>No. 7</p>"


def test_a_stamp_is_all_that_is_added():
    for paper in ((80.0, None), (210.0, 297.0)):
        stamped = with_stamp(PAGE + "</body></html>", paper, random.Random(1))
        before, after = stamped.split('<img src="data:image/png;base64,', 1)
        assert before == PAGE
        assert after.endswith("</body></html>")
