"""The end of retention: what may go is listed, one person asks, another approves, and then it goes (DESIGN §7).

Blobs, payloads, index entries and derived files are removed; the log entries, the manifests with their digests and the
tokens stay and prove what was there. Everything can be done again after a crash between any two steps.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from compliance.retention import retention_over
from domain.calendar import tokyo_day
from domain.errors import ObjectMissing, RequestRefused
from domain.query import Query
from domain.requests import Request, RequestKind, RequestState
from pipeline.steps.filing import DERIVED
from pipeline.steps.habits import publish_habits
from pipeline.steps.intake import INBOX, STATUS_PREFIX
from pipeline.steps.last_document import forget_counterparties
from pipeline.steps.requests import approved, ask, find_request, report
from pipeline.steps.retention import is_held, wanted_until
from pipeline.steps.verify import found_ids
from storage.archive.destruction import BLOB, Gone, gone_of

if TYPE_CHECKING:
    from domain.acts import ActRecord
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

RETENTION_OVER = "retention_over"
WITHDRAWN = "withdrawn"
_DERIVED_OF_BLOB = ("readings/{}/", "texts/{}/", "searchable/{}/", "extracts/{}")
"""Where ``derived`` keeps what was made of a blob, by its digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A document whose retention is over."""

    document_id: str
    record: ArchiveRecord
    retain_until: date
    """Last day of the last period that applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destruction:
    """What carrying out a request did."""

    request: Request
    documents: tuple[str, ...]
    removed: int
    """Payloads and originals."""
    locked: tuple[str, ...] = ()
    """Codes of what the store does not let go yet; the request stays open, and carrying it out again goes on."""


def destruction_list(shoko: Shoko, *, today: date | None = None) -> Iterator[Due]:
    """Documents that nothing asks to keep any more, deleted ones included (law: ret-corp, ret-other)."""
    day, shoko = today or tokyo_day(shoko.clock()), shoko.held_still()
    for document_id in found_ids(shoko, Query(include_deleted=True)):
        due = _due(shoko, document_id, day)
        if due is not None:
            yield due


def ask_destruction(shoko: Shoko, document_ids: Sequence[str], *, by: str, reason: str) -> Request:
    """Ask for the destruction of documents; another person has to approve.

    Raises:
        ObjectMissing: no such document.
        RequestRefused: one has to be kept, or no reason is given.
    """
    for document_id in document_ids:
        _must_be_due(shoko, document_id)
    return ask(shoko, RequestKind.DESTRUCTION, document_ids, by=by, reason=reason)


Progress = Callable[[int, int], None]


def _untold(done: int, total: int) -> None:
    """Nobody asks how far it is."""
    del done, total


def carry_out(shoko: Shoko, request_id: str, *, by: str, progress: Progress = _untold) -> Destruction:
    """Destroy what an approved request names.

    ``progress`` is told (steps done, of how many); what it raises ends it there, and carrying it out again goes on.

    Steps:
        0. Whoever has no other document is taken out of the counterparty master.
        1. Record each destruction: from here on the rest is only waiting to be erased.
        2. Remove what was derived, and the notes in the inbox.
        3. Erase originals and payloads, from the vault and then from the database.
        4. Publish the lessons that are left; give the database's space back.
        5. Report: the request is closed.

    Raises:
        RequestRefused: the request is not approved, or one of the documents has to be kept (again).
    """
    request = find_request(shoko, request_id)
    if request.state is RequestState.REPORTED:
        return Destruction(request=request, documents=request.subjects, removed=0)
    request = approved(shoko, request_id, RequestKind.DESTRUCTION)
    for document_id in request.subjects:
        if shoko.archive.destruction_of(document_id) is None:
            _must_be_due(shoko, document_id)
    names = forget_counterparties(shoko, request.subjects, by=by)  # 0
    shoko.at("destroy.forgotten")
    acts = []
    for document_id in request.subjects:  # 1
        acts.append(
            shoko.archive.record_destruction(
                document_id, request_id=request_id, basis=RETENTION_OVER, recorded_by=by, also=names
            )
        )
        shoko.at("destroy.recorded")
        progress(len(acts), 2 * len(request.subjects))
    return finish(shoko, request, acts, by=by, progress=progress)


