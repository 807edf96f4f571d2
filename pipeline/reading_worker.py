"""What one reading process does: fetch a drop's bytes, read them, leave the reading in ``derived``."""

from __future__ import annotations

import gzip
import logging
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from domain.codec import canonical, dump, load
from domain.engines import FieldContext
from domain.errors import AppError, DocumentTooLarge, EngineCrashed, EngineTimeout, InputError, ObjectMissing
from domain.ids import BlobRef, Digest
from domain.lessons import Lesson
from domain.page import TextReading
from domain.record import DropReading, SettledDocument, Unit
from extractors.searchable.build import searchable_pdf
from pipeline.settings import ShokoSettings
from pipeline.steps.apart import read_apart
from pipeline.steps.filing import DERIVED, passing
from pipeline.steps.habits import habits_key, load_habits
from pipeline.steps.looking import keep_look, look, look_key
from pipeline.steps.read import Reader, read_documents, text_of, unreadable
from pipeline.steps.reading import Reading
from pipeline.steps.settled import read_settled
from pipeline.steps.units import leave_parts
from pipeline.wiring import build_reader, open_objects

if TYPE_CHECKING:
    from domain.engines import ObjectStore

logger = logging.getLogger(__name__)

MEMORY_JA = "読み取りに必要なメモリが上限を超えました。原本は保存済みです。分割するか解像度を下げてください"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """One drop to read. Stays inside this machine; never a task argument."""

    drop_id: str
    unit_id: str
    blob: BlobRef
    file_name: str
    reading_key: str
    issued_by_us: bool
    received_on: date
    today: date
    our_companies: tuple[str, ...] | None = None
    """Names of the company as an administrator said them; None: those of the settings."""
    settled: tuple[SettledDocument, ...] | None = None
    """What its pages were filed as; None where it was never filed, and reading decides."""
    units: tuple[Unit, ...] = ()
    """The units that those documents have pages of."""


