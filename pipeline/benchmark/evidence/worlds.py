"""Made archives that several measurements use, kept for later runs where the caller wants that.

An archive of 100,000 units takes as long to make as to measure. It lies in a folder that is named by what it holds; a
file written last says that it is whole.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from domain.calendar import utc_now
from domain.errors import ConfigError
from domain.evidence import Report
from domain.ids import DEFAULT_CLIENT_ID
from pipeline.benchmark.evidence.making import MADE_AT, Making, made_store, made_units, make_archive
from pipeline.benchmark.evidence.rows import Setting
from storage.archive import Archive, ArchiveSettings, keys
from storage.evidence.certificates import to_pem
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.log import load_tree
from storage.evidence.signer import LogSigner
from storage.evidence.verify import Policy, Roots, SweepSettings, verify_all
from storage.objects import FolderStore

UNITS = 10_000
"""Units where no number is given: 2 GB of originals, which stay in memory. Targets are set for 100,000."""
FILES_PER_UNIT = 36
"""Files and folders that a unit's objects make (with a token of its own), each at least one block of the disk."""
_BLOCK = 4096
_WHOLE = "made.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeWorld:
    """A made archive, opened, with what is trusted from outside."""

    folder: Path
    store: FolderStore
    archive: Archive
    roots: Roots
    signer: LogSigner
    units: int
    own_tokens: bool
    """Besides the tokens of its batches, each unit has one of its own."""

    @property
    def originals(self) -> Path:
        """Folder with the originals' files."""
        return self.vault / DEFAULT_CLIENT_ID / "blobs"

    @property
    def vault(self) -> Path:
        """Folder of the vault."""
        return self.folder / "store" / keys.VAULT

    def verify(self, processes: int) -> Report:
        """As ``shoko verify`` does, with everything from outside."""
        opening = partial(FolderStore, self.folder / "store", clock=utc_now)
        settings = SweepSettings(processes=processes, open_vault=opening)
        return verify_all(self.archive, self.store, roots=self.roots, policy=Policy(), settings=settings)


@contextmanager
def world(setting: Setting, units: int | None = None, *, own_tokens: bool = False) -> Iterator[MadeWorld]:
    """An archive of that many units, each dropped, read, filed and stamped; made where it is not there yet.

    Tokens of their own are added to an archive whose units have been stamped in batches: its verification then checks
    those tokens besides everything else. Whoever measures batches alone comes first.

    Raises:
        ConfigError: the disk has no room, or batches alone were asked for and the archive has more.
    """
    count, size = units or setting.settings.units or UNITS, setting.settings.unit_bytes
    folder = (setting.archives or setting.folder) / f"archive-{count}-{size}-{setting.settings.seed}"
    if _own_tokens(folder) is None:
        _make(setting, folder, count)
    there = _own_tokens(folder)
    if there and not own_tokens:
        raise ConfigError(
            f"{folder} has a token for each unit already",
            message_ja=f"{folder} には 1 件ずつのタイムスタンプが付いています。"
            "まとめて付与した書庫の測定（verify, bundle）は tokens より先に行うか、別の --keep を指定してください",
        )
    if own_tokens and not there:
        _give_tokens(setting, folder, count)
    made = _open(folder, count, own_tokens=own_tokens)
    try:
        yield made
    finally:
        made.archive.close()


def _make(setting: Setting, folder: Path, units: int) -> None:
    size = setting.settings.unit_bytes
    if folder.exists():  # an earlier run was interrupted
        shutil.rmtree(folder)
    needed, free = units * (size + FILES_PER_UNIT * _BLOCK), shutil.disk_usage(folder.parent).free
    if needed > free:
        raise ConfigError(
            f"an archive of {units} units takes {needed} bytes, {folder.parent} has {free}",
            message_ja=f"{units:,} 単位の書庫には {needed / 1e9:.0f} GB 要りますが、"
            f"{folder.parent} の空きは {free / 1e9:.0f} GB です",
        )
    folder.mkdir(parents=True)
    make_archive(
        folder / "store",
        units=units,
        unit_bytes=size,
        seed=setting.settings.seed,
        signer=_signer(folder),
        authority=_authority(folder),
        policy="batch",
        progress=lambda done, of: setting.progress("units", done, of),
    )
    setting.progress("database", 0, 1)
    _open(folder, units, own_tokens=False).archive.close()
    setting.progress("database", 1, 1)
    _say(folder, own_tokens=False)


def _open(folder: Path, units: int, *, own_tokens: bool) -> MadeWorld:
    """The database is made from the vault where it is not there, as after a loss."""
    store, signer = made_store(folder / "store"), _signer(folder)
    archive = open_made(folder, f"sqlite:///{folder}/archive.sqlite")
    roots = Roots(roots_pem=(to_pem(_authority(folder).roots).encode(),), log_key_sha256=signer.fingerprint)
    return MadeWorld(
        folder=folder, store=store, archive=archive, roots=roots, signer=signer, units=units, own_tokens=own_tokens
    )


def open_made(folder: Path, url: str) -> Archive:
    """The archive of a made vault, in whatever database."""
    return Archive.open(
        url,
        made_store(folder / "store"),
        client_id=DEFAULT_CLIENT_ID,
        clock=lambda: MADE_AT,
        settings=ArchiveSettings(rebuild_batch=5000),
    )


def _give_tokens(setting: Setting, folder: Path, units: int) -> None:
    """A token for each unit, and a head over the longer log; the database follows from the vault."""
    _say(folder, own_tokens=None)
    made, authority = _open(folder, units, own_tokens=True), _authority(folder)
    try:
        making = Making(folder / "store", load_tree(made.archive))
        given = setting.settings
        for done, unit in enumerate(made_units(units=units, unit_bytes=given.unit_bytes, seed=given.seed), start=1):
            making.stamp(*unit, authority)
            setting.progress("tokens", done, units)
        making.publish(made.signer)
        made.archive.roll_forward()
    finally:
        made.archive.close()
    _say(folder, own_tokens=True)


def _own_tokens(folder: Path) -> bool | None:
    """Whether its units have tokens of their own; None where there is no archive, or a half-made one."""
    try:
        said: bool | None = json.loads((folder / _WHOLE).read_bytes())["own_tokens"]
    except FileNotFoundError:
        return None
    return said


def _say(folder: Path, *, own_tokens: bool | None) -> None:
    (folder / _WHOLE).write_text(json.dumps({"own_tokens": own_tokens}), encoding="utf-8")


def _signer(folder: Path) -> LogSigner:
    return LogSigner.create_or_open(folder / "keys", clock=lambda: MADE_AT)


def _authority(folder: Path) -> LocalAuthority:
    return LocalAuthority.create_or_open(folder / "keys" / "tsa", clock=lambda: MADE_AT)
