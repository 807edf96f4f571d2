"""An exported bundle and the shell script that checks it."""

import hashlib
import subprocess
from pathlib import Path

from domain import codec
from domain.evidence import LogLeaf


def shell(bag: Path, *arguments: str, program: str = "dash", path: str = "/usr/bin:/bin") -> tuple[int, str]:
    """Run the bundle's own script: its exit code and all it said."""
    done = subprocess.run(
        [program, str(bag / "verify.sh"), *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": path},
        cwd="/",
    )
    assert "not found" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


RECORDS = "data/records"


def leaves_of(bag: Path) -> list[LogLeaf]:
    """The leaves that came along, in log order."""
    parts = sorted((bag / RECORDS).glob("leaves-*.jsonl"))
    return [codec.load(LogLeaf, line) for part in parts for line in part.read_text().splitlines()]


def tokens_of(bag: Path) -> list[tuple[str, str]]:
    """(unit, path of a token)."""
    lines = (bag / RECORDS / "tokens.txt").read_text().splitlines()
    return [(line.split()[0], line.split()[2]) for line in lines]


def original_of(bag: Path, unit_id: str) -> Path:
    """The original of a unit."""
    lines = (bag / RECORDS / "originals.txt").read_text().splitlines()
    return next(bag / line.split(" ", 2)[2] for line in lines if line.startswith(f"{unit_id} "))


def records(bag: Path, kind: str) -> Path:
    """The first file of ``leaves``, ``manifests`` or ``payloads``."""
    return bag / RECORDS / f"{kind}-00001.jsonl"


def drop_lines(bag: Path, numbers: set[int]) -> None:
    """Take acts (by line, from 0) out of the three files that run side by side."""
    for kind in ("leaves", "manifests", "payloads"):
        path = records(bag, kind)
        lines = path.read_bytes().split(b"\n")[:-1]
        path.write_bytes(b"".join(line + b"\n" for at, line in enumerate(lines) if at not in numbers))


def repair(bag: Path) -> None:
    """Write every checksum file anew, as a thorough intruder would."""
    inventory = bag / "data/inventory.sha256"
    names = [line[66:] for line in inventory.read_text().splitlines()]
    listed = [bag / name for name in names if (bag / name).exists()]
    fresh = [p for p in (bag / "data").rglob("*") if p.is_file() and "log" not in p.parts and p != inventory]
    inventory.write_text(_listing(bag, {*listed, *fresh}))
    seal(bag)


def seal(bag: Path) -> None:
    """Only the BagIt manifests, and the count of bytes."""
    payload = [p for p in (bag / "data").rglob("*") if p.is_file()]
    (bag / "manifest-sha256.txt").write_text(_listing(bag, payload))
    info = (bag / "bag-info.txt").read_text().splitlines(keepends=True)
    oxum = f"Payload-Oxum: {sum(p.stat().st_size for p in payload)}.{len(payload)}\n"
    (bag / "bag-info.txt").write_text("".join(line for line in info if not line.startswith("Payload-Oxum")) + oxum)
    tags = [p for p in bag.rglob("*") if p.is_file() and bag / "data" not in p.parents]
    (bag / "tagmanifest-sha256.txt").write_text(_listing(bag, (p for p in tags if p.name != "tagmanifest-sha256.txt")))


def _listing(bag: Path, paths) -> str:
    lines = [(p.relative_to(bag).as_posix(), hashlib.sha256(p.read_bytes()).hexdigest()) for p in paths]
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(lines))
