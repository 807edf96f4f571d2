"""A person says where mail to them goes; where mail is sent at all, the address is confirmed by a code first.

Nothing of this changes who may log in: the company's own sign-on knows people by what administrators linked.
"""

from __future__ import annotations

import re
from email.message import EmailMessage
from typing import TYPE_CHECKING

from domain.errors import RequestRefused
from pipeline.mail_post import post
from pipeline.steps.people import TURN, change_account
from storage.people.book import must_be

if TYPE_CHECKING:
    from domain.people import User
    from pipeline.wiring import Shoko

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
"""What browsers take for an address (HTML, input type=email): one address, and nothing that could be a header."""
_MOST = 254
"""Characters of an address (RFC 5321 §4.5.3.1.3)."""


def checked(address: str) -> str:
    """An address as it is kept.

    Raises:
        RequestRefused: it is none.
    """
    plain = address.strip()
    if len(plain) > _MOST or not _ADDRESS.fullmatch(plain):
        raise RequestRefused("not a mail address", message_ja="メールアドレスの形になっていません")
    return plain


def send_code(shoko: Shoko, user: User, address: str, code: str) -> None:
    """Send the code by which a person shows that they read this address.

    Raises:
        RequestRefused: it is no address.
        MailUnavailable: the server does not take it.
    """
    settings = shoko.settings.mail
    message = EmailMessage()
    message["From"], message["To"] = settings.sender, checked(address)
    message["Subject"] = "【書庫】メールアドレスの確認"
    message["Auto-Submitted"] = "auto-generated"
    place = f"{settings.base_url.rstrip('/')}/account"
    lines = (
        f"{user.name or user.login} さん",
        "",
        f"書庫からの知らせをこのアドレスに送るには、次の番号を {place} に入れてください。",
        "",
        f"    {code}",
        "",
        "30分で使えなくなります。心当たりがなければ、このメールは捨ててください。",
    )
    message.set_content("\n".join(lines) + "\n")
    with post(settings) as send:
        send(message)


def set_mail(shoko: Shoko, login: str, address: str, *, by: str) -> User:
    """Say where mail to a person goes; an empty address takes it away.

    Raises:
        AccessRefused: no such person.
        RequestRefused: it is no address.
    """
    wanted = checked(address) if address else ""
    with shoko.archive.turn(TURN):
        user = must_be(shoko.people.find(login))
        return user if user.mail == wanted else change_account(shoko, user, "mail", by=by, mail=wanted)
