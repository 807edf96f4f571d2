"""The act of exporting, the signed head, and the way from every leaf to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from domain import codec
from domain.engines import ObjectStore, TimestampAuthority
from domain.errors import ConfigError, StorageError
from domain.evidence import LogLeaf, TreeHead
from domain.ids import Digest
from storage.archive import Archive, keys, schema
from storage.evidence.log import VAULT, head_sizes, head_token, leaf_bytes, publish_head
from storage.evidence.signer import LogSigner, public_key_pem, signed_bytes
from storage.export.folder import BundleFolder
from storage.export.plan import Plan
from storage.export.proofs import consistency_nodes, read_level, write_tree
from storage.export.volume import Volume

FORMAT = "shoko.export.v2"
_READ = 4096


def log_and_prove(
    archive: Archive,
    vault: ObjectStore,
    volumes: Sequence[Volume],
    plan: Plan,
    *,
    inventories: Sequence[str],
    signer: LogSigner,
    authority: TimestampAuthority | None,
) -> TreeHead:
    """Log the export, sign the log, write head and proofs into each volume; gives the head."""
    manifest = {
        "documents": sum(volume.counts.documents for volume in volumes),
        "export_id": plan.export_id,
        "exported_at": plan.exported_at.isoformat(),
        "format": FORMAT,
        "inventories": [f"sha256:{digest}" for digest in inventories],
        "log_size": plan.log_size,
        "units": sum(volume.counts.units for volume in volumes),
        "whole": plan.wish.whole,
    }
    if plan.wish.whole and archive.log_size() > plan.log_size and not archive.leaves_of(plan.export_id):
        raise _not_still()
    leaf = archive.append_act(kind="exported", subject_id=plan.export_id, manifest=manifest)
    act = codec.canonical(manifest)
    if leaf.manifest_digest != Digest.of(act):
        raise StorageError("the act of exporting was logged in another form")
    head = publish_head(archive, vault, signer, authority=authority)
    if plan.wish.whole and head.tree_size != plan.log_size + 1:
        raise _not_still()
    known = {*head_sizes(vault, archive.client_id), *imported_sizes(archive, vault)}
    earlier = sorted(size for size in known if 0 < size < head.tree_size)
    for volume in volumes:
        _write(archive, vault, volume, leaf=leaf, act=act, head=head, earlier=earlier)
    return head


def _write(
    archive: Archive,
    vault: ObjectStore,
    volume: Volume,
    *,
    leaf: LogLeaf,
    act: bytes,
    head: TreeHead,
    earlier: Sequence[int],
) -> None:
    folder = volume.folder
    folder.write("data/log/exported.json", act)
    folder.write("data/log/exported-leaf.json", leaf_bytes(leaf))
    nodes = {size: consistency_nodes(size, head.tree_size) for size in earlier}
    wanted = frozenset(node for path in nodes.values() for node in path)
    level, roots = read_level(_leaf_hashes(archive, head.tree_size), frozenset(earlier))
    root, found = write_tree(folder, level, _leaves(volume, leaf), wanted)
    if root != head.root.raw:
        raise StorageError("the signed head is not over the log's leaves")
    lines = (
        " ".join((str(size), roots[size].hex(), *(found[node].hex() for node in path))) for size, path in nodes.items()
    )
    folder.write("data/log/consistency.txt", "".join(f"{line}\n" for line in lines).encode())
    folder.write("data/log/head.json", codec.dump(head))
    folder.write("data/log/head-body.json", signed_bytes(head))
    folder.write("data/log/head.sig", bytes.fromhex(head.signature))
    folder.write("data/log/key.pem", public_key_pem(bytes.fromhex(head.public_key)))
    token = head_token(vault, head)
    if token is not None:
        folder.write("data/log/head-token.der", token.token_der)
        _write_chain(folder, token.chain_pem)


def _not_still() -> ConfigError:
    return ConfigError(
        "the log grew while the whole of it was exported",
        message_ja="全件の書き出しの間に記録が増えました。取込みと画面の操作を止めてから、もう一度実行してください",
    )


def _write_chain(folder: BundleFolder, chain_pem: str) -> None:
    folder.write("data/log/head-chain.pem", chain_pem.encode())


def imported_sizes(archive: Archive, vault: ObjectStore) -> Iterator[int]:
    """Sizes of the heads with which logs were taken over: who kept one of them gets a proof too."""
    for subject_id in archive.subjects(frozenset({"imported"})):
        for leaf in archive.leaves_of(subject_id):
            if leaf.kind == "imported" and leaf.manifest_digest is not None:
                key = keys.act_manifest(archive.client_id, leaf.manifest_digest)
                plain = json.loads(vault.get(VAULT, key, expect=leaf.manifest_digest))
                yield int(plain["head"]["tree_size"])


def _leaves(volume: Volume, exported: LogLeaf) -> Iterator[int]:
    for piece in volume.notebook.sequences(_READ):
        yield from piece
    yield exported.sequence


def _leaf_hashes(archive: Archive, size: int) -> Iterator[bytes]:
    for start in range(0, size, _READ):
        yield from archive.leaf_hashes(start, min(start + _READ, size))


def all_units(archive: Archive, log_size: int) -> Iterator[str]:
    """Ids of every unit of the archive, oldest first."""
    table = schema.unit
    after = -1
    while True:
        rows = archive.rows(
            sa.select(table.c.unit_id, table.c.sequence)
            .where(table.c.client_id == archive.client_id, table.c.sequence > after, table.c.sequence < log_size)
            .order_by(table.c.sequence)
            .limit(_READ)
        )
        if not rows:
            return
        yield from (row.unit_id for row in rows)
        after = rows[-1].sequence
