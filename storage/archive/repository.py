"""One client's archive: the only way in which records are written and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from domain import approval_rules, precedence
from domain.approvals import approval_id
from domain.counterparties import Counterparty, CounterpartyBatch, PartyFacts, PartySource, changes, folded
from domain.errors import AppendOnlyViolation, StorageError
from domain.ids import Digest
from domain.lessons import Lesson
from domain.precedence import ENGINE
from domain.record import ArchiveRecord, DocumentDraft, DocumentState, Drop, DropOutcome, Unit
from storage.archive import act_rows, applying, division, keys, manifests, reading, schema, series
from storage.archive.adopting import AdoptingArchive
from storage.archive.ending import EndingArchive
from storage.archive.keys import VAULT
from storage.archive.refusals import conflict, found, missing, must_agree
from storage.archive.stamps import StampedArchive

_DRAFT_STATES = frozenset({DocumentState.FILED, DocumentState.NEEDS_REVIEW})
"""Approved is what a complete round makes of a document (``freeze``), never what somebody writes into a draft."""


class Archive(EndingArchive, StampedArchive, AdoptingArchive):
    """The archive of one client over a database and a vault. Thread-safe; many processes may share both.

    Writing methods are idempotent: the same call again changes nothing and returns the same. Each is one transaction
    under the client's writer lock, and what it writes is in the vault before it is in the database.
    """

    def record_drop(self, drop: Drop) -> Drop:
        """Record bytes that arrived and are in the vault; makes the unit and its stamp request where it is new.

        A drop whose blob is not in the vault (refused) makes no unit. ``repeats_drop_id`` is filled from the archive.

        Raises:
            DigestMismatch: under this id other bytes are recorded; these are not, and must not be deleted.
        """
        self._check_client(drop.client_id)
        with self._read() as connection:
            known = reading.find_drop(connection, self.client_id, drop.drop_id)
        if known is None:
            prepared = self._sequencer.prepare_drop(replace(drop, repeats_drop_id=None))
            with self._write() as connection:
                if reading.find_drop(connection, self.client_id, drop.drop_id) is None:
                    self._sequencer.append_prepared(connection, prepared)
                known = found(reading.find_drop(connection, self.client_id, drop.drop_id), drop.drop_id)
        must_agree(known, drop, "blob.digest", key=keys.drop_manifest(self.client_id, drop.drop_id))
        return known

    def record_extract(self, unit: Unit) -> Unit:
        """Record a unit cut out of another, whose bytes are in the vault; the same cut again changes nothing.

        Raises:
            ObjectMissing: the archive does not have the unit that it was cut from.
            StorageError: the unit was cut from nothing.
        """
        self._check_client(unit.client_id)
        if unit.extract is None or unit.blob.bucket != VAULT:
            raise StorageError(f"{unit.unit_id} is no extract in the vault")
        with self._read() as connection:
            known = reading.find_unit(connection, self.client_id, unit.unit_id)
            if known is not None:
                return known
            self._must_exist(connection, schema.unit, "unit_id", unit.extract.of_unit_id)
        prepared = self._sequencer.prepare_extract(unit)
        with self._write() as connection:
            if reading.find_unit(connection, self.client_id, unit.unit_id) is None:
                self._sequencer.append_prepared(connection, prepared)
            return found(reading.find_unit(connection, self.client_id, unit.unit_id), unit.unit_id)

    def record_outcome(self, outcome: DropOutcome) -> DropOutcome:
        """Record what became of a drop; returns the outcome that stands (see ``precedence.outcome_to_record``).

        Raises:
            ObjectMissing: no such drop.
        """
        with self._write() as connection:
            self._must_exist(connection, schema.drop, "drop_id", outcome.drop_id)
            while True:
                newest = reading.newest_outcome(connection, self.client_id, outcome.drop_id)
                following = precedence.outcome_to_record(newest, outcome)
                if following is None:
                    return found(newest, outcome.drop_id)
                number = applying.outcome_count(connection, self.client_id, outcome.drop_id) + 1
                # An interrupted outcome is finished first; then ours is looked at again.
                self._sequencer.outcome(connection, following, number=number)

    def file_document(self, draft: DocumentDraft) -> ArchiveRecord:
        """File a document as revision 1; one that is filed already is returned as it now is.

        Raises:
            ObjectMissing: a page of a unit that the archive does not have.
        """
        with self._read() as connection:
            newest = reading.find_record(connection, self.client_id, draft.document_id, revision=None)
            if newest is not None:
                return newest
            self._check_pages(connection, draft)
        record = self._record(draft, revision=1, recorded_by=ENGINE, reason=None)
        prepared = self._sequencer.prepare_revision(record, previous=None)
        with self._write() as connection:
            newest = reading.find_record(connection, self.client_id, draft.document_id, revision=None)
            if newest is None:
                self._sequencer.append_prepared(connection, prepared)
                newest = reading.find_record(connection, self.client_id, draft.document_id, revision=None)
            return found(newest, draft.document_id)

    def revise_document(
        self, document_id: str, *, base_revision: int, draft: DocumentDraft, recorded_by: str, reason: str
    ) -> ArchiveRecord:
        """Append a revision on top of ``base_revision``, which must be the newest.

        Where ``recorded_by`` is ``engine``, what a person set is kept, an approved or deleted document stays as it is,
        and nothing is appended unless something changes (``domain.precedence``).

        Raises:
            ObjectMissing: no such document, or a page of an unknown unit.
            RevisionConflict: somebody revised it first.
            AppendOnlyViolation: a person tries to change an approved or a deleted document.
        """
        with self._write() as connection:
            history = self._history(connection, document_id)
            newest, expected = history[-1], replace(draft, document_id=document_id)
            if base_revision == newest.revision - 1 and (newest.recorded_by, newest.reason) == (recorded_by, reason):
                decision = precedence.revise(history[:-1], expected, recorded_by=recorded_by)
                if decision is not None and not precedence.changed(newest, decision.draft):
                    return newest  # this call, again
            if base_revision != newest.revision:
                raise conflict(document_id, base_revision, newest.revision)
            decision = precedence.revise(history, expected, recorded_by=recorded_by)
            if decision is None:
                return newest
            self._check_pages(connection, decision.draft)
            record = self._record(decision.draft, revision=newest.revision + 1, recorded_by=recorded_by, reason=reason)
            kept = self._sequencer.revision(connection, record)
        return self._ours(kept, record)

    def tombstone(self, document_id: str, *, base_revision: int, recorded_by: str, reason: str) -> ArchiveRecord:
        """Delete a document logically: every revision stays readable and the document searchable on request.

        Raises:
            ObjectMissing: no such document.
            RevisionConflict: somebody revised it first.
            AppendOnlyViolation: it is approved.
        """
        with self._write() as connection:
            newest = self._history(connection, document_id)[-1]
            if newest.state is DocumentState.TOMBSTONED and newest.supersedes == base_revision:
                return newest
            if newest.state is DocumentState.APPROVED:
                raise AppendOnlyViolation(
                    f"document {document_id} is approved and frozen",
                    message_ja=f"書類 {document_id} は承認済みのため削除できません。先に承認を取り消してください",
                )
            if base_revision != newest.revision or newest.state is DocumentState.TOMBSTONED:
                raise conflict(document_id, base_revision, newest.revision)
            record = self._next(newest, DocumentState.TOMBSTONED, recorded_by=recorded_by, reason=reason)
            kept = self._sequencer.revision(connection, record)
        return self._ours(kept, record)

    def freeze(self, document_id: str, *, base_revision: int, recorded_by: str) -> ArchiveRecord:
        """Make a document approved, where a round about its newest revision is complete (``domain.approval_rules``).

        Raises:
            ObjectMissing: no such document.
            RevisionConflict: somebody revised it first, or its approvals are not complete.
        """
        return self._turn_state(document_id, DocumentState.APPROVED, base_revision=base_revision, by=recorded_by)

    def thaw(self, document_id: str, *, base_revision: int, recorded_by: str, reason: str) -> ArchiveRecord:
        """Make an approved document one that can be put right, where an act took its approval back.

        Raises:
            ObjectMissing: no such document.
            RevisionConflict: somebody revised it first, or nobody took the approval back.
        """
        return self._turn_state(
            document_id, DocumentState.FILED, base_revision=base_revision, by=recorded_by, reason=reason
        )

    def _turn_state(
        self, document_id: str, state: DocumentState, *, base_revision: int, by: str, reason: str | None = None
    ) -> ArchiveRecord:
        with self._write() as connection:
            newest = self._history(connection, document_id)[-1]
            if newest.state is state and newest.supersedes == base_revision:
                return newest  # this call, again
            acts = act_rows.series(connection, self.client_id, approval_id(document_id))
            may = approval_rules.may_freeze if state is DocumentState.APPROVED else approval_rules.may_thaw
            if newest.revision != base_revision or not may(acts, newest):
                raise conflict(document_id, base_revision, newest.revision)
            record = self._next(newest, state, recorded_by=by, reason=reason)
            kept = self._sequencer.revision(connection, record)
        return self._ours(kept, record)

    def manifest_digest(self, document_id: str, revision: int) -> Digest:
        """Digest of a revision's manifest, which holds that of its payload: what an approval is about.

        Raises:
            ObjectMissing: no such revision.
        """
        table = schema.revision
        mine = (table.c.client_id == self.client_id, table.c.document_id == document_id, table.c.revision == revision)
        with self._read() as connection:
            value = connection.execute(sa.select(table.c.manifest_digest).where(*mine)).scalar()
        if value is None:
            raise missing(document_id)
        return Digest.parse(str(value))

    def regroup(
        self,
        endings: Mapping[str, int],
        drafts: Sequence[DocumentDraft],
        *,
        recorded_by: str,
        reason: str,
    ) -> tuple[ArchiveRecord, ...]:
        """Put new documents in the place of old ones, as a person divided or joined them.

        The old ones are tombstoned with links to the new; the same call again changes nothing.

        Args:
            endings: old documents with the revision that the person saw, which must be the newest.
            drafts: the new documents; their ids must be new.
            recorded_by: login of the person.
            reason: why, in the person's words.

        Raises:
            ObjectMissing: no such document, or a page of an unknown unit.
            RevisionConflict: somebody revised one of them first.
            AppendOnlyViolation: one is approved or deleted.
        """
        wanted = tuple(draft.document_id for draft in drafts)
        with self._write() as connection:
            if all(division.successors(connection, self.client_id, old) == wanted for old in endings):
                return tuple(self._history(connection, new)[-1] for new in wanted)
            ends = []
            for document_id, base in endings.items():
                newest = self._history(connection, document_id)[-1]
                precedence.may_end(newest)
                if newest.revision != base:
                    raise conflict(document_id, base, newest.revision)
                ends.append(self._next(newest, DocumentState.TOMBSTONED, recorded_by=recorded_by, reason=reason))
            for draft in drafts:
                self._check_pages(connection, draft)
            begun = tuple(self._record(d, revision=1, recorded_by=recorded_by, reason=reason) for d in drafts)
            prepared = [self._sequencer.prepare_revision(record, previous=None) for record in begun]
            prepared += [self._sequencer.prepare_next(connection, record) for record in ends]
            manifest = manifests.encode(
                division.manifest_of(
                    self.client_id,
                    tuple(division.Ending(document_id=r.document_id, revision=r.revision) for r in ends),
                    wanted,
                )
            )
            self._sequencer.put_act_manifest(manifest)
            self._sequencer.append(connection, division.REGROUPED, ends[0].document_id, manifest=manifest)
            for one in prepared:
                self._sequencer.append_prepared(connection, one)
            return tuple(self._history(connection, new)[-1] for new in wanted)

    def _next(
        self, newest: ArchiveRecord, state: DocumentState, *, recorded_by: str, reason: str | None
    ) -> ArchiveRecord:
        """The same document in another state."""
        return replace(
            newest,
            revision=newest.revision + 1,
            supersedes=newest.revision,
            state=state,
            recorded_at=self._sequencer.now(),
            recorded_by=recorded_by,
            reason=reason,
        )

    def record_counterparties(
        self, facts: Sequence[PartyFacts], *, source: PartySource, recorded_by: str
    ) -> tuple[Counterparty, ...]:
        """Add what is said about counterparties to the master; returns whoever changed, none where all is known."""
        with self._write() as connection:
            while True:
                batches = reading.counterparty_batches(connection, self.client_id)
                number = series.newest(connection, schema.counterparty_batch, self.client_id) + 1
                entries = changes(folded(batches), facts, source=source, client_id=self.client_id, number=number)
                if not entries:
                    return ()
                batch = CounterpartyBatch(
                    client_id=self.client_id,
                    number=number,
                    source=source,
                    entries=entries,
                    recorded_at=self._sequencer.now(),
                    recorded_by=recorded_by,
                )
                # An interrupted change is finished first; then ours is looked at again.
                if self._sequencer.counterparties(connection, batch).entries == entries:
                    return entries

    def record_lesson(self, lesson: Lesson) -> Lesson:
        """Write down what a correction teaches; a revision teaches once. The number is given here.

        Raises:
            ObjectMissing: no such document.
        """
        self._check_client(lesson.client_id)
        with self._write() as connection:
            self._must_exist(connection, schema.document, "document_id", lesson.document_id)
            while True:
                taught = reading.find_lesson(connection, self.client_id, lesson)
                if taught is not None:
                    return taught
                # An interrupted lesson is finished first; then ours is looked at again.
                number = series.newest(connection, schema.lesson, self.client_id) + 1
                self._sequencer.lesson(connection, replace(lesson, number=number))

    def _history(self, connection: sa.Connection, document_id: str) -> tuple[ArchiveRecord, ...]:
        found = reading.history(connection, self.client_id, document_id)
        if not found:
            raise missing(document_id)
        return found

    def _record(self, draft: DocumentDraft, *, revision: int, recorded_by: str, reason: str | None) -> ArchiveRecord:
        if draft.state not in _DRAFT_STATES:
            msg = f"a draft cannot be {draft.state.value}"
            raise ValueError(msg)
        return ArchiveRecord(
            client_id=self.client_id,
            document_id=draft.document_id,
            revision=revision,
            supersedes=revision - 1 or None,
            state=draft.state,
            pages=draft.reading.pages,
            classification=draft.reading.classification,
            importance=draft.importance,
            fields=draft.reading.fields,
            checks=draft.reading.checks,
            review_reasons=draft.reading.review_reasons,
            text=draft.reading.text,
            recorded_at=self._sequencer.now(),
            recorded_by=recorded_by,
            reason=reason,
            received_on=draft.received_on,
            received_on_assumed=draft.received_on_assumed,
            origin=draft.origin,
            retain_until=draft.retain_until,
            captures=draft.reading.captures,
        )

    def _check_pages(self, connection: sa.Connection, draft: DocumentDraft) -> None:
        if not draft.reading.pages:
            msg = f"document {draft.document_id} names no page (data without pages is page 0 of its unit)"
            raise ValueError(msg)
        for unit_id in {page.unit_id for page in draft.reading.pages}:
            self._must_exist(connection, schema.unit, "unit_id", unit_id)

    @staticmethod
    def _ours(kept: ArchiveRecord, wanted: ArchiveRecord) -> ArchiveRecord:
        # A revision that was interrupted before its log entry has been finished instead of ours.
        if replace(kept, recorded_at=wanted.recorded_at) == _stored(wanted):
            return kept
        raise conflict(wanted.document_id, wanted.revision - 1, kept.revision)


def _stored(record: ArchiveRecord) -> ArchiveRecord:
    content = manifests.payload("record", record, salt=b"")
    return manifests.record_of(content, key=record.document_id)
