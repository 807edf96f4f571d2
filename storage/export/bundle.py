"""The audit bundle: documents with everything that proves them, for someone who does not have Shoko.

Order matters. What the inventory lists is written first; the inventory's digest goes into the log as the act of
exporting; then the log is signed, and the proofs towards that head are written beside. So the signed head speaks of
every file in the bundle.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from domain import codec, merkle
from domain.acts import ACT_KINDS
from domain.calendar import TOKYO, tokyo_day
from domain.engines import ObjectStore, TimestampAuthority
from domain.errors import ConfigError, DigestMismatch, ObjectMissing, StorageError
from domain.evidence import LogLeaf, TimestampToken, TreeHead
from domain.record import ArchiveRecord, Unit
from storage.archive import Archive, keys, schema
from storage.archive.applying import OUTCOME_KINDS
from storage.evidence.certificates import to_pem
from storage.evidence.log import VAULT, head_sizes, head_token, load_tree, publish_head
from storage.evidence.signer import LogSigner, public_key_pem, signed_bytes
from storage.export import index, page, readme
from storage.export.folder import BundleFolder
from storage.export.names import safe_name

FORMAT = "shoko.export.v1"
INVENTORY = "data/inventory.sha256"
_SCRIPT = Path(__file__).with_name("verify.sh")
_TITLE = "書庫 監査用データ"
_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif", "application/pdf": ".pdf"}
"""Of what is cut out of an original."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleResult:
    """What was written."""

    folder: Path
    export_id: str
    documents: int
    units: int
    tokens: int
    pending_stamps: int
    """Units in the bundle that still wait for a timestamp."""
    files: int
    size_bytes: int
    head: TreeHead
    """The head that the bundle's proofs lead to: worth keeping outside."""
    log_key_sha256: str
    """Fingerprint to hand over by another way."""
    replaced_characters: tuple[str, ...]
    """Characters that CP932 does not have and that became 〓 in ``index-cp932.csv``."""


@dataclass(slots=True)
class _Draft:
    """A bundle in the making."""

    archive: Archive
    vault: ObjectStore
    folder: BundleFolder
    log_size: int
    """Acts after this are left out: the bundle shows one moment."""
    leaves: dict[int, LogLeaf] = field(default_factory=dict)
    logged: set[str] = field(default_factory=set)
    """Digests of the manifests that those leaves name."""
    originals: dict[str, tuple[str, str, tuple[TimestampToken, ...]]] = field(default_factory=dict)
    """Unit → path, SHA-256, tokens."""
    certificates: dict[str, x509.Certificate] = field(default_factory=dict)


