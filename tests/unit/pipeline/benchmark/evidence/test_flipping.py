"""Flipped bits of every kind of stored file are noticed; how many is measured elsewhere."""

from __future__ import annotations

from pipeline.benchmark.evidence import flipping
from pipeline.benchmark.evidence.rows import Setting
from pipeline.benchmark.evidence.settings import EvidenceBenchSettings


def test_some_flipped_bits_and_none_unnoticed(tmp_path):
    told = []
    setting = Setting(
        settings=EvidenceBenchSettings(units=20), folder=tmp_path, progress=lambda *what: told.append(what)
    )
    rows = flipping.measure_flips(setting)
    assert [(row.name.removeprefix("flipped_bits_unnoticed_"), row.measured, row.reached) for row in rows] == [
        ("vault", 0, True),
        ("bundle", 0, True),
        ("database", 0, True),
    ]
    assert told[-1] == ("flips", 20, 20)
    kinds = set(rows[0].note.split("、"))
    assert {"blobs", "drops", "units", "documents", "documents payload", "outcomes", "batches", "timestamps"} <= kinds
    assert {"log/leaves", "log/tile", "log/heads", "side files", ".bucket.json"} <= kinds
