"""The measurement of bundles runs and says what it should, on a small archive; what it measures is not judged here."""

from pipeline.benchmark.evidence.bundles import measure_bundles
from pipeline.benchmark.evidence.rows import Setting
from pipeline.benchmark.evidence.settings import EvidenceBenchSettings


def test_every_row(tmp_path):
    settings = EvidenceBenchSettings(units=12, unit_bytes=300, repeats=1)
    rows = {
        row.name: row for row in measure_bundles(Setting(settings=settings, folder=tmp_path, progress=lambda *_: None))
    }
    assert list(rows) == [
        "export_bundle",
        "export_memory",
        "bundle_check_all",
        "bundle_check_one",
        "import_bundle",
    ]
    assert all(row.measured > 0 for name, row in rows.items() if name != "export_memory")
