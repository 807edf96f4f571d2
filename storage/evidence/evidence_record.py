"""Writing evidence records (RFC 4998 §3, ASN.1 DER, implicit tags)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.evidence import der
from storage.evidence.hash_tree import ReducedTree
from storage.evidence.tokens import HASH_OIDS

_CONTEXT_2 = 0xA2


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveTimestamp:
    """A timestamp with the way to it (RFC 4998 §4.1)."""

    hash_algorithm: str
    """``sha256``, ``sha384`` or ``sha512``, of the hash tree and of the token's imprint."""
    reduced_tree: ReducedTree
    """Empty where the token is over the thing itself."""
    token_der: bytes


Chain = tuple[ArchiveTimestamp, ...]
"""Archive timestamps of one hash function, each but the first over the token before it (RFC 4998 §5.1)."""


def encode_record(chains: Sequence[Chain]) -> bytes:
    """An EvidenceRecord (RFC 4998 §3.1), version 1."""
    names = dict.fromkeys(stamp.hash_algorithm for chain in chains for stamp in chain)
    return der.encode(
        der.SEQUENCE,
        der.integer(1),
        der.encode(der.SEQUENCE, *(_algorithm(name) for name in names)),
        encode_sequence(chains),
    )


def encode_sequence(chains: Sequence[Chain]) -> bytes:
    """An ArchiveTimeStampSequence (RFC 4998 §5.1): what a hash-tree renewal hashes again, chains in order of time."""
    encoded = (der.encode(der.SEQUENCE, *(_archive_timestamp(stamp) for stamp in chain)) for chain in chains)
    return der.encode(der.SEQUENCE, *encoded)


def _archive_timestamp(stamp: ArchiveTimestamp) -> bytes:
    algorithm = der.encode(der.CONTEXT_0, der.oid(HASH_OIDS[stamp.hash_algorithm]))
    lists = (
        der.encode(der.SEQUENCE, *(der.encode(der.OCTET_STRING, value) for value in one)) for one in stamp.reduced_tree
    )
    tree = der.encode(_CONTEXT_2, *lists) if stamp.reduced_tree else b""
    return der.encode(der.SEQUENCE, algorithm, tree, stamp.token_der)


def _algorithm(name: str) -> bytes:
    return der.encode(der.SEQUENCE, der.oid(HASH_OIDS[name]))
