"""``python -m samples.generator --out DIR --count N --seed S [--held-back]``, ``--check``, ``--committed``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from domain.fields import DocumentType
from samples.generator import held_back, layouts
from samples.generator.checking import missing_prints
from samples.generator.committed import write_committed
from samples.generator.making import make, make_set
from samples.generator.printer import Printer


def check(*, seeds: int) -> int:
    """Draw every layout in every class; say what is in the truth but not on the paper. Returns how many."""
    problems = 0
    with Printer() as printer:
        for held, pool in ((False, layouts.DEVELOPMENT), (True, held_back.LAYOUTS)):
            for layout in pool:
                for kind in layout.types:
                    for seed in range(seeds):
                        sample = make(seed, document_type=kind, layout=layout.name, held_back=held, printer=printer)
                        for name in missing_prints(sample):
                            problems += 1
                            sys.stderr.write(f"{sample.name}: {name} is not printed\n")
    return problems


def main() -> int:
    """Parse and do."""
    parser = argparse.ArgumentParser(prog="python -m samples.generator", description=__doc__)
    parser.add_argument("--out", type=Path, help="folder to write to")
    parser.add_argument("--count", type=int, default=50, help="documents")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held-back", action="store_true", help="layouts, fonts and words kept for measuring")
    parser.add_argument("--kinds", nargs="*", help="kinds of damage (default: all in turn)")
    parser.add_argument("--types", nargs="*", type=DocumentType, help="classes (default: all by weight)")
    parser.add_argument("--check", action="store_true", help="compare truth and print for every layout")
    parser.add_argument("--committed", action="store_true", help="write samples/set again")
    options = parser.parse_args()
    if options.check:
        return 1 if check(seeds=options.count if "--count" in sys.argv else 2) else 0
    if options.committed:
        written = write_committed()
    elif options.out:
        written = make_set(
            options.out,
            seed=options.seed,
            count=options.count,
            held_back=options.held_back,
            kinds=options.kinds,
            types=options.types,
        )
    else:
        parser.error("--out, --check or --committed is needed")
    sys.stdout.write(f"{len(written)} documents\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
