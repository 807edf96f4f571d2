"""Addresses that wait for their code: in this process only; after a restart a person asks again."""

from __future__ import annotations

import hmac
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.errors import AppError, RequestRefused
from pipeline.steps import own_mail
from pipeline.steps.reminding import address_of

if TYPE_CHECKING:
    from domain.people import User
    from pipeline.wiring import Shoko

LIFE = timedelta(minutes=30)
"""Of a code; the mail says so."""
PAUSE = timedelta(minutes=1)
"""Between two mails that one person has sent: nobody's letter box is filled from here."""
TRIES = 5
"""At a code of eight digits: one chance in twenty million."""
_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An address that somebody says is theirs."""

    address: str
    code: str
    sent_at: datetime
    tries: int = 0


class OwnMail:
    """Where mail to people goes, as they say it themselves. Thread-safe."""

    def __init__(self, shoko: Shoko) -> None:
        """See the module."""
        self._shoko = shoko
        self._waiting: dict[str, Waiting] = {}
        self._turn = threading.Lock()

    @property
    def is_sent(self) -> bool:
        """Whether this installation sends mail at all."""
        return bool(self._shoko.settings.mail.host)

    def address_of(self, user: User) -> tuple[str, bool]:
        """Where mail goes now, and whether the settings say so (then nothing else counts)."""
        settings = self._shoko.settings.mail
        return address_of(settings, user), user.login in settings.addresses

    def waiting_of(self, user: User) -> str | None:
        """The address whose code is waited for."""
        with self._turn:
            found = self._waiting.get(user.user_id)
        return found.address if found is not None and self._shoko.clock() < found.sent_at + LIFE else None

    def ask(self, user: User, address: str) -> bool:
        """Take an address: at once where no mail is sent, else its code is on its way; True in that case.

        Raises:
            RequestRefused: it is no address, or the last mail has just been sent.
            MailUnavailable: the server does not take the mail.
        """
        wanted = own_mail.checked(address)
        if not self.is_sent:
            own_mail.set_mail(self._shoko, user.login, wanted, by=user.login)
            return False
        now = self._shoko.clock()
        drawn = int.from_bytes(self._shoko.people.random_bytes(8), "big") % 10**_DIGITS
        one = Waiting(address=wanted, code=f"{drawn:0{_DIGITS}d}", sent_at=now)
        with self._turn:
            before = self._waiting.get(user.user_id)
            if before is not None and now < before.sent_at + PAUSE:
                raise RequestRefused(
                    "a mail was sent within the last minute",
                    message_ja="送ったばかりです。届かないときは1分待ってからもう一度送ってください",
                )
            self._waiting[user.user_id] = one
        try:
            own_mail.send_code(self._shoko, user, wanted, one.code)
        except AppError:
            self._put_back(user, one, before)
            raise
        return True

    def _put_back(self, user: User, unsent: Waiting, before: Waiting | None) -> None:
        """As if no mail had been asked for, unless somebody has asked again meanwhile."""
        with self._turn:
            if self._waiting.get(user.user_id) != unsent:
                return
            if before is None:
                del self._waiting[user.user_id]
            else:
                self._waiting[user.user_id] = before

    def confirm(self, user: User, code: str) -> None:
        """Take the code that stood in the mail.

        Raises:
            RequestRefused: it is another, it is too late, or it was tried too often.
        """
        with self._turn:
            found = self._waiting.get(user.user_id)
            if found is None or self._shoko.clock() >= found.sent_at + LIFE or found.tries >= TRIES:
                raise RequestRefused(
                    "no code is waited for",
                    message_ja="番号の期限が切れたか、間違いが続きました。もう一度確認のメールを送ってください",
                )
            if not hmac.compare_digest(found.code.encode(), code.strip().encode()):
                self._waiting[user.user_id] = replace(found, tries=found.tries + 1)
                raise RequestRefused("another code", message_ja="番号が違います。メールに書かれた8桁を入れてください")
            del self._waiting[user.user_id]
        own_mail.set_mail(self._shoko, user.login, found.address, by=user.login)

    def forget(self, user: User) -> None:
        """Take one's own address away."""
        with self._turn:
            self._waiting.pop(user.user_id, None)
        own_mail.set_mail(self._shoko, user.login, "", by=user.login)
