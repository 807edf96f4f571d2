"""What the steps of reading hand to one another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from domain.page import TextReading
from domain.record import DropReading

if TYPE_CHECKING:
    from domain.engines import FieldContext
    from pipeline.steps.read import Reader
    from pipeline.steps.units import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading a file needs, whatever it holds."""

    client_id: str
    reader: Reader
    context: FieldContext
    text_of: Callable[[bytes, str], TextReading]
    """Text of bytes under a file name, recorded or read now."""
    depth: int = 0
    """How many mails the file lies inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What was read of a file, and the units that were taken out of it."""

    reading: DropReading
    parts: tuple[Part, ...] = ()


class ReadFile(Protocol):
    """Reads a file for the first time, whatever it holds."""

    def __call__(self, content: bytes, *, file_name: str, unit_id: str, how: Reading) -> Apart:
        """One document (or more) per paper.

        Raises:
            InputError: the whole file cannot be read.
        """
        ...
