"""The peer: ocrmypdf on the same pages in the same run."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from PIL import Image

OPTIONS = ("--force-ocr", "-l", "jpn+eng", "--output-type", "pdf", "--optimize", "0", "--quiet")
"""No PDF/A conversion or optimisation, which would only cost it time."""
DESKEW = "--deskew"
_JPEG_QUALITY = 95


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRun:
    """What the peer made of the pages."""

    version: str
    command: str
    seconds: float
    """Wall time of its one run over all pages."""
    cpu_seconds: float
    """Processor time of all its programs."""
    texts: tuple[str, ...]
    """Its text, page by page."""


def pages_as_pdf(files: Sequence[tuple[str, bytes]]) -> bytes:
    """One PDF of pictures with the first page of each file, in order."""
    out = pikepdf.new()
    for name, content in files:
        if name.endswith(".pdf"):
            page = content
        else:
            image = Image.open(io.BytesIO(content))
            dpi = image.info.get("dpi", (200, 200))
            buffer = io.BytesIO()
            options = {} if image.mode == "1" else {"quality": _JPEG_QUALITY}  # one bit goes as it is
            image.save(buffer, format="PDF", resolution=float(dpi[0]), **options)
            page = buffer.getvalue()
        with pikepdf.open(io.BytesIO(page)) as one:
            out.pages.append(one.pages[0])
    buffer = io.BytesIO()
    out.save(buffer)
    return buffer.getvalue()


def run_peer(pdf: bytes, *, timeout_seconds: float, jobs: int = 1, deskew: bool = False) -> PeerRun | None:
    """Let ocrmypdf read a PDF of pictures with so many jobs; None where it is not installed or fails."""
    program = shutil.which("ocrmypdf")
    if program is None:
        return None
    version = subprocess.run(  # noqa: S603 - a fixed program with fixed arguments
        [program, "--version"], capture_output=True, text=True, check=False, timeout=60
    ).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="shoko-bench-") as name:
        folder = Path(name)
        (folder / "in.pdf").write_bytes(pdf)
        options = (*OPTIONS, "--jobs", str(jobs), *([DESKEW] if deskew else []))
        command = [program, *options, "--sidecar", "out.txt", "in.pdf", "out.pdf"]
        started, before = time.perf_counter(), _children_seconds()
        try:
            subprocess.run(  # noqa: S603 - a fixed program with fixed arguments on our own file
                command,
                cwd=folder,
                env=os.environ | {"OMP_THREAD_LIMIT": "1"},
                capture_output=True,
                check=True,
                timeout=timeout_seconds,
            )
        except (subprocess.SubprocessError, OSError):
            return None
        seconds, cpu = time.perf_counter() - started, _children_seconds() - before
        text = (folder / "out.txt").read_text(encoding="utf-8", errors="replace")
    return PeerRun(
        version=version,
        command=" ".join(("ocrmypdf", *options)),
        seconds=seconds,
        cpu_seconds=cpu,
        texts=tuple(text.split("\f")),
    )


def _children_seconds() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system
