"""Days in the sentence of a search: of the transaction, of receipt, of payment."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.sentence_parts import Part, Reading, past_no
from domain.sentence_words import (
    ABOUT,
    ACTED,
    AND,
    AS_OF,
    BEFORE,
    DUE,
    DUE_AFTER,
    DUE_NEAR,
    DUE_PAST,
    FILED,
    ISSUED,
    PAID,
    RECEIVED,
    SINCE,
    TO,
    UNTIL,
)
from domain.spoken_periods import Said, Years, period_at

NEAR_DAYS = 14
"""What counts as near: two weeks are enough to order a stamp, ask a counterparty, scan again or pay."""
_HALF_YEAR = timedelta(days=183)
"""A day of payment without its year is the nearest such day, past or to come."""
_NAMES = {
    Part.DATE: ("date_from", "date_to"),
    Part.RECEIVED: ("received_from", "received_to"),
    Part.FILED: ("filed_from", "filed_to"),
    Part.DUE: ("due_from", "due_to"),
}
_BEGUN = re.compile(r"(?P<what>受領日が?|登録日が?|取込日が?|取引日が?|請求日が?|発行日が?|日付が)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A period with ends that may be open, and how far it reaches in the text."""

    low: date | None
    high: date | None
    end: int


def period(reading: Reading) -> bool:
    """先月, 10月1日から15日まで, 昨年度に届いた, 来週払いの."""
    text = reading.folded.text
    begun = _BEGUN.match(text, reading.at)
    start = begun.end() if begun else reading.at
    span, within = _span(reading, start, reading.years)
    if span is None:
        return False
    about = ABOUT.match(text, span.end)
    end = past_no(text, about.end() if about else span.end)
    if paid := PAID.match(text, end):
        return _paid(reading, span, past_no(text, paid.end()))
    if as_of := AS_OF.match(text, span.end):  # how things stood on a day is not kept
        return reading.leave_out(past_no(text, as_of.end()))
    if acted := ACTED.match(text, span.end):
        return reading.leave_out(acted.end())
    due, filed, received, issued = (pattern.match(text, end) for pattern in (DUE_AFTER, FILED, RECEIVED, ISSUED))
    is_received = received is not None or (begun is not None and (begun["what"] or "").startswith("受領"))
    is_filed = filed is not None or (begun is not None and (begun["what"] or "").startswith(("登録", "取込")))
    part = Part.DUE if due else Part.FILED if is_filed else Part.RECEIVED if is_received else Part.DATE
    said = due or filed or received or issued
    if due:
        span, within = _span(reading, start, replace(reading.years, ahead=_HALF_YEAR))[0] or span, False
        if span.low is None and due[0].rstrip("の").endswith(("う", "予定", "べき")):  # 来月末までに払う
            span = replace(span, low=reading.years.today)
    return _take(reading, span, past_no(text, said.end() if said else end), part, within=within)


def due(reading: Reading) -> bool:
    """支払期限が来週の, 支払期限を過ぎた, 支払期限が近い."""
    text, today = reading.folded.text, reading.years.today
    said = DUE.match(text, reading.at)
    if said is None:
        return False
    if past := DUE_PAST.match(text, said.end()):
        span = Span(low=None, high=today - timedelta(days=1), end=past.end())
    elif near := DUE_NEAR.match(text, said.end()):
        span = Span(low=today, high=today + timedelta(days=NEAR_DAYS), end=near.end())
    else:
        found, _ = _span(reading, said.end(), replace(reading.years, ahead=_HALF_YEAR))
        if found is None:
            return False
        past = DUE_PAST.match(text, found.end)
        span = replace(found, end=past.end()) if past else found
    return _take(reading, span, past_no(text, span.end), Part.DUE, within=False)


def _take(reading: Reading, span: Span, end: int, part: Part, *, within: bool) -> bool:
    names = _NAMES[part]
    if within:
        for name in names:
            reading.taken.pop(name, None)
    kept = reading.take(end, part, **{n: d for n, d in zip(names, (span.low, span.high), strict=True) if d is not None})
    if span.low is not None and span.high is not None and reading.pieces[-1].part is part:
        reading.period = Said(first=span.low, last=span.high, end=end)
    return kept


def _paid(reading: Reading, span: Span, end: int) -> bool:
    """What was paid when stands on receipts alone."""
    if re.search("領収|レシート", reading.folded.text):
        return _take(reading, span, end, Part.DATE, within=False)
    return reading.leave_out(end)


def _span(reading: Reading, start: int, years: Years) -> tuple[Span | None, bool]:
    """The period that begins here, and whether it narrows the one that was said before (昨年度の10月)."""
    text, near = reading.folded.text, reading.period
    first = period_at(text, start, years, near=near) if near is not None and not reading.follows("と", "や") else None
    within = first is not None and near is not None and near.first <= first.first and first.last <= near.last
    if not within:
        first = period_at(text, start, years)
    if first is None:
        return None, False
    to = TO.match(text, first.end)
    second = period_at(text, to.end(), years, near=first) if to else None
    if second is not None:
        until = UNTIL.match(text, second.end)
        end = until.end() if until else second.end
        return Span(low=min(first.first, second.first), high=max(first.last, second.last), end=end), within
    several = _listed(text, first, years)
    if several is not None:
        return several, within
    return _open_ended(text, first), within


def _listed(text: str, first: Said, years: Years) -> Span | None:
    """10月と11月: periods that follow upon one another make one; others stay apart."""
    whole, end = first, first.end
    while joint := AND.match(text, end):
        following = period_at(text, joint.end(), years, near=first)
        if following is None:
            break
        between = re.compile("の間").match(text, following.end)
        if between is None and following.first != whole.last + timedelta(days=1):
            break
        end = between.end() if between else following.end
        whole = Said(first=min(whole.first, following.first), last=max(whole.last, following.last), end=end)
    return Span(low=whole.first, high=whole.last, end=end) if end > first.end else None


def _open_ended(text: str, said: Said) -> Span:
    since, before = SINCE.match(text, said.end), BEFORE.match(text, said.end)
    if since is not None:
        strict = since[0] in {"より後", "より新しい", "後"}
        return Span(low=_next_day(said.last) if strict else said.first, high=None, end=since.end())
    if before is not None:
        strict = before[0] in {"より前", "より古い", "前"}
        return Span(low=None, high=_day_before(said.first) if strict else said.last, end=before.end())
    return Span(low=said.first, high=said.last, end=said.end)


def _next_day(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))


def _day_before(day: date) -> date:
    return date.fromordinal(max(day.toordinal() - 1, 1))
