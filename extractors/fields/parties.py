"""Who issued a document and to whom: honorifics, legal forms, addresses, numbers and places on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from domain.companies import NO_RECIPIENT, company_key, has_company_form, same_company, strip_honorific
from domain.engines import Language
from domain.geometry import union
from domain.registration import find_registration_numbers
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.names import (
    ADDRESS,
    BODY,
    LOST_FORM,
    MAX_NAME,
    PHONE,
    RECIPIENT_END,
    TITLE,
    can_be_name,
    clean_name,
    is_contact,
    is_department,
    only_form,
)
from extractors.fields.wrapped import whole_name

_NOISE_BEHIND = re.compile(r"^(?P<name>[^、。]{0,20}(?:会社|法人|組合)[^、。]{0,20}?)\s*御\s*中\s*\S.{0,7}$")
"""What shows through the paper behind 御中."""
_NOT_RECIPIENT = re.compile(r"(?:お客|皆|各位|奥|神|仕|模|多|同|有り)様$|お得意様$|様式")
_RECIPIENT_LABEL = re.compile(
    r"^(?:お?宛名|お?宛先|宛|(?:ご|御|お)?(?:請求|納品|届け|発注|注文|見積|送付|送り|支払|取引|納入)先名?|お客様名"
    r"|(?i:bill(?:ed)?\s?to|ship\s?to|sold\s?to|to|messrs\.?)(?=[\s:：])|(?:御|お)?得意先名?|貴社名|ご?契約者名?|ご?利用者名?|お名前|ご?氏名)\s*[:：]?\s*"
)
_FOREIGN_RECIPIENT = re.compile(
    r"(?i)^(?:bill(?:ed)?\s?to|sold\s?to|invoice\s?to|ship\s?to|customer(?:\s?name)?"
    r"|attn\.?|guest\s?name|billing\s?address|factuuradres|rechnungsempfänger|käufer(?:/leistungsempfänger)?"
    r"|to)\s*[:.]?\s*"
)
_ISSUER_LABEL = re.compile(
    r"(?i)^(?:発行者|発行元|請求元|請求者|販売元|販売者|販売店|店舗名?|店名|会社名"
    r"|社名|事業者(?:名|の氏名又は名称)?|運営会社|運営|受領者|sold\s?by|seller|vendor"
    r"|supplier|from|verkäufer|lieferant|company|merchant)\s*[:：]\s*"
)
_BANK = re.compile(r"銀行|信用金庫|口座|名義|振込|bank|iban|bic|swift|a/c")
_LABEL_BEFORE = re.compile(
    r"納品先|届け先|送付先|得意先|お客様|支払先|配送|件名|摘要|品名|工事名|案件|備考|登録情報|振込|口座|名義|注文者"
)
_UNSURE = 0.9
"""A score that sends the name to a person."""
_HEAD = 0.4
"""Upper part of a receipt in which its shop is named."""
_BRANCH = re.compile(r"(?:店|支店|営業所|センター|本店|outlet|branch)\)?$", re.IGNORECASE)


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
    sender = _sender_line(layout) if not readings else None
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
            for other in (
                *layout.left_of(segment)[:1],
                *list(layout.above(segment.box, row=segment.row, page_index=segment.page_index))[:1],
            ):
                text = _RECIPIENT_LABEL.sub("", other.text).strip()
                if text and can_be_name(text, other):
                    return PartyReading(name=text, span=other.span(), segment=other, score=score)
            return PartyReading(name="", span=segment.span(), segment=segment, score=score - 1)
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


def _company_above(layout: Layout, segment: Segment) -> Segment | None:
    for other in layout.above(segment.box, row=segment.row, page_index=segment.page_index, reach=3.5):
        if has_company_form(other.text) and len(other.compact) <= MAX_NAME and not _BANK.search(other.text):
            return other
    return None


def find_issuer(
    layout: Layout, *, recipient: PartyReading | None, receipt: bool, japanese: bool, language: Language | None
) -> PartyReading | None:
    """The party that made the document: a receipt's shop on top, else the company beside its address and number."""
    if receipt:
        shop = _shop_on_top(layout, recipient, japanese=japanese)
        if shop is not None:
            return shop
    sender = None if japanese else _sender_line(layout)
    if sender is not None:
        return sender[0]
    scored = [
        reading
        for segment in layout.segments
        if not _is_recipient(segment, recipient)
        and (reading := _issuer_at(layout, segment, receipt=receipt, japanese=japanese)) is not None
        and not (recipient is not None and same_company(reading.name, recipient.name))
    ]
    if not scored:
        return _from_language(layout, language) if language is not None and japanese else None
    scored.sort(key=lambda r: -r.score)
    best = scored[0]
    rivals = tuple(r.name for r in scored[1:] if r.score > best.score - 0.25 and not _related(best.name, r.name))
    # A foreign slip names its shop on top; a company found elsewhere on it may be anybody.
    score = min(best.score, _UNSURE) if receipt and not japanese else best.score
    return replace(best, rivals=rivals, score=score)


