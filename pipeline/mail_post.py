"""The way of a mail to the company's server: SMTP with TLS; one connection for each run."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import TYPE_CHECKING

from domain.errors import MailUnavailable

if TYPE_CHECKING:
    from pipeline.mail_settings import MailSettings

Send = Callable[[EmailMessage], None]
"""Hands a mail over.

Raises:
    MailUnavailable: the server does not answer, or does not take it.
"""


@contextmanager
def post(settings: MailSettings) -> Iterator[Send]:
    """The company's mail server; the connection is opened with the first mail, and again after a failure."""
    opened: list[smtplib.SMTP] = []

    def send(message: EmailMessage) -> None:
        try:
            if not opened:
                opened.append(_open(settings))
            opened[0].send_message(message)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            _close(opened)
            raise MailUnavailable(f"mail: {type(error).__name__}") from error  # its words may carry addresses

    try:
        yield send
    finally:
        _close(opened)


def _open(settings: MailSettings) -> smtplib.SMTP:
    """Connect, encrypt, log in.

    Raises:
        SMTPException, OSError: one of it does not work.
    """
    context = ssl.create_default_context(cafile=settings.ca_file)
    server: smtplib.SMTP
    if settings.security == "tls":
        server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout_seconds, context=context)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)
    try:
        if settings.security == "starttls":
            server.starttls(context=context)
        if settings.user:
            server.login(settings.user, settings.password.get_secret_value())
    except (smtplib.SMTPException, OSError):
        server.close()
        raise
    return server


def _close(opened: list[smtplib.SMTP]) -> None:
    while opened:
        try:
            opened.pop().quit()
        except (smtplib.SMTPException, OSError):
            continue  # it is gone already
