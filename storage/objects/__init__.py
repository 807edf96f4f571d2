"""Bytes in buckets: a folder, or any S3-compatible server, behind one protocol (``domain.engines.ObjectStore``)."""

from storage.objects.folder import FolderStore
from storage.objects.stores import open_store

__all__ = ["FolderStore", "open_store"]
