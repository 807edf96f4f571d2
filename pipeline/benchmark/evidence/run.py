"""Runs the measurements that were asked for, one after the other."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from domain.errors import ConfigError
from pipeline.benchmark.evidence.measures import MEASURES
from pipeline.benchmark.evidence.rows import EvidenceReport, Progress, Row, Setting
from pipeline.benchmark.evidence.settings import EvidenceBenchSettings
from pipeline.benchmark.reading.speed import machine


def run_evidence(settings: EvidenceBenchSettings, *, folder: Path, progress: Progress) -> EvidenceReport:
    """Measure; each measurement has a folder of its own below ``folder``, removed when it is done.

    Raises:
        ConfigError: no such measurement.
    """
    unknown = set(settings.measures) - set(MEASURES)
    if unknown:
        raise ConfigError(
            f"no measurement {', '.join(sorted(unknown))}",
            message_ja=f"測定の名前が違います: {', '.join(sorted(unknown))}（{', '.join(MEASURES)}）",
        )
    rows: list[Row] = []
    left_out: list[str] = []
    for name in settings.measures or tuple(MEASURES):
        with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=folder) as own:
            found = MEASURES[name](Setting(settings=settings, folder=Path(own), progress=progress))
        rows += found
        if not found:
            left_out.append(name)
    return EvidenceReport(machine=machine(len(os.sched_getaffinity(0))), rows=tuple(rows), left_out=tuple(left_out))
