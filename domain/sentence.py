"""A sentence in Japanese becomes conditions: 先月の青空商事の10万円以上の請求書.

Every part that is understood says what it became; what is not understood stays a word and is named as such, and what is
understood but cannot be searched for is left out and named, never guessed at. Nothing here reads anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from domain.fields import DocumentType
from domain.folding import Folded, fold
from domain.ids import Origin
from domain.query import Query
from domain.record import DocumentState
from domain.sentence_words import (
    ABOUT,
    BEFORE,
    BLANKS,
    DELETED,
    ISSUED,
    NOISE,
    ORDERS,
    ORIGINS,
    PARTICLE,
    PARTY,
    PARTY_SAID,
    QUOTED,
    RECEIVED,
    SINCE,
    STATES,
    TO,
    TYPES,
    UNSUPPORTED,
    UNTIL,
    WORD,
)
from domain.spoken_amounts import amount_at
from domain.spoken_periods import Said, Years, period_at

MAX_CHARACTERS = 200
"""Longest sentence that is looked at; the rest is words."""


class Part(StrEnum):
    """What a piece of the sentence became."""

    DATE = "date"
    RECEIVED = "received"
    AMOUNT = "amount"
    COUNTERPARTY = "counterparty"
    TYPE = "type"
    STATE = "state"
    ORIGIN = "origin"
    BLANK = "blank"
    ORDER = "order"
    WORD = "word"
    """Not understood: looked for as it stands."""
    UNSUPPORTED = "unsupported"
    """Understood, and nothing that can be searched for: left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of the sentence."""

    text: str
    """As it was written."""
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a sentence became."""

    query: Query
    pieces: tuple[Piece, ...]
    """In the order of the sentence."""


@dataclass
class _Reading:
    """How far the sentence is read, and what came of it."""

    folded: Folded
    years: Years
    known_party: Callable[[str], bool]
    at: int = 0
    taken: dict[str, Any] = field(default_factory=dict)
    types: list[DocumentType] = field(default_factory=list)
    states: list[DocumentState] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    def take(self, end: int, part: Part, **conditions: Any) -> bool:
        """The text up to ``end`` became this."""
        raw = self.folded.raw(self.at, end).strip()
        self.pieces.append(Piece(text=raw, part=part))
        self.taken.update(conditions)
        self.at = end
        return True


def understand(
    sentence: str,
    *,
    today: date,
    fiscal_end: Callable[[date], date],
    known_party: Callable[[str], bool] = lambda _: False,
) -> Understood:
    """The conditions of a sentence.

    Args:
        sentence: what a person typed; more than ``MAX_CHARACTERS`` are not looked at.
        today: in Tokyo; what 先月 hangs on.
        fiscal_end: last day of the fiscal year that a day lies in; what 昨年度 hangs on.
        known_party: whether some counterparty that the person may see has this in its name.
    """
    folded = fold(sentence[:MAX_CHARACTERS])
    reading = _Reading(folded=folded, years=Years(today=today, fiscal_end=fiscal_end), known_party=known_party)
    while reading.at < len(folded.text):
        _step(reading)
    query = Query(
        **reading.taken,
        document_types=tuple(dict.fromkeys(reading.types)),
        states=tuple(dict.fromkeys(reading.states)),
        origins=tuple(dict.fromkeys(reading.origins)),
        words=tuple(dict.fromkeys(reading.words)),
    )
    return Understood(query=query, pieces=tuple(reading.pieces))


def _step(reading: _Reading) -> None:
    text, at = reading.folded.text, reading.at
    if text[at].isspace() or text[at] in "、。,!?・:;":
        reading.at += 1
        return
    if not any(rule(reading) for rule in _RULES):
        _word(reading)


def _quoted(reading: _Reading) -> bool:
    match = QUOTED.match(reading.folded.text, reading.at)
    if match is None:
        return False
    reading.words.extend(match["words"].split())
    return reading.take(match.end(), Part.WORD)


