"""Random bits of stored files flipped, one at a time, and the archive verified after each: how many go unnoticed."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from domain.errors import AppError
from domain.evidence import Outcome
from pipeline.benchmark.evidence.rows import Bound, Row, Setting, Target
from pipeline.benchmark.evidence.worlds import MadeWorld, world

FLIPS = 1_000
"""As the target asks."""
UNITS = 65
"""Few, so that verifying them a thousand times takes minutes; enough that the log fills a tile."""
_BYTES = 2_000


def measure_flips(setting: Setting) -> tuple[Row, ...]:
    """Originals, records, payloads, tokens, batches, leaves, tiles, heads and the store's side files.

    One kind of file after the other, so that the few tiles are met as often as the many leaves.
    """
    chance = random.Random(setting.settings.seed)  # noqa: S311  # reproducible
    unnoticed, count = 0, min(setting.settings.units or FLIPS, FLIPS)
    small = replace(setting, settings=setting.settings.model_copy(update={"unit_bytes": _BYTES}), archives=None)
    with world(small, UNITS, own_tokens=True) as made:
        kinds = _kinds(made.vault)
        if not _unnoticed(made):
            msg = "the untouched archive does not verify"
            raise RuntimeError(msg)
        for done in range(count):
            path = chance.choice(kinds[done % len(kinds)][1])
            before = _flip(path, chance)
            unnoticed += _unnoticed(made)
            path.write_bytes(before)
            setting.progress("flips", done + 1, count)
    files = sum(len(paths) for _, paths in kinds)
    return (
        Row(
            name="flipped_bits_unnoticed",
            what=f"保管庫の {len(kinds)} 種類 {files:,} ファイルで 1 ビットずつ {count:,} 回反転し、気付かれなかった数",
            measured=unnoticed,
            unit="",
            target=Target(value=0, bound=Bound.AT_MOST),
            note="、".join(name for name, _ in kinds),
        ),
    )


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


def _unnoticed(made: MadeWorld) -> bool:
    try:
        return made.verify(1).outcome is Outcome.PASSED
    except AppError:
        return False
