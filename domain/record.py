"""What the archive keeps: drops, units, documents and their revisions, with the states of DESIGN §3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.evidence import Check
from domain.fields import DocumentType, FieldSet
from domain.geometry import Box
from domain.ids import BlobRef, Digest, Origin
from domain.page import Capture, CapturedPage, EngineId, Fault, Page, PageRef


class DropState(StrEnum):
    """seen → claimed → preserved → (unreadable | read); over the hard limit → refused."""

    SEEN = "seen"
    CLAIMED = "claimed"
    PRESERVED = "preserved"
    READ = "read"
    UNREADABLE = "unreadable"
    REFUSED = "refused"


class UnitState(StrEnum):
    """timestamp pending → stamped (→ renewed)."""

    TIMESTAMP_PENDING = "timestamp_pending"
    STAMPED = "stamped"
    RENEWED = "renewed"


class DocumentState(StrEnum):
    """needs_review ⇄ filed → approved (frozen); tombstoned; destroyed (retention over, approved)."""

    NEEDS_REVIEW = "needs_review"
    FILED = "filed"
    APPROVED = "approved"
    TOMBSTONED = "tombstoned"
    DESTROYED = "destroyed"


class ImportanceClass(StrEnum):
    """重要書類 or 一般書類 (law: scan-doc-class). Unknown counts as important."""

    IMPORTANT = "important"
    GENERAL = "general"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """How a file arrived: personal, so it lives in payloads and never in logs or manifests."""

    original_name: str
    """The inbox key's last part, as it came (surrogate escapes replaced by U+FFFD)."""
    inbox_key: str
    """The full key."""
    deposited_by: str | None
    """Credential, login or path that is known; None where the store cannot tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """The bytes as they came (one file). Never changed."""

    client_id: str
    drop_id: str
    unit_id: str
    """The unit that these bytes are; a repeated drop names the unit of the first."""
    blob: BlobRef
    """In the vault (in ``inbox`` under ``refused/`` for a refused drop)."""
    origin: Origin
    received_on: date
    """Asia/Tokyo day on which paper or data reached the company."""
    received_on_assumed: bool
    """True while no one has said so: nothing is called compliant on an assumed date."""
    preserved_at: datetime
    """UTC."""
    repeats_drop_id: str | None = None
    """Set where the same bytes of the same origin came before: acknowledged, recorded, not doubled."""
    deposit: Deposit


@dataclass(frozen=True, slots=True, kw_only=True)
class DropOutcome:
    """What became of a drop: appended, never changed."""

    drop_id: str
    state: DropState
    """READ, UNREADABLE or REFUSED."""
    faults: tuple[Fault, ...] = ()
    document_ids: tuple[str, ...] = ()
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitExtract:
    """Where a unit was taken from, losslessly."""

    of_unit_id: str
    """The unit that holds it: the drop's bytes, or an extract of them (pages of an attachment)."""
    page_index: int
    """From 0 within it: its page, the first of its pages, or which of a mail's attachments it is."""
    region: Box | None = None
    """Left, top, right, bottom of the cut in pixels of the stored page picture; None where all of a page was taken."""
    pages: tuple[int, ...] = ()
    """Every page taken whole, in order; empty for a cut and for an attachment."""
    method: str
    """``jpeg-blocks`` (compressed blocks copied), ``pixels`` (decoded pixels, stored without loss), ``pdf-pages`` and
    ``tiff-pages`` (pages copied), ``attachment`` (its bytes as they were before they were packed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Papers that belong together (law: scan-input-unit): what is stamped."""

    client_id: str
    unit_id: str
    origin: Origin
    blob: BlobRef
    first_drop_id: str
    same_bytes_as: tuple[str, ...] = ()
    """Units with the same digest under another origin: both go to review."""
    extract: UnitExtract | None = None
    """Set where it was taken out of another unit: receipts on one platen, a stack's documents, a mail's attachments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """Which of the ten classes, and why."""

    label: DocumentType
    confidence: float
    """0 to 1."""
    reasons: tuple[str, ...]
    """What on the page spoke for it (short codes or the heading's words)."""
    engine: EngineId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReason:
    """Why a person should look: a code of ``domain.labels.REVIEW_REASONS`` and the field it is about."""

    code: str
    field: str | None = None
    detail: str | None = None
    """Short, without personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReading:
    """One document as an engine read it; filing gives it an identity."""

    pages: tuple[PageRef, ...]
    classification: Classification
    fields: FieldSet
    checks: tuple[Check, ...]
    review_reasons: tuple[ReviewReason, ...]
    text: str
    """Full text of its pages."""
    captures: tuple[Capture, ...] = ()
    """By what its pages were made into pictures, each once; empty where they are none."""

    @property
    def needs_review(self) -> bool:
        """True where any reason stands."""
        return bool(self.review_reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledDocument:
    """A document that was filed before: which pages it has is settled, by what filed it or by a person."""

    document_id: str
    pages: tuple[PageRef, ...]
    doubts: tuple[ReviewReason, ...] = ()
    """What is not certain of the division, and nobody has answered yet."""

    @property
    def whole_unit(self) -> bool:
        """Nothing of it was ever rendered: it is all that its unit holds."""
        return len(self.pages) == 1 and self.pages[0].width_px == 0 and self.pages[0].region is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadExtract:
    """A unit that reading took out of a file: filing preserves it before its document is filed."""

    unit_id: str
    extract: UnitExtract
    digest: Digest
    """Of its bytes."""
    size_bytes: int
    media_type: str
    captured: tuple[CapturedPage, ...] = ()
    """Its pages as pictures: judged with its document."""
    name: str = ""
    """Of an attachment, as the sender gave it; personal, so it stays out of manifests."""
    rendered: tuple[Page, ...] = ()
    """Pages of an attachment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropReading:
    """Everything read from one drop: what the reading step gives the filing step."""

    digest: Digest
    """Of the bytes that were read."""
    media_type: str
    engines: tuple[EngineId, ...]
    """Everything that took part, in order."""
    pages: tuple[Page, ...]
    documents: tuple[DocumentReading, ...]
    faults: tuple[Fault, ...]
    seconds: dict[str, float]
    """By stage: pages, text, class, fields."""
    captured: tuple[CapturedPage, ...] = ()
    """Pages that are pictures, as scanner or camera made them: judged on filing (law: scan-resolution-tone)."""
    extracts: tuple[ReadExtract, ...] = ()
    """Units taken out of it, each after the one that it was taken out of; the pages of their documents name them."""
    settled: tuple[str, ...] = ()
    """Ids of ``documents`` where they had been filed before, one for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRecord:
    """One revision of a document. Version 1 is what was first filed; corrections append (law: scan-version-control)."""

    client_id: str
    document_id: str
    revision: int
    """From 1."""
    supersedes: int | None
    """The revision before, or None for the first."""
    state: DocumentState
    pages: tuple[PageRef, ...]
    classification: Classification
    importance: ImportanceClass
    fields: FieldSet
    checks: tuple[Check, ...]
    review_reasons: tuple[ReviewReason, ...]
    text: str
    recorded_at: datetime
    """UTC."""
    recorded_by: str
    """``engine`` or the login of a person."""
    reason: str | None = None
    """Why it was revised or deleted (a person's words)."""
    received_on: date
    received_on_assumed: bool
    origin: Origin
    retain_until: date | None = None
    """Last day of retention as computed when recorded; None while no date is known (the provisional lock holds)."""
    captures: tuple[Capture, ...] = ()
    """By what its pages were made into pictures (law: scan-viewing); empty where they are none, and in records of
    before this was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDraft:
    """A document ready to be filed: a reading with its identity, law class and dates; the archive adds the revision."""

    document_id: str
    state: DocumentState
    """FILED or NEEDS_REVIEW."""
    reading: DocumentReading
    importance: ImportanceClass
    origin: Origin
    received_on: date
    received_on_assumed: bool
    retain_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropStatus:
    """What became of a drop so far: what staff see for every file."""

    drop: Drop
    outcome: DropOutcome | None
    """The newest; None while it has not been read."""
    unit_state: UnitState | None
    """None where the drop made no unit (it was refused)."""
    documents: tuple[str, ...]
    """Documents that came of it."""

    @property
    def state(self) -> DropState:
        """Its state in one word."""
        return self.outcome.state if self.outcome else DropState.PRESERVED


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveCounts:
    """How much a client's archive holds."""

    drops: int
    drops_by_state: dict[DropState, int]
    """PRESERVED counts those without an outcome."""
    units: int
    stamped_units: int
    pending_stamps: int
    """Units without a timestamp, due or not."""
    documents: int
    """Newest revisions, deleted ones included."""
    documents_by_state: dict[DocumentState, int]
    documents_by_type: dict[DocumentType, int]
    revisions: int
    log_size: int
