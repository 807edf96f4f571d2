"""What the tables say about what was measured."""

import pytest

from pipeline.benchmark.reading.ablation import Without
from pipeline.benchmark.reading.report import ReadingReport
from pipeline.benchmark.reading.score import Interval
from pipeline.benchmark.reading.speed import Machine
from pipeline.benchmark.reading.tables import reading_tables

NOTHING = Interval(mean=0.0, low=0.0, high=0.0)


def without(name="", *, change=NOTHING, ordered=NOTHING, seconds=0.0):
    return Without(
        name=name,
        unordered=(("clean300", 0.005),),
        change=change,
        ordered_change=ordered,
        cpu_seconds_per_page=1.0,
        seconds_change=seconds,
    )


def verdict(row):
    machine = Machine(processor="x", cores=2, flags=())
    report = ReadingReport(seed=1, held_back=False, machine=machine, engine="", ablation=(without(), row))
    (table,) = reading_tables(report)
    return list(table.columns[-1].cells)[1]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (without("seals", change=Interval(mean=0.01, low=0.002, high=0.02)), "効く / pays"),
        (
            without("reading_order", ordered=Interval(mean=0.1, low=0.05, high=0.2), seconds=-0.03),
            "効く / pays, 時間がかかる / costs time",
        ),
        (without("context", change=Interval(mean=-0.01, low=-0.02, high=-0.001)), "害がある / harms"),
        (without("bf16", seconds=0.8), "誤りに差なし / no difference, 速くする / saves time"),
        (without("faint", change=Interval(mean=0.01, low=-0.01, high=0.03)), "誤りに差なし / no difference"),
    ],
)
def test_a_step_pays_harms_or_makes_no_difference(row, said):
    assert verdict(row) == said
