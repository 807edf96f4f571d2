"""The audit bundle of a search: what the other parts of Shoko add to it, and who is asked for what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from domain.calendar import tokyo_day, tokyo_time
from domain.codec import canonical, to_plain
from domain.compliance import VERDICTS
from domain.counterparties import name_key
from domain.errors import AccessRefused, InputError, ObjectMissing
from domain.labels import DOCUMENT_STATES, DOCUMENT_TYPES, label
from domain.query import Query
from domain.visibility import EVERYTHING
from pipeline.steps.compliance import standing_of
from pipeline.steps.correct import lock_units
from pipeline.steps.said import Known
from pipeline.steps.scanners import chart_tests
from pipeline.steps.searchable import any_searchable, ready_searchable, searchable_document
from pipeline.steps.shown import DATA_TYPES, sheet_of
from pipeline.steps.verify import found_ids, publish
from storage.export import Extras, export_bundle, import_bundle
from storage.export.index import BOM, table_line
from storage.export.reading import CHUNK, Moment, Source, chunks
from storage.search import search

if TYPE_CHECKING:
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko
    from storage.evidence.verify import Roots
    from storage.export import BundleResult, ImportResult
    from storage.export.volume import Renditions

RENDITIONS = ("none", "ready", "all")
"""What is made for reading: nothing, what is there already, or a searchable PDF of every document that can have one."""
_HISTORY = ("書類ID", "版", "状態", "種類", "取引年月日", "取引金額", "取引先", "記録日時", "記録者", "理由")
_COMPLIANCE = ("書類ID", "判定", "規則", "規則の行", "行の判定", "内容", "すること", "期限", "基準日")
_PARTIES = ("取引先コード", "取引先", "別表記", "登録番号")


def export(
    shoko: Shoko,
    query: Query,
    destination: Path,
    *,
    documents: Sequence[str] = (),
    conditions: str = "",
    whole: bool = False,
    volume_bytes: int | None = None,
    renditions: str = "ready",
    progress: Callable[[int, int], None] | None = None,
) -> BundleResult:
    """Write an audit bundle of everything that a query finds, whatever its page size (law: download-request).

    Called again with the same query after it was interrupted, it goes on. ``head`` and ``log_key_sha256`` of the
    answer are worth keeping outside of the bundle.

    Args:
        shoko: the installation.
        query: what is wanted.
        documents: ids of just these instead, as somebody picked them out of a search.
        destination: a new folder.
        conditions: the query in words, for the README.
        whole: the complete log, for moving to another installation (law: migrate-evidence).
        volume_bytes: about the largest size of a volume; none for one.
        renditions: one of RENDITIONS.
        progress: told (documents written, of how many); what it raises ends the export.

    Raises:
        AccessRefused: an original also shows, or a record also names, a document that who asks may not see; nothing is
            left out silently.
        ObjectMissing: a picked document does not exist for who asks.
        ConfigError: the destination exists or cannot be written.
        StorageError: the disk is full or refuses; called again, the export goes on.
    """
    picked = tuple(dict.fromkeys(documents))
    if len(shoko.archive.seen_documents(picked)) < len(picked):
        raise ObjectMissing("a picked document does not exist", message_ja="選択した書類が見つかりません")
    total = len(picked) or (search(shoko.archive, replace(query, limit=1, offset=0)).total if progress else 0)
    return export_bundle(
        shoko.archive,
        shoko.store,
        _with_whole_originals(shoko, picked or found_ids(shoko, query)),
        destination,
        signer=shoko.signer,
        clock=shoko.clock,
        conditions=conditions,
        authority=shoko.authority,
        whole=whole,
        volume_bytes=volume_bytes,
        request=canonical({"documents": list(picked)} if picked else to_plain(query)).decode(),
        extras=Extras(
            renditions=_told(_renditions(shoko, renditions), progress, total), tables=partial(_tables, shoko)
        ),
    )


def _with_whole_originals(shoko: Shoko, ids: Iterable[str]) -> Iterator[str]:
    """The same ids: a bundle holds originals and records as they are, and nothing can be left out of either.

    An original of several documents shows them all; a record says which other document it may be a duplicate of.
    """
    archive = shoko.archive
    if archive.visibility.sees_all:
        yield from ids
        return
    whole = shoko.seen_by(EVERYTHING).archive
    for document_id in ids:
        drops: dict[str, None] = {}
        for unit in archive.unit_of_document(document_id):
            root = unit
            drops |= dict.fromkeys(archive.drops_of_unit(root.unit_id))
            while root.extract is not None and (source := archive.get_unit(root.extract.of_unit_id)) is not None:
                root = source
                drops |= dict.fromkeys(archive.drops_of_unit(root.unit_id))
            if not archive.sees_whole(root.unit_id):
                raise AccessRefused(
                    f"the original of {document_id} also shows documents that may not be seen",
                    message_ja=f"書類 {document_id} の原本には閲覧できない書類も写っているため、持ち出せません。"
                    "条件から除くか、管理者に依頼してください",
                )
        told = archive.history(document_id) == whole.history(document_id)
        if not told or any(archive.get_drop(one) != whole.get_drop(one) for one in drops):
            raise AccessRefused(
                f"the records of {document_id} speak of what may not be seen",
                message_ja=f"書類 {document_id} の記録には閲覧できない書類についての記載があるため、持ち出せません。"
                "条件から除くか、管理者に依頼してください",
            )
        yield document_id


def take_over(shoko: Shoko, folder: Path, anchors: Roots) -> ImportResult:
    """Take over the complete log of another installation from a bundle, into an empty one (law: migrate-evidence).

    The originals are locked again until the end of their retention, and the log is signed with the key here.

    Raises:
        EvidenceMalformed: the bundle does not verify.
        ConfigError: anchors are missing, the bundle is a selection, or the installation is not empty.
    """
    result = import_bundle(shoko.archive, shoko.store, folder, roots=anchors, clock=shoko.clock)
    for document_id in found_ids(shoko, Query(include_deleted=True)):
        record = shoko.archive.get_document(document_id)
        if record is not None:
            lock_units(shoko, record)
    publish(shoko)
    return result


def _told(renditions: Renditions | None, progress: Callable[[int, int], None] | None, total: int) -> Renditions | None:
    """The same, and for every document it is said how far the export is."""
    if progress is None:
        return renditions
    written = count(1)

    def made(record: ArchiveRecord, sources: Sequence[Source]) -> Iterator[tuple[str, bytes]]:
        progress(next(written), total)
        if renditions is not None:
            yield from renditions(record, sources)

    return made


def _renditions(shoko: Shoko, wanted: str) -> Renditions | None:
    if wanted == "none":
        return None

    def made(record: ArchiveRecord, sources: Sequence[Source]) -> Iterator[tuple[str, bytes]]:
        if len(sources) != 1:
            return
        if sources[0].media_type in DATA_TYPES:
            yield ".html", sheet_of(record)
            return
        if wanted == "ready" and not any_searchable(shoko, sources[0].sha256):
            return
        try:
            content = searchable_document(shoko, record) if wanted == "all" else ready_searchable(shoko, record)
        except (InputError, ObjectMissing):
            return  # nothing can be made of it: the original is there
        if content is not None:
            yield ".pdf", content

    return made


def _tables(shoko: Shoko, moment: Moment, document_ids: Sequence[str]) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Compliance, history of corrections, and the code table of the counterparties that occur."""
    names: dict[str, None] = {}
    yield "compliance.csv", _compliance(shoko, moment, document_ids, names)
    yield "history.csv", _history(moment, document_ids)
    yield "counterparties.csv", _parties(shoko, names)


def _compliance(shoko: Shoko, moment: Moment, document_ids: Sequence[str], names: dict[str, None]) -> Iterator[bytes]:
    yield BOM + table_line(_COMPLIANCE)
    tests = chart_tests(shoko)
    for some in chunks(document_ids, CHUNK):
        records = moment.documents(some)
        units = tuple(dict.fromkeys(unit for _, found in records.values() for unit in found))
        sources = moment.sources(units)
        known = Known(
            acts=shoko.archive.acts_about((*some, *units)),
            tokens={unit: sources[unit].stamps.tokens for unit in units},
            chart_tests=tests,
        )
        for document_id in some:
            record, _ = records[document_id]
            if name := record.fields.text("counterparty"):
                names[name_key(name)] = None
            status = standing_of(shoko, record, today=tokyo_day(moment.at), known=known).status
            for line in status.lines:
                yield table_line(
                    (
                        document_id,
                        label(VERDICTS[status.verdict]),
                        line.rule,
                        line.row or "",
                        label(VERDICTS[line.verdict]),
                        label(line.what),
                        label(line.todo) if line.todo else "",
                        line.due.isoformat() if line.due else "",
                        status.as_of.isoformat(),
                    )
                )


def _history(moment: Moment, document_ids: Sequence[str]) -> Iterator[bytes]:
    yield BOM + table_line(_HISTORY)
    for some in chunks(document_ids, CHUNK):
        histories = moment.histories(some)
        for record in (record for document_id in some for record in histories[document_id]):
            money, day = record.fields.money("total_amount"), record.fields.day("transaction_date")
            yield table_line(
                (
                    record.document_id,
                    str(record.revision),
                    label(DOCUMENT_STATES[record.state]),
                    label(DOCUMENT_TYPES[record.classification.label]),
                    day.isoformat() if day else "",
                    f"{money.amount:f}" if money else "",
                    record.fields.text("counterparty") or "",
                    tokyo_time(record.recorded_at),
                    record.recorded_by,
                    record.reason or "",
                )
            )


def _parties(shoko: Shoko, names: dict[str, None]) -> Iterator[bytes]:
    yield BOM + table_line(_PARTIES)
    for party in shoko.parties.master():
        if any(name_key(name) in names for name in (party.name, *party.variants)):
            shown = (" ; ".join(party.variants), " ; ".join(party.registration_numbers))
            yield table_line((party.counterparty_id, party.name, *shown))
