"""Settings of the benchmark."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

HELD_BACK = "held-back"
DEVELOPMENT = "development"
"""The other half of the generator: to see what to work on, never to report."""
VARIED = "varied"
"""Development layouts that are put together anew for each document: what to work on, never to report."""
PUBLIC_SETS = ("ja-receipts-synthetic", "sroie", "zugferd", "invoice2data", "jp-pint", "german-receipts")


class BenchSettings(BaseModel):
    """What is measured, and how much of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int = Field(
        default=60,
        ge=1,
        description="Documents made from held-back layouts. Default 60. More give narrower intervals.",
    )
    seed: int = Field(
        default=1,
        ge=0,
        description="Which documents are made. Default 1. The same seed, the same set.",
    )
    sets: tuple[str, ...] = Field(
        default=(HELD_BACK, *PUBLIC_SETS),
        description="Sets to read: held-back, development, varied, names of public ones. Default all but these two.",
    )
    text_layers: bool = Field(
        default=False,
        description="Made documents as born-digital files whose text layer is read, OCR seeing only what it leaves"
        " open: thousands in the time of a hundred scans, to count silent errors of class and fields. Default off.",
    )
    public_limit: int = Field(
        default=40, ge=1, description="Most documents taken from one public set, in the order of its truth. Default 40."
    )
    peer_pages: int = Field(
        default=10,
        ge=0,
        description="Scanned pages that ocrmypdf reads as well, in the same run. Default 10. 0 leaves the peer out.",
    )
    peer_seconds: float = Field(
        default=600.0, gt=0, description="Longest time for the peer's run, in seconds. Default 600."
    )
