"""Random bits of stored files flipped, one at a time, and the archive verified after each: how many go unnoticed."""

from __future__ import annotations

import random
from pathlib import Path

from domain.errors import AppError
from domain.evidence import Outcome
from pipeline.benchmark.evidence.rows import Bound, Row, Setting, Target
from pipeline.benchmark.evidence.verifying import MadeWorld, make_world, verify_world

FLIPS = 1_000
"""As the target asks."""
UNITS = 3
"""Small, so that verifying it a thousand times takes a minute; larger archives hold the same kinds of file."""


def measure_flips(setting: Setting) -> tuple[Row, ...]:
    """Originals, records, payloads, tokens, leaves, heads and the store's side files, each as likely as any other."""
    world = make_world(setting, UNITS, policy="each", unit_bytes=2_000)
    chance = random.Random(setting.settings.seed)  # noqa: S311  # reproducible
    vault = setting.folder / "store" / "vault"
    files = sorted(path for path in vault.rglob("*") if path.is_file() and path.stat().st_size)
    unnoticed, count = 0, min(setting.settings.units or FLIPS, FLIPS)
    try:
        if not _unnoticed(world):
            msg = "the untouched archive does not verify"
            raise RuntimeError(msg)
        for done in range(count):
            path = chance.choice(files)
            before = _flip(path, chance)
            unnoticed += _unnoticed(world)
            path.write_bytes(before)
            setting.progress("flips", done + 1, count)
    finally:
        world.archive.close()
    return (
        Row(
            name="flipped_bits_unnoticed",
            what=f"保管庫の {len(files):,} ファイルで 1 ビットずつ {count:,} 回反転し、気付かれなかった数",
            measured=unnoticed,
            unit="",
            target=Target(value=0, bound=Bound.AT_MOST),
        ),
    )


def _flip(path: Path, chance: random.Random) -> bytes:
    content = path.read_bytes()
    changed = bytearray(content)
    changed[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(changed)
    return content


def _unnoticed(world: MadeWorld) -> bool:
    try:
        return verify_world(world, 1).outcome is Outcome.PASSED
    except AppError:
        return False
