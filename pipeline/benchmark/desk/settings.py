"""Settings of the desk benchmark."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class DeskBenchSettings(BaseModel):
    """What is asked of a database of real size, and by how many at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: str = Field(description="URL of a PostgreSQL database that holds a filled archive; it is only read.")
    people: int = Field(default=20, ge=1, description="People who ask at once. Default 20.")
    rounds: int = Field(default=3, ge=1, description="How often each of them asks everything. Default 3.")
    unhurried_rounds: int = Field(default=2, ge=0, description="The same with a pause before each question. Default 2.")
    least_pause_seconds: float = Field(default=1.0, ge=0, description="Shortest pause, in seconds. Default 1.")
    longest_pause_seconds: float = Field(default=3.0, ge=0, description="Longest pause, in seconds. Default 3.")
    count_limit: int = Field(default=50, ge=1, description="Where counting ends, as on the page. Default 50.")
