"""The audit bundle: documents with everything that proves them, for someone who does not have Shoko.

Order matters. What the inventories list is written first; their digests go into the log as the act of exporting; then
the log is signed, and the proofs towards that head are written beside. So the signed head speaks of every file in
every volume. An interrupted export goes on where it stopped and comes to the same end (``storage.export.plan``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from domain.calendar import tokyo_day, tokyo_time
from domain.engines import ObjectStore, TimestampAuthority
from domain.errors import ConfigError, StorageError, StoreUnavailable
from domain.evidence import TreeHead
from domain.os_words import why_ja
from domain.record import ArchiveRecord
from storage.archive import Archive
from storage.evidence.signer import LogSigner
from storage.export import logged, readme
from storage.export.folder import BundleFolder
from storage.export.index import GETA, Replaced
from storage.export.plan import Plan, Wish, Workshop, digest_of_ids
from storage.export.reading import CHUNK, READERS, Moment, chunks
from storage.export.volume import Counts, Renditions, Volume

_SCRIPT = Path(__file__).with_name("verify.sh")
_TITLE = "書庫 監査用データ"
_SPARE_BYTES = 4 << 20
"""Room that a volume keeps for README, pages, heads and lists."""
MIN_VOLUME_BYTES = 16 << 20
"""Smaller volumes would hold little but what every volume has to hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleResult:
    """What was written."""

    folder: Path
    volumes: tuple[Path, ...]
    """Folders of the volumes; the folder itself where there is one."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What other parts of Shoko add to a bundle."""

    renditions: Renditions | None = None
    """Readable forms of a document's original."""
    tables: Callable[[Moment, Sequence[str]], Iterable[tuple[str, Iterable[bytes]]]] | None = None
    """Further files (name inside ``data/report/``, pieces of it) about these documents, asked for by volume."""


