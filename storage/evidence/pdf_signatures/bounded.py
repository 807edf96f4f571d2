"""The near side: hostile PDFs are read by a child that may use so much time and memory, and no more."""

from __future__ import annotations

import logging
import resource
import subprocess
import sys
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from domain.evidence import Outcome, PdfSignature, SignatureKind

_log = logging.getLogger(__name__)

MARK = b"/ByteRange"
"""In every signature's dictionary, never compressed: it says which bytes of the file are signed (ISO 32000-1 §12.8)."""
SECONDS = 30
"""Wall clock for one file; a usual one takes about two, most of it for loading the library."""
MEMORY_BYTES = 2 * 1024**3
LARGEST_BYTES = 256 * 1024**2
ANSWER_BYTES = 1024**2
_PROJECT = Path(__file__).parents[3]
_WORKER = "storage.evidence.pdf_signatures.worker"
_FOUND = TypeAdapter(tuple[PdfSignature, ...])


def check_signatures(content: bytes, *, roots_pem: bytes = b"") -> tuple[PdfSignature, ...]:
    """Every signature of a PDF, in its order; empty where there is none.

    Nothing is raised over what a file holds: one that cannot be looked at gives one signature that is *indeterminate*.

    Args:
        content: the PDF.
        roots_pem: certificates that signers may lead to; without any the best answer is *indeterminate*.
    """
    if MARK not in content:
        return ()
    if len(content) > LARGEST_BYTES:
        return (_unreadable(),)
    command = [sys.executable, "-m", _WORKER, str(len(roots_pem))]
    try:
        done = subprocess.run(  # noqa: S603  # our own module
            command,
            input=roots_pem + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_PROJECT,
            timeout=SECONDS,
            check=True,
            preexec_fn=_limits,  # nothing but limits is set between fork and exec
        )
        return _FOUND.validate_json(done.stdout[:ANSWER_BYTES])
    except (subprocess.SubprocessError, OSError, ValidationError) as error:
        _log.warning("signatures of a PDF could not be checked: %s", type(error).__name__)
        return (_unreadable(),)


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _unreadable() -> PdfSignature:
    return PdfSignature(
        kind=SignatureKind.UNREADABLE,
        signer=None,
        claimed_at=None,
        stamped_at=None,
        whole_file=False,
        outcome=Outcome.INDETERMINATE,
        reason="FORMAT_FAILURE",
    )
