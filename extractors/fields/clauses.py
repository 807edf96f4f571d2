"""Clauses of contracts: term, renewal, court, consideration, stamp duty; and the running text they are read from."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from domain.amounts import find_amounts
from domain.dates import find_dates
from domain.fields import CalendarDate, Field, Flag, Money, Text
from domain.folding import fold
from domain.kanji_numbers import NUMERAL_CHARACTERS, parse_kanji_number
from extractors.fields.evidence import found
from extractors.fields.labelled import Locale
from extractors.fields.layout import Layout, Segment, Span

_FULL_ROW = 0.8
"""A row of running text reaches at least this share of the right margin."""
_TERM = re.compile(
    rf"(?P<n>\d{{1,2}}|[{NUMERAL_CHARACTERS}]{{1,3}})\s*(?:[かヶケカ箇]\s*)?(?P<u>年|月|ヶ月|か月|カ月)\s*間?"
)
_RENEW = re.compile(
    r"自動(?:的に)?(?:\d{1,2}|[一二三四五六七八九十]{1,2})?(?:か|ヶ|カ|箇)?(?:年|月)?間?(?:ずつ|毎に)?(?:更新|延長|継続)|同一(?:の)?条件(?:で|にて|により).{0,24}(?:更新"
    r"|延長|継続)|更に.{0,16}(?:更新|延長|継続)|さらに.{0,16}(?:更新|延長|継続)"
    r"|automatic(?:ally)?\s+(?:renew|extend)|renew(?:s|ed)?\s+automatically",
    re.IGNORECASE,
)
_NO_RENEW = re.compile(
    r"(?:自動(?:的に)?)?更新(?:は)?(?:しない|されない|しないものとする|を行わない)"
    r"|not\s+(?:be\s+)?(?:automatically\s+)?renew",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    rf"(?:期間)?満了(?:の)?(?:日)?の?\s*(?P<n>(?:\d{{1,2}}|[{NUMERAL_CHARACTERS}]{{1,3}})\s*(?:[かヶケカ箇]?月"
    r"|日|年|週間))\s*前(?:まで)?"
)
_COURT = re.compile(r"(?:[^\s、。を,「」()のは]{1,12}(?:地方|簡易|家庭|高等)裁判所(?:[^\s、。を,「」はの]{0,8}支部)?)")
_STAMP = re.compile(r"収入印紙|印紙(?:税|代)?|stamp duty", re.IGNORECASE)
_CONSIDERATION = re.compile(
    r"代金|報酬|対価|[\u4e00-\u9fff]料(?:として|は)|委託料|請負(?:代金|金額)?|契約金額|対価|賃料|売買代金|業務委託料"
    r"|利用料|料金|月額|委託金額|総額|consideration|fee",
    re.IGNORECASE,
)
_NOT_CONSIDERATION = re.compile(
    r"敷金|保証金|違約|損害|遅延|手数料|上限|消費税|印紙|共益費|手付|内金|残金|penalt", re.IGNORECASE
)
_FROM_SIGNING = re.compile(
    r"(?:本契約(?:書)?(?:の)?)?(?:締結(?:の)?日|契約日|契約締結日|本日|効力発生日)(?:から|より|を始期)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The whole text as one string without line breaks, with the way back to the segments."""

    text: str
    places: tuple[tuple[int, Segment], ...]

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """Places of a range of ``text``, one per segment that it touches."""
        out = []
        for at, segment in self.places:
            stop = at + len(segment.text)
            if at < end and start < stop:
                out.append(segment.span(max(start - at, 0), max(min(end, stop) - at, 1)))
        return tuple(out)


def flow_text(layout: Layout) -> Flow:
    """The pages as running text: a line break only where a paragraph ends."""
    text = ""
    places: list[tuple[int, Segment]] = []
    right = max((s.box.right for s in layout.segments), default=0)
    for row in layout.rows:
        for segment in row:
            if text and (text[-1].isascii() and segment.text[:1].isascii()):
                text += " "
            places.append((len(text), segment))
            text += segment.text
        # A row that does not reach the right margin ends a paragraph: headings and names in signature blocks must
        # not run into what follows.
        if row and (row[-1].box.right < _FULL_ROW * right or row[-1].height > 1.3 * layout.body_height):
            text += "\n"
    return Flow(text=text, places=tuple(places))