def finish(
    shoko: Shoko, request: Request, acts: Sequence[ActRecord], *, by: str, progress: Progress = _untold
) -> Destruction:
    """Steps 2 to 5, for acts that are recorded."""
    gone = tuple(dict.fromkeys(one for act in acts for one in gone_by(act)))
    for number, act in enumerate(acts, start=1):  # 2
        _remove_derived(shoko, act)
        shoko.at("destroy.derived")
        _remove_notes(shoko, act)
        shoko.at("destroy.notes")
        progress(len(acts) + number, 2 * len(acts))
    left = shoko.archive.erase(gone)  # 3
    shoko.at("destroy.erased")
    _republish(shoko)  # 4
    shoko.archive.compact()
    shoko.at("destroy.compacted")
    documents = tuple(act.subject_id for act in acts)
    logger.info("destroyed: %d documents, %d objects left under lock", len(documents), len(left))
    if left:
        codes = tuple(one.code() for one in left)
        return Destruction(request=request, documents=documents, removed=len(gone) - len(left), locked=codes)
    request = report(  # 5
        shoko, request.request_id, by=by, words="", facts={"documents": len(documents), "removed": len(gone)}
    )
    shoko.at("destroy.reported")
    return Destruction(request=request, documents=documents, removed=len(gone))


def gone_by(act: ActRecord) -> tuple[Gone, ...]:
    """What a destruction names."""
    codes = act.facts.get("gone")
    return tuple(gone_of(code) for code in codes) if isinstance(codes, tuple) else ()


def _due(shoko: Shoko, document_id: str, day: date) -> Due | None:
    record = shoko.archive.get_document(document_id)
    if record is None or shoko.archive.destruction_of(document_id) is not None:
        return None
    until = wanted_until(shoko, record)
    if not retention_over(until, held=is_held(shoko, record), today=day):
        return None
    return Due(document_id=document_id, record=record, retain_until=until)


def _must_be_due(shoko: Shoko, document_id: str) -> None:
    if shoko.archive.get_document(document_id) is None:
        raise ObjectMissing(
            f"no document {document_id}", message_ja=f"書類 {document_id} はありません。IDを確かめてください"
        )
    if _due(shoko, document_id, tokyo_day(shoko.clock())) is None:
        raise RequestRefused(
            f"document {document_id} has to be kept",
            message_ja=f"書類 {document_id} は保存期間中か保存命令の対象のため、廃棄できません（ret-corp / ret-other）",
        )


def _remove_derived(shoko: Shoko, act: ActRecord) -> None:
    """What was made of any blob that the document's pages come from: it can be made again where the blob stays."""
    client = shoko.settings.client_id
    family = shoko.archive.plan_destruction(act.subject_id).family
    units = (shoko.archive.get_unit(unit_id) for unit_id in family)
    digests = {unit.blob.digest.value for unit in units if unit is not None}
    digests |= {one.subject_id for one in gone_by(act) if one.kind == BLOB}
    for digest in sorted(digests):
        for place in _DERIVED_OF_BLOB:
            _remove_all(shoko, DERIVED, f"{client}/{place.format(digest)}")


def _remove_notes(shoko: Shoko, act: ActRecord) -> None:
    """What staff were told about the drops: it stands in the inbox under the names of their files."""
    for drop_id in (one for one in act.about if one.startswith("drop-")):
        drop = shoko.archive.get_drop(drop_id)
        names = {drop_id, drop.deposit.inbox_key if drop is not None else drop_id} - {""}
        for name in names:
            key = f"{STATUS_PREFIX}{name}.json"
            try:
                _remove_all(shoko, INBOX, key, exactly=True)
            except ValueError:
                continue  # a name that could not be written either


def _remove_all(shoko: Shoko, bucket: str, prefix: str, *, exactly: bool = False) -> None:
    """Every version under a prefix."""
    for found in list(shoko.store.list_versions(bucket, prefix=prefix)):
        if not exactly or found.key == prefix:
            shoko.store.delete_version(bucket, found.key, version_id=found.version_id)


def _republish(shoko: Shoko) -> None:
    _remove_all(shoko, DERIVED, f"{shoko.settings.client_id}/habits.json", exactly=True)
    publish_habits(shoko)
