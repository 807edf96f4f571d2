"""The log in the vault: hash tiles, signed heads and proofs (RFC 9162; tiles laid out as in C2SP tlog-tiles)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from domain import codec, merkle
from domain.engines import ObjectStore, TimestampAuthority
from domain.errors import DigestMismatch, EvidenceMalformed, ObjectMissing, TimestampRefused, TimestampUnavailable
from domain.evidence import LogLeaf, TimestampToken, TreeHead
from domain.ids import Digest
from storage.archive import Archive
from storage.evidence.signer import LogSigner, check_head, public_key_fingerprint

VAULT = "vault"
HEADS, HEAD_TOKENS = "log/heads/", "log/head-timestamps/"
"""Folders of signed heads, and of the timestamps that heads have for themselves."""
_TILE_TYPE = "application/octet-stream"
_JSON = "application/json"
_LEAVES_PER_READ = 4096
LOCK_DAYS = 90
"""Provisional lock of tiles and heads, as the archive gives its leaves."""

_log = logging.getLogger(__name__)


def leaf_bytes(leaf: LogLeaf) -> bytes:
    """What a leaf's hash is over."""
    return codec.canonical(leaf)


def publish_head(
    archive: Archive,
    vault: ObjectStore,
    signer: LogSigner,
    *,
    authority: TimestampAuthority | None = None,
    lock_days: int = LOCK_DAYS,
) -> TreeHead:
    """Write the tiles that became full and a signed head over everything that is in the log now.

    Nothing new since the newest head: that one is returned. With an authority the head is stamped too; where it does
    not answer, the head stands without a token until the next call. Heads that are damaged or of a stranger are passed
    by: verification names them, and the log goes on.

    Raises:
        EvidenceMalformed: the log no longer begins with what was signed before, or something else stands in the place
            of the head or of its token.
        DigestMismatch: a tile in the vault is not the one that the log gives.
    """
    tree = load_tree(archive)
    newest = _grown_from(vault, archive.client_id, tree, signer)
    head = newest
    if head is None or head.tree_size < tree.size:
        signed = signer.sign_head(
            client_id=archive.client_id, tree_size=tree.size, root=Digest(value=tree.root().hex())
        )
        until = signed.signed_at + timedelta(days=lock_days)
        _write_tiles(vault, archive.client_id, tree, since=0 if newest is None else newest.tree_size, until=until)
        head = _write_head(vault, signed, until=until)
    if authority is not None:
        _stamp_head(vault, head, authority, lock_days=lock_days)
    return head


def load_tree(archive: Archive, *, size: int | None = None) -> merkle.Tree:
    """The tree over the log's first ``size`` leaves (all by default)."""
    end = archive.log_size() if size is None else size
    tree = merkle.Tree()
    for start in range(0, end, _LEAVES_PER_READ):
        for value in archive.leaf_hashes(start, min(start + _LEAVES_PER_READ, end)):
            tree.append(value)
    return tree


def head_sizes(vault: ObjectStore, client_id: str, *, folder: str = HEADS) -> Iterator[int]:
    """Sizes at which a head was published (or stamped), smallest first; from the names alone."""
    for found in vault.list_latest(VAULT, prefix=f"{client_id}/{folder}"):
        name = found.key.rpartition("/")[2].removesuffix(".json").removesuffix(".tsr")
        if name.isdecimal():
            yield int(name)


def newest_head(vault: ObjectStore, client_id: str, *, log_key_sha256: str | None = None) -> TreeHead | None:
    """The head over most leaves that is whole and signed, by that key where one is named; None before the first."""
    for head in _sound_heads(vault, client_id):
        if log_key_sha256 in {None, public_key_fingerprint(bytes.fromhex(head.public_key))}:
            return head
    return None


def newest_head_key(vault: ObjectStore, client_id: str) -> str | None:
    """Where the head over most leaves stands, or None before the first."""
    newest = None
    for found in vault.list_latest(VAULT, prefix=f"{client_id}/log/heads/"):
        newest = found.key
    return newest


def head_key(client_id: str, tree_size: int) -> str:
    """Where a head stands in the vault."""
    return f"{client_id}/log/heads/{tree_size:012d}.json"


def head_token_key(client_id: str, tree_size: int) -> str:
    """Where a head's timestamp stands in the vault."""
    return f"{client_id}/log/head-timestamps/{tree_size:012d}.tsr.json"


def head_token(vault: ObjectStore, head: TreeHead) -> TimestampToken | None:
    """The timestamp over a head's stored bytes, or None where it has none.

    Raises:
        EvidenceMalformed: it cannot be read.
    """
    return head_token_of(vault, head.client_id, head.tree_size)


