"""The register as filing asks it: the copy first, the web interface where that is switched on, nobody otherwise."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from domain.errors import StorageError
from domain.issuers import NOBODY, IssuerAnswer
from storage.issuers.mirror import IssuerMirror
from storage.issuers.settings import IssuerSettings
from storage.issuers.web_api import MOST_DAYS, IssuerWebApi

logger = logging.getLogger(__name__)

_PUBLISHED_DAYS = 40
"""Differences are kept so long (law: inv-registry-download); an older copy needs the whole files again."""


class LocalRegister:
    """A copy, and perhaps the web interface behind it. Thread-safe."""

    def __init__(
        self, mirror: IssuerMirror, settings: IssuerSettings, *, clock: Callable[[], datetime], api: IssuerWebApi | None
    ) -> None:
        """``api`` is None where asking over the network is switched off."""
        self.mirror = mirror
        self._settings = settings
        self._clock = clock
        self._api = api
        self._lock = threading.Lock()
        self._silent_until: datetime | None = None

    def close(self) -> None:
        """Give connections back."""
        if self._api is not None:
            self._api.close()

    def find(self, number: str) -> IssuerAnswer:
        """What is known about a number; a failure to ask is an answer that nobody could be asked, never an error."""
        try:
            return self._find(number)
        except StorageError as error:
            logger.warning("issuer register: %s", error.code)
            return NOBODY

    def _find(self, number: str) -> IssuerAnswer:
        held = self.mirror.find(number)
        # The published files leave out the names of persons; who asks the web interface learns them.
        if self._api is None or (held.record is not None and held.record.name):
            return held
        remembered = self.mirror.find_answered(number, days=self._settings.keep_days)
        if remembered is not None:
            return remembered
        asked = self._asked(number, self._api)
        if asked is not None:
            return asked
        return held if held.record is not None or held.whole else NOBODY

    def _asked(self, number: str, api: IssuerWebApi) -> IssuerAnswer | None:
        with self._lock:
            now = self._clock()
            if self._silent_until is not None and now < self._silent_until:
                return None
            try:
                record = api.find([number]).get(number)
            except StorageError as error:
                logger.warning("issuer register: %s; not asked again for a while", error.code)
                self._silent_until = now + timedelta(seconds=self._settings.pause_seconds)
                return None
            self._silent_until = None
        self.mirror.keep_answer(number, record)
        return IssuerAnswer(record=record, whole=True, as_of=now, source="web_api")

    def update(self, today: date) -> int:
        """Bring the copy up to date with the differences since its last day; returns how many entries changed.

        Raises:
            StorageError: switched off, the copy is empty or too old, or the register did not answer.
        """
        since = self.mirror.state().updated_to
        if self._api is None:
            raise StorageError(
                "asking the issuer register is switched off",
                message_ja="国税庁 Web-API への問合せは無効です（issuers.online を true にしてください）",
            )
        if since is None or (today - since).days > _PUBLISHED_DAYS:
            raise StorageError(
                "the copy of the issuer register is empty or too old for differences",
                message_ja="登録事業者の写しがないか古すぎます。公表サイトの全件データを取り込んでください",
            )
        last = min(today - timedelta(days=1), since + timedelta(days=MOST_DAYS))
        if last <= since:
            return 0
        return self.mirror.take(self._api.changes(since + timedelta(days=1), last), whole=False, updated_to=last)


def open_register(settings: IssuerSettings, *, data_folder: Path, clock: Callable[[], datetime]) -> LocalRegister:
    """The register that the settings choose.

    Raises:
        ConfigError: it is to be asked and no application id is set.
    """
    mirror = IssuerMirror(settings.mirror_file or data_folder / "issuers.sqlite", clock=clock)
    api = IssuerWebApi(settings) if settings.online else None
    return LocalRegister(mirror, settings, clock=clock, api=api)
