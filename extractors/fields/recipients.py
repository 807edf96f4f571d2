"""To whom a document is addressed: honorifics, labels, the sender's line of a window envelope, our own name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.companies import NO_RECIPIENT, company_key, has_company_form, same_company, strip_honorific
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.names import LOST_FORM, MAX_NAME, RECIPIENT_END, TITLE, can_be_name, clean_name, is_department
from extractors.fields.wrapped import whole_name

_NOISE_BEHIND = re.compile(r"^(?P<name>[^、。]{0,20}(?:会社|法人|組合)[^、。]{0,20}?)\s*御\s*中\s*\S.{0,7}$")
"""What shows through the paper behind 御中."""
_NOT_RECIPIENT = re.compile(r"(?:お客|皆|各位|奥|神|仕|模|多|同|有り)様$|お得意様$|様式")
_RECIPIENT_LABEL = re.compile(
    r"^(?:お?宛名|お?宛先|宛|(?:ご|御|お)?(?:請求|納品|届け|発注|注文|見積|送付|送り|支払|取引|納入)先名?|お客様名"
    r"|(?i:bill(?:ed)?\s?to|ship\s?to|sold\s?to|to|messrs\.?)(?=[\s:：]|[^\x00-\x7f])|(?:御|お)?得意先名?"
    r"|貴社名|ご?契約者名?|ご?利用者名?|お名前|ご?氏名)\s*[:：]?\s*"
)
_FOREIGN_RECIPIENT = re.compile(
    r"(?i)^(?:bill(?:ed)?\s?to|sold\s?to|invoice\s?to|ship\s?to|customer(?:\s?name)?"
    r"|attn\.?|guest\s?name|billing\s?address|factuuradres|rechnungsempfänger|käufer(?:/leistungsempfänger)?"
    r"|to)\s*[:.]?\s*"
)
BANK = re.compile(r"銀行|信用金庫|口座|名義|振込|bank|iban|bic|swift|a/c")
"""Words about accounts: a name beside them is a holder's or a bank's."""
HEAD = 0.4
"""Upper part of a page (or of a receipt) in which parties are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyReading:
    """A name that was read."""

    name: str
    span: Span
    segment: Segment
    score: float
    """What speaks for it; above 1 is strong."""
    rivals: tuple[str, ...] = ()
    """Other names with a score close by."""

    @property
    def altered(self) -> bool:
        """The name is not quite what was read: the brackets of its legal form were put back."""
        return bool(LOST_FORM.search(self.span.raw.strip()))


def find_recipient(layout: Layout) -> PartyReading | None:
    """The party with 御中, 様 or 殿 (companies before people), or behind "Bill to"; None where nobody is named."""
    readings = [r for s in layout.segments if (r := _recipient_at(layout, s)) is not None]
    readings = readings or [r for s in layout.segments if (r := _labelled_recipient(layout, s)) is not None]
    sender = sender_line(layout) if not readings else None
    if sender is not None and sender[1] is not None:
        below = sender[1]
        return PartyReading(name=clean_name(below.text), span=below.span(), segment=below, score=0.6)
    if not readings:
        return None
    best = max(readings, key=lambda r: r.score)
    return best if best.name and company_key(best.name) and best.name not in NO_RECIPIENT else None


def _recipient_at(layout: Layout, segment: Segment) -> PartyReading | None:
    noisy = _NOISE_BEHIND.match(segment.text)
    if noisy is not None:
        name = clean_name(_RECIPIENT_LABEL.sub("", noisy["name"]))
        return PartyReading(name=name, span=segment.span(0, noisy.end("name")), segment=segment, score=1.2)
    if (
        RECIPIENT_END.search(segment.text)
        and len(segment.compact) <= MAX_NAME
        and not _NOT_RECIPIENT.search(segment.compact)
    ):
        start = m.end() if (m := _RECIPIENT_LABEL.match(segment.text)) else 0
        name, honorific = strip_honorific(segment.text[start:])
        _, y = layout.relative(segment)
        score = (1.0 if honorific == "御中" else 0.6) + (0.5 if has_company_form(name) else 0.0) - 0.6 * y
        if not name:
            return _set_off(layout, segment, score)
        if not has_company_form(name) and whole_name(layout, segment, name, segment.span()).name == name:
            above = _company_above(layout, segment)
            if above is not None:
                return PartyReading(
                    name=strip_honorific(above.text)[0], span=above.span(), segment=above, score=score + 0.5
                )
        end = start + len(segment.text[start:].rstrip()) - (len(honorific) if honorific else 0)
        whole = whole_name(layout, segment, clean_name(name), segment.span(start, max(end, start + 1)))
        return PartyReading(name=whole.name, span=whole.span, segment=segment, score=score)
    match = _FOREIGN_RECIPIENT.match(segment.text)
    if match and (match.end() < len(segment.text) or match[0].strip().casefold() not in {"to", "customer"}):
        rest = segment.text[match.end() :].strip()
        if (
            rest
            and len(rest) <= MAX_NAME
            and re.search(r"[^\W\d_]{2}", rest)
            and segment.text[: match.end()].rstrip().endswith(":")
        ):
            return PartyReading(name=rest, span=segment.span(match.end()), segment=segment, score=0.4)
        if not rest:
            for other in layout.below(segment, reach=2.0):
                if re.search(r"[^\W\d_]{2}", other.text) and not TITLE.search(other.compact):
                    return PartyReading(name=other.text, span=other.span(), segment=other, score=0.35)
                break
    return None


