"""Does the paper say what the truth says, and are the held-back parts what they were?"""

from __future__ import annotations

import hashlib
import json
import random
import unicodedata
from pathlib import Path

from samples.generator import held_back
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


def held_back_truth_digest(*, seeds: int = 25) -> str:
    """SHA-256 over the truth of held-back documents: changes in the shared half of the generator show here."""
    digest = hashlib.sha256()
    for layout in held_back.LAYOUTS:
        for kind in layout.types:
            for seed in range(seeds):
                facts = layout.make_facts(random.Random(seed), held_back.VOCABULARY, kind)
                digest.update(json.dumps(facts.fields, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()


def frozen() -> str:
    """What ``samples/held_back.sha256`` says."""
    return f"{held_back_digest()}  samples/generator/held_back\n{held_back_truth_digest()}  truth of 25 seeds\n"