def _other_kinds(reading: _Reading) -> bool:
    """請求書以外: every other class."""
    found = _first(TYPES, reading)
    match = (
        re.compile(r"(?:以外|を除く|を除いた|ではない|じゃない)(?:の|な)?").match(reading.folded.text, found[0])
        if found
        else None
    )
    if found is None or match is None:
        return False
    reading.types.extend(kind for kind in DocumentType if kind is not found[1])
    return reading.take(match.end(), Part.TYPE)


def _unsupported(reading: _Reading) -> bool:
    match = UNSUPPORTED.match(reading.folded.text, reading.at)
    return match is not None and reading.take(match.end(), Part.UNSUPPORTED)


def _deleted(reading: _Reading) -> bool:
    match = DELETED.match(reading.folded.text, reading.at)
    return match is not None and reading.take(match.end(), Part.STATE, include_deleted=True)


def _first(table: tuple[tuple[str, Any], ...], reading: _Reading) -> tuple[int, Any] | None:
    for pattern, value in table:
        match = re.compile(pattern).match(reading.folded.text, reading.at)
        if match is not None and match.end() > reading.at:
            return match.end(), value
    return None


def _blank(reading: _Reading) -> bool:
    found = _first(BLANKS, reading)
    return found is not None and reading.take(found[0], Part.BLANK, **{found[1]: True})


def _order(reading: _Reading) -> bool:
    found = _first(ORDERS, reading)
    return found is not None and reading.take(found[0], Part.ORDER, order=found[1])


def _origin(reading: _Reading) -> bool:
    found = _first(ORIGINS, reading)
    if found is None:
        return False
    reading.origins.append(found[1])
    return reading.take(found[0], Part.ORIGIN)


def _state(reading: _Reading) -> bool:
    found = _first(STATES, reading)
    if found is None:
        return False
    reading.states.append(found[1])
    return reading.take(found[0], Part.STATE)


def _kind(reading: _Reading) -> bool:
    found = _first(TYPES, reading)
    if found is None:
        return False
    reading.types.append(found[1])
    return reading.take(found[0], Part.TYPE)


def _amount(reading: _Reading) -> bool:
    said = amount_at(reading.folded.text, reading.at)
    if said is None:
        return False
    bounds = {name: value for name, value in (("amount_min", said.low), ("amount_max", said.high)) if value is not None}
    return reading.take(_past_no(reading.folded.text, said.end), Part.AMOUNT, **bounds)


def _past_no(text: str, end: int) -> int:
    return end + 1 if text[end : end + 1] in {"の", "な"} else end


def _period(reading: _Reading) -> bool:
    text = reading.folded.text
    begun = re.compile(r"(?P<what>受領日が?|取引日が?|請求日が?|発行日が?|日付が)?").match(text, reading.at)
    start = begun.end() if begun else reading.at
    first = period_at(text, start, reading.years)
    if first is None:
        return False
    low: date | None = first.first
    high: date | None = first.last
    end = first.end
    to = TO.match(text, end)
    second = period_at(text, to.end(), reading.years, near=first) if to else None
    if second is not None:
        low, high = min(first.first, second.first), max(first.last, second.last)
        until = UNTIL.match(text, second.end)
        end = until.end() if until else second.end
    else:
        low, high, end = _open_ended(text, first)
    about = ABOUT.match(text, end)
    end = _past_no(text, about.end() if about else end)
    received = RECEIVED.match(text, end)
    issued = ISSUED.match(text, end)
    is_received = received is not None or (begun is not None and (begun["what"] or "").startswith("受領"))
    end = _past_no(text, received.end() if received else issued.end() if issued else end)
    names = ("received_from", "received_to") if is_received else ("date_from", "date_to")
    conditions = {name: day for name, day in zip(names, (low, high), strict=True) if day is not None}
    return reading.take(end, Part.RECEIVED if is_received else Part.DATE, **conditions)