def export_bundle(
    archive: Archive,
    vault: ObjectStore,
    selection: Iterable[str],
    destination: Path,
    *,
    signer: LogSigner,
    clock: Callable[[], datetime],
    units: Iterable[str] = (),
    conditions: str = "",
    title: str = _TITLE,
    authority: TimestampAuthority | None = None,
) -> BundleResult:
    """Write a bundle of documents (by id; every revision) into a new folder.

    Args:
        archive: where they are.
        vault: the store behind it.
        selection: document ids.
        destination: must not exist; it appears only when the bundle is whole.
        signer: signs the log's head.
        clock: gives aware instants.
        units: units to take along although none of the documents has a page of them (unreadable drops).
        conditions: what was asked for, in words, for the README.
        title: heading of README and search page.
        authority: stamps the log's head where it answers.

    Raises:
        ConfigError: the destination exists or cannot be written.
        ObjectMissing: no such document or unit, or the vault has lost something.
        DigestMismatch: an original is not what its record says; nothing is written then.
    """
    if destination.exists():
        raise ConfigError(
            f"{destination} exists", message_ja=f"書き出し先 {destination} は既にあります。別の名前にしてください"
        )
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{destination.name}-", dir=destination.parent))
    except OSError as error:
        msg = f"cannot write to {destination.parent}: {error.strerror}"
        raise ConfigError(msg, message_ja=f"書き出し先 {destination.parent} に書き込めません") from error
    try:
        draft = _Draft(archive=archive, vault=vault, folder=BundleFolder(fresh), log_size=archive.log_size())
        result = _fill(
            draft,
            tuple(dict.fromkeys(selection)),
            tuple(dict.fromkeys(units)),
            signer=signer,
            now=clock(),
            conditions=conditions,
            title=title,
            authority=authority,
        )
        fresh.chmod(0o755)
        fresh.rename(destination)
    except OSError as error:
        msg = f"cannot write the bundle to {destination}: {error.strerror}"
        raise StorageError(
            msg, message_ja=f"書き出し先 {destination} に書き込めません（空き容量と権限を確かめてください）"
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return replace(result, folder=destination)


def _fill(
    draft: _Draft,
    document_ids: tuple[str, ...],
    unit_ids: tuple[str, ...],
    *,
    signer: LogSigner,
    now: datetime,
    conditions: str,
    title: str,
    authority: TimestampAuthority | None,
) -> BundleResult:
    archive, folder = draft.archive, draft.folder
    newest: list[ArchiveRecord] = []
    wanted: dict[str, None] = {}
    for document_id in document_ids:
        history = archive.history(document_id)
        if not history:
            raise ObjectMissing(f"no document {document_id}", message_ja=f"書類 {document_id} はありません")
        newest.append(history[-1])
        wanted.update((p.unit_id, None) for record in history for p in record.pages)
        for subject_id in dict.fromkeys((document_id, *(act.subject_id for act in archive.acts(document_id)))):
            _take_leaves(draft, subject_id)
        _take_folder(draft, f"documents/{document_id}/")
    _take_folder(draft, "lessons/")  # those that leaves of these documents name
    wanted.update((unit_id, None) for unit_id in unit_ids)
    for unit_id in wanted:
        _take_unit(draft, unit_id)
    _take_acts(draft)
    for fingerprint, certificate in draft.certificates.items():
        folder.write(f"data/certificates/{fingerprint}.pem", to_pem((certificate,)).encode())
    rows = [_row(draft, record) for record in newest]
    replaced = _write_index(folder, rows)
    tokens = sum(len(found) for _, _, found in draft.originals.values())
    pending = sum(1 for _, _, found in draft.originals.values() if not found)
    known = {t.authority: t.accredited for _, _, found in draft.originals.values() for t in found}
    export_id = _export_id(draft, now)
    exported_at = now.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S JST")
    notes = [f"index-cp932.csv では {' '.join(replaced)} を {index.GETA} に置き換えました。"] if replaced else []
    text = readme.render(
        title=title,
        export_id=export_id,
        exported_at=exported_at,
        conditions=conditions,
        documents=len(newest),
        originals=len(draft.originals),
        tokens=tokens,
        pending=pending,
        authorities=tuple(known.items()),
        notes=notes,
    )
    folder.write("README.txt", text.encode())
    facts = [("書き出し番号", export_id), ("書き出し日時", exported_at), ("条件", conditions or "指定なし")]
    folder.write("index.html", page.render(rows, title=title, facts=facts).encode())
    folder.write("verify.sh", _SCRIPT.read_bytes(), executable=True)

    head = _log_and_prove(
        draft, signer=signer, authority=authority, export_id=export_id, documents=len(newest), now=now
    )
    folder.finish_bag(external_identifier=export_id, bagged_on=tokyo_day(now))
    return BundleResult(
        folder=Path(),
        export_id=export_id,
        documents=len(newest),
        units=len(draft.originals),
        tokens=tokens,
        pending_stamps=pending,
        files=len(folder.digests),
        size_bytes=folder.size_bytes,
        head=head,
        log_key_sha256=signer.fingerprint,
        replaced_characters=replaced,
    )


def _take_unit(draft: _Draft, unit_id: str) -> None:
    """A unit: its drops and what became of them, the unit it was cut from, its original, its tokens."""
    if unit_id in draft.originals:
        return
    unit = draft.archive.get_unit(unit_id)
    if unit is None:
        raise ObjectMissing(f"no unit {unit_id}", message_ja=f"入力単位 {unit_id} はありません")
    if unit.extract is not None:
        _take_unit(draft, unit.extract.of_unit_id)
    client = draft.archive.client_id
    for drop_id in _drop_ids(draft.archive, unit_id):
        outcomes = sum(leaf.kind in OUTCOME_KINDS for leaf in _take_leaves(draft, drop_id))
        _take_record(draft, keys.drop_manifest(client, drop_id))
        for number in range(outcomes):
            _take_record(draft, keys.outcome_manifest(client, drop_id, number + 1))
    _take_leaves(draft, unit_id)
    _take_record(draft, keys.unit_manifest(client, unit_id))
    _take_folder(draft, f"timestamps/{unit_id}/")
    path = _take_original(draft, unit)
    tokens = tuple(
        token
        for token in draft.archive.timestamps(unit_id)
        if f"data/records/timestamps/{unit_id}/{_sha256(token.token_der)}.tsr.json" in draft.folder.digests
    )
    for token in tokens:
        draft.folder.write(f"data/tokens/{unit_id}/{_sha256(token.token_der)}.der", token.token_der)
        for certificate in x509.load_pem_x509_certificates(token.chain_pem.encode()):
            draft.certificates[certificate.fingerprint(hashes.SHA256()).hex()] = certificate
    draft.originals[unit_id] = (path, unit.blob.digest.value, tokens)


def _take_original(draft: _Draft, unit: Unit) -> str:
    drop = draft.archive.get_drop(unit.first_drop_id)
    name = safe_name(drop.deposit.original_name if drop else "")
    if unit.extract is not None:
        name = safe_name(f"{Path(name).stem}-{unit.extract.page_index + 1}{_SUFFIXES.get(unit.blob.media_type, '')}")
    path = f"data/originals/{unit.unit_id}/{name}"
    with draft.vault.open(VAULT, unit.blob.key, version_id=unit.blob.version_id) as stream:
        actual = draft.folder.copy(path, stream)
    if actual != unit.blob.digest.value:
        raise DigestMismatch(
            f"the original of {unit.unit_id} is not what was preserved",
            message_ja=f"入力単位 {unit.unit_id} の原本が受領時と違います。書き出しを中止しました。"
            "先に検証 (verify) を行ってください",
        )
    return path


def _take_leaves(draft: _Draft, subject_id: str) -> tuple[LogLeaf, ...]:
    """The acts on a subject."""
    found = tuple(leaf for leaf in draft.archive.leaves_of(subject_id) if leaf.sequence < draft.log_size)
    draft.leaves.update((leaf.sequence, leaf) for leaf in found)
    draft.logged.update(leaf.manifest_digest.value for leaf in found if leaf.manifest_digest is not None)
    if any(leaf.kind in ACT_KINDS for leaf in found):
        _take_folder(draft, f"acts/{subject_id}/")
    return found


def _take_folder(draft: _Draft, folder: str) -> None:
    """The records in a folder of the vault that the leaves taken so far name, with their payloads."""
    client = f"{draft.archive.client_id}/"
    for found in draft.vault.list_latest(VAULT, prefix=client + folder):
        if not found.key.endswith(keys.PAYLOAD_SUFFIX):
            _take_record(draft, found.key)


def _take_record(draft: _Draft, key: str) -> None:
    """A record that a leaf names, with the payload that it names; one that no leaf names yet stays out."""
    content = draft.vault.get(VAULT, key)
    path = f"data/records/{key.removeprefix(f'{draft.archive.client_id}/')}"
    if _sha256(content) not in draft.logged and not path.startswith("data/records/units/"):
        return
    draft.folder.write(path, content)
    if b'"payload":"sha256:' in content:
        payload = draft.vault.get(VAULT, key.removesuffix(".json") + keys.PAYLOAD_SUFFIX)
        draft.folder.write(path.removesuffix(".json") + keys.PAYLOAD_SUFFIX, payload)


def _take_acts(draft: _Draft) -> None:
    """Manifests of other acts (viewed, verified …) on what is taken along."""
    written = {digest for path, digest in draft.folder.digests.items() if path.startswith("data/records/")}
    for digest in sorted(draft.logged - written):
        key = f"{draft.archive.client_id}/acts/{digest}.json"
        draft.folder.write(f"data/records/acts/{digest}.json", draft.vault.get(VAULT, key))


def _row(draft: _Draft, record: ArchiveRecord) -> index.Row:
    units = dict.fromkeys(p.unit_id for p in record.pages)
    return index.make_row(record, [draft.originals[unit_id] for unit_id in units])


def _write_index(folder: BundleFolder, rows: Sequence[index.Row]) -> tuple[str, ...]:
    """The index in its three forms; gives the characters that CP932 lacks."""
    table = index.to_csv(rows)
    folder.write("data/index/index.csv", b"\xef\xbb\xbf" + table.encode())
    cp932, replaced = index.to_cp932(table)
    folder.write("data/index/index-cp932.csv", cp932)
    notes = ["index-cp932.csv で 〓 に置き換えた文字:", *replaced] if replaced else []
    folder.write("data/index/index.xlsx", index.to_xlsx(rows, notes=notes))
    return replaced


def _log_and_prove(
    draft: _Draft,
    *,
    signer: LogSigner,
    authority: TimestampAuthority | None,
    export_id: str,
    documents: int,
    now: datetime,
) -> TreeHead:
    """Log the export, sign the log, write leaves and proofs; gives the head."""
    archive, folder = draft.archive, draft.folder
    inventory = folder.checksums(folder.digests)
    folder.write(INVENTORY, inventory)
    manifest = {
        "documents": documents,
        "export_id": export_id,
        "exported_at": now.isoformat(),
        "format": FORMAT,
        "inventory": f"sha256:{_sha256(inventory)}",
        "units": len(draft.originals),
    }
    leaf = archive.append_act(kind="exported", subject_id=export_id, manifest=manifest)
    act = codec.canonical(manifest)
    if leaf.manifest_digest is None or leaf.manifest_digest.value != _sha256(act):
        raise StorageError("the act of exporting was logged in another form")
    draft.leaves[leaf.sequence] = leaf
    head = publish_head(archive, draft.vault, signer, authority=authority)
    tree = load_tree(archive, size=head.tree_size)
    leaves = [draft.leaves[sequence] for sequence in sorted(draft.leaves)]
    folder.write("data/log/exported.json", act)
    folder.write("data/log/leaves.jsonl", b"".join(_leaf_line(draft, leaf) for leaf in leaves))
    proofs = (f"{leaf.sequence} {_hex(tree.inclusion_proof(leaf.sequence))}".rstrip() for leaf in leaves)
    folder.write("data/log/proofs.txt", "".join(f"{line}\n" for line in proofs).encode())
    folder.write("data/log/consistency.txt", _consistency(draft, tree, head).encode())
    folder.write("data/log/head.json", codec.dump(head))
    folder.write("data/log/head-body.json", signed_bytes(head))
    folder.write("data/log/head.sig", bytes.fromhex(head.signature))
    folder.write("data/log/key.pem", public_key_pem(bytes.fromhex(head.public_key)))
    token = head_token(draft.vault, head)
    if token is not None:
        folder.write("data/log/head-token.der", token.token_der)
    return head


def _leaf_line(draft: _Draft, leaf: LogLeaf) -> bytes:
    """A leaf as it stands in the vault: its bytes are what is hashed."""
    return draft.vault.get(VAULT, keys.leaf(leaf.client_id, leaf.sequence)) + b"\n"


def _consistency(draft: _Draft, tree: merkle.Tree, head: TreeHead) -> str:
    """For each earlier head: size, root, proof that this log grew out of it."""
    return "".join(
        f"{size} {tree.root(size).hex()} {_hex(tree.consistency_proof(size))}\n"
        for size in head_sizes(draft.vault, head.client_id)
        if 0 < size < head.tree_size
    )


def _export_id(draft: _Draft, now: datetime) -> str:
    content = draft.folder.checksums(draft.folder.digests) + now.isoformat().encode()
    return f"export-{_sha256(content)[:32]}"


def _drop_ids(archive: Archive, unit_id: str) -> tuple[str, ...]:
    table = schema.drop
    query = sa.select(table.c.drop_id).where(table.c.client_id == archive.client_id, table.c.unit_id == unit_id)
    return tuple(str(row.drop_id) for row in archive.rows(query.order_by(table.c.sequence)))


def _hex(proof: Iterable[bytes]) -> str:
    return " ".join(node.hex() for node in proof)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
