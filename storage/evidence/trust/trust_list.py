"""The list as it is read, and what it says of a token: by the certificates of its chain, at the time that it states."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.calendar import tokyo_day
from domain.errors import ConfigError
from domain.evidence import TimestampToken
from storage.evidence.certificates import CERTIFICATE_ERRORS
from storage.evidence.local_authority import LOCAL_POLICY_OID

SHIPPED = Path(__file__).with_name("accredited.toml")
JADAC_LAST_DAY = date(2023, 7, 29)
"""Law: scan-timestamp. Tokens of JADAC's scheme are accepted until then, whatever an entry says."""


class AccreditedService(BaseModel):
    """One service, for as long as it was on the list under these certificates."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str = Field(min_length=1)
    operator: str
    scheme: Literal["mic", "jadac"]
    """Accredited by the minister (from 2022-04-01), or by JADAC before (law: scan-timestamp)."""
    valid_from: date
    valid_to: date | None = None
    """Last day; None while it is on the list."""
    certificate_sha256: tuple[str, ...] = ()
    policy_oids: tuple[str, ...] = ()
    status: Literal["listed", "verify"]
    """``verify``: something has yet to be looked up, and no token counts by this entry."""

    def covers(self, at: datetime) -> bool:
        """Whether it was accredited on that day (Asia/Tokyo)."""
        day = tokyo_day(at)
        last = min(self.valid_to or date.max, JADAC_LAST_DAY if self.scheme == "jadac" else date.max)
        return self.status == "listed" and self.valid_from <= day <= last


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    source: str
    service: tuple[AccreditedService, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """All entries in force."""

    version: str
    """Of the shipped list, and of the administrator's where there is one."""
    services: tuple[AccreditedService, ...]

    def service_of(self, token: TimestampToken) -> AccreditedService | None:
        """The accredited service that a token is from, at the token's time; None where it is from elsewhere.

        The local authority of this program is never accredited, whatever a list says.
        """
        if token.policy_oid == LOCAL_POLICY_OID:
            return None
        chain = fingerprints(token.chain_pem)
        return self._find(chain, token.policy_oid, at=token.gen_time)

    def accredits(self, token: TimestampToken) -> bool:
        """Whether a token counts (law: scan-timestamp)."""
        return self.service_of(token) is not None

    def accredits_root(self, roots: Iterable[x509.Certificate], *, at: datetime) -> bool:
        """Whether tokens that lead to one of these roots count now, as far as can be told before there is one."""
        found = {root.fingerprint(hashes.SHA256()).hex() for root in roots}
        return any(service.covers(at) and found & set(service.certificate_sha256) for service in self.services)

    def certificates(self, *, at: datetime) -> frozenset[str]:
        """SHA-256 (hexadecimal) of every certificate that counts at a time: what a verifier is given from outside."""
        return frozenset(one for service in self.services if service.covers(at) for one in service.certificate_sha256)

    def _find(self, chain: frozenset[str], policy_oid: str, *, at: datetime) -> AccreditedService | None:
        for service in self.services:
            known = not service.policy_oids or policy_oid in service.policy_oids
            if known and service.covers(at) and chain & set(service.certificate_sha256):
                return service
        return None


def load_trust_list(added: Path | None = None) -> TrustList:
    """The shipped list, and a file of the administrator's, whose entries replace those of the same id.

    Raises:
        ConfigError: the file cannot be read, or is no such list.
    """
    shipped = _read(SHIPPED)
    if added is None:
        return TrustList(version=shipped.version, services=shipped.service)
    own = _read(added)
    replaced = {service.id for service in own.service}
    kept = tuple(service for service in shipped.service if service.id not in replaced)
    return TrustList(version=f"{shipped.version} + {own.version}", services=(*kept, *own.service))


@lru_cache(maxsize=256)
def fingerprints(chain_pem: str) -> frozenset[str]:
    """SHA-256 (hexadecimal) of the certificates of a chain; empty where it cannot be read."""
    try:
        chain = x509.load_pem_x509_certificates(chain_pem.encode())
    except CERTIFICATE_ERRORS:
        return frozenset()
    return frozenset(one.fingerprint(hashes.SHA256()).hex() for one in chain)


def _read(path: Path) -> _File:
    try:
        found = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise ConfigError(
            f"trust list {path}: {error}", message_ja=f"認定時刻認証業務の一覧 {path} を読めません: {error}"
        ) from error
    wrong = [one for service in found.service for one in service.certificate_sha256 if not _is_sha256(one)]
    if wrong:
        raise ConfigError(
            f"trust list {path}: not a SHA-256: {wrong[0]}",
            message_ja=f"認定時刻認証業務の一覧 {path} の指紋は 16 進 64 桁（小文字）で書いてください: {wrong[0]}",
        )
    return found


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and not text.strip("0123456789abcdef")