@dataclass(slots=True)
class _Draft:
    """A bundle in the making."""

    archive: Archive
    vault: ObjectStore
    workshop: Workshop
    plan: Plan
    moment: Moment
    readers: Executor
    extras: Extras
    volumes: list[Volume] = field(default_factory=list)
    replaced: dict[str, Replaced] = field(default_factory=dict)


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
    whole: bool = False,
    volume_bytes: int | None = None,
    request: str | None = None,
    extras: Extras | None = None,
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
        whole: take the complete log along, so that another installation can go on with it (law: migrate-evidence).
        volume_bytes: about the largest size of one volume; none for a single one.
        request: names the selection; an interrupted export goes on only for the same one.
        extras: what other parts of Shoko add.

    Raises:
        ConfigError: the destination exists or cannot be written, or an unfinished export of something else lies there.
        ObjectMissing: no such document or unit, or the vault has lost something.
        DigestMismatch: an original is not what its record says; nothing is delivered then.
        StorageError: the disk is full or refuses; called again, the export goes on.
    """
    if destination.exists():
        raise ConfigError(
            f"{destination} exists", message_ja=f"書き出し先 {destination} は既にあります。別の名前にしてください"
        )
    if volume_bytes is not None and volume_bytes < MIN_VOLUME_BYTES:
        raise ConfigError(
            f"a volume holds at least {MIN_VOLUME_BYTES} bytes",
            message_ja=f"分冊の大きさは {MIN_VOLUME_BYTES >> 20} MB 以上にしてください",
        )
    ids = dict.fromkeys(selection) if request is None else selection
    wish = Wish(
        request=request if request is not None else digest_of_ids(ids),
        conditions=conditions,
        title=title,
        units=tuple(dict.fromkeys(units)),
        whole=whole,
        volume_bytes=volume_bytes,
    )
    workshop = Workshop(destination)
    try:
        with workshop.held(), ThreadPoolExecutor(max_workers=READERS) as readers:
            return _export(
                archive, vault, ids, workshop, wish,
                signer=signer, clock=clock, authority=authority, readers=readers,
                extras=extras or Extras(), destination=destination,
            )  # fmt: skip
    except StoreUnavailable:
        raise
    except OSError as error:
        raise _unwritable(destination, workshop, error) from error
    except Exception:
        workshop.discard()  # asked again it would fail again
        raise


def _export(
    archive: Archive,
    vault: ObjectStore,
    selection: Iterable[str],
    workshop: Workshop,
    wish: Wish,
    *,
    signer: LogSigner,
    clock: Callable[[], datetime],
    authority: TimestampAuthority | None,
    readers: Executor,
    extras: Extras,
    destination: Path,
) -> BundleResult:
    plan = workshop.begin(wish, selection, log_size=archive.log_size(), now=clock())
    draft = _Draft(
        archive=archive,
        vault=vault,
        workshop=workshop,
        plan=plan,
        moment=Moment(archive, vault, log_size=plan.log_size, at=plan.exported_at, readers=readers),
        readers=readers,
        extras=extras,
    )
    try:
        _fill(draft)
        inventories = [_close(draft, number) for number in range(1, len(draft.volumes) + 1)]
        head = logged.log_and_prove(
            archive, vault, draft.volumes, plan, inventories=inventories, signer=signer, authority=authority
        )
        day = tokyo_day(plan.exported_at)
        for number, volume in enumerate(draft.volumes, start=1):
            count = (("Bag-Count", f"{number} of {len(draft.volumes)}"),) if len(draft.volumes) > 1 else ()
            volume.folder.finish_bag(external_identifier=plan.export_id, bagged_on=day, more=count)
    finally:
        for volume in draft.volumes:
            volume.close()
    counts = [volume.counts for volume in draft.volumes]
    workshop.deliver(volumes=len(draft.volumes))
    several = len(draft.volumes) > 1
    return BundleResult(
        folder=destination,
        volumes=tuple(destination / v.folder.root.name if several else destination for v in draft.volumes),
        export_id=plan.export_id,
        documents=sum(count.documents for count in counts),
        units=sum(count.units for count in counts),
        tokens=sum(count.tokens for count in counts),
        pending_stamps=sum(count.pending for count in counts),
        files=sum(volume.folder.files for volume in draft.volumes),
        size_bytes=sum(volume.folder.size_bytes for volume in draft.volumes),
        head=head,
        log_key_sha256=signer.fingerprint,
        replaced_characters=tuple(draft.replaced),
    )


def _fill(draft: _Draft) -> None:
    """Originals, rows and records, volume after volume."""
    limit = draft.plan.wish.volume_bytes
    ends = draft.workshop.ends()
    done = 0
    volume = _next_volume(draft)
    in_volume: list[str] = []
    # What renditions weigh is known when they are made: where that counts, each document is.
    together = CHUNK if limit is None or draft.extras.renditions is None else 1
    for ids in chunks(draft.workshop.documents(), CHUNK):
        records = draft.moment.documents(ids)
        sources = draft.moment.sources(tuple(dict.fromkeys(u for _, units in records.values() for u in units)))
        waiting: list[tuple[ArchiveRecord, tuple[str, ...]]] = []
        promised = 0
        for one in ids:
            record, unit_ids = records[one]
            cost = volume.cost([sources[u] for u in unit_ids], len(record.text.encode()))
            known = len(draft.volumes) <= len(ends)
            full = (
                done == ends[len(draft.volumes) - 1]
                if known
                else limit is not None
                and bool(in_volume)
                and volume.size_bytes + promised + cost > limit - _SPARE_BYTES
            )
            if full:
                volume.add(waiting, sources, renditions=draft.extras.renditions)
                waiting, promised = [], 0
                if not known:
                    draft.workshop.close_volume(done)
                _finish_volume(draft, volume, in_volume, done=False)
                volume, in_volume = _next_volume(draft), []
            waiting.append((record, unit_ids))
            promised += cost
            in_volume.append(one)
            done += 1
            if len(waiting) >= together:
                volume.add(waiting, sources, renditions=draft.extras.renditions)
                waiting, promised = [], 0
        volume.add(waiting, sources, renditions=draft.extras.renditions)
    wish = draft.plan.wish
    extra = wish.units if not wish.whole else logged.all_units(draft.archive, draft.plan.log_size)
    for ids in chunks(extra, CHUNK):
        volume.add_units(draft.moment.sources(ids).values())
    _finish_volume(draft, volume, in_volume, done=True)


def _next_volume(draft: _Draft) -> Volume:
    folder = BundleFolder(draft.workshop.bag(len(draft.volumes) + 1))
    volume = Volume(folder, draft.moment, draft.workshop.folder, readers=draft.readers)
    draft.volumes.append(volume)
    volume.index.__enter__()
    return volume


def _finish_volume(draft: _Draft, volume: Volume, ids: Sequence[str], *, done: bool) -> None:
    volume.index.__exit__(None, None, None)
    draft.replaced |= volume.index.replaced
    if draft.extras.tables is not None:
        for name, pieces in draft.extras.tables(draft.moment, ids):
            with volume.folder.grow(f"data/report/{name}") as out:
                for piece in pieces:
                    out.write(piece)
    last = draft.plan.wish.whole and done
    volume.write_records(_not_yet_taken(draft) if last else ())


def _not_yet_taken(draft: _Draft) -> Iterator[int]:
    """Leaves of the log that no volume before the last has."""
    for some in chunks(range(draft.plan.log_size), CHUNK):
        taken = {number for volume in draft.volumes[:-1] for number in volume.notebook.known(some)}
        yield from (number for number in some if number not in taken)


def _close(draft: _Draft, number: int) -> str:
    """What people read, and the end of a volume's inventory; gives the inventory's SHA-256."""
    volume, plan = draft.volumes[number - 1], draft.plan
    exported_at = tokyo_time(plan.exported_at)
    of = f"{number} / {len(draft.volumes)}"
    replaced = volume.index.replaced
    notes = [f"index-cp932.csv では {' '.join(replaced)} を {GETA} に置き換えました。"] if replaced else []
    volume.folder.write(
        "README.txt",
        readme.render(
            title=plan.wish.title,
            export_id=plan.export_id,
            exported_at=exported_at,
            conditions=plan.wish.conditions,
            volume=of,
            counts=volume.counts,
            whole=plan.wish.whole,
            notes=notes,
        ).encode(),
    )
    volume.folder.write("data/specification.txt", readme.specification().encode())
    volume.folder.write("verify.sh", _SCRIPT.read_bytes(), executable=True)
    facts = [
        ("書き出し番号", "Export", plan.export_id),
        ("書き出し日時", "Exported at", exported_at),
        ("条件", "Conditions", plan.wish.conditions or "指定なし (none)"),
    ]
    if len(draft.volumes) > 1:
        facts.append(("分冊", "Volume", of))
    volume.page.finish(title=plan.wish.title, facts=facts)
    return volume.folder.close_inventory()


def _unwritable(destination: Path, workshop: Workshop, error: OSError) -> StorageError | ConfigError:
    if not workshop.folder.exists():
        msg = f"cannot write to {destination.parent}: {error.strerror}"
        return ConfigError(msg, message_ja=f"書き出し先 {destination.parent} に書き込めません（{why_ja(error)}）")
    return StorageError(
        f"cannot write the bundle to {destination}: {error.strerror}",
        message_ja=f"書き出し先 {destination} に書き込めません（{why_ja(error)}）。"
        "直してから同じ条件でもう一度実行すると、続きから書き出します",
    )


__all__ = ["BundleResult", "Counts", "Extras", "export_bundle"]


def volumes_of(folder: Path) -> Iterator[Path]:
    """The volumes of a bundle: the folder itself, or those that stand in it."""
    if (folder / "bagit.txt").exists():
        yield folder
    else:
        yield from sorted(place.parent for place in folder.glob("volume-*/bagit.txt"))
