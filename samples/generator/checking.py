"""Does the paper say what the truth says, and are the held-back parts what they were?"""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

from samples.generator.making import Sample

HELD_BACK = Path(__file__).parent / "held_back"


def folded(text: str) -> str:
    """NFKC without any white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def missing_prints(sample: Sample) -> tuple[str, ...]:
    """Names of key fields whose raw text is not in the text layer."""
    text = folded(sample.text)
    return tuple(name for name, raw in sample.printed.items() if folded(raw) not in text)


def held_back_digest() -> str:
    """SHA-256 over names and bytes of everything in the held-back folder."""
    digest = hashlib.sha256()
    for path in sorted(HELD_BACK.rglob("*")):
        if path.suffix in {".py", ".html"}:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(HELD_BACK).as_posix()} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()
