"""Many things worked through one by one: one that fails stops no other, and what failed is said at the end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import AppError

logger = logging.getLogger(__name__)


class Apiece:
    """Keeps what failed of a walk over many things. Where a store is away the walk ends: the next would fail too."""

    def __init__(self, what: str) -> None:
        """``what`` is done, for the log."""
        self._what = what
        self.failed: list[Exception] = []

    @contextmanager
    def one(self) -> Iterator[None]:
        """Around the work on one thing.

        Raises:
            AppError: what may go better later (``retryable``), for all of them.
        """
        try:
            yield
        except Exception as error:  # a damaged object may raise anything where it is read
            if isinstance(error, AppError) and error.retryable:
                raise
            code = error.code if isinstance(error, AppError) else type(error).__name__
            logger.warning("%s: one failed, the others go on (%s)", self._what, code)
            self.failed.append(error)

    def end(self) -> None:
        """After the last.

        Raises:
            Exception: the first that failed.
        """
        if self.failed:
            raise self.failed[0]
