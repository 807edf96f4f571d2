"""Secrets that the database keeps for people, sealed with a key that lies beside the installation's other keys.

Whoever gets hold of the database or of a copy of it, and not of the key file, cannot make anybody's one-time codes. A
sealed secret opens for its own account only (AES-256-GCM, NIST SP 800-38D; the account is authenticated with it).
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import ConfigError

KEY_FILE = "people-key.bin"
_KEY_BYTES = 32
_NONCE_BYTES = 12
SEALED = "sealed1:"
"""A sealed secret begins so."""


class Seal:
    """Seals and opens."""

    def __init__(self, key: bytes, *, source: str) -> None:
        """``source`` is named where something does not open."""
        self._cipher = AESGCM(key)
        self._source = source

    @classmethod
    def create_or_open(cls, folder: Path) -> Seal:
        """Open ``people-key.bin`` in the folder, or make it, 0600; whoever is first wins.

        Raises:
            ConfigError: it cannot be read or made, or is no such key.
        """
        path = folder / KEY_FILE
        try:
            if not path.exists():
                _create(path)
            key = path.read_bytes()
        except OSError as error:
            raise ConfigError(
                f"key of accounts {path}: {error}", message_ja=f"利用者情報の鍵 {path} を使えません: {error}"
            ) from error
        if len(key) != _KEY_BYTES:
            raise ConfigError(f"{path} is no key", message_ja=f"利用者情報の鍵 {path} が壊れています")
        return cls(key, source=str(path))

    def close(self, secret: str, *, owner: str) -> str:
        """Seal a secret for an account."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, secret.encode(), owner.encode())
        return SEALED + base64.b64encode(nonce + sealed).decode()

    def open(self, kept: str, *, owner: str) -> str:
        """A secret as it was; one that was kept before there was a key is given as it is.

        Raises:
            ConfigError: it was sealed with another key, or for another account.
        """
        if not is_sealed(kept):
            return kept
        try:
            content = base64.b64decode(kept.removeprefix(SEALED), validate=True)
            return self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], owner.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise ConfigError(
                f"a one-time code secret does not open with {self._source}",
                message_ja=f"確認コードの秘密を鍵 {self._source} で開けません。鍵の控えを戻すか、"
                "shoko users reset-totp で設定し直してください",
            ) from error


def is_sealed(kept: str) -> bool:
    """Whether a kept secret is sealed."""
    return kept.startswith(SEALED)


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(secrets.token_bytes(_KEY_BYTES))
        out.flush()
        os.fsync(out.fileno())
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
