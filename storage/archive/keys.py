"""Where things stand in the vault."""

from __future__ import annotations

from domain.evidence import batch_name
from domain.ids import Digest

VAULT = "vault"
"""Name of the bucket."""
JSON = "application/json"
"""Media type of everything here but the blobs."""
PAYLOAD_SUFFIX = ".payload.json"


def blob_prefix(client_id: str) -> str:
    """Prefix that ``put_blob`` is given for originals."""
    return f"{client_id}/blobs/"


def drop_manifest(client_id: str, drop_id: str) -> str:
    """Manifest of a drop."""
    return f"{client_id}/drops/{drop_id}.json"


def drop_payload(client_id: str, drop_id: str) -> str:
    """Personal values of a drop."""
    return f"{client_id}/drops/{drop_id}{PAYLOAD_SUFFIX}"


def unit_manifest(client_id: str, unit_id: str) -> str:
    """Manifest of a unit."""
    return f"{client_id}/units/{unit_id}.json"


def outcome_manifest(client_id: str, drop_id: str, number: int) -> str:
    """Manifest of what became of a drop; the first has no number in its name."""
    return f"{client_id}/outcomes/{_numbered(drop_id, number)}.json"


def outcome_payload(client_id: str, drop_id: str, number: int) -> str:
    """Messages of its faults, which may name files."""
    return f"{client_id}/outcomes/{_numbered(drop_id, number)}{PAYLOAD_SUFFIX}"


def revision_manifest(client_id: str, document_id: str, revision: int) -> str:
    """Manifest of one revision."""
    return f"{client_id}/documents/{document_id}/r{revision:06d}.json"


def revision_payload(client_id: str, document_id: str, revision: int) -> str:
    """Personal values of one revision."""
    return f"{client_id}/documents/{document_id}/r{revision:06d}{PAYLOAD_SUFFIX}"


def leaf(client_id: str, sequence: int) -> str:
    """One leaf of the log."""
    return f"{client_id}/log/leaves/{sequence:012d}.json"


def leaves(client_id: str) -> str:
    """Prefix of all leaves."""
    return f"{client_id}/log/leaves/"


def token(client_id: str, unit_id: str, token_digest: Digest) -> str:
    """One timestamp token, named by the SHA-256 of its DER."""
    return f"{client_id}/timestamps/{unit_id}/{token_digest.value}.tsr.json"


def tokens(client_id: str, unit_id: str) -> str:
    """Prefix of a unit's tokens."""
    return f"{client_id}/timestamps/{unit_id}/"


def batch(client_id: str, number: int) -> str:
    """A batch: one token, and the members of the hash tree that it is over."""
    return f"{client_id}/batches/{batch_name(number)}.json"


def act_manifest(client_id: str, digest: Digest) -> str:
    """Manifest of an act of the log that has no row of its own, named by its own digest."""
    return f"{client_id}/acts/{digest.value}.json"


def acts(client_id: str, subject_id: str) -> str:
    """Prefix of the acts that are kept under a subject."""
    return f"{client_id}/acts/{subject_id}/"


def act(client_id: str, subject_id: str, number: int) -> str:
    """Manifest of one act that is kept under a subject."""
    return f"{client_id}/acts/{subject_id}/a{number:06d}.json"


def act_payload(client_id: str, subject_id: str, number: int) -> str:
    """Who did it, and in which words."""
    return f"{client_id}/acts/{subject_id}/a{number:06d}{PAYLOAD_SUFFIX}"


def counterparty_manifest(client_id: str, number: int) -> str:
    """Manifest of one change of the counterparty master."""
    return f"{client_id}/counterparties/b{number:06d}.json"


def counterparty_payload(client_id: str, number: int) -> str:
    """Names, numbers and accounts of that change."""
    return f"{client_id}/counterparties/b{number:06d}{PAYLOAD_SUFFIX}"


def lesson_manifest(client_id: str, number: int) -> str:
    """Manifest of one lesson."""
    return f"{client_id}/lessons/l{number:06d}.json"


def lesson_payload(client_id: str, number: int) -> str:
    """Values and words of that lesson."""
    return f"{client_id}/lessons/l{number:06d}{PAYLOAD_SUFFIX}"


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}.{number:04d}"
