"""Settings of approvals."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class ApprovalSettings(BaseModel):
    """How approved copies are drawn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    font_file: Path | None = Field(
        default=None,
        description="Japanese font (TTF, OTF, TTC) for seals on approved copies; empty for one of the usual places.",
    )
