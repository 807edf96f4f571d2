"""The part of an archive that records acts which change no document: of people, of the system, and of the log alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from domain.acts import ActKind, ActRecord, FactValue, check_act
from domain.errors import StorageError
from domain.evidence import LogLeaf
from domain.ids import Digest
from storage.archive import act_rows, applying, manifests, reading_log
from storage.archive.opening import OpenArchive
from storage.archive.writing import end_of_day


class ActingArchive(OpenArchive):
    """An archive in which acts are recorded."""

    def record_act(
        self,
        kind: ActKind,
        subject_id: str,
        *,
        recorded_by: str,
        about: Sequence[str] = (),
        facts: Mapping[str, FactValue] | None = None,
        personal: Mapping[str, str] | None = None,
        retain_until: date | None = None,
        allowed: Callable[[tuple[ActRecord, ...]], None] | None = None,
    ) -> ActRecord:
        """Append an act under its subject; where the newest act there says the same, that one is returned.

        Args:
            kind: what was done.
            subject_id: under what it is kept and numbered.
            recorded_by: ``engine`` or the login of a person; stands in the payload.
            about: what else it concerns; found by these ids too.
            facts: codes, numbers, days and digests, for the manifest.
            personal: names and words, for the payload.
            retain_until: last day to which its objects are locked; where None, for the provisional period.
            allowed: raises where the acts on the subject so far do not allow it; called under the writer lock.

        Raises:
            StorageError: a fact or an id could be a name or a sentence (``domain.acts.check_act``).
        """
        wanted = check_act(
            ActRecord(
                client_id=self.client_id,
                subject_id=subject_id,
                number=1,
                kind=kind,
                about=tuple(dict.fromkeys(one for one in about if one != subject_id)),
                facts=dict(facts or {}),
                personal=dict(personal or {}),
                recorded_at=self._sequencer.now(),
                recorded_by=recorded_by,
            )
        )
        # As it will be read back: what JSON cannot hold is replaced.
        wanted = manifests.act_of(manifests.payload(act_rows.PAYLOAD, wanted, salt=b""), key=subject_id)
        until = end_of_day(retain_until) if retain_until else None
        with self._write() as connection:
            while True:
                newest = act_rows.last(connection, self.client_id, subject_id)
                if newest is not None and newest.says(wanted):
                    return newest
                if allowed is not None:
                    allowed(act_rows.series(connection, self.client_id, subject_id))
                number = (newest.number if newest else 0) + 1
                # An interrupted act is finished first; then ours is looked at again.
                self._sequencer.act(
                    connection, replace(wanted, number=number, recorded_at=self._sequencer.now()), until=until
                )

    def newest_act_number(self, subject_id: str) -> int:
        """Number of the newest act that is kept under a subject; 0 where there is none."""
        with self._read() as connection:
            return act_rows.newest(connection, self.client_id, subject_id)

    def append_act(self, *, kind: str, subject_id: str, manifest: Mapping[str, Any] | None = None) -> LogLeaf:
        """Log an act that has no row of its own: exported, viewed and so on.

        With a manifest (ids, codes and digests only) the same act is logged once; two occasions differ in theirs.
        Without one, every call is an act.

        Raises:
            StorageError: the kind belongs to a method of its own.
        """
        if kind in applying.OWN_KINDS:
            raise StorageError(f"acts of kind {kind!r} are recorded by their own method")
        content = manifests.encode(dict(manifest)) if manifest is not None else None
        with self._write() as connection:
            if content is not None:
                digest = Digest.of(content)
                for leaf in reading_log.leaves_about(connection, self.client_id, (subject_id,)).get(subject_id, ()):
                    if (leaf.kind, leaf.manifest_digest) == (kind, digest):
                        return leaf
                self._sequencer.put_act_manifest(content)
            return self._sequencer.append(connection, kind, subject_id, manifest=content)
