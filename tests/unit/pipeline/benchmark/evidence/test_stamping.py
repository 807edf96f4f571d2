"""The measurements of timestamps run, and say what they measured."""

from pipeline.benchmark.evidence.rows import Setting
from pipeline.benchmark.evidence.settings import EvidenceBenchSettings
from pipeline.benchmark.evidence.stamping import measure_stamping, measure_token_checks


def rows(measure, folder, **settings):
    given = EvidenceBenchSettings(units=12, processes=1, **settings)
    return {row.name: row for row in measure(Setting(settings=given, folder=folder, progress=lambda *_: None))}


def test_one_token_over_all_units(tmp_path):
    found = rows(measure_stamping, tmp_path)
    assert set(found) == {"stamp_batch_tokens", "stamp_batch_per_unit", "evidence_records_out"}
    assert found["stamp_batch_tokens"].reached


def test_tokens_are_verified_and_openssl_beside(tmp_path):
    found = rows(measure_token_checks, tmp_path)
    assert found["token_checks"].measured > 0
    assert found["token_checks"].peer is None or found["token_checks"].peer > 0
