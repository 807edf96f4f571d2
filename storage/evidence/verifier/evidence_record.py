"""Evidence records (RFC 4998), parsed and verified a second time: hash trees, chains, renewals.

Where readers of the RFC differ: a list of one hash is taken as that hash and not hashed again (§4.2 hashes only groups
of more than one), and what a renewal hashes is the whole ContentInfo of the token before it. As the RFC has it, a
record holds for everything in its first list: a neighbour there was stamped by the same token.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from cryptography import x509

from storage.evidence.verifier.der import Cursor, definite_length, dotted
from storage.evidence.verifier.findings import Anchors, Finding, Policy, Reason, failed, passed, unsure
from storage.evidence.verifier.token import read_token_facts, verify_token

HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_SEQUENCE, _INTEGER, _OCTETS, _OID = 0x30, 0x02, 0x04, 0x06
_MAX_BYTES = 64 * 1024 * 1024
_MAX_HASHES = 1_000_000
"""A hostile record must not cost time or memory without bound; real ones hold some dozens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveTimestamp:
    """One timestamp with the lists of hashes that lead to it (RFC 4998 §4.1)."""

    algorithm: str
    """Name of the hash of the tree: the field's, or where that is left out the token's."""
    lists: tuple[tuple[bytes, ...], ...]
    token: bytes
    """ContentInfo, DER, as it stands in the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRecord:
    """A record in its parts; nothing is verified yet."""

    chains: tuple[tuple[ArchiveTimestamp, ...], ...]
    encoded_chains: tuple[bytes, ...]
    """Each ArchiveTimeStampChain as it stands: a hash-tree renewal is over those before it (§5.2)."""


def parse_evidence_record(content: bytes) -> EvidenceRecord:
    """Read an EvidenceRecord, DER.

    Raises:
        ValueError: it is none, or uses what this verifier does not know.
    """
    if len(content) > _MAX_BYTES:
        raise ValueError("evidence record too large")
    outer = Cursor(content)
    record = outer.inside(_SEQUENCE)
    outer.end()
    if record.take(_INTEGER)[0] != b"\x01":
        raise ValueError("not version 1")
    algorithms = record.inside(_SEQUENCE)
    while not algorithms.done:
        algorithms.inside(_SEQUENCE).take(_OID)
    record.skip_if(0xA0)
    if record.peek() == 0xA1:
        raise ValueError("evidence over encrypted data")
    sequence = record.inside(_SEQUENCE)
    record.end()
    chains, encoded = [], []
    budget = [_MAX_HASHES]
    while not sequence.done:
        inner, raw = sequence.take(_SEQUENCE)
        cursor = Cursor(inner)
        chain = []
        while not cursor.done:
            chain.append(_archive_timestamp(cursor.inside(_SEQUENCE), budget))
        if not chain:
            raise ValueError("an empty chain")
        chains.append(tuple(chain))
        encoded.append(raw)
    if not chains:
        raise ValueError("no chain")
    return EvidenceRecord(chains=tuple(chains), encoded_chains=tuple(encoded))


def verify_evidence_record(
    content: bytes,
    *,
    digest_of: Callable[[str], bytes],
    anchors: Anchors,
    policy: Policy,
    subject: str,
    extra_certificates: Sequence[x509.Certificate] = (),
) -> tuple[Finding, ...]:
    """Check a record over one thing (RFC 4998 §5.3); ``digest_of("sha256")`` gives the thing's digest by that hash.

    1. the record parses;
    2. the thing's digest is in the first list of the first timestamp of each chain (joined, in later chains, with the
       hash of all chains before);
    3. within a chain each timestamp's first list has the hash of the token before, by the chain's one hash function;
    4. the lists lead to what each token is over;
    5. each token holds (``verify_token``), up to roots from outside at its own time, and was not revoked before the
       next one came over it;
    6. each was made while the one before still held: not after its certificate's end.
    """
    # 1.
    try:
        record = parse_evidence_record(content)
    except (ValueError, KeyError, IndexError, RecursionError) as error:
        return (failed("evidence_form", Reason.FORMAT_FAILURE, subject=subject, detail=str(error)[:80]),)
    findings: list[Finding] = []
    before: ArchiveTimestamp | None = None
    following = [stamp for chain in record.chains for stamp in chain][1:]
    for number, chain in enumerate(record.chains):
        if len({stamp.algorithm for stamp in chain}) != 1:
            findings.append(failed("evidence_chain", Reason.FORMAT_FAILURE, subject=subject, detail="two hashes"))
            return tuple(findings)
        for position, stamp in enumerate(chain):
            # 2. and 3.
            if position:
                wanted = hashlib.new(stamp.algorithm, chain[position - 1].token).digest()
            else:
                wanted = _chain_start(stamp.algorithm, digest_of, record.encoded_chains[:number])
            found = _climb(stamp, wanted)
            name = "evidence_chain" if before is not None else "evidence_hash"
            if found is None:
                return (*findings, failed(name, Reason.HASH_FAILURE, subject=subject))
            findings.append(passed(name, subject=subject, detail=f"{number + 1}.{position + 1}"))
            # 4. and 5.
            checks = verify_token(
                stamp.token,
                digest_of=_only(stamp.algorithm, found),
                anchors=anchors,
                policy=policy,
                subject=subject,
                extra_certificates=extra_certificates,
                covered_at=partial(_time_of, following.pop(0).token, extra_certificates) if following else None,
            )
            findings += checks
            # 6.
            if before is not None and any(c.reason is None for c in checks):
                findings.append(
                    renewed_in_time(before.token, stamp.token, subject=subject, extra_certificates=extra_certificates)
                )
            before = stamp
    return tuple(findings)


def leads_to(lists: Iterable[Sequence[bytes]], digest: bytes, *, algorithm: str) -> bytes | None:
    """What a reduced hash tree makes of a digest (RFC 4998 §4.3); None where the first list does not have it."""
    value = digest
    for number, one in enumerate(lists):
        members = list(one)
        if number == 0:
            if value not in members:
                return None
        else:
            members.append(value)
        value = members[0] if len(members) == 1 else hashlib.new(algorithm, b"".join(sorted(members))).digest()
    return value


def _time_of(token: bytes, extra_certificates: Sequence[x509.Certificate]) -> datetime | None:
    facts = read_token_facts(token, extra_certificates)
    return None if facts is None else facts.gen_time


def _climb(stamp: ArchiveTimestamp, digest: bytes) -> bytes | None:
    return leads_to(stamp.lists, digest, algorithm=stamp.algorithm) if digest else None


def _chain_start(algorithm: str, digest_of: Callable[[str], bytes], earlier: tuple[bytes, ...]) -> bytes:
    """What the first timestamp of a chain is over: the thing, or (after a hash-tree renewal) it and all before."""
    own = digest_of(algorithm)
    if not earlier or not own:
        return own
    joined = b"".join(earlier)
    sequence = bytes([_SEQUENCE]) + definite_length(len(joined)) + joined
    return hashlib.new(algorithm, own + hashlib.new(algorithm, sequence).digest()).digest()


def renewed_in_time(
    before: bytes, after: bytes, *, subject: str, extra_certificates: Sequence[x509.Certificate] = ()
) -> Finding:
    """Whether a token was made while an earlier one still held: not before it, nor after its certificate's end."""
    earlier, later = read_token_facts(before, extra_certificates), read_token_facts(after, extra_certificates)
    if earlier is None or later is None:
        return failed("evidence_renewed_in_time", Reason.FORMAT_FAILURE, subject=subject)
    shown = later.gen_time.strftime("%Y-%m-%dT%H:%M:%SZ")
    if later.gen_time < earlier.gen_time:
        return failed("evidence_renewed_in_time", Reason.NOT_YET_VALID, subject=subject, detail=shown)
    if earlier.ends_at is None:
        return unsure("evidence_renewed_in_time", Reason.NO_SIGNING_CERTIFICATE_FOUND, subject=subject, detail=shown)
    if later.gen_time > earlier.ends_at:
        return failed("evidence_renewed_in_time", Reason.EXPIRED, subject=subject, detail=shown)
    return passed("evidence_renewed_in_time", subject=subject, detail=shown)


