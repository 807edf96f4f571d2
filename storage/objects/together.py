"""Many objects put at once: durable together when the block ends, instead of one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from domain.engines import ObjectStore
from storage.objects.folder import FolderStore


@contextmanager
def putting_together(store: ObjectStore) -> Iterator[ObjectStore]:
    """A store to put many objects into; they are durable, and were read back, when the block has ended.

    Inside the block nothing may be said to be kept. On a server every put is durable by itself; on a folder all of them
    wait for the disk once.

    Raises:
        DigestMismatch: what was read back is something else.
        StoreUnavailable: the disk does not answer, or is full.
    """
    if isinstance(store, FolderStore):
        with store.together() as quick:
            yield quick
    else:
        yield store
