"""Random bits of stored files flipped, one at a time, and the archive verified after each: how many go unnoticed."""

from __future__ import annotations

import itertools
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from domain.errors import AppError
from domain.evidence import Outcome
from pipeline.benchmark.evidence.making import MADE_AT
from pipeline.benchmark.evidence.rows import Bound, Row, Setting, Target
from pipeline.benchmark.evidence.worlds import MadeWorld, open_made, world
from storage.archive import Archive
from storage.archive.comparing import damage, differences, index_differences, rebuilt_copy
from storage.evidence.verify import verify_exported
from storage.export import export_bundle

FLIPS = 1_000
"""As the target asks."""
UNITS = 65
"""Few, so that verifying them a thousand times takes minutes; enough that the log fills a tile."""
_BYTES = 2_000
_STATISTICS = 'INSERT INTO "sqlite_stat1"'


def measure_flips(setting: Setting) -> tuple[Row, ...]:
    """In the vault, in an exported bundle, and in the database, which is held against the vault."""
    chance = random.Random(setting.settings.seed)  # noqa: S311  # reproducible
    count = min(setting.settings.units or FLIPS, FLIPS)
    small = replace(setting, settings=setting.settings.model_copy(update={"unit_bytes": _BYTES}), archives=None)
    bundle = setting.folder / "bundle"
    with world(small, UNITS, own_tokens=True) as made:
        ids = list(made.archive.subjects(frozenset({"filed"})))
        export_bundle(made.archive, made.store, ids, bundle, signer=made.signer, clock=lambda: MADE_AT, whole=True)
    with world(small, UNITS, own_tokens=True) as made, rebuilt_copy(made.archive) as rebuilt:
        places = (
            _Place(
                name="vault",
                what="保管庫",
                kinds=_kinds(made.vault),
                notices=lambda: made.verify(1).outcome is not Outcome.PASSED,
                share=0.6,
            ),
            _bundle(made, bundle),
            _database(made, rebuilt, setting.folder / "flipped.sqlite"),
        )
        rows: list[Row] = []
        flipped = itertools.count(1)

        def progress() -> None:
            setting.progress("flips", next(flipped), count)

        for place in places:
            tries = max(1, round(count * place.share))
            rows.append(_row(place, tries, chance, progress))
    return tuple(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where bits are flipped, and who should notice."""

    name: str
    what: str
    kinds: list[tuple[str, list[Path]]]
    notices: Callable[[], bool]
    """Whether what is there now is not what it was."""
    share: float
    says_the_same: Callable[[Path, bytes], bool] = lambda _path, _before: False
    """Whether a file that was changed (from these bytes) still says exactly what it said."""


def _row(place: _Place, tries: int, chance: random.Random, progress: Callable[[], None]) -> Row:
    """One kind of file after the other, so that the few tiles are met as often as the many leaves."""
    if _notices(place):
        msg = f"untouched, the {place.name} is not sound"
        raise RuntimeError(msg)
    unnoticed, same = 0, 0
    for done in range(tries):
        path = chance.choice(place.kinds[done % len(place.kinds)][1])
        before = _flip(path, chance)
        if not _notices(place):
            harmless = place.says_the_same(path, before)
            same, unnoticed = same + harmless, unnoticed + (not harmless)
        path.write_bytes(before)
        progress()
    files = sum(len(paths) for _, paths in place.kinds)
    return Row(
        name=f"flipped_bits_unnoticed_{place.name}",
        what=f"{place.what}の {files:,} ファイルで 1 ビットずつ {tries:,} 回反転し、気付かれなかった数",
        measured=unnoticed,
        unit="",
        target=Target(value=0, bound=Bound.AT_MOST),
        note="、".join(name for name, _ in place.kinds)
        + (f"（ほかに、内容が変わらない反転 {same} 回）" if same else ""),
    )


def _bundle(made: MadeWorld, folder: Path) -> _Place:
    found: dict[str, list[Path]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size):
        found.setdefault("/".join(path.relative_to(folder).parts[:2]), []).append(path)
    return _Place(
        name="bundle",
        what="監査用の一式",
        kinds=sorted(found.items()),
        notices=lambda: verify_exported(folder, roots=made.roots).outcome is not Outcome.PASSED,
        share=0.3,
        # digests in capitals say the same (RFC 8493 §2.1.3), and nothing else is over this file
        says_the_same=lambda path, before: (
            path.name == "tagmanifest-sha256.txt" and path.read_bytes().lower() == before.lower()
        ),
    )


def _database(made: MadeWorld, rebuilt: Archive, copy: Path) -> _Place:
    """A copy of the database, opened anew each time, verified and held against what the vault gives.

    Bits in free space, and in the planner's statistics, change nothing that is kept or shown.
    """
    with sqlite3.connect(made.folder / "archive.sqlite") as source, sqlite3.connect(copy) as target:
        source.backup(target)
    expected = _kept_rows(copy)
    opened = copy.with_name("opened.sqlite")

    def notices() -> bool:
        for ending in ("", "-wal", "-shm"):
            opened.with_name(opened.name + ending).unlink(missing_ok=True)
        shutil.copyfile(copy, opened)
        flipped = open_made(made.folder, f"sqlite:///{opened}")
        try:
            report = replace(made, archive=flipped).verify(1)
            return report.outcome is not Outcome.PASSED or bool(
                differences(flipped, rebuilt) or index_differences(flipped, rebuilt) or damage(flipped, rebuilt)
            )
        finally:
            flipped.close()

    return _Place(
        name="database",
        what="データベース（保管庫と照らす）",
        kinds=[("archive.sqlite", [copy])],
        notices=notices,
        share=0.1,
        says_the_same=lambda path, _: _kept_rows(path) == expected,
    )


def _kept_rows(path: Path) -> set[str] | None:
    """Everything in the tables; None where it cannot be read."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            return {line for line in connection.iterdump() if not line.startswith(_STATISTICS)}
    except sqlite3.Error:
        return None


def _notices(place: _Place) -> bool:
    try:
        return place.notices()
    except AppError:
        return True


def _kinds(vault: Path) -> list[tuple[str, list[Path]]]:
    """Files by what they are: the folder under the client's, side files apart."""
    found: dict[str, list[Path]] = {}
    for path in sorted(vault.rglob("*")):
        if not path.is_file() or not path.stat().st_size:
            continue
        parts = path.relative_to(vault).parts
        kind = "/".join(parts[1:3]) if parts[1:2] == ("log",) else "/".join(parts[1:2])
        if ".payload.json~" in str(path):
            kind += " payload"
        if path.suffix == ".json" and path.parent.name.endswith("~"):
            kind = "side files"
        found.setdefault(kind or path.name, []).append(path)
    return sorted(found.items())


def _flip(path: Path, chance: random.Random) -> bytes:
    content = path.read_bytes()
    changed = bytearray(content)
    changed[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(changed)
    return content