def _is_recipient(segment: Segment, recipient: PartyReading | None) -> bool:
    return recipient is not None and (
        segment is recipient.segment or company_key(segment.text) == company_key(recipient.name)
    )


def _shop_on_top(layout: Layout, recipient: PartyReading | None, *, japanese: bool) -> PartyReading | None:
    """The name in the head of a receipt: above the first address, telephone, number, date or price."""
    names: list[tuple[Segment, str]] = []
    contact = False
    for row in layout.rows:
        if row[0].page_index != layout.first_page or layout.relative(row[0])[1] > _HEAD:
            break
        plain = [s for s in row if not TITLE.search(s.compact)]
        if any(is_contact(s) for s in plain):
            contact = True
            break
        if any(BODY.search(s.text) for s in plain):
            break
        for segment in plain:
            name = _name_at(layout, segment)
            if names and only_form(segment) and segment.row - names[-1][0].row <= 1:
                names[-1] = (names[-1][0], f"{names[-1][1]} {clean_name(segment.text)}")
            elif not _is_recipient(segment, recipient) and not only_form(segment) and can_be_name(name, segment):
                names.append((segment, name))
    if not names:
        return None
    formed = [n for n in names if has_company_form(n[1])]
    shops = [n for n in names if n not in formed]
    if formed and (not shops or not japanese):
        segment, name = formed[0]
        return PartyReading(name=name, span=_name_span(layout, segment), segment=segment, score=1.5 if contact else 1.2)
    tallest = max(s.height for s, _ in shops)
    segment, name = next((s, n) for s, n in shops if s.height > 0.85 * tallest)
    rivals = tuple(n for s, n in shops if s is not segment and s.height > 0.85 * tallest and not _related(n, name))
    large = segment.height > 1.15 * layout.body_height
    score = 0.7 + 0.3 * large + 0.2 * contact + 0.25 * _echoed(layout, segment, name) + 0.1 * bool(formed)
    score -= 0.4 if len(company_key(name)) < (3 if japanese else 5) else 0.0
    score -= 0.15 if not japanese else 0.0
    return PartyReading(name=name, span=segment.span(), segment=segment, score=score, rivals=rivals)


def _name_at(layout: Layout, segment: Segment) -> str:
    """The name in a segment; a legal form that was torn off it is put back."""
    name = clean_name(segment.text)
    beside = _torn_form(layout, segment)
    return f"{name} {clean_name(beside.text)}" if beside is not None else name


def _name_span(layout: Layout, segment: Segment) -> Span:
    span, beside = segment.span(), _torn_form(layout, segment)
    if beside is None:
        return span
    other = beside.span()
    return replace(
        span,
        raw=f"{span.raw} {other.raw}",
        box=union((span.box, other.box)),
        confidence=min(span.confidence, other.confidence),
    )


def _torn_form(layout: Layout, segment: Segment) -> Segment | None:
    if has_company_form(segment.text):
        return None
    for other in layout.right_of(segment)[:1]:
        if only_form(other):
            return other
    return None


def _related(a: str, b: str) -> bool:
    left, right = company_key(a), company_key(b)
    return same_company(a, b) or (bool(left and right) and (left in right or right in left))


_SENDER = re.compile(r"^(?P<name>.{3,40}?)\s*(?:[-–·•|*]|,\s)\s.*\d{4,5}\s+[A-ZÄÖÜ]")


