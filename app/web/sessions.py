"""A signed session cookie, the shared password where nobody has an account, and the CSRF token of the session."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from app.web.settings import WebSettings

COOKIE = "shoko_session"
_MAX_FAILURES = 10
_FAILURE_WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser."""

    session_id: str
    logged_in: bool
    started_at: datetime


class Sessions:
    """Reads and writes session cookies; keeps nothing but the count of wrong passwords."""

    def __init__(self, settings: WebSettings, *, clock: Callable[[], datetime]) -> None:
        """A missing secret key is drawn anew: sessions then end with the process."""
        key = settings.secret_key.get_secret_value() if settings.secret_key else secrets.token_hex(32)
        token = settings.token.get_secret_value() if settings.token else ""
        # A changed password ends every session: it is part of the key.
        self._key = hashlib.sha256(f"{key}\0{token}".encode()).digest()
        self._token = token
        self._serializer = URLSafeSerializer(self._key, salt="shoko.session")
        self._aging = URLSafeSerializer(self._key, salt="shoko.sealed")
        self._life = timedelta(seconds=settings.session_seconds)
        self._clock = clock
        self._failures: deque[datetime] = deque(maxlen=_MAX_FAILURES)

    @property
    def needs_login(self) -> bool:
        """True where a token is set."""
        return bool(self._token)

    def new(self, *, logged_in: bool) -> Session:
        """A fresh session; logging in never keeps the old id."""
        return Session(session_id=secrets.token_urlsafe(18), logged_in=logged_in, started_at=self._clock())

    def holding(self, secret: str) -> Session:
        """The session of a person who logged in: its id is the secret that the server knows by its hash."""
        return Session(session_id=secret, logged_in=True, started_at=self._clock())

    def find(self, cookie: str | None) -> Session | None:
        """The session of a cookie, or None where it is absent, forged or too old."""
        if not cookie:
            return None
        try:
            plain = self._serializer.loads(cookie)
            session = Session(
                session_id=str(plain["id"]),
                logged_in=plain["in"] is True,
                started_at=datetime.fromisoformat(plain["at"]),
            )
        except (BadData, KeyError, TypeError, ValueError):
            return None
        return session if self._clock() - session.started_at < self._life else None

    def cookie(self, session: Session) -> str:
        """The cookie's value."""
        value = self._serializer.dumps(
            {"id": session.session_id, "in": session.logged_in, "at": session.started_at.isoformat()}
        )
        return value.decode() if isinstance(value, bytes) else value

    def sealed(self, values: Mapping[str, str]) -> str:
        """Values for a cookie that only we can make and that ages."""
        value = self._aging.dumps(dict(values) | {"at": self._clock().isoformat()})
        return value.decode() if isinstance(value, bytes) else value

    def opened(self, cookie: str | None, *, life: timedelta) -> dict[str, str] | None:
        """What ``sealed`` made, or None where it is absent, forged or too old."""
        if not cookie:
            return None
        try:
            plain = self._aging.loads(cookie)
            fresh = timedelta(0) <= self._clock() - datetime.fromisoformat(plain["at"]) < life
        except (BadData, KeyError, TypeError, ValueError):
            return None
        return {str(name): str(value) for name, value in plain.items()} if fresh else None

    def may_enter(self, session: Session | None, *, bearer: str | None) -> bool:
        """True where no login is needed, or it happened, or the request carries the token itself."""
        if not self.needs_login:
            return True
        return (session is not None and session.logged_in) or (bearer is not None and self._equal(bearer))

    def bearer_is_token(self, bearer: str | None) -> bool:
        """True for a request that carries the token itself (no cookie, so nothing to forge)."""
        return self.needs_login and bearer is not None and self._equal(bearer)

    def throttled(self) -> bool:
        """True after too many wrong passwords in a short time."""
        now = self._clock()
        return len(self._failures) == _MAX_FAILURES and now - self._failures[0] < _FAILURE_WINDOW

    def check_password(self, password: str) -> bool:
        """Compare in constant time and count failures."""
        right = self.needs_login and self._equal(password)
        if not right:
            self._failures.append(self._clock())
        return right

    def csrf_token(self, session: Session) -> str:
        """The token that forms of this session carry."""
        return hmac.new(self._key, f"csrf\0{session.session_id}".encode(), hashlib.sha256).hexdigest()

    def csrf_ok(self, session: Session | None, token: str | None) -> bool:
        """True for the right token."""
        if session is None or not token:
            return False
        return hmac.compare_digest(self.csrf_token(session).encode(), token.encode("utf-8", "replace"))

    def _equal(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())