def _archive_timestamp(cursor: Cursor, budget: list[int]) -> ArchiveTimestamp:
    algorithm: str | None = None
    if cursor.peek() == 0xA0:
        algorithm = HASHES[dotted(cursor.inside(0xA0).take(_OID)[0])]
    cursor.skip_if(0xA1)
    lists: list[tuple[bytes, ...]] = []
    if cursor.peek() == 0xA2:
        tree = cursor.inside(0xA2)
        while not tree.done:
            partial = tree.inside(_SEQUENCE)
            values: list[bytes] = []
            while not partial.done:
                values.append(partial.take(_OCTETS)[0])
                budget[0] -= 1
                if budget[0] < 0:
                    raise ValueError("too many hashes")
            if not values and not lists:
                raise ValueError("an empty first list")
            lists.append(tuple(values))
    token = cursor.take(_SEQUENCE)[1]
    cursor.end()
    if algorithm is None:
        facts = read_token_facts(token)
        if facts is None:
            raise ValueError("a token that cannot be read")
        algorithm = facts.imprint_hash
    return ArchiveTimestamp(algorithm=algorithm, lists=tuple(lists), token=token)


def _only(algorithm: str, value: bytes) -> Callable[[str], bytes]:
    """The hash that the lists lead to, by its own function; by another there is none."""
    return lambda wanted: value if wanted == algorithm else b""
