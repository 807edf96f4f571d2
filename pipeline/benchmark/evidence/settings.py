"""Settings of the evidence benchmark."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class EvidenceBenchSettings(BaseModel):
    """What is measured of evidence, and how much of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=1, ge=0, description="Which bytes are made. Default 1.")
    measures: tuple[str, ...] = Field(default=(), description="Names of the measurements. Default: all.")
    units: int | None = Field(
        default=None, ge=1, description="Units (or documents) of every measurement. Default: each measurement's own."
    )
    unit_bytes: int = Field(default=200_000, ge=1, description="Size of an original, bytes. Default 200,000.")
    repeats: int = Field(default=3, ge=1, description="Runs of what is timed against a peer, in turn. Default 3.")
    processes: int | None = Field(
        default=None, ge=1, description="Processes, of the peer as well. Default: as many as there are cores."
    )
