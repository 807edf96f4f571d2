"""Several timestamp authorities in order: where one fails the next is asked; where all fail the wish stays queued."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography import x509

from domain.errors import TimestampRefused, TimestampUnavailable
from domain.evidence import Authority, TimestampToken
from domain.ids import Digest
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.settings import EvidenceSettings
from storage.evidence.timestamp import HttpAuthority, open_authority
from storage.evidence.trust import TrustList

_log = logging.getLogger(__name__)


def open_authorities(
    settings: EvidenceSettings, *, key_folder: Path, clock: Callable[[], datetime], trust: TrustList
) -> AuthorityChain:
    """The authorities that the settings name, in their order."""
    chosen = (settings.authority, *settings.fallbacks)
    return AuthorityChain(
        tuple(open_authority(one, key_folder=key_folder, clock=clock, trust=trust) for one in chosen), trust=trust
    )


class AuthorityChain:
    """Asks one authority after the other. Thread-safe."""

    def __init__(self, members: tuple[LocalAuthority | HttpAuthority, ...], *, trust: TrustList) -> None:
        """Take the authorities in order; at least one."""
        self._members = members
        self._trust = trust

    @property
    def authority(self) -> Authority:
        """The first: what screens name."""
        return self._members[0].authority

    @property
    def members(self) -> tuple[LocalAuthority | HttpAuthority, ...]:
        """Each by itself, in order: a test asks them one by one."""
        return self._members

    @property
    def names(self) -> tuple[Authority, ...]:
        """All of them, in order."""
        return tuple(member.authority for member in self._members)

    @property
    def roots(self) -> tuple[x509.Certificate, ...]:
        """Roots that the tokens of any of them lead to."""
        return tuple(dict.fromkeys(root for member in self._members for root in member.roots))

    def stamp(self, imprint: Digest) -> TimestampToken:
        """A token of the first that gives one.

        Where the first is accredited, no other's token stands in for its own unless that one is accredited too: the
        wish would count as done, and the law's would not (law: scan-timestamp).

        Raises:
            TimestampUnavailable: none gave one, and asking again may help.
            TimestampRefused: all refused.
        """
        problem: TimestampUnavailable | TimestampRefused | None = None
        for number, member in enumerate(self._members):
            try:
                token = member.stamp(imprint)
            except (TimestampUnavailable, TimestampRefused) as error:
                _log.warning("authority %d of %d: %s", number + 1, len(self._members), error.code)
                if problem is None or isinstance(error, TimestampUnavailable):
                    problem = error
                continue
            if self._counts(number, token):
                return token
            _log.warning("authority %d of %d is not accredited: token not taken", number + 1, len(self._members))
        raise problem or TimestampUnavailable("no authority gave a token that counts")

    def gave(self, token: TimestampToken) -> bool:
        """Whether a token that was found is one of theirs, and one that would have been taken."""
        return any(self._counts(number, token) and one.gave(token) for number, one in enumerate(self._members))

    def _counts(self, number: int, token: TimestampToken) -> bool:
        return number == 0 or token.accredited or not self._members[0].authority.accredited

    def close(self) -> None:
        """Close the connections of all."""
        for member in self._members:
            if isinstance(member, HttpAuthority):
                member.close()
