"""What an auditor asks of the whole archive: verification in one go, heads kept outside, and who took what away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from cryptography.x509 import load_pem_x509_certificates

from domain.acts import ActKind
from domain.errors import InputError
from domain.evidence import Report
from pipeline.steps.verify import FIRST_DAY, IN_FLIGHT, LAST_DAY, found_ids, publish
from storage.archive.keys import act_manifest
from storage.evidence.log import VAULT
from storage.evidence.proofs import ConsistencyProof, consistency_proofs
from storage.evidence.verify import (
    Roots,
    SweepSettings,
    documents_of,
    parse_earlier_head,
    units_of_period,
    verify_all,
    verify_selection,
    witness_lines,
)

if TYPE_CHECKING:
    from domain.acts import ActRecord
    from domain.query import Query
    from pipeline.wiring import Shoko
    from storage.export import BundleResult

EXPORTED = "exported"
_HEX = frozenset("0123456789abcdef")
_FINGERPRINT = 64
_MOST_HEADS = 200
"""Heads of a witness that are held against the log for a screen: the oldest and newest of more."""

Progress = Callable[[int, int], None]
"""(done, of how many); may raise to end the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is verified: a period by the day of recording, what a search finds, or everything."""

    first: date | None = None
    last: date | None = None
    query: Query | None = None
    """Wins over the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the person who verifies brought along, and what was wrong with it."""

    roots: Roots
    lines: Report
    """On the lines of a witness's file; empty where none was given."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Codes of what was not given: without them nothing can pass."""
        asked = {"roots": bool(self.roots.roots_pem), "log_key": self.roots.log_key_sha256 is not None}
        return tuple(name for name, given in asked.items() if not given)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHead:
    """A head that somebody kept outside, held against the log of now."""

    tree_size: int
    root: str
    """As it was kept, hexadecimal."""
    proof: ConsistencyProof | None
    """From it to the log of now; None where the log never was so long."""

    @property
    def holds(self) -> bool:
        """True where the log of now grew out of exactly this head."""
        return self.proof is not None and self.proof.holds and self.proof.first_root == self.root


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One time that a bundle, or a volume of it, was taken away."""

    at: datetime
    by: str | None
    """Login; None where the act's payload is destroyed."""
    to: str
    """Who received it, as was said."""
    conditions: str
    """What was asked for, in words."""
    export_id: str
    volume: int
    volumes: int
    documents: int
    head: str
    """``SIZE:ROOT`` of the log's head that the bundle's proofs lead to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A bundle that was made, by the page or on the command line."""

    export_id: str
    at: datetime
    documents: int
    whole: bool
    taken: tuple[HandOver, ...]
    """Oldest first; none is recorded for a folder that the command line wrote."""


def anchors_given(
    *, roots_pem: bytes = b"", log_key: str = "", heads: Sequence[str] = (), witness: bytes = b""
) -> Given:
    """What a person uploads or types as known from outside; nothing is taken from the archive itself.

    Args:
        roots_pem: root certificates of timestamp authorities, PEM.
        log_key: SHA-256 of the log key's SubjectPublicKeyInfo, hexadecimal, however it is grouped.
        heads: log heads noted earlier, each as ``SIZE:ROOT-HEX``.
        witness: signed heads that a witness kept, one line each.

    Raises:
        InputError: the certificates, the fingerprint or the file cannot be read as such.
        ConfigError: a head is malformed.
    """
    if roots_pem.strip():
        try:
            load_pem_x509_certificates(roots_pem)
        except ValueError as error:
            raise InputError(
                "the root certificates are no PEM",
                message_ja="ルート証明書がPEM形式（-----BEGIN CERTIFICATE-----）ではありません",
            ) from error
    key = "".join(log_key.lower().replace(":", "").split()) or None
    if key is not None and (len(key) != _FINGERPRINT or not set(key) <= _HEX):
        raise InputError(
            "the fingerprint is not 64 hexadecimal digits",
            message_ja="ログ公開鍵の指紋は16進64桁（SHA-256）で入力してください",
        )
    roots = Roots(
        roots_pem=(roots_pem,) if roots_pem.strip() else (),
        log_key_sha256=key,
        earlier_heads=tuple(parse_earlier_head(head) for head in heads if head.strip()),
    )
    lines = Report(checks=())
    if witness.strip():
        kept, lines = witness_lines(witness, log_key_sha256=key)
        roots = replace(roots, earlier_heads=roots.earlier_heads + kept.earlier_heads)
    return Given(roots=roots, lines=lines)