def _open_ended(text: str, said: Said) -> tuple[date | None, date | None, int]:
    since, before = SINCE.match(text, said.end), BEFORE.match(text, said.end)
    if since is not None:
        strict = since[0] in {"より後", "より新しい", "後"}
        return (_next_day(said.last) if strict else said.first), None, since.end()
    if before is not None:
        strict = before[0] in {"より前", "より古い", "前"}
        return None, (_day_before(said.first) if strict else said.last), before.end()
    return said.first, said.last, said.end


def _next_day(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))


def _day_before(day: date) -> date:
    return date.fromordinal(max(day.toordinal() - 1, 1))


def _party(reading: _Reading) -> bool:
    text = reading.folded.text
    said = PARTY_SAID.match(text, reading.at)
    if said is not None and (said["is"] or reading.known_party(said["name"])):
        return reading.take(_past_no(text, said.end()), Part.COUNTERPARTY, counterparty=said["name"])
    match = PARTY.match(text, reading.at)
    if match is not None:
        name = match["whole"] or match["polite"] or match["sender"]
        if not (match["sender"] and NOISE.fullmatch(name)):
            return reading.take(match.end(), Part.COUNTERPARTY, counterparty=name)
    return _known(reading)


def _known(reading: _Reading) -> bool:
    """The longest beginning, up to a particle or to another condition, that is in the name of somebody."""
    match = WORD.match(reading.folded.text, reading.at)
    if match is None or "counterparty" in reading.taken:
        return False
    run = match[0][:40]
    ends = {n for n in range(2, len(run) + 1) if n == len(run) or run[n] in PARTICLE}
    ends |= {found.start() for pattern, _ in TYPES for found in re.compile(pattern).finditer(run) if found.start() > 1}
    for length in sorted(ends, reverse=True):
        if not NOISE.fullmatch(run[:length]) and reading.known_party(run[:length]):
            end = _past_no(reading.folded.text, reading.at + length)
            return reading.take(end, Part.COUNTERPARTY, counterparty=run[:length])
    return False


def _noise(reading: _Reading) -> bool:
    match = NOISE.match(reading.folded.text, reading.at)
    if match is None or len(match[0]) == len(reading.folded.text.strip()):
        return False  # one who types nothing else looks for it
    reading.at = match.end()
    return True


def _word(reading: _Reading) -> None:
    """Up to the next particle before something else, or the next space."""
    text, start = reading.folded.text, reading.at
    match = WORD.match(text, start)
    end = match.end() if match else start + 1
    probe = _elsewhere(reading, start)
    for here in range(start + 1, end):
        if text[here] in PARTICLE and _splits(text, here):
            end = here
            break
        probe.at = here
        if text[here] != text[here - 1] and _begins_condition(probe):
            end = here
            break
    word = reading.folded.raw(start, end).strip()
    if word:
        reading.words.append(word)
        reading.take(end, Part.WORD)
    else:
        reading.at = end


def _elsewhere(reading: _Reading, at: int) -> _Reading:
    """The same sentence looked at from another place, without a trace."""
    return replace(reading, at=at, taken={}, types=[], states=[], origins=[], words=[], pieces=[])


def _begins_condition(probe: _Reading) -> bool:
    return any(rule(probe) for rule in (_kind, _state, _blank))


def _splits(text: str, at: int) -> bool:
    """A particle stands between kanji, katakana or figures, not inside a word of hiragana."""
    before, after = text[at - 1], text[at + 1 : at + 2]
    return not ("ぁ" <= before <= "ん") and (not after or after.isspace() or not ("ぁ" <= after <= "ん"))


_RULES: tuple[Callable[[_Reading], bool], ...] = (
    _quoted,
    _other_kinds,
    _unsupported,
    _deleted,
    _blank,
    _order,
    _amount,
    _period,
    _origin,
    _state,
    _kind,
    _party,
    _noise,
)
"""Asked in this order at every place; what none takes is a word."""
