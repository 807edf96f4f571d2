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


def run_evidence(
    settings: EvidenceBenchSettings, *, folder: Path, progress: Progress, keep: Path | None = None
) -> EvidenceReport:
    """Measure; each measurement has a folder of its own below ``folder``, removed when it is done.

    Archives are made once for all measurements that use one of the same size; with ``keep`` they stay there, and are
    taken from there where an earlier run left them.

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
    archives = keep or folder / "archives"
    archives.mkdir(parents=True, exist_ok=True)
    for name in settings.measures or tuple(MEASURES):
        with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=keep or folder) as own:
            setting = Setting(settings=settings, folder=Path(own), progress=progress, archives=archives)
            found = MEASURES[name](setting)
        rows += found
        if not found:
            left_out.append(name)
    return EvidenceReport(machine=machine(len(os.sched_getaffinity(0))), rows=tuple(rows), left_out=tuple(left_out))