def _set_off(layout: Layout, segment: Segment, score: float) -> PartyReading:
    """Whose honorific it is that stands by itself: the name beside it or above it."""
    for other in (
        *layout.left_of(segment)[:1],
        *list(layout.above(segment.box, row=segment.row, page_index=segment.page_index))[:1],
    ):
        text = _RECIPIENT_LABEL.sub("", other.text).strip()
        if text and can_be_name(text, other):
            return PartyReading(name=text, span=other.span(), segment=other, score=score)
    company = _company_before(layout, segment)
    if company is None:
        return PartyReading(name="", span=segment.span(), segment=segment, score=score - 1)
    whole = whole_name(layout, company, clean_name(company.text), company.span())
    return PartyReading(name=whole.name, span=whole.span, segment=company, score=score + 0.5)


def _labelled_recipient(layout: Layout, segment: Segment) -> PartyReading | None:
    """A name without an honorific, in the cell beside or under a label that says to whom."""
    alone = _RECIPIENT_LABEL.match(segment.text)
    if alone is None or alone.end() < len(segment.text.rstrip()):
        return None
    for other in (*layout.right_of(segment)[:1], *list(layout.below(segment, reach=2.0))[:1]):
        whole = whole_name(layout, other, clean_name(other.text), other.span())
        if can_be_name(whole.name, other) and has_company_form(whole.name):
            return PartyReading(name=whole.name, span=whole.span, segment=other, score=0.5)
    return None


def find_ours(layout: Layout, our_companies: tuple[str, ...]) -> PartyReading | None:
    """Our own name on a document where no honorific marks it; None where we are not named, or not known."""
    for segment in layout.segments:
        if len(segment.compact) > MAX_NAME or BANK.search(segment.text):
            continue
        whole = whole_name(layout, segment, clean_name(_RECIPIENT_LABEL.sub("", segment.text)), segment.span())
        if any(same_company(whole.name, own) for own in our_companies):
            return PartyReading(name=whole.name, span=whole.span, segment=segment, score=0.45)
    return None


def _company_above(layout: Layout, segment: Segment) -> Segment | None:
    for other in layout.above(segment.box, row=segment.row, page_index=segment.page_index, reach=3.5):
        if has_company_form(other.text) and len(other.compact) <= MAX_NAME and not BANK.search(other.text):
            return other
    return None


_BEFORE_ROWS, _BEFORE_HEIGHTS, _BEFORE_REACH = 3, 3.5, 12.0
"""Rows, and heights of an honorific up and to the left, within which the name stands that it is set off from."""


def _company_before(layout: Layout, segment: Segment) -> Segment | None:
    """The company whose honorific stands by itself, below it and to the right: nothing but its departments between."""
    for index in range(segment.row - 1, max(segment.row - 1 - _BEFORE_ROWS, -1), -1):
        before = [s for s in layout.rows[index] if s.page_index == segment.page_index]
        for other in (s for s in before if s.box.right <= segment.box.right):
            far = (
                segment.box.top - other.box.bottom > _BEFORE_HEIGHTS * segment.height
                or segment.box.left - other.box.right > _BEFORE_REACH * segment.height
            )
            if not far and has_company_form(other.text) and can_be_name(other.text, other):
                return None if BANK.search(other.text) else other
            if not is_department(other.text):
                return None
    return None


_SENDER = re.compile(r"^(?P<name>.{3,40}?)\s*(?:[-–·•|*]|,\s)\s.*\d{4,5}\s+[A-ZÄÖÜ]")


def sender_line(layout: Layout) -> tuple[PartyReading, Segment | None] | None:
    """The small line of a window envelope: sender and address in one row, the recipient right below."""
    for segment in layout.segments:
        match = _SENDER.match(segment.text)
        if match and has_company_form(match["name"]) and layout.relative(segment)[1] < HEAD:
            below = next((s for s in layout.below(segment, reach=3.0) if can_be_name(s.text, s)), None)
            span = segment.span(match.start("name"), match.end("name"))
            return PartyReading(name=clean_name(match["name"]), span=span, segment=segment, score=1.5), below
    return None
