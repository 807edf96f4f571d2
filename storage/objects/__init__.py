"""Bytes in buckets: a folder, or any S3-compatible server, behind one protocol (``domain.engines.ObjectStore``)."""

from storage.objects.folder import FolderStore
from storage.objects.s3 import S3Store
from storage.objects.stores import open_store

__all__ = ["FolderStore", "S3Store", "open_store"]
