"""The web page over a wired installation."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr, ValidationError

from app.web.administration import Administration
from app.web.answers import Answers
from app.web.application import create_app
from app.web.approvals import Approvals
from app.web.auditing import AuditRoom
from app.web.desk import Desk
from app.web.documents import Documents
from app.web.finding import Finder
from app.web.jobs import Jobs
from app.web.live import Calls, LiveServices
from app.web.people import People
from app.web.reviewing import Reviewing
from app.web.settings import SsoSettings, WebSettings
from app.web.sso import SingleSignOn
from domain.errors import ConfigError, DigestMismatch, ObjectMissing, StoreUnavailable
from domain.evidence import Report
from domain.finding_labels import finding_label
from domain.ids import Origin
from domain.labels import Label
from pipeline.steps.arrivals import Arrivals
from pipeline.steps.capture import document_of
from pipeline.steps.compliance import standing_of
from pipeline.steps.correct import correct_document
from pipeline.steps.deposit import deposit
from pipeline.steps.health import alarms
from pipeline.steps.searchable import searchable_document
from pipeline.steps.signatures import signatures_of
from pipeline.steps.suggesting import suggest_for
from pipeline.steps.unchanged import Unchanged
from pipeline.steps.verify import anchors_from, log_head, publish, verify_documents
from storage.search import every_hit, search

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from pipeline.reading_pool import ReadingPool
    from pipeline.reading_worker import ReadingWorker
    from pipeline.wiring import Shoko


def web_settings(*, port: int, accounts: bool = False) -> WebSettings:
    """Settings of the page; the token and the cookie key come from the environment only.

    Raises:
        ConfigError: an address beyond loopback without a token.
    """
    token = os.environ.get("SHOKO_WEB_TOKEN")
    key = os.environ.get("SHOKO_WEB_SECRET_KEY")
    return WebSettings(
        host=os.environ.get("SHOKO_WEB_HOST", "127.0.0.1"),
        port=port,
        accounts=accounts,
        token=SecretStr(token) if token else None,
        secret_key=SecretStr(key) if key else None,
        sso=_sso_settings(),
    )


def _sso_settings() -> SsoSettings | None:
    """Single sign-on, where an issuer is named.

    Raises:
        ConfigError: an issuer without the rest.
    """
    names = ("issuer", "client_id", "client_secret", "redirect_uri", "label")
    told = {name: value for name in names if (value := os.environ.get(f"SHOKO_WEB_OIDC_{name.upper()}"))}
    if "issuer" not in told:
        return None
    try:
        return SsoSettings.model_validate(told)
    except ValidationError as error:
        wrong = ", ".join(sorted(str(one["loc"][0]).upper() for one in error.errors() if one["loc"]))
        raise ConfigError(
            f"single sign-on lacks SHOKO_WEB_OIDC_{wrong}",
            message_ja=f"シングルサインオンの設定が足りません（SHOKO_WEB_OIDC_ … {wrong}）",
        ) from error


def cookie_key(folder: Path) -> SecretStr:
    """The key that signs cookies, drawn once and kept beside the other keys: a restart ends no session."""
    path = folder / "web-cookie.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, made = tempfile.mkstemp(dir=folder)  # readable by its owner alone
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(made, path)
        Path(made).unlink()
    return SecretStr(path.read_text(encoding="ascii"))


def application(
    shoko: Shoko, settings: WebSettings, *, pool: ReadingPool | ReadingWorker | None = None, accounts: bool = True
) -> FastAPI:
    """The page for one installation; it reads the archive, and drops uploads into the inbox.

    Without ``accounts`` nobody logs in: for measuring pages inside one's own process, never for a page that is served.
    ``pool`` reads again what people divide; without one, processes are started whenever somebody does.
    """
    arrivals = Arrivals(shoko)

    said = Unchanged[tuple[Label, ...]]()

    def warned() -> tuple[Label, ...]:
        try:
            return said.get(shoko.archive, found_wrong)
        except (ObjectMissing, DigestMismatch):
            return (finding_label("records_have_objects"),)
        except StoreUnavailable:
            return ()  # whatever the page needs of the store says so itself

    def found_wrong() -> tuple[Label, ...]:
        return tuple(finding_label(check.name) for check in alarms(shoko))

    if settings.secret_key is None:
        keys = shoko.settings.evidence.key_folder or shoko.settings.data_folder / "keys"
        settings = settings.model_copy(update={"secret_key": cookie_key(keys)})
    services = LiveServices(
        shoko.archive,
        shoko.store,
        calls=lambda visibility: _calls(shoko.seen_by(visibility), arrivals, alarms=warned),
        authority=shoko.authority.authority,
        reading=shoko.settings.extractors,
        our_companies=lambda: shoko.company.names,
    )
    jobs = Jobs(shoko.settings.data_folder / "web-jobs", clock=shoko.clock)
    return create_app(
        services,
        settings=settings,
        clock=shoko.clock,
        desk=Desk(shoko),
        documents=Documents(shoko, pool=pool),
        reviewing=Reviewing(shoko),
        people=People(shoko) if accounts else None,
        sso=SingleSignOn(settings.sso, clock=shoko.clock) if settings.sso is not None else None,
        background=jobs,
        room=AuditRoom(shoko, jobs),
        administration=Administration(shoko, jobs),
        approval_face=Approvals(shoko),
        answers=Answers(shoko),
        finder=Finder(shoko),
    )


def _calls(shoko: Shoko, arrivals: Arrivals, *, alarms: Callable[[], tuple[Label, ...]]) -> Calls:
    """What the page asks for, of an installation as somebody may see it."""

    def check_document(document_id: str) -> Report:
        publish(shoko)
        return verify_documents(shoko, (document_id,), anchors_from(None, None))

    def drop_in(content: bytes, name: str, origin: Origin, received_on: date, department: str | None) -> str:
        done = deposit(shoko, content, name=name, origin=origin, received_on=received_on, department=department)
        arrivals.changed()
        return done.inbox_key

    return Calls(
        search=lambda query: search(shoko.archive, query),
        every_hit=lambda query: every_hit(shoko.archive, query),
        verify_document=check_document,
        log_head=lambda: log_head(shoko),
        deposit=drop_in,
        bind=lambda photos: document_of(photos, taken_at=shoko.clock(), settings=shoko.settings.extractors),
        intake=lambda show, limit, before: arrivals.look(
            shoko.archive.visibility, show=show, limit=limit, before=before
        ),
        today=lambda: arrivals.today(shoko.archive.visibility),
        correct=lambda document_id, correction: correct_document(shoko, document_id, correction),
        searchable=lambda record: searchable_document(shoko, record),
        compliance=lambda record: standing_of(shoko, record),
        signatures=lambda unit: signatures_of(shoko, unit),
        alarms=alarms,
        suggest=lambda record: suggest_for(record, shoko.parties.index(), company=shoko.company, archive=shoko.archive),
    )
