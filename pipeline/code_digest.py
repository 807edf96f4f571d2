"""Digests of the code that reads: a stored reading is served again only by the very code that made it.

Versions that people raise by hand can be forgotten. What cannot be forgotten is that the files themselves changed:
rules, tables and model weights in our folders, and the versions of the libraries that draw and measure pages.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT_CODE = ("domain/page.py", "domain/geometry.py", "extractors")
"""What can change the text of a page."""
NOT_TEXT = (
    "extractors/parties",
    "extractors/fields",
    "extractors/einvoice.py",
    "extractors/einvoice_syntax.py",
    "extractors/einvoice_printed.py",
)
"""Inside it, but at work on the text only after it has been read."""
READING_CODE = (
    "domain",
    "extractors",
    "classifiers",
    "pipeline/steps/read.py",
    "pipeline/steps/apart.py",
    "pipeline/steps/mail.py",
)
"""What can change what a reading says: text, split, class, fields, checks."""
_LIBRARIES = ("numpy", "opencv-python-headless", "pillow", "pypdfium2", "pdfplumber", "pdfminer.six", "spacy")
_NOT_CODE = frozenset({"__pycache__"})


@lru_cache(maxsize=4)
def text_digest() -> str:
    """Of everything of ours that turns bytes into text; read once per process."""
    return digest_of(ROOT, TEXT_CODE, without=NOT_TEXT)


@lru_cache(maxsize=4)
def reading_digest() -> str:
    """Of everything of ours that turns bytes into documents with fields; read once per process."""
    return digest_of(ROOT, READING_CODE)


def digest_of(root: Path, parts: tuple[str, ...], *, without: tuple[str, ...] = ()) -> str:
    """SHA-256 (32 hexadecimal digits) over names and bytes of files below ``root``, and over library versions.

    Args:
        root: the folder that names are relative to.
        parts: files and folders, taken with everything in them.
        without: files and folders inside that are left out.
    """
    left_out = tuple(root / name for name in without)
    found: set[Path] = set()
    for part in parts:
        path = root / part
        found.update([path] if path.is_file() else (p for p in path.rglob("*") if p.is_file()))
    digest = hashlib.sha256()
    for path in sorted(found):
        if _NOT_CODE & set(path.parts) or any(path.is_relative_to(out) for out in left_out):
            continue
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    for name in _LIBRARIES:
        digest.update(f"{name} {_version(name)}\n".encode())
    return digest.hexdigest()[:32]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
