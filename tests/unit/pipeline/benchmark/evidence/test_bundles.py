"""The measurements of bundles run and say what they should, on a small archive; what they measure is not judged."""

from pipeline.benchmark.evidence.bundles import measure_bundles, measure_import
from pipeline.benchmark.evidence.rows import Setting
from pipeline.benchmark.evidence.settings import EvidenceBenchSettings


def rows(measure, folder):
    settings = EvidenceBenchSettings(units=12, unit_bytes=300, repeats=1)
    return measure(Setting(settings=settings, folder=folder, progress=lambda *_: None))


def test_every_row_of_the_export(tmp_path):
    found = {row.name: row for row in rows(measure_bundles, tmp_path)}
    assert list(found) == ["export_bundle", "export_memory", "bundle_check_all", "bundle_check_one"]
    assert all(row.measured > 0 for name, row in found.items() if name != "export_memory")


def test_the_import(tmp_path):
    (row,) = rows(measure_import, tmp_path)
    assert row.name == "import_bundle"
    assert row.measured > 0