def verify_scope(shoko: Shoko, scope: Scope, given: Given, *, progress: Progress | None = None) -> Report:
    """Verify in one go (law: scan-timestamp); objections are listed, what passed is counted."""
    publish(shoko)
    if scope.query is not None:
        documents = tuple(found_ids(shoko, scope.query))
        found = verify_selection(
            shoko.archive, shoko.store, units=(), documents=documents, roots=given.roots, progress=progress
        )
    elif scope.first is None and scope.last is None and shoko.archive.visibility.sees_all:
        # In this process: the page has people waiting, and other cores are theirs.
        settings = SweepSettings(processes=1, progress=progress, settled_before=shoko.clock() - IN_FLIGHT)
        found = verify_all(shoko.archive, shoko.store, roots=given.roots, settings=settings)
    else:
        units = units_of_period(
            shoko.archive, start=scope.first or FIRST_DAY, end=scope.last or LAST_DAY, by="recorded"
        )
        found = verify_selection(
            shoko.archive,
            shoko.store,
            units=units,
            documents=documents_of(shoko.archive, units),
            roots=given.roots,
            progress=progress,
        )
    return found.joined(given.lines)


def hold_against(shoko: Shoko, given: Given) -> tuple[KeptHead, ...]:
    """Every head that was brought along, with the proof that the log of now grew out of it (RFC 9162 §2.1.4)."""
    heads = given.roots.earlier_heads
    if len(heads) > _MOST_HEADS:
        heads = heads[: _MOST_HEADS // 2] + heads[-_MOST_HEADS // 2 :]
    proofs = consistency_proofs(shoko.archive, [head.tree_size for head in heads])
    return tuple(
        KeptHead(tree_size=head.tree_size, root=head.root.hex(), proof=proof)
        for head, proof in zip(heads, proofs, strict=True)
    )


def record_hand_over(
    shoko: Shoko, bundle: BundleResult, *, volume: int, by: str, to: str, conditions: str
) -> ActRecord:
    """Write down, before it leaves, that a volume of a bundle is taken away, by whom and for whom."""
    head = f"{bundle.head.tree_size}:{bundle.head.root.value}"
    return shoko.archive.record_act(
        ActKind.HANDED_OVER,
        bundle.export_id,
        recorded_by=by,
        facts={
            "taken_at": shoko.clock().isoformat(),
            "volume": volume,
            "volumes": len(bundle.volumes),
            "documents": bundle.documents,
            "head": head,
        },
        personal={"to": to, "conditions": conditions},
    )


def hand_overs(shoko: Shoko, *, most: int, by: str | None = None) -> tuple[Exported, ...]:
    """The newest bundles that were made, and who took them away; with ``by`` what that person took alone."""
    taken: dict[str, list[HandOver]] = {}
    for act in shoko.archive.acts_of_kinds(ActKind.HANDED_OVER):
        if by is None or act.recorded_by == by:
            taken.setdefault(act.subject_id, []).append(_hand_over(act))
    made: list[Exported] = []
    for export_id in reversed(shoko.archive.subjects(frozenset({EXPORTED}))):
        if len(made) >= most:
            break
        if by is not None and export_id not in taken:
            continue
        made += _exported(shoko, export_id, taken.get(export_id, ()))
    return tuple(made)


def _exported(shoko: Shoko, export_id: str, taken: Iterable[HandOver]) -> list[Exported]:
    for leaf in shoko.archive.leaves_of(export_id):
        if leaf.kind == EXPORTED and leaf.manifest_digest is not None:
            key = act_manifest(shoko.settings.client_id, leaf.manifest_digest)
            plain = json.loads(shoko.store.get(VAULT, key, expect=leaf.manifest_digest))
            one = Exported(
                export_id=export_id,
                at=leaf.recorded_at,
                documents=int(plain["documents"]),
                whole=bool(plain["whole"]),
                taken=tuple(taken),
            )
            return [one]
    return []


def _hand_over(act: ActRecord) -> HandOver:
    number = {name: value if isinstance(value, int) else 0 for name, value in act.facts.items()}
    return HandOver(
        at=act.recorded_at,
        by=act.recorded_by,
        to=act.personal.get("to", ""),
        conditions=act.personal.get("conditions", ""),
        export_id=act.subject_id,
        volume=number.get("volume", 0),
        volumes=number.get("volumes", 0),
        documents=number.get("documents", 0),
        head=str(act.facts.get("head", "")),
    )