@dataclass(slots=True)
class ReadingWorker:
    """Engines, loaded once, and the store they work for.

    Also a pool of one in the caller's own process (``warm``, ``read``, ``close``): nothing then stands between a
    hostile file and that process, so it is for tests and for files one has made oneself.
    """

    settings: ShokoSettings
    reader: Reader
    opened: ObjectStore | None = None
    busy_seconds: float = 0.0
    lessons_read: tuple[Lesson, ...] = ()
    lessons_version: tuple[str, datetime] | None = None

    @classmethod
    def start(cls, settings: ShokoSettings) -> Self:
        """Load the engines that the settings choose."""
        return cls(settings=settings, reader=build_reader(settings))

    @property
    def store(self) -> ObjectStore:
        """Opened on first use: reading a file without filing it needs none."""
        if self.opened is None:
            self.opened = open_objects(self.settings)
        return self.opened

    def config_digest(self) -> str:
        """Digest of engines, settings, code, and of what the company is called: who is the counterparty hangs on it."""
        plain = {"reader": self.reader.config_digest, "names": list(self.settings.company.names)}
        return Digest.of(canonical(plain)).value[:32]

    def warm(self) -> None:
        """Load what is loaded on first use."""

    def close(self) -> None:
        """Nothing to stop."""

    def read(self, request: ReadRequest) -> None:
        """Vault to ``derived``; a file that cannot be read leaves a reading that says so.

        Raises:
            StorageError: the bytes could not be fetched or the reading not stored.
        """
        started = time.perf_counter()
        self.reader = replace(self.reader, lessons=self._lessons())
        content = self._fetch(request.blob)
        reading = self._read_or_excuse(content, request)
        self.store.put_named(
            DERIVED, request.reading_key, dump(reading), media_type="application/json", if_absent=False
        )
        self.busy_seconds += time.perf_counter() - started

    def look(self, request: ReadRequest) -> None:
        """A first look at a scan, left in ``derived``.

        Raises:
            StorageError: the bytes could not be fetched or what was found not kept.
        """
        content = self._fetch(request.blob)
        found = look(
            content, media_type=request.blob.media_type, today=request.today, settings=self.settings.extractors
        )
        keep_look(self.store, look_key(self.settings.client_id, request.drop_id), found)

    def read_file(self, path: Path, *, our_companies: tuple[str, ...], today: date) -> DropReading:
        """A file that is not filed (``shoko read``).

        Raises:
            InputError: it cannot be read.
        """
        content = self._bytes_of(path)
        context = FieldContext(our_companies=our_companies, today=today)
        how = self._how(context, lambda part, name: text_of(part, file_name=name, reader=self.reader))
        return read_apart(content, file_name=path.name, unit_id="", how=how).reading

    def searchable_file(
        self, path: Path, *, our_companies: tuple[str, ...], today: date, made_at: datetime
    ) -> tuple[DropReading, bytes]:
        """A file that is not filed, and a PDF/A of it that can be searched.

        Raises:
            InputError: it cannot be read, or has no pages.
        """
        content = self._bytes_of(path)
        text = text_of(content, file_name=path.name, reader=self.reader)
        context = FieldContext(our_companies=our_companies, today=today)
        reading = read_documents(content, text, unit_id="", reader=self.reader, context=context)
        made = searchable_pdf(content, text, title=path.name, made_at=made_at, settings=self.reader.settings)
        return reading, made.content

    def _lessons(self) -> tuple[Lesson, ...]:
        """What corrections taught, as last published; read again only where it has changed."""
        key = habits_key(self.settings.client_id)
        try:
            found = self.store.stat(DERIVED, key)
            version = (found.version_id, found.last_modified) if found is not None else None
            if version != self.lessons_version:
                self.lessons_read = load_habits(self.store.get(DERIVED, key)) if found is not None else ()
                self.lessons_version = version
        except (ObjectMissing, ValueError) as error:
            logger.warning("lessons cannot be read: %s", type(error).__name__)
            self.lessons_read = ()
        return self.lessons_read

    def _bytes_of(self, path: Path) -> bytes:
        limit = self.settings.intake.max_bytes
        size = path.stat().st_size
        if size > limit:
            raise DocumentTooLarge(f"{size} bytes exceed the limit of {limit} bytes", file=str(path))
        return path.read_bytes()

    def _read_or_excuse(self, content: bytes, request: ReadRequest) -> DropReading:
        context = FieldContext(
            our_companies=self.settings.company.names if request.our_companies is None else request.our_companies,
            received_on=request.received_on,
            today=request.today,
            issued_by_us=request.issued_by_us,
        )
        error: AppError
        try:
            return self._read_drop(content, request, context)
        except (InputError, EngineCrashed, EngineTimeout) as found:
            error = found
        except MemoryError:
            error = EngineCrashed(f"{request.drop_id}: out of memory while reading", message_ja=MEMORY_JA)
        return unreadable(
            Digest.of(content),
            media_type=request.blob.media_type,
            unit_id=request.unit_id,
            error=error,
            reader_engines=self.reader.engines,
        )

    def _read_drop(self, content: bytes, request: ReadRequest, context: FieldContext) -> DropReading:
        """The documents of a drop: found now, or as it was filed."""

        def text(part: bytes, name: str) -> TextReading:
            return self._text(part, _about(request, part, name))

        how = self._how(context, text)
        if request.settled is None:
            found = read_apart(content, file_name=request.file_name, unit_id=request.unit_id, how=how)
            leave_parts(found.parts, found.reading, client_id=self.settings.client_id, store=self.store)
            for part in found.parts:
                if part.text is not None:
                    self._record(part.text, _about(request, part.content, request.file_name))
            return found.reading
        units = {unit.unit_id: (unit, self._fetch(unit.blob)) for unit in request.units}
        return read_settled(
            content, request.settled, unit_id=request.unit_id, file_name=request.file_name, units=units, how=how
        )

    def _how(self, context: FieldContext, text: Callable[[bytes, str], TextReading]) -> Reading:
        return Reading(client_id=self.settings.client_id, reader=self.reader, context=context, text_of=text)

    def _fetch(self, blob: BlobRef) -> bytes:
        return self.store.get(blob.bucket, blob.key, version_id=blob.version_id, expect=blob.digest)

    def _text(self, content: bytes, request: ReadRequest) -> TextReading:
        """The text as recorded for these bytes and engines, or read now and recorded.

        A page that failed or ran out of time may succeed another day: such a text is not recorded.
        """
        key = text_key(self.settings.client_id, request, self.reader.text_digest)
        if self.store.stat(DERIVED, key) is not None:
            try:
                return load(TextReading, gzip.decompress(self.store.get(DERIVED, key)))
            except (OSError, EOFError, ValueError, zlib.error):
                logger.warning("a recorded text cannot be read back: %s is read again", request.drop_id)
        text = text_of(content, file_name=request.file_name, reader=self.reader)
        self._record(text, request)
        return text

    def _record(self, text: TextReading, request: ReadRequest) -> None:
        if not passing(text.faults):
            key = text_key(self.settings.client_id, request, self.reader.text_digest)
            packed = gzip.compress(dump(text), mtime=0)
            self.store.put_named(DERIVED, key, packed, media_type="application/gzip", if_absent=False)


def _about(request: ReadRequest, content: bytes, name: str) -> ReadRequest:
    """The same request, about other bytes."""
    return replace(request, blob=replace(request.blob, digest=Digest.of(content)), file_name=name)


def text_key(client_id: str, request: ReadRequest, text_digest: str) -> str:
    """Where the text of these bytes lies. The suffix counts: it decides where content does not tell the kind."""
    suffix = Digest.of(Path(request.file_name).suffix.casefold().encode()).value[:8]
    return f"{client_id}/texts/{request.blob.digest.value}/{suffix}.{text_digest}.json.gz"
