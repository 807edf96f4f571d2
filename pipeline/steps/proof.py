"""What proves one document, to be taken away: timestamps, evidence records, its acts with their place in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import ObjectMissing
from domain.evidence import TreeHead, batch_name
from pipeline.steps.verify import log_head
from storage.evidence.proofs import InclusionProof, inclusion_proofs
from storage.evidence.unit_records import evidence_record

if TYPE_CHECKING:
    from domain.record import Unit
    from pipeline.wiring import Shoko

_GRANTED = b"\x30\x03\x02\x01\x00"
"""PKIStatusInfo ``granted`` in DER (RFC 3161 §2.4.2)."""
_SHORT = 0x80
"""Lengths below stand in one byte (X.690 §8.1.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentProof:
    """The acts on a document, its units and their drops, each proven to stand in the log of the newest signed head."""

    head: TreeHead | None
    """None before the first head: then nothing is proven yet."""
    proofs: tuple[InclusionProof, ...]
    """By place in the log."""
    waiting: int
    """Acts behind the head: proven with the next one."""


def prove_document(shoko: Shoko, document_id: str) -> DocumentProof:
    """Proofs for every act of a document (RFC 9162 §2.1.3), to be checked against a head that was noted elsewhere.

    Raises:
        ObjectMissing: no such document.
    """
    units = _units(shoko, document_id)
    subjects = {document_id}
    for unit in units:
        batches = (batch_name(one.number) for one in shoko.archive.batches_of((unit.unit_id,)))
        subjects |= {unit.unit_id, unit.first_drop_id, *batches}
    leaves = sorted({leaf.sequence for subject in subjects for leaf in shoko.archive.leaves_of(subject)})
    head = log_head(shoko)
    size = head.tree_size if head is not None else 0
    within = [sequence for sequence in leaves if sequence < size]
    proofs = inclusion_proofs(shoko.archive, shoko.store, within, size) if within else ()
    return DocumentProof(head=head, proofs=proofs, waiting=len(leaves) - len(within))


def timestamp_file(shoko: Shoko, document_id: str, number: int) -> bytes:
    """The ``number``-th timestamp (from 1) of a document's units as a TimeStampResp, the form of ``openssl ts``.

    Raises:
        ObjectMissing: no such document or timestamp.
    """
    tokens = [token for unit in _units(shoko, document_id) for token in shoko.archive.timestamps(unit.unit_id)]
    if not 1 <= number <= len(tokens):
        raise ObjectMissing(
            f"document {document_id} has no timestamp {number}",
            message_ja=f"書類 {document_id} に {number} 番目のタイムスタンプはありません",
        )
    return timestamp_response(bytes(tokens[number - 1].token_der))


def evidence_file(shoko: Shoko, document_id: str, number: int) -> bytes:
    """The evidence record (RFC 4998) of the ``number``-th unit (from 1): it proves a unit that was stamped in a batch.

    Raises:
        ObjectMissing: no such document or unit, or no timestamp yet.
    """
    units = _units(shoko, document_id)
    if not 1 <= number <= len(units):
        raise ObjectMissing(
            f"document {document_id} has no unit {number}",
            message_ja=f"書類 {document_id} に {number} 番目の原本はありません",
        )
    return evidence_record(shoko.archive, shoko.store, units[number - 1].unit_id)


def timestamp_response(token_der: bytes) -> bytes:
    """A TimeStampResp around a token (RFC 3161 §2.4.2)."""
    inside = _GRANTED + token_der
    return b"\x30" + _length(len(inside)) + inside


def _length(size: int) -> bytes:
    if size < _SHORT:
        return bytes([size])
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([_SHORT | len(digits)]) + digits


def _units(shoko: Shoko, document_id: str) -> tuple[Unit, ...]:
    if shoko.archive.get_document(document_id) is None:
        raise ObjectMissing(f"no document {document_id}", message_ja=f"書類 {document_id} は見つかりません")
    return shoko.archive.unit_of_document(document_id)