def read_term(flow: Flow, locale: Locale, near: date, signed: Field | None) -> tuple[Field | None, Field | None]:
    """First and last day: printed, or N years from a printed first day (the last day of the N years)."""
    plain = flow.text.replace("\n", " ")
    days = find_dates(plain, order=locale.order, near=near)
    start: tuple[date, tuple[Span, ...]] | None = None
    end: tuple[date, tuple[Span, ...]] | None = None
    for day in days:
        after, before = plain[day.end : day.end + 6], plain[max(0, day.start - 12) : day.start]
        spans = flow.spans(day.start, day.end)
        if start is None and re.match(r"\s*(?:\([^)]{1,4}\)\s*)?(?:から|より|を始期|に効力|以降|~|〜|-)", after):
            start = (day.day, spans)
        elif (
            end is None and re.match(r"\s*(?:\([^)]{1,4}\)\s*)?(?:まで|迄|を(?:もって|終期|期限)|に終了|限り)", after)
        ) or (end is None and start is not None and re.search(r"(?:から|より|至|~|〜|-)\s*(?:、)?\s*$", before)):
            end = (day.day, spans)
        elif start is None and re.search(
            r"自\s*$|(?:開始日|始期)\s*[:：]?\s*$|effective (?:date|as of)\s*[:：]?\s*$", before, re.IGNORECASE
        ):
            start = (day.day, spans)
        elif end is None and re.search(r"至\s*$|(?:終了日|満了日|終期)\s*[:：]?\s*$", before):
            end = (day.day, spans)
    if start is None and signed is not None and isinstance(signed.value, CalendarDate):
        match = _FROM_SIGNING.search(plain)
        if match and re.search(r"期間", plain[max(0, match.start() - 60) : match.end() + 60]):
            start = (signed.value.day, flow.spans(match.start(), match.end()))
    if start is not None and end is None:
        end = _counted_end(plain, flow, start[0])
    return (_day_field("effective_from", start), _day_field("effective_to", end))


def _counted_end(plain: str, flow: Flow, start: date) -> tuple[date, tuple[Span, ...]] | None:
    anchor = re.search(r"(?:有効期間|契約期間|委託期間|賃貸借期間|期間)(?:は|を|とし|:|：)", plain)
    if anchor is None:
        return None
    window = plain[anchor.start() : anchor.start() + 140]
    for day in reversed(find_dates(window)):
        window = window[: day.start] + "　" * (day.end - day.start) + window[day.end :]
    for match in _TERM.finditer(window):
        tail = window[match.end() : match.end() + 2]
        if tail.startswith(("前", "ごと", "毎")) or (
            not match[0].endswith("間") and not re.match(r"とする|と|。", tail)
        ):
            continue
        number = int(match["n"]) if match["n"].isdecimal() else parse_kanji_number(match["n"])
        months = number * (12 if match["u"] == "年" else 1)
        spans = flow.spans(anchor.start() + match.start(), anchor.start() + match.end())
        return _plus_months(start, months) - timedelta(days=1), spans
    return None


def _plus_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    if day.day > last:  # from the 31st, N months end with the last day of a shorter month
        return date(year, month + 1, last) + timedelta(days=1)
    return date(year, month + 1, day.day)


def _day_field(name: str, reading: tuple[date, tuple[Span, ...]] | None) -> Field | None:
    if reading is None or not reading[1]:
        return None
    return found(name, CalendarDate(day=reading[0]), reading[1], confidence=0.9 * min(s.confidence for s in reading[1]))


def read_renewal(flow: Flow) -> list[Field]:
    """Whether the contract renews unless someone acts, and until when to object."""
    plain = flow.text.replace("\n", "")
    out: list[Field] = []
    denied, renewed = _NO_RENEW.search(plain), _RENEW.search(plain)
    match = denied or renewed
    # An agreement that is renewed only when both sides agree (合意により更新) does not renew by itself.
    if match is not None:
        agreed = re.search(r"合意(?:により|の上|のうえ)|協議", plain[max(0, match.start() - 40) : match.start()])
        silent = re.search(
            r"(?:申し?出|通知|異議|意思表示).{0,20}(?:ない|なき|なかった|されない|なされな)",
            plain[max(0, match.start() - 90) : match.start()],
        )
        value = denied is None and (agreed is None or silent is not None)
        spans = _flow_spans(flow, match.start(), match.end())
        if spans:
            out.append(found("auto_renewal", Flag(flag=value), spans, confidence=0.9))
        notice = _NOTICE.search(plain)
        if notice is not None and value:
            spans = _flow_spans(flow, notice.start("n"), notice.end("n"))
            if spans:
                out.append(
                    found("renewal_notice", Text(text=re.sub(r"\s", "", notice["n"]) + "前"), spans, confidence=0.85)
                )
    return out


