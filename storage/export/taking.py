"""Taking a bundle over into an empty archive: verified first, then as it stands (law: migrate-evidence).

Only a bundle of the complete log is taken over. Its leaves become the first leaves of the log here, byte for byte, so
that every proof towards the old heads holds and the log here grows out of the old one. A bundle of selected documents
proves itself as it is and is kept as it is: taken into another log its acts would stand there as if done anew.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.engines import ObjectStore
from domain.errors import ConfigError, DigestMismatch, EvidenceMalformed
from domain.evidence import Outcome, Report
from storage.archive import Archive, keys
from storage.archive.adopting import ForeignAct
from storage.evidence.verify import Policy, Roots, verify_exported
from storage.export.bundle import volumes_of
from storage.export.reading import chunks
from storage.export.refusing import must_be_bundle, refusal
from storage.objects.together import putting_together, side_by_side

FORMAT = "shoko.import.v1"
_LOCK_DAYS = 90
"""Provisional lock of originals; the caller extends it to the end of retention."""
_AT_ONCE = 200
"""Originals that wait for the disk together: some tens of megabytes, a second of its work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What was taken over."""

    leaves: int
    originals: int
    export_id: str
    head: str
    """The old log's head, ``SIZE:ROOT``."""
    report: Report


def import_bundle(
    archive: Archive, vault: ObjectStore, folder: Path, *, roots: Roots, clock: Callable[[], datetime]
) -> ImportResult:
    """Verify a bundle against what comes from outside, then take over its whole log.

    1. everything verifies; a unit that waits for its timestamp is no obstacle;
    2. it holds the complete log, and the log here is empty or the beginning of it (an interrupted import);
    3. originals are put, each held against its digest;
    4. acts are taken over in the order of the log;
    5. the act of importing names the head that was taken over.

    Raises:
        EvidenceMalformed: it does not verify; the message says what is wrong and what to do.
        ConfigError: the folder is no bundle or a selection, trust anchors are missing, or the archive is not empty.
    """
    # 1.
    must_be_bundle(folder)
    report = verify_exported(folder, roots=roots, policy=Policy(require_timestamp=False))
    if report.outcome is not Outcome.PASSED:
        raise refusal(report, log_key_given=roots.log_key_sha256 is not None)
    # 2.
    volumes = tuple(volumes_of(folder))
    act = _json(volumes[0] / "data/log/exported.json")
    head = _json(volumes[0] / "data/log/head.json")
    if act.get("whole") is not True:
        raise ConfigError(
            "the bundle holds a selection",
            message_ja="選んだ書類だけの一式です。移行には shoko export --whole で書き出したものを使ってください",
        )
    _must_fit(archive, vault, volumes[0], client_id=str(head["client_id"]))
    # 3.
    originals = sum(_put_originals(vault, volume, archive.client_id, clock=clock) for volume in volumes)
    # 4.
    leaves = archive.adopt(_acts(volumes))
    # 5.
    manifest = {
        "export_id": act["export_id"],
        "format": FORMAT,
        "head": head,
        "inventories": act["inventories"],
    }
    archive.append_act(kind="imported", subject_id=str(act["export_id"]), manifest=manifest)
    return ImportResult(
        leaves=leaves,
        originals=originals,
        export_id=str(act["export_id"]),
        head=f"{head['tree_size']}:{head['root']['value']}",
        report=report,
    )


def _must_fit(archive: Archive, vault: ObjectStore, volume: Path, *, client_id: str) -> None:
    """Nothing is put where the log here is of another client, or has begun otherwise."""
    if client_id != archive.client_id:
        raise ConfigError(
            f"the bundle is of client {client_id}, not of {archive.client_id}",
            message_ja=f"この一式は client_id が {client_id} のものです。設定の client_id を合わせてください"
            f"（いまは {archive.client_id}）",
        )
    if archive.log_size() == 0:
        return
    with min((volume / "data/records").glob("leaves-*.jsonl")).open("rb") as leaves:
        first = leaves.readline().rstrip(b"\n")
    key = keys.leaf(client_id, int(json.loads(first)["sequence"]))
    if vault.stat(keys.VAULT, key) is not None and vault.get(keys.VAULT, key) != first:
        raise ConfigError(
            "the log here is another one",
            message_ja="取り込み先には、もう別の記録があります（起動・利用者の登録・点検も記録されます）。"
            "まだ使っていないデータフォルダと、空の保存先（S3 ならほかの bucket_prefix）と、空のデータベースを設定し、"
            "shoko up や利用者の登録より先に取り込んでください",
        )