def _sender_line(layout: Layout) -> tuple[PartyReading, Segment | None] | None:
    """The small line of a window envelope: sender and address in one row, the recipient right below."""
    for segment in layout.segments:
        match = _SENDER.match(segment.text)
        if match and has_company_form(match["name"]) and layout.relative(segment)[1] < _HEAD:
            below = next((s for s in layout.below(segment, reach=3.0) if can_be_name(s.text, s)), None)
            span = segment.span(match.start("name"), match.end("name"))
            return PartyReading(name=clean_name(match["name"]), span=span, segment=segment, score=1.5), below
    return None


def _issuer_at(layout: Layout, segment: Segment, *, receipt: bool, japanese: bool) -> PartyReading | None:
    text = segment.text
    label = _ISSUER_LABEL.match(text)
    start = label.end() if label else 0
    whole = whole_name(layout, segment, clean_name(text[start:]), segment.span(start))
    name = whole.name
    if not can_be_name(name, segment) or (not receipt and is_department(name)):
        return None
    form = has_company_form(name)
    score = 0.9 if label else 0.0
    left = layout.left_of(segment)[:1]
    if left and _ISSUER_LABEL.match(left[0].text.rstrip() + ":") and len(left[0].compact) <= 12:
        score += 0.9
    elif left and (_LABEL_BEFORE.search(left[0].text) or _BANK.search(left[0].text)):
        return None
    if _BANK.search(text.casefold()) and not re.search(r"銀行$|銀行株式会社", text):
        return None
    x, y = layout.relative(segment)
    size = min(max(segment.height / layout.body_height - 1.0, 0.0), 1.0)
    near = _contact_below(layout, segment)
    on_first = segment.page_index == layout.first_page
    if receipt:
        score += (0.35 if japanese else 0.8) * form + 0.7 * size + 0.35 * near
        score -= 0.3 if y > 0.5 and not japanese else 0.0
        score += 0.5 if form and near and japanese else 0.0
        score += 0.5 if y < 0.12 else 0.35 if y < 0.25 else 0.0 if y < 0.7 or not near else 0.15
        if _BRANCH.search(name) and len(company_key(name)) <= 6:
            score -= 0.3
        if _echoed(layout, segment, name):
            score += 0.25
        threshold = 0.5
    else:
        score += 0.9 * form + 0.3 * size + 0.5 * near + (0.25 if x > 0.5 else 0.0)
        score += 0.2 if y < 0.45 and on_first else 0.0
        if y > 0.8 or (y > 0.5 and not japanese):
            score -= 0.3
        if _echoed(layout, segment, name):
            score += 0.15
        threshold = 0.65
    if not on_first:
        score -= 0.5
    if score < threshold:
        return None
    return PartyReading(name=name, span=whole.span, segment=segment, score=score)


def _contact_below(layout: Layout, segment: Segment, rows: int = 4) -> bool:
    """An address, telephone or registration number within the next rows, in the same columns."""
    for row in layout.rows[segment.row : segment.row + rows + 1]:
        for other in row:
            if other.page_index != segment.page_index or other is segment:
                continue
            if other.box.right < segment.box.left or other.box.left > segment.box.right + 2 * segment.box.width:
                continue
            if (
                PHONE.search(other.text)
                or ADDRESS.search(other.text)
                or find_registration_numbers(other.folded.original)
            ):
                return True
    return False


def _echoed(layout: Layout, segment: Segment, name: str) -> bool:
    key = company_key(name)
    return len(key) >= 3 and any(
        other is not segment and len(other.compact) < 80 and key in company_key(other.text) for other in layout.segments
    )


_ORGANISATIONS = frozenset(
    {
        "Company",
        "Company_Group",
        "Corporation_Other",
        "Organization_Other",
        "Shop",
        "Restaurant",
        "Shopping_Complex",
        "ORG",
    }
)


def _from_language(layout: Layout, language: Language | None) -> PartyReading | None:
    """A company that the language model sees in the upper part of the first page, where the rules saw none."""
    if language is None:
        return None
    for segment in layout.segments:
        _, y = layout.relative(segment)
        if segment.page_index != layout.first_page or y > 0.5 or not can_be_name(segment.text, segment):
            continue
        for entity in language.entities(segment.text):
            if entity.label in _ORGANISATIONS and len(entity.text) >= 2:
                return PartyReading(
                    name=clean_name(entity.text),
                    span=segment.span(entity.start, entity.end),
                    segment=segment,
                    score=0.4,
                )
    return None
