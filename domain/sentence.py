"""A sentence in Japanese becomes conditions: 先月の青空商事の10万円以上の請求書.

Every part that is understood says what it became; what is not understood stays a word and is named as such, and what is
understood but cannot be searched for is left out and named, never guessed at. Nothing here reads anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain import sentence_days
from domain.fields import DocumentType
from domain.folding import fold
from domain.query import Query
from domain.record import DocumentState
from domain.sentence_parts import Part, Piece, Reading, past_no
from domain.sentence_words import (
    ANOTHER_PERIOD,
    BLANKS,
    COMPANY,
    DELETED,
    ISSUED_WAYS,
    NOISE,
    NOT_TOTAL,
    NUMBER_SAID,
    ORDERS,
    ORIGINS,
    OTHERS,
    PARTICLE,
    PARTY,
    PARTY_SAID,
    QUOTED,
    RECEIVED_WAYS,
    STATES,
    TWO_PARTIES,
    TYPES,
    UNSUPPORTED,
    US,
    WAYS,
    WHOSE,
    WHOSE_OURS,
    WITHOUT_TAX,
    WORD,
)
from domain.spoken_amounts import amount_at
from domain.spoken_periods import Years

__all__ = ["MAX_CHARACTERS", "Part", "Piece", "Understood", "understand"]

MAX_CHARACTERS = 200
"""Longest sentence that is looked at; the rest is left out and named."""
_NAMED = 12
"""Characters of what was cut off by which it is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a sentence became."""

    query: Query
    pieces: tuple[Piece, ...]
    """In the order of the sentence."""


def understand(
    sentence: str,
    *,
    today: date,
    fiscal_end: Callable[[date], date],
    known_party: Callable[[str], bool] = lambda _: False,
    is_us: Callable[[str], bool] = lambda _: False,
    departments: tuple[str, ...] = (),
) -> Understood:
    """The conditions of a sentence.

    Args:
        sentence: what a person typed; more than ``MAX_CHARACTERS`` are not looked at.
        today: in Tokyo; what 先月 hangs on.
        fiscal_end: last day of the fiscal year that a day lies in; what 昨年度 hangs on.
        known_party: whether some counterparty that the person may see has this in its name.
        is_us: whether this is the name of the company itself, which is the counterparty of nothing.
        departments: names of the company's departments, by which nothing can be searched for.
    """
    folded = fold(sentence[:MAX_CHARACTERS])
    reading = Reading(
        folded=folded,
        years=Years(today=today, fiscal_end=fiscal_end),
        known_party=known_party,
        is_us=is_us,
        departments=tuple(sorted((fold(name).text for name in departments if name.strip()), key=len, reverse=True)),
    )
    while reading.at < len(folded.text):
        _step(reading)
    query = Query(
        **reading.taken,
        document_types=tuple(dict.fromkeys(reading.types)),
        states=tuple(dict.fromkeys(reading.states)),
        origins=tuple(dict.fromkeys(reading.origins)) or reading.way,
        words=tuple(dict.fromkeys(reading.words)),
    )
    cut = sentence[MAX_CHARACTERS:].strip()
    rest = (Piece(text=f"{cut[:_NAMED]}…", part=Part.UNSUPPORTED),) if cut else ()
    return Understood(query=query, pieces=(*reading.pieces, *rest))


def _step(reading: Reading) -> None:
    text, at = reading.folded.text, reading.at
    if text[at].isspace() or text[at] in "、。,!?・:;":
        reading.at += 1
        return
    if not any(rule(reading) for rule in _RULES):
        _word(reading)


def _quoted(reading: Reading) -> bool:
    match = QUOTED.match(reading.folded.text, reading.at)
    if match is None:
        return False
    return reading.look_for(match.end(), Part.QUOTED, *match["words"].split())


def _other_kinds(reading: Reading) -> bool:
    """請求書以外, 請求書と領収書以外: every other class."""
    probe, named = _elsewhere(reading, reading.at), set()
    while found := _first(TYPES, probe):
        named.add(found[1])
        others = OTHERS.match(probe.folded.text, found[0])
        if others is not None:
            reading.types.extend(kind for kind in DocumentType if kind not in named)
            return reading.take(others.end(), Part.TYPE)
        joint = re.compile("[とや・、]").match(probe.folded.text, found[0])
        if joint is None:
            return False
        probe.at = joint.end()
    return False


def _unsupported(reading: Reading) -> bool:
    match = UNSUPPORTED.match(reading.folded.text, reading.at)
    return match is not None and reading.take(match.end(), Part.UNSUPPORTED)


def _department(reading: Reading) -> bool:
    """経理部の: whose paper it is can be seen and not searched for."""
    name = next((one for one in reading.departments if reading.folded.text.startswith(one, reading.at)), None)
    return name is not None and reading.leave_out(past_no(reading.folded.text, reading.at + len(name)))


def _us(reading: Reading) -> bool:
    """自社で発行した, 当社宛の, and the company by its name."""
    text = reading.folded.text
    match = US.match(text, reading.at)
    if match is None:
        run, party = WORD.match(text, reading.at), PARTY.match(text, reading.at)
        names = [one for one in (party.groupdict().values() if party else ()) if one]
        names += [run[0][:40].partition("の")[0]] if run else []
        own = next((one for one in names if reading.is_us(one) and text.startswith(one, reading.at)), None)
        match = WHOSE_OURS.match(text, reading.at + len(own)) if own is not None else None
    if match is None:
        return False
    reading.way = RECEIVED_WAYS if match["to"] else ISSUED_WAYS
    return reading.take(match.end(), Part.ORIGIN)


def _number_said(reading: Reading) -> bool:
    match = NUMBER_SAID.match(reading.folded.text, reading.at)
    if match is None:
        return False
    reading.at = match.end()
    return True


def _deleted(reading: Reading) -> bool:
    match = DELETED.match(reading.folded.text, reading.at)
    return match is not None and reading.take(match.end(), Part.STATE, include_deleted=True)


def _first(table: tuple[tuple[str, Any], ...], reading: Reading) -> tuple[int, Any] | None:
    for pattern, value in table:
        match = re.compile(pattern).match(reading.folded.text, reading.at)
        if match is not None and match.end() > reading.at:
            return match.end(), value
    return None


def _blank(reading: Reading) -> bool:
    found = _first(BLANKS, reading)
    return found is not None and reading.take(found[0], Part.BLANK, **{found[1]: True})


def _order(reading: Reading) -> bool:
    found = _first(ORDERS, reading)
    return found is not None and reading.take(found[0], Part.ORDER, order=found[1])


def _origin(reading: Reading) -> bool:
    found = _first(ORIGINS, reading)
    if found is None:
        return False
    reading.origins.append(found[1])
    return reading.take(found[0], Part.ORIGIN)


def _state(reading: Reading) -> bool:
    found = _first(STATES, reading)
    if found is None:
        return False
    others = OTHERS.match(reading.folded.text, found[0])
    open_states = (DocumentState.NEEDS_REVIEW, DocumentState.FILED, DocumentState.APPROVED)
    reading.states.extend(one for one in open_states if one not in found[1]) if others else reading.states.extend(
        found[1]
    )
    return reading.take(others.end() if others else found[0], Part.STATE)


def _kind(reading: Reading) -> bool:
    found = _first(TYPES, reading)
    if found is None:
        return False
    reading.types.append(found[1])
    return reading.take(found[0], Part.TYPE)


def _other_amount(reading: Reading) -> bool:
    """税抜10万円以上, 消費税が1万円以上: printed on the paper, and not what is searched for."""
    text = reading.folded.text
    begun = NOT_TOTAL.match(text, reading.at)
    said = amount_at(text, begun.end() if begun else reading.at)
    if said is None:
        return False
    without = WITHOUT_TAX.match(text, said.end)
    if begun is None and without is None:
        return False
    return reading.leave_out(past_no(text, without.end() if without else said.end))


def _another_period(reading: Reading) -> bool:
    match = ANOTHER_PERIOD.match(reading.folded.text, reading.at)
    return match is not None and reading.leave_out(match.end())


def _way(reading: Reading) -> bool:
    """届いた請求書, 発行した請求書."""
    for pattern, origins in WAYS:
        match = pattern.match(reading.folded.text, reading.at)
        if match is not None:
            reading.way = reading.way or origins
            return reading.take(match.end(), Part.ORIGIN)
    return False


def _amount(reading: Reading) -> bool:
    said = amount_at(reading.folded.text, reading.at)
    if said is None:
        return False
    bounds = {name: value for name, value in (("amount_min", said.low), ("amount_max", said.high)) if value is not None}
    return reading.take(past_no(reading.folded.text, said.end), Part.AMOUNT, **bounds)


def _party(reading: Reading) -> bool:
    text = reading.folded.text
    said = PARTY_SAID.match(text, reading.at)
    if said is not None and (said["is"] or reading.known_party(said["name"])):
        return reading.take(past_no(text, said.end()), Part.COUNTERPARTY, counterparty=said["name"])
    match = PARTY.match(text, reading.at)
    if match is not None:
        name = match["whole"] or match["polite"] or match["sender"]
        two = TWO_PARTIES.match(name)
        if two is not None and (COMPANY.search(two["first"]) or reading.known_party(two["first"])):
            reading.take(reading.at + len(two["first"]), Part.COUNTERPARTY, counterparty=two["first"])
            reading.at += 1  # what joins them
            return True
        if not (match["sender"] and NOISE.fullmatch(name)):
            groups = match.groupdict()
            if any(groups[f"{n}_from"] for n in "wps"):
                reading.way = RECEIVED_WAYS
            elif any(groups[f"{n}_to"] for n in "wps"):
                reading.way = ISSUED_WAYS
            return reading.take(match.end(), Part.COUNTERPARTY, counterparty=name)
    return _known(reading)


def _known(reading: Reading) -> bool:
    """The longest beginning, up to a particle or to another condition, that is in the name of somebody."""
    match = WORD.match(reading.folded.text, reading.at)
    another = "counterparty" in reading.taken
    if match is None or (another and not reading.follows(*_JOINTS)):
        return False
    run = match[0][:40]
    ends = {n for n in range(2, len(run) + 1) if n == len(run) or run[n] in PARTICLE}
    ends |= {found.start() for pattern, _ in TYPES for found in re.compile(pattern).finditer(run) if found.start() > 1}
    for length in sorted(ends, reverse=True):
        if not NOISE.fullmatch(run[:length]) and reading.known_party(run[:length]):
            end = _whose(reading, reading.at + length)
            return reading.take(end, Part.COUNTERPARTY, counterparty=run[:length])
    return False


def _whose(reading: Reading, end: int) -> int:
    """Behind what ties a name to the paper, which may tell who made it."""
    match = WHOSE.match(reading.folded.text, end)
    if match is None:
        return past_no(reading.folded.text, end)
    reading.way = RECEIVED_WAYS if match["k_from"] else ISSUED_WAYS if match["k_to"] else reading.way
    return match.end()


def _noise(reading: Reading) -> bool:
    match = NOISE.match(reading.folded.text, reading.at)
    if match is None or len(match[0]) == len(reading.folded.text.strip()):
        return False  # one who types nothing else looks for it
    reading.at = match.end()
    return True


def _word(reading: Reading) -> None:
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
        reading.look_for(end, Part.WORD, word)
    else:
        reading.at = end


def _elsewhere(reading: Reading, at: int) -> Reading:
    """The same sentence looked at from another place, without a trace."""
    return replace(reading, at=at, taken={}, types=[], states=[], origins=[], words=[], pieces=[])


def _begins_condition(probe: Reading) -> bool:
    return any(rule(probe) for rule in (_kind, _state, _blank))


def _splits(text: str, at: int) -> bool:
    """A particle stands between kanji, katakana or figures, not inside a word of hiragana."""
    before, after = text[at - 1], text[at + 1 : at + 2]
    return not ("ぁ" <= before <= "ん") and (not after or after.isspace() or not ("ぁ" <= after <= "ん"))


_JOINTS = ("と", "や", "か", "・", "、", "および", "及び", "または", "又は")
"""Between two that are both meant; a query names one counterparty, so the second is left out."""
_RULES: tuple[Callable[[Reading], bool], ...] = (
    _quoted,
    _other_kinds,
    _deleted,
    _state,
    _department,
    sentence_days.due,
    _unsupported,
    _other_amount,
    _blank,
    _order,
    _amount,
    sentence_days.period,
    _another_period,
    _way,
    _origin,
    _us,
    _number_said,
    _kind,
    _party,
    _noise,
)
"""Asked in this order at every place; what none takes is a word."""
