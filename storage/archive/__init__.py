"""The archive: drops, units, documents and their revisions, the log and the stamp queue. Append-only."""

from storage.archive.rebuild import RebuildResult, rebuild
from storage.archive.repository import Archive
from storage.archive.settings import ArchiveSettings

__all__ = ["Archive", "ArchiveSettings", "RebuildResult", "rebuild"]
