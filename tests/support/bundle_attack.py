"""An honest bundle, and both verifiers asked about a copy that was tampered with."""

from pathlib import Path

from domain.evidence import Outcome
from storage.evidence.log import newest_head
from storage.evidence.verify import verify_exported
from storage.export import export_bundle
from tests.support.bundles import (
    shell,
)
from tests.support.evidence import make_world
from tests.support.records import NOW


def make_bundle(folder):
    """One honest bundle; each test works on a copy."""
    world = make_world(folder)
    earlier = newest_head(world.vault, "default")
    result = export_bundle(
        world.archive,
        world.vault,
        world.documents,
        folder / "out",
        signer=world.signer,
        clock=lambda: NOW,
        conditions="すべての書類",
        authority=world.authority,
    )
    (folder / "roots.pem").write_bytes(world.roots.roots_pem[0])
    return world, result, earlier


def both(made, bag, *, roots=None) -> tuple[Outcome, int, str]:
    world = made[0]
    trusted = roots or world.roots
    (bag.parent / "roots.pem").write_bytes(trusted.roots_pem[0])
    report = verify_exported(bag, roots=trusted)
    arguments = ["--roots", str(bag.parent / "roots.pem"), "--log-key-sha256", trusted.log_key_sha256]
    for head in trusted.earlier_heads:
        arguments += ["--earlier-head", f"{head.tree_size}:{head.root.hex()}"]
    code, output = shell(bag, *arguments)
    return report.outcome, code, output + "\n".join(f"{c.name} {c.subject} {c.detail}" for c in report.checks)


def caught(made, bag, said, named, **more) -> None:
    outcome, code, output = both(made, bag, **more)
    assert (outcome, code) == (Outcome.FAILED, 1), output
    assert said in output
    assert named in output


def originals(bag: Path) -> list[Path]:
    return sorted(p for p in (bag / "data/originals").rglob("*") if p.is_file())
