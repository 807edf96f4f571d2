"""The far side: a PDF on standard input (behind the roots, whose length is the argument), signatures in JSON out."""

from __future__ import annotations

import logging
import sys

from domain import codec
from storage.evidence.pdf_signatures.check import find_signatures


def main() -> None:
    """Check the signatures of one PDF; whatever goes wrong ends the process, which the near side understands."""
    logging.disable()  # the library tells of paths and names
    size = int(sys.argv[1])
    content = sys.stdin.buffer.read()
    found = find_signatures(content[size:], roots_pem=content[:size])
    sys.stdout.buffer.write(codec.canonical([codec.to_plain(one) for one in found]))


if __name__ == "__main__":
    main()
