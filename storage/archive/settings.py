"""Settings of the archive."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ArchiveSettings(BaseModel):
    """How the archive waits, locks and retries."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    busy_timeout_seconds: float = Field(
        default=60.0, gt=0, description="How long a writer waits for another writer of the same client (seconds)"
    )
    provisional_lock_days: int = Field(
        default=90, ge=0, description="Retention lock of what is written before its legal period is known (days)"
    )
    stamp_retry_seconds: float = Field(
        default=30.0, gt=0, description="Wait after the first failed timestamp request; doubles with each (seconds)"
    )
    stamp_retry_limit_seconds: float = Field(
        default=3600.0, gt=0, description="Longest wait between two timestamp requests of one unit (seconds)"
    )
    rebuild_batch: int = Field(
        default=200, ge=1, description="Log entries that one transaction applies while rebuilding (entries)"
    )
