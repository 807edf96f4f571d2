"""Settings of the reading benchmark."""

from __future__ import annotations

import os

from pydantic import BaseModel, ConfigDict, Field

from pipeline.benchmark.reading.conditions import CONDITIONS


class ReadingBenchSettings(BaseModel):
    """What is measured of reading, and how much of it. The defaults take about ten minutes on two cores."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=1, ge=0, description="Which pages are made. Default 1. The same seed, the same pages.")
    held_back: bool = Field(
        default=True,
        description="Pages from held-back layouts. Default true. False: from development layouts, to see what to do.",
    )
    conditions: tuple[str, ...] = Field(
        default=tuple(condition.name for condition in CONDITIONS),
        description="Conditions to read: clean300, worn200, turned, photo, fax150. Default all.",
    )
    pages: int = Field(default=16, ge=0, description="Pages of each of the five conditions. Default 16. 0 leaves out.")
    peer_pages: int = Field(
        default=3, ge=0, description="Of those, pages that the plain engines read as well. Default 3. 0 leaves out."
    )
    public_peer_pages: int = Field(
        default=4, ge=0, description="Pages of each public set that the plain engines read as well. Default 4."
    )
    speed_pages: int = Field(
        default=6, ge=0, description="Scanned A4 pages for pages per second on all cores. Default 6. 0 leaves out."
    )
    orientation_pages: int = Field(
        default=240, ge=0, description="Pages whose way up is decided. Default 240; 3,000 for the target. 0 leaves out."
    )
    platen_pages: int = Field(
        default=10,
        ge=0,
        description=(
            "Scans with several receipts that are cut apart; half as many single pages come on top. "
            "Default 10; 300 for the target. 0 leaves out."
        ),
    )
    born_digital_pages: int = Field(
        default=12, ge=0, description="Pages with a text layer, against pdfplumber. Default 12. 0 leaves out."
    )
    memory_pages: int = Field(
        default=0, ge=0, description="Pages read by one process whose memory is watched. Default 0 (left out)."
    )
    ablation_pages: int = Field(
        default=0,
        ge=0,
        description="Pages of each condition on which every choice is turned off once. Default 0 (left out).",
    )
    worst_pages: int = Field(
        default=10, ge=1, description="Worst pages that are drawn, if a folder is given. Default 10."
    )
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, description="Reading processes. Default: one per core."
    )
    peer_seconds: float = Field(
        default=1800.0, gt=0, description="Longest time for one run of ocrmypdf, in seconds. Default 1,800."
    )
