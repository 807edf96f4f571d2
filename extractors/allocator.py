"""Memory of pictures that are done with stays with the process, for the next page's are as large.

The C library gives blocks of some hundred kilobytes and more back to the kernel and asks for them again, and the kernel
hands them over page by page, emptied: 3,000 to 7,000 faults and 10 to 40 ms for each page that is read.
"""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""As in glibc's malloc.h."""
_LARGEST = 32 * 1024**2
"""Bytes of a block that is kept, the most that glibc allows: a coloured page of A4 at 300 dpi has 26 million."""
_KEPT = 128 * 1024**2
"""Bytes that are kept at the most: what one page needs at once."""


def keep_freed_memory() -> None:
    """From now on, in this process; where the C library is another one, nothing happens."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGEST)
        mallopt(_M_TRIM_THRESHOLD, _KEPT)
