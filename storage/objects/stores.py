"""The store that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from domain.engines import ObjectStore
from storage.objects.folder import FolderStore
from storage.settings import StoreSettings


def open_store(settings: StoreSettings, *, clock: Callable[[], datetime]) -> ObjectStore:
    """Make the store; nothing is asked of a server yet, and buckets are made by ``ensure_bucket``.

    Raises:
        ConfigError: an S3 store without endpoint or credentials.
    """
    if settings.kind == "s3":
        from storage.objects.s3 import S3Store  # noqa: PLC0415 - verifying processes of a folder start without it

        return S3Store(settings, clock=clock)
    return FolderStore(settings.root, clock=clock)
