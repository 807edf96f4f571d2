"""``shoko verify`` of a whole archive against ``sha256sum`` over the same files, in the same run."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from domain.evidence import Outcome, Report
from domain.ids import DEFAULT_CLIENT_ID
from pipeline.benchmark.evidence.making import MADE_AT, Made, made_store, make_archive
from pipeline.benchmark.evidence.rows import Bound, Row, Setting, Target
from storage.archive import Archive, ArchiveSettings
from storage.evidence.certificates import to_pem
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.signer import LogSigner
from storage.evidence.verify import Policy, Roots, SweepSettings, verify_all

UNITS = 10_000
"""Units of 200 kB where no number is given: 2 GB, which stay in memory. The target is set for 100,000."""
TOKENS = 5_000
"""Units with a token each, where no number is given."""
_AGAINST_SHA256SUM = Target(value=1.5, bound=Bound.AT_MOST, of_ratio=True)
_FILES_PER_RUN = 64
"""Files that one ``sha256sum`` is given: enough that starting it does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeWorld:
    """A made archive, opened, with what is trusted from outside."""

    root: Path
    """Of the store."""
    made: Made
    archive: Archive
    roots: Roots


def measure_verify(setting: Setting) -> tuple[Row, ...]:
    """Everything recomputed from the bytes, against ``sha256sum`` over the originals and over every file."""
    units = setting.settings.units or UNITS
    if shutil.which("sha256sum") is None or shutil.which("xargs") is None:
        return ()
    world = make_world(setting, units, policy="batch")
    processes = setting.settings.processes or len(os.sched_getaffinity(0))
    ours: list[float] = []
    originals: list[float] = []
    everything: list[float] = []
    try:
        for turn in range(setting.settings.repeats):
            setting.progress("verify", turn, setting.settings.repeats)
            originals.append(_seconds(lambda: _sha256sum(world.made.originals, "*", processes)))
            ours.append(_seconds(lambda: _verify(world, processes)))
            everything.append(_seconds(lambda: _sha256sum(setting.folder / "store" / "vault", "*", processes)))
    finally:
        world.archive.close()
    size = f"{units:,} 単位 × {setting.settings.unit_bytes // 1000:,} kB、まとめて付与、記録 {world.made.leaves:,} 件"
    return (
        Row(
            name="verify_archive",
            what=f"shoko verify（{size}）、同じ原本の sha256sum -P{processes} に対して",
            measured=min(ours),
            unit="s",
            peer=min(originals),
            peer_name=f"xargs -0 -P{processes} sha256sum",
            target=_AGAINST_SHA256SUM,
            note=f"毎秒 {units / min(ours):,.0f} 単位",
        ),
        Row(
            name="verify_archive_files",
            what="同じ、保管庫の全ファイル（原本・記録・ログ）の sha256sum に対して",
            measured=min(ours),
            unit="s",
            peer=min(everything),
            peer_name=f"xargs -0 -P{processes} sha256sum",
            target=_AGAINST_SHA256SUM,
        ),
    )


def measure_tokens(setting: Setting) -> tuple[Row, ...]:
    """The same with a token for each unit."""
    units = setting.settings.units or TOKENS
    world = make_world(setting, units, policy="each")
    processes = setting.settings.processes or len(os.sched_getaffinity(0))
    try:
        seconds = min(_seconds(lambda: _verify(world, processes)) for _ in range(setting.settings.repeats))
    finally:
        world.archive.close()
    return (
        Row(
            name="verify_tokens",
            what=f"shoko verify（{units:,} 単位 × {setting.settings.unit_bytes // 1000:,} kB、1 件ずつ付与）",
            measured=units / seconds,
            unit="件/s",
            target=Target(value=1500, bound=Bound.AT_LEAST),
            note=f"{seconds:.1f} 秒、{processes} プロセス",
        ),
    )


def make_world(
    setting: Setting, units: int, *, policy: Literal["each", "batch"], unit_bytes: int | None = None
) -> MadeWorld:
    """An archive of that many units, each dropped, read, filed and stamped, opened from its vault."""
    keys = setting.folder / "keys"
    authority = LocalAuthority.create_or_open(keys / "tsa", clock=lambda: MADE_AT)
    signer = LogSigner.create_or_open(keys, clock=lambda: MADE_AT)
    made = make_archive(
        setting.folder / "store",
        units=units,
        unit_bytes=unit_bytes or setting.settings.unit_bytes,
        seed=setting.settings.seed,
        signer=signer,
        authority=authority,
        policy=policy,
        progress=lambda done, of: setting.progress("units", done, of),
    )
    archive = Archive.open(
        f"sqlite:///{setting.folder}/archive.sqlite",
        made.store,
        client_id=DEFAULT_CLIENT_ID,
        clock=lambda: MADE_AT,
        settings=ArchiveSettings(rebuild_batch=5000),
    )
    roots = Roots(roots_pem=(to_pem(authority.roots).encode(),), log_key_sha256=signer.fingerprint)
    return MadeWorld(root=setting.folder / "store", made=made, archive=archive, roots=roots)


def verify_world(world: MadeWorld, processes: int) -> Report:
    """As ``shoko verify`` does, with everything from outside."""
    settings = SweepSettings(processes=processes, open_vault=partial(made_store, world.root))
    return verify_all(world.archive, world.made.store, roots=world.roots, policy=Policy(), settings=settings)


def _verify(world: MadeWorld, processes: int) -> None:
    report = verify_world(world, processes)
    if report.outcome is not Outcome.PASSED:
        wrong = next(check for check in report.checks if check.outcome is not Outcome.PASSED)
        msg = f"the made archive does not verify: {wrong}"
        raise RuntimeError(msg)


def _seconds(work: Callable[[], None]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _sha256sum(folder: Path, name: str, processes: int) -> None:
    find = ["find", str(folder), "-type", "f", "-name", name, "-print0"]
    xargs = ["xargs", "-0", f"-P{processes}", f"-n{_FILES_PER_RUN}", "sha256sum"]
    with subprocess.Popen(find, stdout=subprocess.PIPE) as listing:  # noqa: S603  # our own arguments
        subprocess.run(xargs, stdin=listing.stdout, stdout=subprocess.DEVNULL, check=True)  # noqa: S603
