"""The audit bundle: how fast it is written and in how much memory, checked with stock tools, and taken over."""

from __future__ import annotations

import resource
import shutil
import subprocess
import time
from pathlib import Path

from pipeline.benchmark.evidence.making import MADE_AT
from pipeline.benchmark.evidence.rows import Bound, Row, Setting, Target
from pipeline.benchmark.evidence.worlds import MadeWorld, world
from storage.archive import Archive
from storage.export import BundleResult, export_bundle, import_bundle
from storage.objects import FolderStore

_TAKEN_OVER = 1_000
"""Documents of the bundle that is imported, where no number is given: all of them are written anew, durably."""
_EXPORT = Target(value=200, bound=Bound.AT_LEAST)
_IMPORT = Target(value=50, bound=Bound.AT_LEAST)
_ONE = Target(value=1, bound=Bound.AT_MOST)
_SECONDS = 7200
_PART = 10
"""A tenth first: what memory grows by from there to the whole is what a larger bundle costs."""


def measure_bundles(setting: Setting) -> tuple[Row, ...]:
    """Export, check of everything and of one document by ``verify.sh``; under one timestamp for each batch."""
    with world(setting) as made:
        units = made.units
        ids = list(made.archive.subjects(frozenset({"filed"})))
        setting.progress("export", 0, 2)
        part = setting.folder / "part"
        _export(made, ids[: max(1, units // _PART)], part)
        shutil.rmtree(part)
        before = _peak_bytes()
        setting.progress("export", 1, 2)
        seconds, bundle = _export(made, ids, setting.folder / "bundle", whole=True)
        grown = _peak_bytes() - before
        setting.progress("export", 2, 2)
        setting.progress("verify.sh", 0, 2)
        all_seconds = _check(setting.folder, bundle, made)
        setting.progress("verify.sh", 1, 2)
        one_seconds = min(
            _check(setting.folder, bundle, made, "--document", ids[len(ids) // 2])
            for _ in range(setting.settings.repeats)
        )
        setting.progress("verify.sh", 2, 2)
    size = f"書類 {units:,} 件 × {setting.settings.unit_bytes / 1000:,g} kB"
    return (
        Row(
            name="export_bundle",
            what=f"監査用の一式の書き出し（{size}）",
            measured=units / seconds,
            unit="/s",
            target=_EXPORT,
            note=f"{seconds:.1f} 秒、{bundle.files:,} ファイル",
        ),
        Row(
            name="export_memory",
            what=f"同じ、{units // _PART:,} 件から {units:,} 件へ増やしたときの最大メモリの増分",
            measured=grown / 1e6,
            unit="MB",
            note=f"最大 {_peak_bytes() / 1e6:.0f} MB",
        ),
        Row(name="bundle_check_all", what=f"verify.sh すべて（{size}）", measured=all_seconds, unit="s"),
        Row(
            name="bundle_check_one",
            what=f"verify.sh --document 1件（{units:,} 件の一式の中）",
            measured=one_seconds,
            unit="s",
            target=_ONE,
        ),
    )


def measure_import(setting: Setting) -> tuple[Row, ...]:
    """A whole log taken over into an empty archive: verified first, then written durably."""
    with world(setting, setting.settings.units or _TAKEN_OVER) as made:
        ids = list(made.archive.subjects(frozenset({"filed"})))
        setting.progress("import", 0, 2)
        _, bundle = _export(made, ids, setting.folder / "bundle", whole=True)
        setting.progress("import", 1, 2)
        seconds = _take_over(setting, bundle, made)
        setting.progress("import", 2, 2)
        units = made.units
    return (
        Row(
            name="import_bundle",
            what=f"shoko import（書類 {units:,} 件 × {setting.settings.unit_bytes / 1000:,g} kB、検証を含む）",
            measured=units / seconds,
            unit="/s",
            target=_IMPORT,
            note=f"{seconds:.1f} 秒",
        ),
    )


def _export(made: MadeWorld, ids: list[str], folder: Path, *, whole: bool = False) -> tuple[float, BundleResult]:
    started = time.monotonic()
    result = export_bundle(
        made.archive, made.store, ids, folder, signer=made.signer, clock=lambda: MADE_AT, whole=whole
    )
    return time.monotonic() - started, result


def _check(folder: Path, bundle: BundleResult, made: MadeWorld, *more: str) -> float:
    roots = folder / "roots.pem"
    roots.write_bytes(b"".join(made.roots.roots_pem))
    trusted = ("--roots", str(roots), "--log-key-sha256", bundle.log_key_sha256)
    started = time.monotonic()
    subprocess.run(  # noqa: S603  # the bundle's own script
        ["sh", "verify.sh", *trusted, *more],  # noqa: S607  # the shell that is there
        cwd=bundle.folder,
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=_SECONDS,
    )
    return time.monotonic() - started


def _take_over(setting: Setting, bundle: BundleResult, made: MadeWorld) -> float:
    place = setting.folder / "new"
    store = FolderStore(place / "store", clock=lambda: MADE_AT)
    for bucket in ("inbox", "vault", "derived"):
        store.ensure_bucket(bucket, versioned=True, object_lock=bucket == "vault")
    archive = Archive.open(f"sqlite:///{place}/archive.sqlite", store, clock=lambda: MADE_AT)
    started = time.monotonic()
    try:
        import_bundle(archive, store, bundle.folder, roots=made.roots, clock=lambda: MADE_AT)
    finally:
        archive.close()
    return time.monotonic() - started


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
