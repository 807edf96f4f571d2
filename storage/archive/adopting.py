"""Taking over the log of another archive of the same client, act by act, as it stands (law: migrate-evidence).

Leaves, manifests and payloads keep their bytes, so every proof towards the old log's heads holds on. Acts go the way of
every act, many of them together: payloads and manifests, then leaves, then the commit of their rows, each on the disk
before the next begins. Interrupted, it goes on behind the last leaf that is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import sqlalchemy as sa

from domain.errors import DigestMismatch
from domain.evidence import LogLeaf
from domain.ids import Digest
from storage.archive import applying, indexing, keys, manifests
from storage.archive.acts import Act
from storage.archive.opening import OpenArchive
from storage.archive.planning import many_in_memory
from storage.objects.together import putting_together, side_by_side

_ACTS_AT_ONCE = 2_000
"""Acts of one transaction: each waits for the disk twice and for the commit, whatever it holds."""
_BYTES_AT_ONCE = 32 << 20
"""Manifests and payloads of one transaction, which are held in memory; a long contract's text has a megabyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignAct:
    """One act of another archive: what its three objects held."""

    leaf: bytes
    """Canonical JSON."""
    manifest: bytes | None
    payload: bytes | None


class AdoptingArchive(OpenArchive):
    """What takes over a log."""

    def adopt(self, acts: Iterable[ForeignAct]) -> int:
        """Take over acts that follow on what is there; those that are there already are passed over.

        Originals must be in the vault. Returns how many were new.

        Raises:
            ConfigError: the log here is another one.
            DigestMismatch: a leaf does not follow on the one before, or its objects are not those that it names.
        """
        fresh = 0
        for some in _some(acts):
            with self._write() as connection, many_in_memory(connection):
                fresh += self._adopt_some(connection, some)
        return fresh

    def _adopt_some(self, connection: sa.Connection, acts: Iterable[ForeignAct]) -> int:
        """Acts in one transaction: their objects, then their leaves, each on the disk before what follows."""
        leaves: list[tuple[int, bytes]] = []
        renewal = indexing.Renewal(connection, self.client_id)
        with putting_together(self.vault) as vault, side_by_side() as call:
            put = partial(call, replace(self._sequencer, vault=vault).put_as_it_is)
            begun = applying.log_size(connection, self.client_id)
            for act in acts:
                leaf = manifests.leaf_of(act.leaf, key="leaf")
                self._check_client(leaf.client_id)
                size = begun + len(leaves)
                if leaf.sequence < size:
                    self._sequencer.must_have(leaf.sequence, act.leaf)
                    continue
                if leaf.sequence > size:
                    raise DigestMismatch(
                        f"log entry {size} is missing",
                        message_ja=f"ログ {size} がありません。全件の書き出し（--whole）だけを取り込めます",
                    )
                self._adopt(connection, act, leaf, put, renewal)
                leaves.append((leaf.sequence, act.leaf))
        with putting_together(self.vault) as vault, side_by_side() as call:
            put = partial(call, replace(self._sequencer, vault=vault).put_as_it_is)
            for sequence, content in leaves:
                put(keys.leaf(self.client_id, sequence), content)
            renewal.settle()
        return len(leaves)

    def _adopt(
        self,
        connection: sa.Connection,
        act: ForeignAct,
        leaf: LogLeaf,
        put: Callable[[str, bytes], None],
        renewal: indexing.Renewal,
    ) -> None:
        """The rows of an act, and all its objects but the leaf."""
        manifest_key, payload_key = applying.places(connection, leaf)
        if leaf.kind == "stamped" and act.manifest is not None:
            token = manifests.token_of(act.manifest, key=leaf.subject_id)
            manifest_key = keys.token(self.client_id, leaf.subject_id, Digest.of(token.token_der))
        objects = [(payload_key, act.payload), (manifest_key, act.manifest)]
        if leaf.kind == "dropped" and act.payload is not None:
            drop = manifests.drop_of(act.payload, key=leaf.subject_id)
            if drop.blob.bucket == keys.VAULT:
                objects.append((keys.unit_manifest(self.client_id, drop.unit_id), manifests.unit_manifest(drop)))
        for key, content in objects:
            if key is not None and content is not None:
                put(key, content)
        moved = applying.moved_to(self.vault, leaf, act.manifest) if act.manifest is not None else None
        applying.apply(connection, Act(leaf=leaf, manifest=act.manifest, payload=act.payload, moved_to=moved), renewal)


def _some(acts: Iterable[ForeignAct]) -> Iterator[tuple[ForeignAct, ...]]:
    piece: list[ForeignAct] = []
    held = 0
    for act in acts:
        piece.append(act)
        held += len(act.manifest or b"") + len(act.payload or b"")
        if len(piece) >= _ACTS_AT_ONCE or held >= _BYTES_AT_ONCE:
            yield tuple(piece)
            piece, held = [], 0
    if piece:
        yield tuple(piece)
