"""Asking the disk for what a range of the log will read, before it is read one after the other.

An archive that nobody looked at for a while is not in memory. Read one by one, each small file waits for the disk
alone; asked for together, the disk works on many at once. Nothing is judged here: what is wrong is found when it is
read.
"""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice

from domain.errors import AppError
from storage.evidence.verifier.places import blob_path, leaf_path, payload_path, places
from storage.evidence.verifier.records import HASH, NAME, original_of
from storage.objects.bulk import FolderShelf, Shelf

_AT_ONCE = 16
"""Threads that wait for the disk."""
_WAITED_SHARE = 0.1
"""Of what a range read, what came from the disk: below that the archive is in memory already."""
_PLACES = 4
"""Files among which a record is looked for at most: others are rare."""
_BLOCK = 512
"""Bytes that ``ru_inblock`` counts by (getrusage(2))."""


class Ahead:
    """Brings ranges of leaves, and what their acts put into the vault, into memory."""

    def __init__(self, shelf: Shelf) -> None:
        """``shelf`` is for this alone: faults that it meets are told by whoever reads for judging."""
        self._shelf = shelf if isinstance(shelf, FolderShelf) else None
        self._from_disk = _read_from_disk()
        self.is_cold = False

    def done(self, read_bytes: int) -> None:
        """A range was read: whether the next should be asked for together."""
        before, self._from_disk = self._from_disk, _read_from_disk()
        self.is_cold = self._shelf is not None and self._from_disk - before > _WAITED_SHARE * read_bytes

    def bring(self, first: int, end: int) -> None:
        """Leaves ``first`` to ``end`` (exclusive) with their records, payloads and originals."""
        shelf = self._shelf
        if shelf is None:
            return
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            for sequence in range(first, end):
                threads.submit(self._bring, shelf, sequence)
        shelf.faults()

    def _bring(self, shelf: FolderShelf, sequence: int) -> None:
        with suppress(AppError, OSError, ValueError, RecursionError, KeyError, TypeError):
            self._record(shelf, sequence)

    def _record(self, shelf: FolderShelf, sequence: int) -> None:
        leaf = json.loads(shelf.fetch(leaf_path(sequence)))
        subject_id, digest = leaf["subject_id"], leaf["manifest_digest"]["value"]
        if NAME.fullmatch(subject_id) is None or HASH.fullmatch(digest) is None:
            return
        for place in islice(_files(shelf, leaf["kind"], subject_id, digest), _PLACES):
            content = shelf.fetch(place)
            if not content:
                continue
            if b'"payload":"' in content:
                shelf.fetch(payload_path(place))
            said = original_of(json.loads(content)) if b'"blob":{' in content else None
            if said is not None:
                shelf.fetch(f"units/{said.unit_id}.json")
                shelf.ask_for(blob_path(said.sha256))
            return


def _files(shelf: FolderShelf, kind: str, subject_id: str, digest: str) -> Iterator[str]:
    for place in places(kind, subject_id, digest):
        if place.endswith("/"):
            yield from islice(shelf.paths(place), _PLACES)
        else:
            yield place


def _read_from_disk() -> int:
    """Bytes that this process has read from disks so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_inblock * _BLOCK
