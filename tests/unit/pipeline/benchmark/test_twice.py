"""Papers that come twice, as a table."""

from pipeline.benchmark.rates import rate
from pipeline.benchmark.twice import Twice, twice_table


def test_the_table_names_rates_and_what_was_missed():
    found = Twice(found=rate(27, 30), wrongly=rate(0, 30), wrongly_figures=rate(4, 30), missed=("fax photo",))
    table = twice_table(found)
    assert [cell.split(" ")[0] for cell in table.columns[1].cells] == ["27/30", "0/30", "4/30"]
    assert "fax photo" in str(table.caption)
    assert (
        twice_table(Twice(found=rate(1, 1), wrongly=rate(0, 1), wrongly_figures=rate(0, 1), missed=())).caption is None
    )