def _acts(volumes: Sequence[Path]) -> Iterator[ForeignAct]:
    """The acts of all volumes in log order, each once; the act of exporting comes last."""
    last = -1
    for sequence, act in heapq.merge(*map(_acts_of, volumes), key=lambda one: one[0]):
        if sequence != last:
            yield act
        last = sequence


def _acts_of(volume: Path) -> Iterator[tuple[int, ForeignAct]]:
    records = volume / "data/records"
    for leaves in sorted(records.glob("leaves-*.jsonl")):
        number = leaves.name.removeprefix("leaves-")
        with (
            leaves.open("rb") as first,
            (records / f"manifests-{number}").open("rb") as second,
            (records / f"payloads-{number}").open("rb") as third,
        ):
            for lines in zip(first, second, third, strict=True):
                leaf, manifest, payload = (line.rstrip(b"\n") for line in lines)
                act = ForeignAct(leaf=leaf, manifest=manifest or None, payload=payload or None)
                yield int(json.loads(leaf)["sequence"]), act
    log = volume / "data/log"
    leaf = (log / "exported-leaf.json").read_bytes()
    act = ForeignAct(leaf=leaf, manifest=(log / "exported.json").read_bytes(), payload=None)
    yield int(json.loads(leaf)["sequence"]), act


@dataclass(frozen=True, slots=True)
class _Blob:
    """What a manifest says of a unit's bytes."""

    unit_id: str
    key: str
    sha256: str
    media_type: str


def _blobs(volume: Path) -> Iterator[tuple[int, _Blob]]:
    """What the acts of a volume say of originals, each with its place in the log."""
    for sequence, act in _acts_of(volume):
        if act.manifest is not None and b'"blob":{"bucket":"vault"' in act.manifest:
            plain = json.loads(act.manifest)
            blob = plain["blob"]
            yield sequence, _Blob(plain["unit_id"], blob["key"], blob["digest"]["value"], blob["media_type"])


def _originals(volume: Path) -> Iterator[tuple[_Blob, Path]]:
    """The originals of a volume in the order of the log, in which both lists stand, with what the log says of each."""
    blobs = _blobs(volume)
    with (volume / "data/records/originals.txt").open(encoding="utf-8") as lines:
        for line in lines:
            unit_id, number, path = line.rstrip("\n").split(" ", 2)
            blob = next((blob for sequence, blob in blobs if sequence == int(number)), None)
            if blob is None or blob.unit_id != unit_id:
                raise EvidenceMalformed(
                    f"no act at {number} brings {unit_id}",
                    message_ja=f"{unit_id} の原本を受け取った記録がありません",
                    file=path,
                )
            yield blob, volume / path


def _put_originals(vault: ObjectStore, volume: Path, client_id: str, *, clock: Callable[[], datetime]) -> int:
    count = 0
    until = clock() + timedelta(days=_LOCK_DAYS)
    for some in chunks(_originals(volume), _AT_ONCE):
        with putting_together(vault) as quick, side_by_side() as call:
            for blob, path in some:
                call(_put_original, quick, blob, path, client_id, until)
                count += 1
    return count


def _put_original(vault: ObjectStore, blob: _Blob, path: Path, client_id: str, until: datetime) -> None:
    with path.open("rb") as source:
        put = vault.put_blob(
            keys.VAULT,
            source,
            prefix=keys.blob_prefix(client_id),
            media_type=blob.media_type,
            retain_until=until,
        )
    if (put.digest.value, put.key) != (blob.sha256, blob.key):
        raise DigestMismatch(
            f"the original of {blob.unit_id} changed while it was taken over",
            message_ja=f"{blob.unit_id} の原本が取り込みの間に変わりました",
            file=path.name,
        )


def _json(path: Path) -> dict[str, Any]:
    plain = json.loads(path.read_bytes())
    if not isinstance(plain, dict):
        raise EvidenceMalformed(f"{path} is no JSON object", message_ja=f"{path.name} を読めません")
    return plain
