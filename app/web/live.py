"""``WebServices`` over a real archive: reads records, evidence and originals; hands uploads to the inbox."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Self

from app.web.services import (
    Evidence,
    Original,
    PageImage,
    Searchable,
    Standing,
    UnitEvidence,
    Uploaded,
)
from domain.corrections import Correction
from domain.engines import ObjectStore
from domain.errors import ObjectMissing
from domain.evidence import Authority, LogLeaf, PdfSignature, Report, TreeHead, batch_name
from domain.ids import Digest, Origin, unit_id_for
from domain.labels import Label
from domain.query import Hit, Hits, Query
from domain.record import ArchiveRecord, DropStatus, Unit
from domain.suggestion import Suggestion
from domain.visibility import Visibility
from extractors.pages.render import page_png
from extractors.settings import ExtractorSettings
from pipeline.steps.arrivals import Intake, Today
from pipeline.steps.compliance import Standing as LawStanding
from storage.archive import Archive
from storage.arrivals import Show

VAULT = "vault"
_PICTURES_KEPT_BYTES = 32 * 1024 * 1024
"""About as many pages as 30 documents on the screen; small pictures of a strip hardly count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Functions of the layers below, bound to this installation where everything is wired."""

    search: Callable[[Query], Hits]
    every_hit: Callable[[Query], Iterator[Hit]]
    verify_document: Callable[[str], Report]
    log_head: Callable[[], TreeHead | None]
    """The newest signed head of the log."""
    deposit: Callable[[bytes, str, Origin, date, str | None], str]
    """Content, name, origin, day of receipt and department; puts it into the inbox and returns its key there."""
    bind: Callable[[Sequence[bytes]], tuple[str, bytes]]
    """Photos of one document as one file with its name."""
    intake: Callable[[Show, int, str | None], Intake]
    """Which drops, how many, older than which."""
    today: Callable[[], Today]
    """Where the drops of today stand."""
    correct: Callable[[str, Correction], ArchiveRecord]
    """A person's correction of a document."""
    searchable: Callable[[ArchiveRecord], bytes] | None = None
    """A document as a searchable PDF/A."""
    compliance: Callable[[ArchiveRecord], LawStanding] | None = None
    """What the law says of a document."""
    suggest: Callable[[ArchiveRecord], Suggestion | None] | None = None
    """What the books could say of it."""
    signatures: Callable[[Unit], tuple[PdfSignature, ...]] | None = None
    """Signatures that came with the PDF that a unit is."""
    alarms: Callable[[], tuple[Label, ...]] | None = None
    """What the last test of the store and the last reconciliation found wrong."""


