"""The installation's key for signing log heads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from domain import codec
from domain.errors import ConfigError, EvidenceMalformed
from domain.evidence import TreeHead
from domain.ids import Digest
from storage.evidence.local_authority import write_private

KEY_FILE = "log-key.pem"


class LogSigner:
    """Signs heads with Ed25519. The key file is made on first use, 0600."""

    def __init__(self, key: Ed25519PrivateKey, *, clock: Callable[[], datetime]) -> None:
        """Hold a key; ``create_or_open`` is the usual way in."""
        self._key = key
        self._clock = clock

    @classmethod
    def create_or_open(cls, folder: Path, *, clock: Callable[[], datetime]) -> LogSigner:
        """Open ``log-key.pem`` in the folder, or make it.

        Raises:
            ConfigError: it cannot be read or made, or holds another kind of key.
        """
        path = folder / KEY_FILE
        try:
            if not path.exists():
                _create(path)
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            msg = f"log key {path}: {error}"
            raise ConfigError(msg, message_ja=f"ログ署名の鍵 {path} を使えません: {error}") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise ConfigError(f"{path} is not an Ed25519 key", message_ja=f"{path} は Ed25519 の鍵ではありません")
        return cls(key, clock=clock)

    @property
    def public_key(self) -> bytes:
        """The 32 bytes."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hexadecimal) of the public key's SubjectPublicKeyInfo: what a verifier keeps outside."""
        return public_key_fingerprint(self.public_key)

    def sign_head(self, *, client_id: str, tree_size: int, root: Digest) -> TreeHead:
        """A head, signed now."""
        head = TreeHead(
            client_id=client_id,
            tree_size=tree_size,
            root=root,
            signed_at=self._clock(),
            public_key=self.public_key.hex(),
            signature="",
        )
        return replace(head, signature=self._key.sign(signed_bytes(head)).hex())


def signed_bytes(head: TreeHead) -> bytes:
    """What the signature of a head is over: canonical JSON of everything but the signature."""
    plain = codec.to_plain(head)
    del plain["signature"]
    return codec.canonical(plain)


def check_head(head: TreeHead) -> None:
    """Insist that a head carries a signature by the key that it names.

    Raises:
        EvidenceMalformed: it does not.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.public_key))
        key.verify(bytes.fromhex(head.signature), signed_bytes(head))
    except (ValueError, InvalidSignature) as error:
        raise EvidenceMalformed(
            f"head of {head.tree_size} leaves is not signed by the key it names",
            message_ja=f"ログの先頭 (件数 {head.tree_size}) の署名が正しくありません。改変または破損の疑いがあります",
        ) from error


def public_key_pem(public_key: bytes) -> bytes:
    """PEM of a raw Ed25519 public key, for ``openssl pkeyutl``."""
    return Ed25519PublicKey.from_public_bytes(public_key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_key_fingerprint(public_key: bytes) -> str:
    """SHA-256 (hexadecimal) of the SubjectPublicKeyInfo, DER, of a raw Ed25519 public key."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _create(path: Path) -> None:
    """Write a fresh key beside and link it into place; whoever is first wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    fresh = path.with_name(f".{path.name}.{key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()[:16]}")
    write_private(fresh, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
