"""The measurements by name. A new one is a function in a module here and a line in this table."""

from __future__ import annotations

from pipeline.benchmark.evidence.bundles import measure_bundles, measure_import
from pipeline.benchmark.evidence.flipping import measure_flips
from pipeline.benchmark.evidence.rows import Measure
from pipeline.benchmark.evidence.stamping import measure_stamping, measure_token_checks
from pipeline.benchmark.evidence.verifying import measure_cold, measure_tokens, measure_verify

MEASURES: dict[str, Measure] = {
    "verify": measure_verify,
    "cold": measure_cold,
    "bundle": measure_bundles,
    "import": measure_import,
    "tokens": measure_tokens,
    "token_checks": measure_token_checks,
    "stamping": measure_stamping,
    "flips": measure_flips,
}
"""In the order in which they run where none is named: ``tokens`` adds to the archive that others use."""
