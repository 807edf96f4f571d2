"""Prefect lives in the data folder, on loopback, with analytics off; this runs before Prefect is imported."""

from __future__ import annotations

import os
from pathlib import Path

QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_SERVER_API_HOST": "127.0.0.1",
}


def settle(data_folder: Path) -> None:
    """Point Prefect at the data folder; what the environment already says wins."""
    os.environ.setdefault("PREFECT_HOME", str((data_folder / "prefect").absolute()))
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
