from __future__ import annotations

from pipeline.benchmark.evidence import flipping
from pipeline.benchmark.evidence.rows import Setting
from pipeline.benchmark.evidence.settings import EvidenceBenchSettings


def test_some_flipped_bits_and_none_unnoticed(tmp_path):
    told = []
    setting = Setting(
        settings=EvidenceBenchSettings(units=12), folder=tmp_path, progress=lambda *what: told.append(what)
    )
    (row,) = flipping.measure_flips(setting)
    assert (row.name, row.measured, row.reached) == ("flipped_bits_unnoticed", 0, True)
    assert told[-1] == ("flips", 12, 12)