def _flow_spans(flow: Flow, start: int, end: int) -> tuple[Span, ...]:
    """Places of a range counted without line breaks."""
    breaks = [i for i, c in enumerate(flow.text) if c == "\n"]
    shifted_start, shifted_end = start, end
    for position in breaks:
        if position <= shifted_start:
            shifted_start += 1
        if position < shifted_end:
            shifted_end += 1
    return flow.spans(shifted_start, shifted_end)


def read_court(flow: Flow) -> Field | None:
    """The court that the parties agreed on."""
    plain = flow.text.replace("\n", "")
    match = _COURT.search(plain)
    if match:
        name = re.sub(r"^(?:については|紛争は|訴訟は|には|に関し|当たっては|ついて|、)+", "", match[0])
        spans = _flow_spans(flow, match.end() - len(name), match.end())
        if spans and len(name) > 5:
            return found("jurisdiction", Text(text=name), spans, confidence=0.9 * min(s.confidence for s in spans))
    return None


def read_stamp(layout: Layout) -> Field | None:
    """The value of the revenue stamp that is printed or stuck on."""
    for segment in layout.segments:
        if not _STAMP.search(segment.text):
            continue
        for place in (segment, *layout.right_of(segment)[:1], *list(layout.below(segment, reach=2.0))[:1]):
            for amount in find_amounts(place.folded.original):
                if amount.marked or (_NUMBER_ALONE.match(place.text) and amount.value in _FACE_VALUES):
                    value = Money(amount=amount.value, currency="JPY")
                    return found(
                        "stamp_duty",
                        value,
                        place.raw_span(amount.start, amount.end),
                        confidence=(0.85 if amount.marked else 0.75) * place.confidence,
                    )
    return None


_NUMBER_ALONE = re.compile(r"^\s*\d[\d,]{1,6}\s*$")
_FACE_VALUES = frozenset(
    Decimal(value * power)
    for power, values in {100: (1, 2, 3, 4, 5, 6), 1_000: (1, 2, 3, 4, 5, 6, 8), 10_000: (1, 2, 3, 4, 5, 6, 10)}.items()
    for value in values
)
"""Yen that revenue stamps are printed with: such a figure needs no 円, over which the stamp is often cancelled."""


def read_amount(flow: Flow) -> Field | None:
    """The main consideration: the amount of a clause about price, not deposits, penalties or limits."""
    plain = fold(flow.text.replace("\n", " ")).text
    best: tuple[float, int, int, Money] | None = None
    for amount in find_amounts(plain):
        if not amount.marked or amount.value <= 0:
            continue
        before = plain[max(0, amount.start - 36) : amount.start]
        clause = re.split(r"[。\n]", before)[-1]
        if _NOT_CONSIDERATION.search(clause[-14:]) or re.search(
            r"(?:以上|以下|未満|超|収入印紙)", plain[amount.end : amount.end + 4]
        ):
            continue
        score = 0.0
        if _CONSIDERATION.search(clause):
            score = 0.8
        if re.search(r"金額|代金|総額|契約金額", clause[-12:]):
            score = max(score, 0.9)
        if amount.closed or re.search(r"金\s*$", before):
            score += 0.1
        if score >= 0.8 and (best is None or score > best[0]):
            code = amount.currency or "JPY"
            best = (score, amount.start, amount.end, Money(amount=amount.value, currency=code))
    if best is None:
        return None
    score, start, end, value = best
    spans = flow.spans(start, end)
    if not spans:
        return None
    return found("amount", value, spans, confidence=(0.92 if score >= 0.9 else 0.88) * min(s.confidence for s in spans))
