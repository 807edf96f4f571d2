"""One mail a day to each person: approvals that are due, reviews at risk, and deadlines of evidence.

A mail says what kind of paper waits, until when, and where to look; nothing else of a document leaves the installation.
That it is about to be sent is an act before it goes, so that nobody gets two of one day; what could not be handed over
is said in another act, and the next day's mail says it all again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

from domain.acts import ActKind, ActRecord
from domain.calendar import tokyo_day
from domain.errors import AppError, ConfigError, RequestRefused
from domain.labels import DOCUMENT_TYPES
from domain.people import Permission
from domain.visibility import visibility_of
from pipeline.mail_post import Send, post
from pipeline.steps.apiece import Apiece
from pipeline.steps.approval_queue import due_by, waits_for
from pipeline.steps.review import review_queue
from pipeline.steps.stamps import stamp_queue

if TYPE_CHECKING:
    from domain.people import User
    from domain.record import ArchiveRecord
    from pipeline.mail_settings import MailSettings
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

AHEAD_APPROVAL = timedelta(days=1)
"""What is due tomorrow is said today."""
AHEAD_DAYS = 3
"""A review or a timestamp is at risk from three days before its deadline: a weekend lies between."""
MOST_NAMED = 20
"""Documents of one kind that a mail names; the rest is counted."""
_PREFIX = "mail-"
_EMAIL = "email:"
Post = Callable[["MailSettings"], AbstractContextManager[Send]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing in a mail."""

    text: str
    link: str
    """Path on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one person is told on one day."""

    user: User
    address: str
    on: date
    parts: tuple[tuple[str, int, tuple[Line, ...]], ...]
    """Heading, how many there are, and the first of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of the mails of a run."""

    sent: tuple[str, ...]
    """Logins."""
    failed: tuple[str, ...]
    before: tuple[str, ...]
    """Those who had theirs today already."""
    without: tuple[str, ...]
    """Those for whom something waits and who have no address."""


def send_digests(shoko: Shoko, *, post: Post = post) -> Sent:
    """Send every person the mail of today that is not sent yet; what failed is logged and tried again the next time.

    Raises:
        ConfigError: no mail server is set.
    """
    settings = shoko.settings.mail
    if not settings.host:
        raise ConfigError(
            "mail.host is not set", message_ja="メールサーバーが設定されていません（shoko.toml の [mail] の host）"
        )
    today = tokyo_day(shoko.clock())
    found: dict[str, list[str]] = {"sent": [], "failed": [], "before": [], "without": []}
    many = Apiece("mails")
    with post(settings) as send:
        for user in (one for one in shoko.people.users() if not one.disabled):
            outcome: str | None = "failed"
            with many.one():
                outcome = _remind(shoko, user, send, today=today)
            if outcome is not None:
                found[outcome].append(user.login)
    logger.info("mails: %s", {name: len(logins) for name, logins in found.items()})
    return Sent(**{name: tuple(logins) for name, logins in found.items()})


def _remind(shoko: Shoko, user: User, send: Send, *, today: date) -> str | None:
    """What became of one person's mail; None where nothing waits for them."""
    if _is_told(shoko.archive.acts_under(_PREFIX + user.user_id), today):
        return "before"
    digest = digest_of(shoko, user, today=today)
    if digest is None:
        return None
    return "without" if not digest.address else "sent" if _send(shoko, digest, send) else "failed"


def remind_nightly(shoko: Shoko) -> Sent | None:
    """The same where a mail server is set; whatever goes wrong is logged and stops nothing else."""
    if not shoko.settings.mail.host:
        return None
    try:
        return send_digests(shoko)
    except AppError as error:
        logger.warning("mails: %s", error.code)
        return None


def digest_of(shoko: Shoko, user: User, *, today: date) -> Digest | None:
    """What a person is told, as they may see it; None where nothing waits."""
    seen = shoko.seen_by(visibility_of(user)).held_still()
    parts = []
    if Permission.APPROVE in user.permissions:
        due = due_by(((record, one) for record, one, _ in waits_for(seen, user)), today + AHEAD_APPROVAL)
        parts.append(
            ("承認期限が来ている書類", [_line(r, one.due_on, f"/documents/{r.document_id}") for r, one in due])
        )
    if Permission.CORRECT in user.permissions:
        risk = review_queue(seen, soon=AHEAD_DAYS)
        items = [_line(one.record, one.deadline, f"/review/{one.record.document_id}") for one in risk]
        parts.append(("期限が近い、または過ぎた確認待ちの書類", items))
    if Permission.ADMIN in user.permissions:
        parts.append(("タイムスタンプの期限", _stamps(shoko, today)))
    kept = tuple((head, len(lines), tuple(lines[:MOST_NAMED])) for head, lines in parts if lines)
    if not kept:
        return None
    return Digest(user=user, address=address_of(shoko.settings.mail, user), on=today, parts=kept)


