"""The part of an archive that lets records go: planned, recorded as an act, then erased (DESIGN §7)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

from domain.acts import STANDING, ActKind, ActRecord
from domain.counterparties import CounterpartyBatch, PartySource, folded
from domain.errors import AppendOnlyViolation
from domain.evidence import batch_name
from domain.ids import Digest
from storage.archive import database, destruction, keys, reading, schema, series
from storage.archive.acting import ActingArchive
from storage.archive.batches import token_name
from storage.archive.destruction import Gone, Plan
from storage.archive.keys import VAULT


class EndingArchive(ActingArchive):
    """An archive from which records can go, with approval and no other way."""

    def plan_destruction(self, document_id: str, *, drop_id: str | None = None) -> Plan:
        """What would go with a document (see ``destruction.planned``)."""
        with self._read() as connection:
            return destruction.planned(connection, self.client_id, document_id, drop_id=drop_id)

    def forget_counterparties(self, ids: frozenset[str], *, recorded_by: str) -> tuple[Gone, ...]:
        """Take counterparties out of the master; gives the changes of it that are to be destroyed with what names them.

        What else those changes said of others is stated anew first. Doing it again changes nothing more.
        """
        table, kind = schema.counterparty_batch, series.COUNTERPARTIES
        with self._write() as connection:
            while True:
                batches = reading.counterparty_batches(connection, self.client_id)
                stated = {entry.counterparty_id: batch.number for batch in batches for entry in batch.entries}
                touched = {b.number for b in batches if any(entry.counterparty_id in ids for entry in b.entries)}
                gone = tuple(Gone(kind=kind, subject_id=kind, number=number) for number in sorted(touched))
                over = {one for batch in batches for one in batch.forgotten if batch.number > stated.get(one, 0)}
                left = folded(batches)
                entries = tuple(
                    one for one in left if one.counterparty_id not in ids and stated[one.counterparty_id] in touched
                )
                leaving = tuple(sorted(ids & set(stated) - over))
                if not entries and not leaving:
                    return gone
                self._sequencer.counterparties(
                    connection,
                    CounterpartyBatch(
                        client_id=self.client_id,
                        number=series.newest(connection, table, self.client_id) + 1,
                        source=PartySource.KEPT,
                        entries=entries,
                        recorded_at=self._sequencer.now(),
                        recorded_by=recorded_by,
                        forgotten=leaving,
                    ),
                )

    def record_destruction(
        self,
        document_id: str,
        *,
        request_id: str,
        basis: str,
        recorded_by: str,
        drop_id: str | None = None,
        also: Iterable[Gone] = (),
    ) -> ActRecord:
        """Record that a document is destroyed: from here on what goes with it is only waiting to be erased.

        Args:
            document_id: what goes.
            request_id: the approved request; the database refuses the act without it.
            basis: ``retention_over`` or ``withdrawn``.
            recorded_by: login of the person.
            drop_id: of a withdrawal.
            also: what else goes with it, where nothing before took it along.

        Raises:
            AppendOnlyViolation: the request is not approved.
        """
        known = self.destruction_of(document_id)
        if known is not None:
            return known
        plan = self.plan_destruction(document_id, drop_id=drop_id)
        gone = sorted({*plan.gone, *(set(also) - self.destroyed())})
        return self.record_act(
            ActKind.DESTROYED,
            document_id,
            recorded_by=recorded_by,
            about=(request_id, *plan.units, *plan.drops),
            facts={"request": request_id, "basis": basis, "gone": tuple(one.code() for one in gone)},
        )

    def destruction_of(self, document_id: str) -> ActRecord | None:
        """The act by which a document was destroyed, or None."""
        return next((act for act in self.acts(document_id) if _destroys(act, document_id)), None)

    def destroyed(self) -> frozenset[Gone]:
        """Every payload and original that is recorded as destroyed."""
        with self._read() as connection:
            return frozenset(destruction.already(connection, self.client_id))

    def erase(self, gone: Iterable[Gone]) -> tuple[Gone, ...]:
        """Erase what is recorded as destroyed, first from the vault, then from the database; gives what is locked yet.

        Doing it again erases what is left. What is not recorded as destroyed is left alone.
        """
        recorded = self.destroyed()
        left: list[Gone] = []
        erased: list[Gone] = []
        for one in sorted(set(gone) & recorded):
            (erased if self._remove(one) else left).append(one)
        if erased:
            with self._write() as connection:
                destruction.erase_rows(connection, self.client_id, erased)
        return tuple(left)

    def drops_of_unit(self, unit_id: str) -> tuple[str, ...]:
        """The drops that brought a unit's bytes, oldest first."""
        with self._read() as connection:
            return destruction.drops_of_units(connection, self.client_id, (unit_id,))

    def subjects_of(self, document_id: str) -> tuple[str, ...]:
        """Ids under which the log speaks of a document: itself, its units and whatever they were taken from, drops."""
        plan = self.plan_destruction(document_id)
        with self._read() as connection:
            drops = destruction.drops_of_units(connection, self.client_id, plan.family)
        return (document_id, *plan.family, *drops)

    def objects_of(self, document_id: str) -> tuple[str, ...]:
        """Keys of everything in the vault that a document consists of: what must be locked as long as it is kept.

        A batch and its renewals belong to each of their members, so they stay as long as the longest kept of them.
        """
        subjects = self.subjects_of(document_id)
        with self._read() as connection:
            found = destruction.objects_of(connection, self.client_id, subjects)
        tokens = (
            listed.key
            for subject in subjects
            if subject.startswith("unit-")
            for listed in self.vault.list_latest(VAULT, prefix=keys.tokens(self.client_id, subject))
        )
        return tuple(dict.fromkeys((*found, *tokens, *self._batches_over(subjects))))

    def _batches_over(self, subjects: Iterable[str]) -> list[str]:
        """Keys of the batches that speak of units, of their own tokens, or of batches before them."""
        units = [one for one in subjects if one.startswith("unit-")]
        own = (token_name(one, Digest.of(token.token_der)) for one in units for token in self.own_timestamps(one))
        names, numbers = [*units, *own], dict[int, None]()
        while names:
            fresh = [one.number for one in self.batches_of(names) if one.number not in numbers]
            numbers |= dict.fromkeys(fresh)
            names = [batch_name(number) for number in fresh]
        return [keys.batch(self.client_id, number) for number in numbers]

    def log_objects(self, since: int) -> tuple[str, ...]:
        """Keys of the log itself from an entry on: entries, and the tiles, heads and batches written since."""
        client, size = self.client_id, self.log_size()
        entries = [keys.leaf(client, sequence) for sequence in range(since, size)]
        for folder in ("log/tile/", "log/heads/", "log/head-timestamps/", "batches/"):
            entries += [found.key for found in self.vault.list_latest(VAULT, prefix=f"{client}/{folder}")]
        return tuple(entries)

    def standing_objects(self) -> tuple[str, ...]:
        """Keys of the acts that the evidence of many documents stands on (routes, delegations, people, company …)."""
        acts = self.acts_of_kinds(*STANDING)
        names = ((self.client_id, act.subject_id, act.number) for act in acts)
        return tuple(key for name in names for key in (keys.act(*name), keys.act_payload(*name)))

    def compact(self) -> None:
        """Give back the space in which deleted rows stood, so that nothing of them is left in the database's files.

        Copies of the database that a rebuild set aside go too: the vault is what counts. (A PostgreSQL server's own
        write-ahead log and backups are its administrator's.)
        """
        if self._engine.dialect.name == "postgresql":
            with database.translated(), self._engine.connect() as connection:
                alone = connection.execution_options(isolation_level="AUTOCOMMIT")
                for table in ("payload", "search_entry", "likeness", "figure"):
                    alone.exec_driver_sql(f"VACUUM FULL {table}")
                names = sa.inspect(connection).get_schema_names()
                for name in (one for one in names if one.startswith(database.SET_ASIDE)):
                    alone.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
            return
        raw = self._engine.raw_connection()
        try:
            with database.translated():
                cursor = raw.cursor()
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.fetchall()
        finally:
            raw.close()
        path = Path(str(self._engine.url.database))
        for old in path.parent.glob(f"{path.name}.before-*"):
            old.unlink(missing_ok=True)

    def _remove(self, one: Gone) -> bool:
        """Delete every version of an object; False where one is still under its lock."""
        key = one.key(self.client_id)
        for found in list(self.vault.list_versions(VAULT, prefix=key)):
            if found.key != key:
                continue
            try:
                self.vault.delete_version(VAULT, key, version_id=found.version_id)
            except AppendOnlyViolation:
                return False
        return True


def _destroys(act: ActRecord, document_id: str) -> bool:
    return act.kind is ActKind.DESTROYED and act.subject_id == document_id
