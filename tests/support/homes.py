"""Whole installations in a temporary folder, wired like the real one, with quick engines."""

from __future__ import annotations

from pathlib import Path

from pipeline.batch import Resident
from pipeline.reading_worker import ReadingWorker
from pipeline.settings import ShokoSettings, load_settings
from tests.support.empty_database import lay_empty_database


def quick_settings(folder: Path, **overrides: object) -> ShokoSettings:
    """Folder store, SQLite, local authority, no OCR, no waiting for half-written files."""
    plain: dict[str, object] = {
        "data_folder": folder,
        "company": {"names": ("株式会社みどり商事",)},
        "intake": {"still_seconds": 0.0, "still_seconds_unsure": 0.0},
        "reading": {"engine": "null.v1"},
    }
    return load_settings(**(plain | overrides))


def open_resident(settings: ShokoSettings, **overrides: object) -> Resident:
    """The installation, reading in this process."""
    from pipeline.wiring import open_shoko

    lay_empty_database(settings.archive_url)
    return Resident(shoko=open_shoko(settings, **overrides), pool=ReadingWorker.start(settings))
