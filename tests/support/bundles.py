"""An exported bundle and the shell script that checks it."""

import subprocess
from pathlib import Path


def shell(bag: Path, *arguments: str) -> tuple[int, str]:
    """Run the bundle's own script: its exit code and all it said."""
    done = subprocess.run(
        ["dash", str(bag / "verify.sh"), *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": "/usr/bin:/bin"},
        cwd="/",
    )
    assert "not found" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr
