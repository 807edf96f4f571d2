"""Gathers evidence from archive and vault, gives it to the independent verifier, and reports what that says.

What is trusted comes from outside (``Roots``): without it the answer is *indeterminate* and names the fingerprints.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from domain.calendar import tokyo_day
from domain.engines import ObjectStore
from domain.errors import ConfigError
from domain.evidence import Check, More, Outcome, Report
from domain.merkle import HASH_BYTES
from domain.os_words import why_ja
from domain.visibility import EVERYTHING
from storage.archive import Archive, schema
from storage.evidence import verifier
from storage.evidence.destroyed import Destroyed
from storage.evidence.gather import Gathered, check_originals_of
from storage.evidence.sweep import SweepSettings, sweep
from storage.evidence.verifier import Anchors as Roots
from storage.evidence.verifier import EarlierHead, Finding, Policy, Verdict
from storage.evidence.verifier.findings import Reason, failed, passed
from storage.evidence.verifier.witness import read_witness
from storage.evidence.witness import read_witness_file

__all__ = [
    "EarlierHead",
    "Policy",
    "Roots",
    "SweepSettings",
    "documents_of",
    "parse_earlier_head",
    "units_of_period",
    "verify_all",
    "verify_document",
    "verify_exported",
    "verify_foreign",
    "verify_period",
    "verify_selection",
    "witness_lines",
    "witness_report",
]

LISTED = 500
"""Objections of one kind that a report of many documents lists: a person reads the first ones and fixes the cause."""
_ZIP = b"PK"
_OUTCOMES = {
    Verdict.PASSED: Outcome.PASSED,
    Verdict.FAILED: Outcome.FAILED,
    Verdict.INDETERMINATE: Outcome.INDETERMINATE,
}


def parse_earlier_head(text: str) -> EarlierHead:
    """A head that somebody kept outside, as ``SIZE:HEX`` (number of leaves, root in hexadecimal).

    Raises:
        ConfigError: it is not of that form.
    """
    size, _, root = text.strip().partition(":")
    try:
        head = EarlierHead(tree_size=int(size), root=bytes.fromhex(root))
    except ValueError:
        head = EarlierHead(tree_size=-1, root=b"")
    if head.tree_size < 0 or len(head.root) != HASH_BYTES:
        raise ConfigError(
            "an earlier head is SIZE:HEX",
            message_ja=f"以前のログ先頭は「件数:ハッシュ値(16進64桁)」の形で指定してください: {text}",
        )
    return head


def verify_document(
    archive: Archive, vault: ObjectStore, document_id: str, *, roots: Roots, policy: Policy | None = None
) -> Report:
    """Everything about one document: its revisions, the units of its pages, their drops, originals and tokens."""
    gathered = Gathered(archive, vault, anchors=roots, policy=policy or Policy())
    ended = archive.destruction_of(document_id)
    if not archive.history(document_id) and ended is None:
        return _report([failed("subject_known", Reason.SIGNED_DATA_NOT_FOUND, subject=document_id)])
    findings = [*gathered.head_findings]
    units = {
        page.unit_id: None for record in archive.history(document_id) for page in record.pages
    }  # every unit that any revision speaks of, in order
    if ended is not None:
        units |= {one: None for one in ended.about if one.startswith("unit-")}
        findings.append(passed("destroyed", subject=document_id, detail=f"with approval: {ended.facts['request']}"))
    findings += gathered.check_document(document_id)
    findings += check_originals_of(gathered, _drops_of(archive, _with_sources(archive, tuple(units))))
    return _report(Destroyed(archive.seen_by(EVERYTHING), vault).explain(findings))


def verify_period(
    archive: Archive,
    vault: ObjectStore,
    *,
    start: date,
    end: date,
    by: Literal["received", "recorded"] = "received",
    roots: Roots,
    policy: Policy | None = None,
) -> Report:
    """Every unit that was received (or recorded) from ``start`` to ``end``, both inclusive, Asia/Tokyo days.

    One go over all timestamps of a period is what the law asks for (law: scan-timestamp, scan.batch_verify). Includes
    the documents of those units, as far as the archive's ``visibility`` shows them, with all units that these have
    pages of. A period in which nothing came is passed: there was nothing to object to. What passed is counted.
    """
    units = units_of_period(archive, start=start, end=end, by=by)
    documents = documents_of(archive, units)
    return verify_selection(archive, vault, units=units, documents=documents, roots=roots, policy=policy)


def units_of_period(
    archive: Archive, *, start: date, end: date, by: Literal["received", "recorded"] = "received"
) -> tuple[str, ...]:
    """Units that came in a period, both days included, and those that were taken from them."""
    table = schema.drop
    rows = archive.rows(
        sa.select(table.c.drop_id, table.c.unit_id, table.c.received_on, table.c.preserved_at).where(
            table.c.client_id == archive.client_id
        )
    )
    units: dict[str, None] = {}
    for row in rows:
        day = row.received_on if by == "received" else tokyo_day(row.preserved_at)
        if start <= day <= end:
            units[row.unit_id] = None
    known = archive.seen_units(units)
    units = {unit_id: None for unit_id in units if unit_id in known}
    for unit_id in tuple(units):
        units.update((cut.unit_id, None) for cut in archive.extracts_of(unit_id))
    return tuple(units)


def documents_of(archive: Archive, unit_ids: Iterable[str]) -> tuple[str, ...]:
    """Documents that have a page of one of these units, each once."""
    return tuple(dict.fromkeys(found for unit_id in unit_ids for found in archive.documents_of_unit(unit_id)))


def verify_selection(
    archive: Archive,
    vault: ObjectStore,
    *,
    units: Sequence[str],
    documents: Sequence[str],
    roots: Roots,
    policy: Policy | None = None,
    progress: Callable[[int, int], None] | None = None,
    listed: int = LISTED,
) -> Report:
    """Originals and tokens of units, records of documents: one after the other, in memory that does not grow.

    Args:
        archive: where they are.
        vault: the store behind it.
        units: units with their drops.
        documents: documents; the units of their pages, and what those were taken from, are looked at too.
        roots: what is trusted.
        policy: what is asked for.
        progress: told (units and documents done, of how many); may raise to end it.
        listed: objections of one kind that are listed; further ones are counted, as is all that passed.
    """
    gathered = Gathered(archive, vault, anchors=roots, policy=policy or Policy())
    destroyed, fold = Destroyed(archive.seen_by(EVERYTHING), vault), _Fold(listed)
    fold.add(gathered.head_findings)
    seen, total = dict.fromkeys(units), len(documents)
    pages: dict[str, None] = {}
    for number, document_id in enumerate(documents, start=1):
        history, ended = archive.history(document_id), archive.destruction_of(document_id)
        if not history and ended is None:
            fold.add([failed("subject_known", Reason.SIGNED_DATA_NOT_FOUND, subject=document_id)])
        if ended is not None:
            pages |= {one: None for one in ended.about if one.startswith("unit-")}
            approval = f"with approval: {ended.facts['request']}"
            fold.add([passed("destroyed", subject=document_id, detail=approval)])
        pages |= {page.unit_id: None for record in history for page in record.pages}
        fold.add(destroyed.explain(gathered.check_document(document_id)))
        if progress is not None:
            progress(number, total + max(len(seen), len(pages)))
    seen |= dict.fromkeys(_with_sources(archive, tuple(pages)))
    for number, unit_id in enumerate(seen, start=total + 1):
        drops = tuple(_drops_of(archive, (unit_id,)))
        fold.add(destroyed.explain(check_originals_of(gathered, drops)))
        if progress is not None:
            progress(number, total + len(seen))
    return fold.report()


class _Fold:
    """Findings as a report: objections listed up to a number of each kind, everything else counted."""

    def __init__(self, listed: int) -> None:
        self._listed = listed
        self._checks: list[Check] = []
        self._found: Counter[tuple[str, Outcome, str | None]] = Counter()
        self._unlisted: Counter[tuple[str, Outcome, str | None]] = Counter()

    def add(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            kind = (finding.name, _OUTCOMES[finding.verdict], finding.reason.value if finding.reason else None)
            self._found[kind] += 1
            if kind[1] is Outcome.PASSED or self._found[kind] > self._listed:
                self._unlisted[kind] += 1
            else:
                self._checks.append(_check(finding))

    def report(self) -> Report:
        more = (
            More(name=name, outcome=outcome, count=count, detail=reason)
            for (name, outcome, reason), count in self._unlisted.items()
        )
        return Report(checks=tuple(self._checks), more=tuple(more))


def verify_all(
    archive: Archive,
    vault: ObjectStore,
    *,
    roots: Roots,
    policy: Policy | None = None,
    settings: SweepSettings | None = None,
) -> Report:
    """The whole vault in one pass: the complete log against its signed heads, every record, original and token.

    What passed is counted; of what did not, the first of each kind are listed and the others counted.
    """
    tally = sweep(archive, vault, anchors=roots, policy=policy or Policy(), settings=settings)
    passes = [
        More(name=name, outcome=Outcome.PASSED, count=count) for name, count in sorted(tally.passes.items()) if count
    ]
    unlisted = [
        More(name=name, outcome=_OUTCOMES[verdict], count=count, detail=reason.value if reason else None)
        for (name, verdict, reason), count in tally.more.items()
    ]
    return Report(checks=_report(tally.objections()).checks, more=(*passes, *unlisted))


def verify_exported(folder: Path, *, roots: Roots, policy: Policy | None = None) -> Report:
    """An exported bundle, from its files alone."""
    return _report(verifier.verify_bundle(folder, anchors=roots, policy=policy or Policy()))


def verify_foreign(evidence: Path, data: Path | None, *, roots: Roots, policy: Policy | None = None) -> Report:
    """Evidence that somebody else made: a record (RFC 4998, or RFC 6283 in XML) over a file, or an ASiC container.

    Args:
        evidence: the record or container.
        data: the file that a record is over; a container brings its own.
        roots: what is trusted.
        policy: what is asked for.

    Raises:
        ConfigError: a file cannot be read, or a record comes without its file.
    """
    rules = policy or Policy()
    content = _read(evidence)
    if data is None:
        if not content.startswith(_ZIP):
            raise ConfigError(
                "an evidence record needs the file that it is over",
                message_ja=f"証拠記録 {evidence} の対象のファイルを --data で指定してください",
            )
        return _report(verifier.verify_container(content, anchors=roots, policy=rules))
    thing = _read(data)
    check = verifier.verify_xml_record if content.lstrip()[:1] == b"<" else verifier.verify_evidence_record
    return _report(
        check(
            content,
            digest_of=lambda name: hashlib.new(name, thing).digest(),
            anchors=roots,
            policy=rules,
            subject=data.name,
        )
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror}", message_ja=f"ファイル {path} を読めません（{why_ja(error)}）"
        ) from error


def witness_report(path: Path, *, log_key_sha256: str | None) -> tuple[Roots, Report]:
    """The heads of a witness's file as what is known from outside, and what is wrong with its lines.

    Raises:
        ConfigError: it cannot be read, or is larger than such a file can be.
    """
    anchors, findings = read_witness_file(path, log_key_sha256=log_key_sha256)
    return anchors, _report(findings)


def witness_lines(content: bytes, *, log_key_sha256: str | None) -> tuple[Roots, Report]:
    """The same of a file's content."""
    heads, findings = read_witness(content, Roots(log_key_sha256=log_key_sha256))
    return Roots(earlier_heads=heads), _report(findings)