def head_token_of(vault: ObjectStore, client_id: str, tree_size: int) -> TimestampToken | None:
    """The same by the head's size.

    Raises:
        EvidenceMalformed: it cannot be read.
    """
    key = head_token_key(client_id, tree_size)
    if vault.stat(VAULT, key) is None:
        return None
    try:
        return codec.load(TimestampToken, vault.get(VAULT, key))
    except ValueError as error:
        raise EvidenceMalformed(f"{key} is not a timestamp", file=key) from error


def tile_key(client_id: str, level: int, number: int) -> str:
    """Where a tile stands in the vault."""
    return f"{client_id}/log/tile/{level}/{number:09d}"


def _sound_heads(vault: ObjectStore, client_id: str) -> Iterator[TreeHead]:
    """Heads that are whole, in their place and signed by the key that they name, over most leaves first."""
    for size in sorted(head_sizes(vault, client_id), reverse=True):
        try:
            head = _read_head(vault, head_key(client_id, size))
            check_head(head)
        except (EvidenceMalformed, DigestMismatch, ObjectMissing):
            continue
        if (head.client_id, head.tree_size) == (client_id, size):
            yield head


def _grown_from(vault: ObjectStore, client_id: str, tree: merkle.Tree, signer: LogSigner) -> TreeHead | None:
    """The newest head that the log grew out of.

    Raises:
        EvidenceMalformed: it did not grow out of one that was signed with our key.
    """
    for head in _sound_heads(vault, client_id):
        if head.tree_size <= tree.size and tree.root(head.tree_size) == head.root.raw:
            return head
        if head.public_key == signer.public_key.hex():
            raise EvidenceMalformed(
                f"the log does not begin with the {head.tree_size} leaves that were signed",
                message_ja=f"ログが署名済みの {head.tree_size} 件と食い違っています。改変の疑いがあります",
            )
        _log.warning("head of %d leaves is by another key and of another log: passed by", head.tree_size)
    return None


def _write_tiles(vault: ObjectStore, client_id: str, tree: merkle.Tree, *, since: int, until: datetime) -> None:
    for level, number in merkle.full_tiles(tree.size, since=since):
        content = tree.tile(level, number)
        key = tile_key(client_id, level, number)
        stored = vault.put_named(VAULT, key, content, media_type=_TILE_TYPE, retain_until=until)
        if stored.digest != Digest.of(content):
            raise DigestMismatch(
                f"tile {key} differs from the log",
                message_ja=f"保存庫のログの一部 {key} がログの内容と違います。改変または破損の疑いがあります",
                file=key,
            )


def _write_head(vault: ObjectStore, head: TreeHead, *, until: datetime) -> TreeHead:
    key = head_key(head.client_id, head.tree_size)
    stored = vault.put_named(VAULT, key, codec.dump(head), media_type=_JSON, retain_until=until)
    if stored.digest == Digest.of(codec.dump(head)):
        return head
    other = _read_head(vault, key)  # another process published the same size first
    check_head(other)
    if (other.root, other.public_key) != (head.root, head.public_key):
        raise EvidenceMalformed(
            f"another log of {head.tree_size} leaves was signed",
            message_ja=f"同じ件数 ({head.tree_size}) で内容の違うログが署名されています。改変の疑いがあります",
        )
    return other


def _read_head(vault: ObjectStore, key: str) -> TreeHead:
    try:
        return codec.load(TreeHead, vault.get(VAULT, key))
    except ValueError as error:
        raise EvidenceMalformed(
            f"{key} is not a log head", message_ja=f"ログの先頭 {key} を読めません", file=key
        ) from error


def _stamp_head(vault: ObjectStore, head: TreeHead, authority: TimestampAuthority, *, lock_days: int) -> None:
    key, imprint = head_token_key(head.client_id, head.tree_size), Digest.of(codec.dump(head))
    if vault.stat(VAULT, key) is not None:
        found = head_token(vault, head)
        if found is None or found.imprint != imprint or not authority.gave(found):
            raise EvidenceMalformed(
                f"what stands in the place of the timestamp of head {head.tree_size} is none by the authority in use",
                message_ja=f"ログの先頭 (件数 {head.tree_size}) のタイムスタンプの場所に、設定した認証局のものではない"
                "ファイルがあります",
                file=key,
            )
        return
    try:
        token = authority.stamp(imprint)
    except (TimestampUnavailable, TimestampRefused):
        return
    until = token.gen_time + timedelta(days=lock_days)
    vault.put_named(VAULT, key, codec.dump(token), media_type=_JSON, retain_until=until)