class LiveServices:
    """One client's archive as the web page sees it. Thread-safe."""

    def __init__(
        self,
        archive: Archive,
        store: ObjectStore,
        *,
        calls: Callable[[Visibility], Calls],
        authority: Authority | None,
        reading: ExtractorSettings,
        our_companies: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        """``reading`` must be what documents are read with: page pictures are rendered the same way.

        ``calls`` gives the functions as somebody may see what they answer.
        """
        self._whole = archive
        self._archive = archive
        self._store = store
        self._calls_for = calls
        self._calls = calls(archive.visibility)
        self._authority = authority
        self._reading = reading
        self._our_companies = our_companies
        self._pictures: OrderedDict[tuple[str, int, int, int], bytes] = OrderedDict()
        self._picture_lock = threading.Lock()
        self._making = threading.Lock()
        self._traits: dict[str, bool] = {}

    def seen_by(self, visibility: Visibility) -> Self:
        """See ``WebServices``; pictures are kept in common, since they are looked up after their document."""
        twin = copy(self)
        twin._archive = self._whole.seen_by(visibility)  # noqa: SLF001  # our own
        twin._calls = self._calls_for(visibility)  # noqa: SLF001  # our own
        return twin

    def at_once(self) -> AbstractContextManager[None]:
        """See ``WebServices``."""
        return self._archive.at_once()

    def standing(self) -> Standing:
        """See ``WebServices``; the store is asked once."""
        if not self._traits:
            traits = self._store.traits(VAULT)
            self._traits["write_once"] = traits.object_lock and not traits.advisory_retention
        alarms = self._calls.alarms() if self._calls.alarms else ()
        return Standing(
            authority=self._authority,
            write_once=self._traits["write_once"],
            our_companies=self._our_companies(),
            alarms=alarms,
        )

    def search(self, query: Query) -> Hits:
        """See ``WebServices``."""
        return self._calls.search(query)

    def every_hit(self, query: Query) -> Iterator[Hit]:
        """See ``WebServices``."""
        return self._calls.every_hit(query)

    def document(self, document_id: str, *, revision: int | None = None) -> ArchiveRecord | None:
        """See ``WebServices``."""
        return self._archive.get_document(document_id, revision=revision)

    def subject(self, subject_id: str) -> ArchiveRecord | None:
        """See ``WebServices``."""
        drop = self._archive.get_drop(subject_id)
        unit_id = drop.unit_id if drop else subject_id
        units = (unit_id, *(cut.unit_id for cut in self._archive.extracts_of(unit_id)))
        found = tuple(document for unit in units for document in self._archive.documents_of_unit(unit))
        documents = found or (subject_id,)
        return self._archive.get_document(documents[0])

    def history(self, document_id: str) -> tuple[ArchiveRecord, ...]:
        """See ``WebServices``."""
        return self._archive.history(document_id)

    def evidence(self, document_id: str) -> Evidence:
        """See ``WebServices``."""
        record = self._record(document_id, None)
        signatures = self._calls.signatures
        own = self._archive.unit_of_document(document_id)
        leaves = self._leaves(document_id, own)
        units = tuple(
            UnitEvidence(
                unit=unit,
                tokens=self._archive.timestamps(unit.unit_id),
                leaves=leaves[unit.unit_id],
                signatures=signatures(unit) if signatures else (),
            )
            for unit in own
        )
        judge = self._calls.compliance
        return Evidence(
            units=units,
            leaves=leaves[document_id],
            log_size=self._archive.log_size(),
            head=self._calls.log_head(),
            compliance=judge(record) if judge else None,
        )

    def _leaves(self, document_id: str, units: Sequence[Unit]) -> dict[str, tuple[LogLeaf, ...]]:
        """Acts on a document, and on each unit, the drop that brought it and the batches it is in, in log order."""
        subjects = {document_id: {document_id}} | {one.unit_id: {one.unit_id, one.first_drop_id} for one in units}
        for batch in self._archive.batches_of(one.unit_id for one in units):
            subjects[batch.name].add(batch_name(batch.number))
        about = self._archive.leaves_about(subject for named in subjects.values() for subject in named)
        found = {
            one: {leaf.sequence: leaf for subject in named for leaf in about.get(subject, ())}
            for one, named in subjects.items()
        }
        return {one: tuple(leaves[sequence] for sequence in sorted(leaves)) for one, leaves in found.items()}

    def lineage(self, document_id: str) -> tuple[DropStatus, ...]:
        """See ``WebServices``."""
        units = self._archive.unit_of_document(document_id)
        found = self._archive.drop_statuses(tuple(unit.first_drop_id for unit in units))
        return tuple(found[unit.first_drop_id] for unit in units if unit.first_drop_id in found)

    def suggestion(self, record: ArchiveRecord) -> Suggestion | None:
        """See ``WebServices``."""
        return self._calls.suggest(record) if self._calls.suggest else None

    def page_image(self, document_id: str, *, page: int, width_px: int, revision: int | None = None) -> PageImage:
        """See ``WebServices``; the last pictures are kept."""
        record = self._record(document_id, revision)
        if not 0 <= page < len(record.pages):
            raise ObjectMissing(
                f"document {document_id} has no page {page + 1}",
                message_ja=f"書類 {document_id} に {page + 1} ページ目はありません",
            )
        ref = record.pages[page]
        blob = self._unit(document_id, ref.unit_id).blob
        width = min(width_px, ref.width_px) if ref.width_px else width_px
        key = (blob.digest.value, ref.page_index, ref.rotation_degrees, width)
        with self._picture_lock:
            png = self._pictures.get(key)
        if png is None:
            content = self._store.get(blob.bucket, blob.key, version_id=blob.version_id, expect=blob.digest)
            png = page_png(
                content,
                media_type=blob.media_type,
                page_index=ref.page_index,
                settings=self._reading,
                width_px=width,
                rotation_degrees=ref.rotation_degrees,
            )
            with self._picture_lock:
                self._pictures[key] = png
                kept = sum(map(len, self._pictures.values()))
                while kept > _PICTURES_KEPT_BYTES:
                    kept -= len(self._pictures.popitem(last=False)[1])
        return PageImage(png=png, width_px=ref.width_px, height_px=ref.height_px)

    def original(self, document_id: str, *, unit_id: str | None = None) -> Original:
        """See ``WebServices``."""
        record = self._record(document_id, None)
        unit = self._unit(document_id, unit_id or (record.pages[0].unit_id if record.pages else None))
        if not self._archive.sees_whole(unit.unit_id):  # other documents stand on the same sheets
            raise _no_original(document_id, unit.unit_id)
        drop = self._archive.get_drop(unit.first_drop_id)
        return Original(
            name=drop.deposit.original_name if drop else unit.unit_id,
            media_type=unit.blob.media_type,
            size_bytes=unit.blob.size_bytes,
            stream=self._store.open(unit.blob.bucket, unit.blob.key, version_id=unit.blob.version_id),
        )

    def searchable(self, document_id: str, *, revision: int | None = None) -> Searchable:
        """See ``WebServices``; one at a time, since pictures of many pages take memory."""
        record = self._record(document_id, revision)
        make = self._calls.searchable
        if make is None:
            raise ObjectMissing(f"no searchable PDF of {document_id}")
        unit = self._unit(document_id, record.pages[0].unit_id if record.pages else None)
        drop = self._archive.get_drop(unit.first_drop_id)
        stem = drop.deposit.original_name.rpartition(".")[0] or drop.deposit.original_name if drop else document_id
        with self._making:
            return Searchable(name=f"{stem}.pdf", content=make(record))

    def upload(self, stream: BinaryIO, *, name: str, origin: Origin, received_on: date, deposited_by: str) -> Uploaded:
        """See ``WebServices``."""
        del deposited_by  # the inbox keeps no names of people
        content = stream.read()
        unit_id = unit_id_for(client_id=self._archive.client_id, origin=origin, digest=Digest.of(content))
        repeats = self._archive.documents_of_unit(unit_id)
        department = next(iter(self._archive.visibility.departments), None)
        key = self._calls.deposit(content, name, origin, received_on, department)
        return Uploaded(name=name, key=key, size_bytes=len(content), repeats=repeats)

    def capture(self, photos: Sequence[bytes], *, origin: Origin, received_on: date) -> Uploaded:
        """See ``WebServices``."""
        name, content = self._calls.bind(photos)
        return self.upload(io.BytesIO(content), name=name, origin=origin, received_on=received_on, deposited_by="")

    def correct(self, document_id: str, correction: Correction) -> ArchiveRecord:
        """See ``WebServices``."""
        self._record(document_id, None)
        return self._calls.correct(document_id, correction)

    def intake(self, *, limit: int, show: Show = Show.ALL, before: str | None = None) -> Intake:
        """See ``WebServices``."""
        return self._calls.intake(show, limit, before)

    def arrived_today(self) -> Today:
        """See ``WebServices``."""
        return self._calls.today()

    def verify_document(self, document_id: str) -> Report:
        """See ``WebServices``."""
        self._record(document_id, None)
        return self._calls.verify_document(document_id)

    def _record(self, document_id: str, revision: int | None) -> ArchiveRecord:
        record = self._archive.get_document(document_id, revision=revision)
        if record is None:
            raise ObjectMissing(
                f"no document {document_id}", message_ja=f"書類 {document_id} は見つかりません。検索し直してください"
            )
        return record

    def _unit(self, document_id: str, unit_id: str | None) -> Unit:
        units = self._archive.unit_of_document(document_id)
        known = list(units)
        for one in known:  # grows as it goes: what a unit was taken from may itself have been taken from another
            source = self._archive.get_unit(one.extract.of_unit_id) if one.extract is not None else None
            if source is not None:
                known.append(source)
        unit = next((u for u in known if unit_id is None or u.unit_id == unit_id), None)
        if unit is None:
            raise _no_original(document_id, unit_id)
        return unit


def _no_original(document_id: str, unit_id: str | None) -> ObjectMissing:
    return ObjectMissing(
        f"document {document_id} has no unit {unit_id}", message_ja=f"書類 {document_id} の原本が見つかりません"
    )
