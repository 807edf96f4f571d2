"""``shoko verify`` of a whole archive against ``sha256sum`` over the same files, in the same run."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from domain.evidence import Outcome
from pipeline.benchmark.evidence.rows import Bound, Row, Setting, Target
from pipeline.benchmark.evidence.worlds import MadeWorld, world

_AGAINST_SHA256SUM = Target(value=1.5, bound=Bound.AT_MOST, of_ratio=True)
_TOKENS_A_SECOND = Target(value=1500, bound=Bound.AT_LEAST)
_DROP_CACHES = Path("/proc/sys/vm/drop_caches")
_FILES_PER_RUN = 64
"""Files that one ``sha256sum`` is given: enough that starting it does not count."""


def measure_verify(setting: Setting) -> tuple[Row, ...]:
    """Everything recomputed from the bytes, against ``sha256sum`` over the originals and over every file."""
    if not _peer_is_here():
        return ()
    with world(setting) as made:
        ours, originals, everything = _timed(setting, made, all_files=True)
        size = f"{_size(setting, made)}、まとめて付与、記録 {made.archive.log_size():,} 件"
    processes = _processes(setting)
    return (
        Row(
            name="verify_archive",
            what=f"shoko verify（{size}）、同じ原本の sha256sum -P{processes} に対して",
            measured=min(ours.wall),
            unit="s",
            peer=min(originals.wall),
            peer_name=f"xargs -0 -P{processes} sha256sum",
            target=_AGAINST_SHA256SUM,
            note=f"毎秒 {made.units / min(ours.wall):,.0f} 単位、{_processor(ours, originals)}",
        ),
        Row(
            name="verify_archive_files",
            what="同じ、保管庫の全ファイル（原本・記録・ログ）の sha256sum に対して",
            measured=min(ours.wall),
            unit="s",
            peer=min(everything.wall),
            peer_name=f"xargs -0 -P{processes} sha256sum",
            target=_AGAINST_SHA256SUM,
            note=_processor(ours, everything),
        ),
    )


def measure_tokens(setting: Setting) -> tuple[Row, ...]:
    """The same with a token for each unit, besides those of the batches."""
    if not _peer_is_here():
        return ()
    with world(setting, own_tokens=True) as made:
        ours, originals, _ = _timed(setting, made, all_files=False)
        size = _size(setting, made)
    processes = _processes(setting)
    return (
        Row(
            name="verify_tokens",
            what=f"shoko verify（{size}、1 件ずつ付与）",
            measured=made.units / min(ours.wall),
            unit="件/s",
            target=_TOKENS_A_SECOND,
            note=f"{min(ours.wall):.1f} 秒、{processes} プロセス、{_processor(ours, originals)}",
        ),
        Row(
            name="verify_tokens_files",
            what=f"同じ、同じ原本の sha256sum -P{processes} に対して",
            measured=min(ours.wall),
            unit="s",
            peer=min(originals.wall),
            peer_name=f"xargs -0 -P{processes} sha256sum",
        ),
    )


def measure_cold(setting: Setting) -> tuple[Row, ...]:
    """The same as ``verify`` with nothing in memory: whoever checks an archive after a year reads it from the disk."""
    if not _peer_is_here() or not _forget():
        return ()
    with world(setting) as made:
        processes = _processes(setting)
        ours, originals = _Times(), _Times()
        for turn in range(setting.settings.repeats):
            setting.progress("verify", turn, setting.settings.repeats)
            _forget()
            originals.add(lambda: _sha256sum(made.originals, processes))
            _forget()
            ours.add(lambda: _verify(made, processes))
        setting.progress("verify", setting.settings.repeats, setting.settings.repeats)
        size = _size(setting, made)
    return (
        Row(
            name="verify_cold",
            what=f"shoko verify（{size}）、何もメモリにない状態から、同じ原本の sha256sum -P{processes} に対して",
            measured=min(ours.wall),
            unit="s",
            peer=min(originals.wall),
            peer_name=f"xargs -0 -P{processes} sha256sum",
            note=_processor(ours, originals),
        ),
    )


class _Times:
    """Of runs of the same."""

    def __init__(self) -> None:
        """None yet."""
        self.wall: list[float] = []
        """Seconds on the clock."""
        self.processor: list[float] = []
        """Seconds of processor time, of this process and those it waited for."""

    def add(self, work: Callable[[], None]) -> None:
        """One more run."""
        before, started = os.times(), time.monotonic()
        work()
        self.wall.append(time.monotonic() - started)
        self.processor.append(sum(os.times()[:4]) - sum(before[:4]))


def _timed(setting: Setting, made: MadeWorld, *, all_files: bool) -> tuple[_Times, _Times, _Times]:
    """Ours, ``sha256sum`` of the originals and (where asked for) of every file, in turn."""
    processes = _processes(setting)
    ours, originals, everything = _Times(), _Times(), _Times()
    for turn in range(setting.settings.repeats):
        setting.progress("verify", turn, setting.settings.repeats)
        originals.add(lambda: _sha256sum(made.originals, processes))
        ours.add(lambda: _verify(made, processes))
        if all_files:
            everything.add(lambda: _sha256sum(made.vault, processes))
    setting.progress("verify", setting.settings.repeats, setting.settings.repeats)
    return ours, originals, everything


def _verify(made: MadeWorld, processes: int) -> None:
    report = made.verify(processes)
    if report.outcome is not Outcome.PASSED:
        wrong = next(check for check in report.checks if check.outcome is not Outcome.PASSED)
        msg = f"the made archive does not verify: {wrong}"
        raise RuntimeError(msg)


def _sha256sum(folder: Path, processes: int) -> None:
    find = ["find", str(folder), "-type", "f", "-print0"]
    xargs = ["xargs", "-0", f"-P{processes}", f"-n{_FILES_PER_RUN}", "sha256sum"]
    with subprocess.Popen(find, stdout=subprocess.PIPE) as listing:  # noqa: S603  # our own arguments
        subprocess.run(xargs, stdin=listing.stdout, stdout=subprocess.DEVNULL, check=True)  # noqa: S603


def _forget() -> bool:
    """Let the system forget what it has read (proc(5)); False where that is not allowed."""
    os.sync()
    try:
        _DROP_CACHES.write_text("3\n", encoding="ascii")
    except OSError:
        return False
    return True


def _peer_is_here() -> bool:
    return shutil.which("sha256sum") is not None and shutil.which("xargs") is not None


def _processes(setting: Setting) -> int:
    return setting.settings.processes or len(os.sched_getaffinity(0))


def _size(setting: Setting, made: MadeWorld) -> str:
    return f"{made.units:,} 単位 × {setting.settings.unit_bytes / 1000:,g} kB"


def _processor(ours: _Times, peer: _Times) -> str:
    """Processor time says what was worked where others share the machine."""
    return f"処理時間 {min(ours.processor):.1f} 秒（比較対象 {min(peer.processor):.1f} 秒）"
