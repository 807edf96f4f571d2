"""Facts about the company, said by an administrator from a day on: acts, layered over what the settings say.

An act names the facts that it changes and the first day on which they hold so; until another says otherwise they hold
from then on. Of two that begin on one day the later act counts. What no act speaks of is as the settings have it.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from compliance.retention import retain_until
from compliance.settings import CompanySettings
from domain.acts import ActKind, ActRecord
from domain.calendar import tokyo_day
from domain.errors import ConfigError, CorrectionInvalid
from domain.requests import REASON

if TYPE_CHECKING:
    from pipeline.wiring import Shoko
    from storage.archive import Archive

logger = logging.getLogger(__name__)

SUBJECT = "company-facts"
BY_RECEIPT = ("deadline_method", "cycle_months", "cycle_days")
"""Facts that count as they held when a paper was received: its deadline does not move when the method is changed."""
_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyChange:
    """One change of facts about the company."""

    from_on: date
    """First day on which it holds."""
    values: Mapping[str, Any]
    """Facts by name as plain JSON values."""
    before: Mapping[str, Any] = field(default_factory=dict)
    """What they were on that day before."""
    number: int = 0
    """Of its act; 0 before it is recorded."""
    at: datetime | None = None
    by: str | None = None
    """Login; None once its payload is destroyed."""
    reason: str = ""


@dataclass(slots=True)
class CompanyBook:
    """Facts about the company by day; asks the archive each time, so that every process knows of a change at once."""

    archive: Archive | None
    """None where it is held still."""
    settings: CompanySettings
    _known: tuple[CompanyChange, ...] = ()
    _number: int = 0
    _layers: tuple[tuple[date, CompanySettings], ...] = ()
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def changes(self) -> tuple[CompanyChange, ...]:
        """Every change, in the order in which they were said."""
        with self._lock:
            self._look()
            return self._known

    def on(self, day: date) -> CompanySettings:
        """The facts that hold on a day.

        Raises:
            ConfigError: what the settings say now does not go together with what was said on the page.
        """
        with self._lock:
            self._look()
            found = self.settings
            for begins, layer in self._layers:
                if begins <= day:
                    found = layer
            return found

    def for_received(self, received_on: date, *, today: date) -> CompanySettings:
        """The facts of a day for something received on another: its deadline runs as it did then."""
        now, then = self.on(today), self.on(received_on)
        kept = {name: getattr(then, name) for name in BY_RECEIPT}
        return now if all(getattr(now, name) == value for name, value in kept.items()) else now.model_copy(update=kept)

    def held_still(self, *more: CompanyChange) -> CompanyBook:
        """As it stands now, with changes that nobody said yet; the archive is not asked again."""
        known = (*self.changes(), *more)
        twin = CompanyBook(archive=None, settings=self.settings)
        twin._known, twin._layers = known, _layers(self.settings, known)  # our own
        return twin

    def _look(self) -> None:
        if self.archive is None:
            return
        number = self.archive.newest_act_number(SUBJECT)
        if number != self._number:
            known = tuple(_change(act) for act in self.archive.acts_under(SUBJECT))
            self._layers = _layers(self.settings, known)
            self._known, self._number = known, number


def names_said(shoko: Shoko) -> tuple[str, ...] | None:
    """Names of the company where they differ from the settings, which is what reading processes know."""
    names = shoko.company.names
    return None if names == shoko.settings.company.names else names


def plan(shoko: Shoko, values: Mapping[str, Any], *, from_on: date, reason: str) -> CompanyChange:
    """A change that could be said: what really changes on that day, with what it was before.

    Args:
        shoko: the installation.
        values: facts by name, as plain JSON values.
        from_on: first day on which they hold.
        reason: in the person's words.

    Raises:
        CorrectionInvalid: a fact is unknown or malformed, they contradict each other, nothing changes, or no reason
            is given.
    """
    unknown = set(values) - set(CompanySettings.model_fields)
    if unknown or not _FIRST <= from_on <= _LAST:
        raise _wrong("日付か項目名が正しくありません", "an unknown fact or an impossible day")
    if not reason.strip():
        raise _wrong("変更の理由を入れてください", "no reason is given")
    now = shoko.company_book.on(from_on).model_dump(mode="json")
    after = _checked({**now, **values}).model_dump(mode="json")
    changed = {name: after[name] for name in values if after[name] != now[name]}
    if not changed:
        raise _wrong("今の値と同じです。変更するものがありません", "nothing changes")
    change = CompanyChange(
        from_on=from_on, values=changed, before={name: now[name] for name in changed}, reason=reason.strip()
    )
    try:
        shoko.company_book.held_still(replace(change, number=len(shoko.company_book.changes()) + 1))
    except ConfigError as error:
        raise _wrong(
            "この日より後に予定されている変更と矛盾します。変更の履歴を確かめてください", str(error.message)
        ) from error
    return change


def say_company(shoko: Shoko, change: CompanyChange, *, by: str, base: int | None = None) -> CompanyChange:
    """Record a change; it holds from its day on, in every process. Nothing that is locked is locked for less.

    Args:
        shoko: the installation.
        change: from ``plan``.
        by: login of the administrator.
        base: how many changes the person knew of; None: whatever there are.

    Raises:
        CorrectionInvalid: somebody changed the facts meanwhile.
    """

    def allowed(acts: tuple[ActRecord, ...]) -> None:
        if base is not None and len(acts) != base:
            raise _wrong("他の人が先に変更しました。画面を開き直してください", "the facts changed meanwhile")

    act = shoko.archive.record_act(
        ActKind.COMPANY_SAID,
        SUBJECT,
        recorded_by=by,
        facts={"from_on": change.from_on.isoformat(), "names": tuple(sorted(change.values))},
        personal={
            "values": json.dumps(dict(change.values), ensure_ascii=False, sort_keys=True),
            "before": json.dumps(dict(change.before), ensure_ascii=False, sort_keys=True),
            REASON: change.reason,
        },
        retain_until=retain_until(tokyo_day(shoko.clock()), settings=shoko.company),
        allowed=allowed,
    )
    logger.info("facts about the company: %d from %s", len(change.values), change.from_on)
    return _change(act)


def _change(act: ActRecord) -> CompanyChange:
    return CompanyChange(
        from_on=date.fromisoformat(str(act.facts["from_on"])),
        values=json.loads(act.personal.get("values", "{}")),
        before=json.loads(act.personal.get("before", "{}")),
        number=act.number,
        at=act.recorded_at,
        by=act.recorded_by,
        reason=act.personal.get(REASON, ""),
    )


def _layers(settings: CompanySettings, known: Sequence[CompanyChange]) -> tuple[tuple[date, CompanySettings], ...]:
    """From which day on what holds; each layer is checked as a whole."""
    plain, layers = settings.model_dump(mode="json"), []
    for change in sorted(known, key=lambda one: (one.from_on, one.number)):
        plain = {**plain, **change.values}
        try:
            layers.append((change.from_on, CompanySettings.model_validate(plain)))
        except ValidationError as error:
            raise ConfigError(
                f"facts about the company from {change.from_on}: {error.errors()[0]['msg']}",
                message_ja=f"自社の情報（{change.from_on} から）に矛盾があります。"
                "設定ファイルと画面での変更を確かめてください",
            ) from error
    return tuple(layers)


def _checked(plain: Mapping[str, Any]) -> CompanySettings:
    try:
        return CompanySettings.model_validate(plain)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise _wrong(f"自社の情報（{where}）の値が正しくありません", f"{where}: {first['msg']}") from error


def _wrong(message_ja: str, message: str) -> CorrectionInvalid:
    return CorrectionInvalid(message, message_ja=message_ja)
