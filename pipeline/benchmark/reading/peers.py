"""Plain engines that read the same pages in the same run: as they come, with their own defaults, on one thread."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from domain.errors import EngineMissing
from pipeline.benchmark.reading.reader import PageRead, PageReader

LANGUAGES = "jpn+eng"
_SECONDS = 300
"""Longest time of one page."""


def tesseract() -> PageReader:
    """Plain Tesseract on the file as it came, one thread.

    Raises:
        EngineMissing: the program is not installed.
    """
    program = shutil.which("tesseract")
    if program is None:
        raise EngineMissing("tesseract is not installed")

    def read(content: bytes, file_name: str) -> PageRead:
        started = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="shoko-bench-") as folder:
            path = Path(folder) / f"page{Path(file_name).suffix}"
            path.write_bytes(content)
            done = subprocess.run(  # noqa: S603 - a fixed program with fixed arguments on our own file
                [program, str(path), "stdout", "-l", LANGUAGES],
                capture_output=True,
                check=False,
                timeout=_SECONDS,
                env=os.environ | {"OMP_THREAD_LIMIT": "1"},
            )
        text = done.stdout.decode("utf-8", errors="replace")
        error = None if done.returncode == 0 else "engine_crashed"
        return PageRead(text=text, seconds=time.perf_counter() - started, error=error)

    return read


def plain_rapidocr() -> PageReader:
    """RapidOCR as its package gives it: its own pipeline and defaults, one thread, text in its own order.

    Raises:
        EngineMissing: not installed.
    """
    try:
        import rapidocr  # noqa: PLC0415  # only where it is asked for
    except ImportError as error:
        raise EngineMissing("rapidocr is not installed") from error
    threads = {
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Global.log_level": "error",
    }
    pipeline: Any = rapidocr.RapidOCR(params=threads)

    def read(content: bytes, file_name: str) -> PageRead:
        del file_name
        started = time.perf_counter()
        pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))[:, :, ::-1]
        found = pipeline(pixels)
        text = "\n".join(found.txts or ())
        return PageRead(text=text, seconds=time.perf_counter() - started)

    return read


PEERS: dict[str, Callable[[], PageReader]] = {"tesseract": tesseract, "rapidocr": plain_rapidocr}
"""By their names on the command line."""
