"""Witnesses: places outside of the archive that keep its signed heads, so that no later archive can deny them.

A witness is only ever appended to, and only with a head that grew out of all that it holds. One that disagrees is left
as it is: the difference is the proof. It should be in other hands, an auditor's file or another store.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Protocol

from domain import codec
from domain.engines import ObjectStore
from domain.errors import AppError, ConfigError, StoreUnavailable
from domain.evidence import Check, Outcome, TreeHead
from domain.os_words import why_ja
from storage.archive import Archive
from storage.evidence.log import load_tree, newest_head
from storage.evidence.verifier import Anchors, proves_consistency
from storage.evidence.verifier.findings import Finding
from storage.evidence.verifier.witness import MAX_BYTES, read_witness

CHECK = "witness_agrees"
BUCKET = "vault"
_JSON = "application/json"


class Witness(Protocol):
    """Keeps signed heads, each once, in order."""

    @property
    def name(self) -> str:
        """How reports name it."""
        ...

    def lines(self) -> bytes:
        """All heads, each with a line end.

        Raises:
            StoreUnavailable: it cannot be read.
        """
        ...

    def append(self, head: TreeHead) -> None:
        """Keep one more; the same again changes nothing.

        Raises:
            StoreUnavailable: it cannot be written.
        """
        ...


class FileWitness:
    """A file of lines, made on first use; whoever keeps it may copy it away at any time."""

    def __init__(self, path: Path) -> None:
        """``path`` is usually on another machine's share."""
        self._path = path

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    def lines(self) -> bytes:
        """See ``Witness``; an interrupted last line is left out."""
        try:
            with self._path.open("rb") as file:
                content = file.read(MAX_BYTES)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise _unreachable(self._path, error) from error
        return content[: content.rfind(b"\n") + 1]

    def append(self, head: TreeHead) -> None:
        """See ``Witness``: one writer at a time, on the disk before it returns."""
        line = codec.dump(head) + b"\n"
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                whole = self.lines()
                if line in whole.splitlines(keepends=True):
                    return
                os.ftruncate(descriptor, len(whole))  # what an interrupted writer began is no statement
                os.pwrite(descriptor, line, len(whole))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _unreachable(self._path, error) from error


class StoreWitness:
    """Another store: one locked object for each head."""

    def __init__(self, store: ObjectStore, client_id: str) -> None:
        """The bucket is made on first use."""
        self._store = store
        self._prefix = f"{client_id}/witness/"
        self._client_id = client_id

    @property
    def name(self) -> str:
        """Not its address: that may tell more than a report should."""
        return "store"

    def lines(self) -> bytes:
        """See ``Witness``."""
        self._store.ensure_bucket(BUCKET, versioned=True, object_lock=True)
        keys = [found.key for found in self._store.list_latest(BUCKET, prefix=self._prefix)]
        return b"".join(self._store.get(BUCKET, key) + b"\n" for key in sorted(keys))

    def append(self, head: TreeHead) -> None:
        """See ``Witness``."""
        self._store.put_named(BUCKET, f"{self._prefix}{head.tree_size:012d}.json", codec.dump(head), media_type=_JSON)


def push_head(archive: Archive, vault: ObjectStore, witness: Witness, *, log_key_sha256: str) -> Check:
    """Give the newest published head to a witness.

    1. every head that it holds is signed by this log's key, and a state that this log went through;
    2. the newest grew out of the last that it holds, by a consistency proof;
    3. only then it is appended.

    What does not agree is a failed check (somebody went back in time, or the witness was altered); a witness that does
    not answer is indeterminate, and is asked again next time.
    """
    newest = newest_head(vault, archive.client_id, log_key_sha256=log_key_sha256)
    try:
        held, findings = read_witness(witness.lines(), Anchors(log_key_sha256=log_key_sha256))
    except AppError as error:
        return Check(name=CHECK, outcome=Outcome.INDETERMINATE, subject=witness.name, detail=error.code)
    # 1.
    wrong = next((finding for finding in findings if finding.reason is not None), None)
    if wrong is not None:
        return _disagrees(witness, _said(wrong))
    if newest is None:
        return _disagrees(witness, "no head") if held else Check(name=CHECK, outcome=Outcome.PASSED, detail="0")
    tree = load_tree(archive, size=newest.tree_size)
    for head in held:
        if head.tree_size > newest.tree_size:
            return _disagrees(witness, f"head-{head.tree_size}: the log has {newest.tree_size} leaves")
        if tree.root(head.tree_size) != head.root:
            return _disagrees(witness, f"head-{head.tree_size}")
    # 2.
    if held and not proves_consistency(
        first=held[-1].tree_size,
        first_root=held[-1].root,
        second=newest.tree_size,
        second_root=newest.root.raw,
        path=tree.consistency_proof(held[-1].tree_size),
    ):
        return _disagrees(witness, f"head-{newest.tree_size}")
    # 3.
    if not held or held[-1].tree_size < newest.tree_size:
        try:
            witness.append(newest)
        except AppError as error:
            return Check(name=CHECK, outcome=Outcome.INDETERMINATE, subject=witness.name, detail=error.code)
    return Check(name=CHECK, outcome=Outcome.PASSED, subject=witness.name, detail=f"head-{newest.tree_size}")


def read_witness_file(path: Path, *, log_key_sha256: str | None) -> tuple[Anchors, tuple[Finding, ...]]:
    """The heads of a witness's file as what is known from outside, and what is wrong with its lines.

    Raises:
        ConfigError: it cannot be read, or is larger than such a file can be.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unusable(path, error) from error
    if len(content) > MAX_BYTES:
        raise ConfigError(
            f"{path} is no witness file", message_ja=f"{path} はログ先頭の控えではありません（大きすぎます）"
        )
    heads, findings = read_witness(content, Anchors(log_key_sha256=log_key_sha256))
    return Anchors(earlier_heads=heads), findings


def _disagrees(witness: Witness, detail: str) -> Check:
    return Check(name=CHECK, outcome=Outcome.FAILED, subject=witness.name, detail=detail)


def _said(finding: Finding) -> str:
    return f"{finding.subject}: {finding.reason.value if finding.reason else ''}"


def _unreachable(path: Path, error: OSError) -> StoreUnavailable:
    return StoreUnavailable(
        f"witness {path}: {error.strerror}",
        message_ja=f"ログ先頭の控え {path} を使えません（{why_ja(error)}）。次の夜にもう一度試します",
    )


def _unusable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"witness {path}: {error.strerror}", message_ja=f"ログ先頭の控え {path} を使えません（{why_ja(error)}）"
    )
