"""Each timestamp authority asked for a token: does it answer, and does its token count (law: scan-timestamp)?

What an administrator needs to enter an accredited service is said: the fingerprint of the certificate that signed, the
policy, and whether the trust list names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from domain.calendar import tokyo_day
from domain.errors import AppError
from domain.evidence import Check, Outcome
from domain.ids import Digest

if TYPE_CHECKING:
    from domain.evidence import TimestampToken
    from pipeline.wiring import Shoko

PROBE = Digest.of(b"shoko self-test")
"""What is stamped in a test: no document of anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityTried:
    """One authority, asked for a token."""

    name: str
    outcome: Outcome
    """PASSED: it gave a token that counts. INDETERMINATE: it gave one that does not, or was not reached. FAILED: what
    it gave is no token that can be accepted."""
    service: str | None = None
    """Name of the accredited service on the trust list that the token is from."""
    policy_oid: str | None = None
    certificate_sha256: str | None = None
    """Of the certificate that signed, in hexadecimal: what a trust list names."""
    certificate_ends_on: date | None = None
    """Asia/Tokyo."""
    skew_seconds: float | None = None
    """Its time against ours."""
    error: str | None = None
    """Japanese; None where it gave a token."""

    @property
    def accredited(self) -> bool:
        """Its token counts."""
        return self.service is not None

    def check(self) -> Check:
        """The same as a check."""
        said = self.error or self.service or "not on the trust list"
        return Check(name="authority", outcome=self.outcome, detail=said, subject=self.name)

    def plain(self) -> dict[str, Any]:
        """The plain JSON form."""
        ends = self.certificate_ends_on
        return {
            "name": self.name,
            "outcome": self.outcome.value,
            "accredited": self.accredited,
            "service": self.service,
            "policy_oid": self.policy_oid,
            "certificate_sha256": self.certificate_sha256,
            "certificate_ends_on": ends.isoformat() if ends else None,
            "skew_seconds": self.skew_seconds,
            "error": self.error,
        }


def try_authorities(shoko: Shoko) -> tuple[AuthorityTried, ...]:
    """Ask every authority of the settings, in order, for one token; nothing is kept of it."""
    found = []
    for member in shoko.authority.members:
        name = member.authority.name
        try:
            token = member.stamp(PROBE)
        except AppError as error:
            # What cannot be accepted is worse than silence: a wrong root, another clock, a token of something else.
            outcome = Outcome.FAILED if error.code == "timestamp_refused" else Outcome.INDETERMINATE
            found.append(AuthorityTried(name=name, outcome=outcome, error=error.message_ja))
            continue
        found.append(_of_token(shoko, name, token))
    return tuple(found)


def _of_token(shoko: Shoko, name: str, token: TimestampToken) -> AuthorityTried:
    service = shoko.trust.service_of(token)
    signer = x509.load_pem_x509_certificates(token.chain_pem.encode())[0]
    return AuthorityTried(
        name=name,
        outcome=Outcome.PASSED if service is not None else Outcome.INDETERMINATE,
        service=service.name if service is not None else None,
        policy_oid=token.policy_oid,
        certificate_sha256=signer.fingerprint(hashes.SHA256()).hex(),
        certificate_ends_on=tokyo_day(token.certificate_not_after),
        skew_seconds=round((token.gen_time - shoko.clock()).total_seconds(), 3),
    )