def address_of(settings: MailSettings, user: User) -> str:
    """Where mail to a person goes; empty where nobody said."""
    by_sign_on = (one.removeprefix(_EMAIL) for one in user.external if one.startswith(_EMAIL))
    return settings.addresses.get(user.login) or user.mail or next(by_sign_on, "")


def message_of(digest: Digest, settings: MailSettings) -> EmailMessage:
    """The mail.

    Raises:
        ValueError: an address is none.
    """
    count = sum(count for _, count, _ in digest.parts)
    message = EmailMessage()
    message["From"], message["To"] = settings.sender, digest.address
    message["Subject"] = f"【書庫】期限が近いものが {count} 件あります（{digest.on.isoformat()}）"
    message["Auto-Submitted"] = "auto-generated"
    base = settings.base_url.rstrip("/")
    lines = [
        f"{digest.user.name or digest.user.login} さん",
        "",
        f"{digest.on.isoformat()} 時点で、次のものが待っています。",
    ]
    for head, number, named in digest.parts:
        lines += ["", f"■ {head}（{number} 件）"]
        for one in named:
            lines += [f"・{one.text}", f"  {base}{one.link}"]
        if number > len(named):
            lines.append(f"・ほか {number - len(named)} 件")
    lines += ["", "このメールは1日に1通だけ送られます。返信はできません。"]
    message.set_content("\n".join(lines) + "\n")
    return message


def _line(record: ArchiveRecord, until: date | None, link: str) -> Line:
    """The kind of paper and its day: no name, no amount."""
    day = f"（期限 {until.isoformat()}）" if until is not None else ""
    return Line(text=f"{DOCUMENT_TYPES[record.classification.label][0]}{day}", link=link)


def _stamps(shoko: Shoko, today: date) -> list[Line]:
    queue = stamp_queue(shoko)
    if queue.due_on is None or queue.due_on > today + timedelta(days=AHEAD_DAYS):
        return []
    late = "期限を過ぎています" if queue.overdue else f"期限 {queue.due_on.isoformat()}"
    return [Line(text=f"付与待ちのタイムスタンプ {queue.waiting} 件（{late}）", link="/admin/system")]


def _send(shoko: Shoko, digest: Digest, send: Send) -> bool:
    """Say that it goes, then let it go: never twice a day, unless the server is known to have refused it."""
    subject, day = _PREFIX + digest.user.user_id, digest.on.isoformat()
    count = sum(count for _, count, _ in digest.parts)

    def allowed(acts: tuple[ActRecord, ...]) -> None:
        if _is_told(acts, digest.on):
            raise RequestRefused("the mail of today is sent", message_ja="今日の分は送信済みです")

    def record(**facts: str | int) -> None:
        shoko.archive.record_act(
            ActKind.DIGEST_SENT,
            subject,
            recorded_by="engine",
            about=(digest.user.user_id,),
            facts={"on": day, **facts},
            allowed=None if "failed" in facts else allowed,
        )

    try:
        message = message_of(digest, shoko.settings.mail)
        message["Date"] = format_datetime(shoko.clock())
        record(items=count)
        shoko.at("remind.recorded")
        send(message)
    except ValueError:
        record(failed="address")
    except RequestRefused:
        return False
    except AppError as error:
        record(failed=error.code)
        logger.warning("a mail could not be handed over: %s", error.code)
    else:
        return True
    return False


def _is_told(acts: Iterable[ActRecord], day: date) -> bool:
    """True where the last that is said of the day's mail is that it goes, not that it failed."""
    said = [act for act in acts if act.kind is ActKind.DIGEST_SENT and act.facts.get("on") == day.isoformat()]
    return bool(said) and "failed" not in max(said, key=lambda act: act.number).facts
