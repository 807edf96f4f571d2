"""Freed memory that stays with the process."""

import subprocess
import sys

ROUNDS = """
import resource, sys
from extractors.allocator import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
faults = []
for _ in range(6):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    pictures = [bytearray(size) for size in (26_000_000, 26_000_000, 26_000_000, 9_000_000)]
    del pictures
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
print(min(faults[2:]))
"""


def faults(how):
    done = subprocess.run([sys.executable, "-c", ROUNDS, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_pictures_of_the_next_page_cost_no_faults():
    assert faults("kept") < 50
    assert faults("plain") > 1000