def _drops_of(archive: Archive, unit_ids: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(unit, its drops), for each unit."""
    table = schema.drop
    for unit_id in unit_ids:
        rows = archive.rows(
            sa.select(table.c.drop_id)
            .where(table.c.client_id == archive.client_id, table.c.unit_id == unit_id)
            .order_by(table.c.sequence)
        )
        yield unit_id, tuple(str(row.drop_id) for row in rows)


def _with_sources(archive: Archive, unit_ids: tuple[str, ...]) -> tuple[str, ...]:
    """The units, and those that they were taken from, those first."""
    found: dict[str, None] = {}
    for unit_id in unit_ids:
        chain = [unit_id]
        while (unit := archive.get_unit(chain[-1])) is not None and unit.extract is not None:
            chain.append(unit.extract.of_unit_id)
        found |= dict.fromkeys(reversed(chain))
    return tuple(found)


def _report(findings: Iterable[Finding]) -> Report:
    return Report(checks=tuple(_check(finding) for finding in findings))


def _check(finding: Finding) -> Check:
    parts = [part for part in (finding.reason.value if finding.reason else None, finding.detail) if part]
    return Check(
        name=finding.name,
        outcome=_OUTCOMES[finding.verdict],
        detail=": ".join(parts) or None,
        subject=finding.subject,
    )
