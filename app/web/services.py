"""What the web page asks of the rest of Shoko. It calls these functions and nothing else: no database, no store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Protocol

from domain.corrections import Correction
from domain.evidence import Authority, LogLeaf, PdfSignature, Report, TimestampToken, TreeHead
from domain.ids import Origin
from domain.labels import Label
from domain.query import Hit, Hits, Query
from domain.record import ArchiveRecord, DropStatus, Unit
from domain.suggestion import Suggestion
from domain.visibility import Visibility
from pipeline.steps.arrivals import Intake, Today
from pipeline.steps.compliance import Standing as LawStanding
from storage.arrivals import Show


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the installation can promise; shown on every screen."""

    authority: Authority | None
    """The timestamp authority in force, or None where there is none."""
    write_once: bool
    """True only where the store itself refuses deletion."""
    our_companies: tuple[str, ...] = ()
    """Names of the client company."""
    alarms: tuple[Label, ...] = ()
    """What the last test of the store and the last reconciliation found wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEvidence:
    """What proves one unit of a document."""

    unit: Unit
    tokens: tuple[TimestampToken, ...]
    """Oldest first; empty while the timestamp is pending."""
    leaves: tuple[LogLeaf, ...]
    """Its acts in the log."""
    signatures: tuple[PdfSignature, ...] = ()
    """Those that came with the PDF."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that proves one document."""

    units: tuple[UnitEvidence, ...]
    leaves: tuple[LogLeaf, ...]
    """Acts on the document in the log, oldest first."""
    log_size: int
    """Leaves in the client's log now."""
    head: TreeHead | None
    """The newest signed head, or None before the first."""
    compliance: LawStanding | None
    """What the law says of it, and whether its paper may go; None where it was not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """A page as a picture."""

    png: bytes
    width_px: int
    """Of the upright page that boxes refer to (not of the picture)."""
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The bytes as they came, for download."""

    name: str
    media_type: str
    """As sniffed from content."""
    size_bytes: int
    stream: BinaryIO
    """The caller closes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searchable:
    """A searchable PDF of a document, for download."""

    name: str
    """Of the original, ending in ``.pdf``."""
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A file that now lies in the inbox."""

    name: str
    """As given by the browser, made harmless."""
    key: str
    """Where it lies in the inbox."""
    size_bytes: int
    repeats: tuple[str, ...] = ()
    """Documents that the same bytes of the same origin had become before."""


class WebServices(Protocol):
    """Called in worker threads; every method may raise the errors of ``domain.errors``."""

    def seen_by(self, visibility: Visibility) -> WebServices:
        """The same as somebody may see it: what they may not see does not exist."""
        ...

    def at_once(self) -> AbstractContextManager[None]:
        """What is asked within is answered from one state of the archive."""
        ...

    def standing(self) -> Standing:
        """What the installation can promise."""
        ...

    def search(self, query: Query) -> Hits:
        """Documents that match."""
        ...

    def every_hit(self, query: Query) -> Iterator[Hit]:
        """Every document that matches, in order, however many."""
        ...

    def document(self, document_id: str, *, revision: int | None = None) -> ArchiveRecord | None:
        """A revision of a document (the newest by default), or None."""
        ...

    def subject(self, subject_id: str) -> ArchiveRecord | None:
        """The document that an id of a document, unit or drop stands for (the first one), or None."""
        ...

    def history(self, document_id: str) -> tuple[ArchiveRecord, ...]:
        """Every revision, oldest first."""
        ...

    def evidence(self, document_id: str) -> Evidence:
        """What proves the document."""
        ...

    def lineage(self, document_id: str) -> tuple[DropStatus, ...]:
        """The drops that the document's units came from, oldest first."""
        ...

    def suggestion(self, record: ArchiveRecord) -> Suggestion | None:
        """What the books could say about a revision; None where it is not booked."""
        ...

    def page_image(self, document_id: str, *, page: int, width_px: int, revision: int | None = None) -> PageImage:
        """The ``page``-th page of the document (from 0), upright, at most ``width_px`` wide.

        Raises:
            ObjectMissing: no such document or page.
            InputError: the file has no pages that can be shown.
        """
        ...

    def original(self, document_id: str, *, unit_id: str | None = None) -> Original:
        """The bytes of a unit of the document (of its first page by default).

        Raises:
            ObjectMissing: no such document or unit.
        """
        ...

    def searchable(self, document_id: str, *, revision: int | None = None) -> Searchable:
        """The pages of the document as a PDF/A with what was read on them; made when it is first asked for.

        Raises:
            ObjectMissing: no such document, or nothing recorded that was read on it.
            InputError: it has no pages that can be shown.
        """
        ...

    def upload(self, stream: BinaryIO, *, name: str, origin: Origin, received_on: date, deposited_by: str) -> Uploaded:
        """Put a file into the inbox under ``<origin folder>/<received_on>/<name>``; never replaces another file."""
        ...

    def capture(self, photos: Sequence[bytes], *, origin: Origin, received_on: date) -> Uploaded:
        """Put photos of the pages of one document into the inbox as one file; their bytes stay as they are.

        Raises:
            UnsupportedMedia: several photos of which one is no JPEG, or too many.
        """
        ...

    def correct(self, document_id: str, correction: Correction) -> ArchiveRecord:
        """A person's values as a revision (and a lesson); gives the newest revision.

        Raises:
            ObjectMissing: no such document.
            RevisionConflict: somebody revised it first.
            AppendOnlyViolation: it is approved or deleted.
            CorrectionInvalid: nothing is said, or a field that the class does not have.
        """
        ...

    def intake(self, *, limit: int, show: Show = Show.ALL, before: str | None = None) -> Intake:
        """The newest drops (older than ``before``), and what waits in the inbox."""
        ...

    def arrived_today(self) -> Today:
        """Where the drops of today stand."""
        ...

    def verify_document(self, document_id: str) -> Report:
        """Check bytes, timestamps and log of one document.

        Raises:
            ObjectMissing: no such document.
        """
        ...
