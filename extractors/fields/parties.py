"""Who issued a document: legal forms, addresses, numbers and places on the page."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from domain.companies import company_key, has_company_form, same_company
from domain.geometry import union
from domain.registration import find_registration_numbers
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.names import (
    ADDRESS,
    BODY,
    PHONE,
    RECIPIENT_END,
    TITLE,
    can_be_name,
    clean_name,
    goes_on_above,
    is_company_number,
    is_contact,
    is_department,
    is_seal_of,
    name_end,
    only_form,
)
from extractors.fields.recipients import BANK, HEAD, PartyReading, sender_line
from extractors.fields.wrapped import whole_name

_ISSUER_LABEL = re.compile(
    r"(?i)^(?:発行者|発行元|差出人|差出元|発信者|作成者|請求元|請求者|販売元|販売者|販売店|店舗名?|店名|会社名"
    r"|社名|事業者(?:名|の氏名又は名称)?|運営会社|運営|受領者|sold\s?by|seller|vendor"
    r"|supplier|from|verkäufer|lieferant|company|merchant)\s*[:：]\s*"
)
_LABEL_BEFORE = re.compile(
    r"納品先|届け先|送付先|得意先|お客様|支払先|配送|件名|摘要|品名|工事名|案件|備考|登録情報|振込|口座|名義|注文者"
)
_PAID = re.compile(r"方法|内訳")
_LABEL = 8
"""Characters of a label; a longer text to the left of a name is a neighbour of its own."""
_UNSURE = 0.9
"""A score that sends the name to a person."""
_WITHHELD = 1.2
"""Score of the only person with an address on a paper that withholds tax."""
GUESSED = 0.3
"""Score of a name that only a guess speaks for: always for a person."""
_BRANCH = re.compile(r"(?:店|支店|営業所|センター|本店|outlet|branch)\)?$", re.IGNORECASE)
_ONLY_BRANCH = re.compile(
    r"^[^\s商書薬酒茶米肉魚花具服計器物品菓料理貨履靴鞄麺売油飲食卸]{1,8}"
    r"(?<![商書薬酒茶米肉魚花具服計器物品菓料理貨履靴鞄麺売油飲食卸])(?:店|支店|営業所)$"
)
"""A branch by its place; what is sold before 店 makes it the name of a shop (書店, 料理店)."""


def find_issuer(
    layout: Layout,
    *,
    recipient: PartyReading | None,
    receipt: bool,
    japanese: bool,
    but: tuple[str, ...] = (),
) -> PartyReading | None:
    """The party that made the document: a receipt's shop on top, else the company beside its address and number.

    ``but``: names that it cannot be (ours, where somebody else is sought).
    """
    if receipt and not _written(layout):
        shop = _shop_on_top(layout, recipient, japanese=japanese, but=but)
        if shop is not None:
            return shop
    sender = None if japanese else sender_line(layout)
    if sender is not None:
        return sender[0]
    scored = [
        reading
        for segment in layout.segments
        if not _is_recipient(segment, recipient)
        and (reading := _issuer_at(layout, segment, receipt=receipt, japanese=japanese)) is not None
        and not any(same_company(reading.name, name) for name in (*but, *((recipient.name,) if recipient else ())))
    ]
    if not scored and not receipt:
        scored = [r for s in layout.segments if (r := _person_at(layout, s)) is not None]
    if not scored:
        return None
    scored = [r for r in scored if not any(_sealed(other.name, r.name) for other in scored)] or scored
    scored.sort(key=lambda r: -r.score)
    best = scored[0]
    rivals = tuple(r.name for r in scored[1:] if r.score > best.score - 0.25 and not _related(best.name, r.name))
    # A foreign slip names its shop on top; a company found elsewhere on it may be anybody.
    score = min(best.score, _UNSURE) if receipt and not japanese else best.score
    if japanese and not receipt and not has_company_form(best.name) and not _labelled(layout, best.segment):
        # A company without its legal form, on a form that any other words may stand on, is only a guess.
        score = score if _PERSON.match(best.name) else min(score, GUESSED)
        named = _PERSON.match(best.name) or _PERSON_CLOSE.match(best.name)
        if named and not rivals and _contact_below(layout, best.segment) and _withholds(layout):
            score = max(best.score, _WITHHELD)
    through = _through(layout, best.name)
    if through is not None:  # bought from one and through another: under which it is filed, a person says
        return replace(best, rivals=(*rivals, through), score=min(score, GUESSED))
    return replace(best, rivals=rivals, score=min(score, GUESSED) if _scrambled(layout, best) else score)


def _scrambled(layout: Layout, reading: PartyReading) -> bool:
    """A short name of characters that stand in another order in the line above or below: torn, or mixed with a seal."""
    core, segment = company_key(reading.name), reading.segment
    if not 1 < len(core) <= _SHORT or reading.span.typed:
        return False
    near = (s for row in layout.rows[max(segment.row - 1, 0) : segment.row + 2] for s in row)
    return any(
        other is not segment
        and other.page_index == segment.page_index
        and min(other.box.right, segment.box.right) > max(other.box.left, segment.box.left)
        and core not in company_key(other.text)
        and set(core) <= set(company_key(other.text))
        for other in near
    )


_SHORT = 3
"""Characters of such a name; longer ones are known by their seals."""
_THROUGH = re.compile(
    r"(?i)^(?:(?:ordered|purchased|bought|booked)\s?(?:through|via|on|at)|(?:ご|御)?(?:注文|購入|予約)サイト)\s*[:：]?\s*"
)


def _through(layout: Layout, seller: str) -> str | None:
    """The market place that a purchase was made through, where the paper names one beside the seller."""
    for segment in layout.segments:
        label = _THROUGH.match(segment.text)
        if label is None:
            continue
        rest = segment.text[label.end() :].strip()
        beside = (*layout.right_of(segment)[:1], *itertools.islice(layout.below(segment, reach=3.0), 1))
        name = rest or next((s.text.strip() for s in beside), "")
        if re.search(r"[^\W\d_]{2}", name) and not _related(name, seller):
            return clean_name(name)
    return None


_WRITTEN = re.compile(r"^(?:但|ただ)し|^但|領収(?:いた|致)し|正に(?:領収|受領)")


def _written(layout: Layout) -> bool:
    """A receipt form (但し … として, 上記正に領収いたしました) that a company signs: no shop stands on top of it."""
    if not any(_WRITTEN.search(s.compact) for s in layout.segments):
        return False
    return any(has_company_form(s.text) and _contact_below(layout, s) for s in layout.segments)


def _sealed(name: str, text: str) -> bool:
    """The text is what a seal with the name on it reads like: its characters in another order."""
    key, mark = company_key(name), company_key(text)
    return 1 < len(mark) < len(key) and mark not in key and is_seal_of(name, mark)


def _is_recipient(segment: Segment, recipient: PartyReading | None) -> bool:
    return recipient is not None and (
        segment is recipient.segment or company_key(segment.text) == company_key(recipient.name)
    )


def _shop_on_top(
    layout: Layout, recipient: PartyReading | None, *, japanese: bool, but: tuple[str, ...]
) -> PartyReading | None:
    """The name in the head of a receipt: above the first address, telephone, number, date or price."""
    names: list[_Named] = []
    contact = False
    for row in layout.rows:
        if row[0].page_index != layout.first_page or layout.relative(row[0])[1] > HEAD:
            break
        plain = [s for s in row if not TITLE.search(s.compact)]
        if any(is_contact(s) for s in plain):
            contact = True
            break
        if any(BODY.search(s.text) for s in plain):
            break
        for segment in plain:
            name = _name_at(layout, segment)
            torn = only_form(segment) or (goes_on_above(name) and not japanese)
            if names and torn and segment.row - names[-1].last.row <= 1:
                names[-1] = names[-1].with_line(segment)
            elif any(same_company(name, own) for own in but):
                continue
            elif not _is_recipient(segment, recipient) and not only_form(segment) and can_be_name(name, segment):
                names.append(_Named(segment, name, _name_span(layout, segment)))
    if not japanese and not any(has_company_form(n.name) for n in names):
        names += _numbered_below(layout, names)
    if not names:
        return None
    formed = [n for n in names if has_company_form(n.name) or (not japanese and _numbered(layout, n))]
    shops = [n for n in names if n not in formed]
    if formed and (not shops or not japanese):
        best = formed[0]
        return PartyReading(name=best.name, span=best.span, segment=best.segment, score=1.5 if contact else 1.2)
    tallest = max(n.segment.height for n in shops)
    large_ones = [n for n in shops if n.segment.height > 0.85 * tallest]
    segment, name = large_ones[0].segment, large_ones[0].name
    rivals = tuple(n.name for n in large_ones[1:] if not _related(n.name, name) and not _is_branch(n, large_ones[0]))
    large = segment.height > 1.15 * layout.body_height
    score = 0.7 + 0.3 * large + 0.2 * contact + 0.25 * _echoed(layout, segment, name) + 0.1 * bool(formed)
    score -= 0.4 if len(company_key(name)) < (3 if japanese else 5) else 0.0
    score -= 0.15 if not japanese else 0.0
    return PartyReading(name=name, span=large_ones[0].span, segment=segment, score=score, rivals=rivals)


def _is_branch(named: _Named, shop: _Named) -> bool:
    """The line right under a shop's name, no taller, that says which of its branches this is: 駅前店."""
    below = named.segment.row == shop.last.row + 1 and named.segment.height <= shop.segment.height
    return below and _ONLY_BRANCH.search(named.name) is not None


@dataclass(frozen=True, slots=True)
class _Named:
    """A name in the head of a receipt, and the lines it stands on."""

    segment: Segment
    name: str
    span: Span
    more: tuple[Segment, ...] = ()

    @property
    def last(self) -> Segment:
        return self.more[-1] if self.more else self.segment

    def with_line(self, segment: Segment) -> _Named:
        """The name with its next line."""
        span, end = self.span, segment.span(0, name_end(segment.text))
        both = replace(
            span,
            raw=f"{span.raw} {end.raw}",
            box=union((span.box, end.box)),
            confidence=min(span.confidence, end.confidence),
        )
        return _Named(self.segment, f"{self.name} {clean_name(segment.text)}", both, (*self.more, segment))


def _numbered_below(layout: Layout, above: list[_Named]) -> list[_Named]:
    """The first name with a company's number behind it that stands under the address, where none above has one."""
    if any(_numbered(layout, named) for named in above):
        return []
    for segment in layout.segments:
        if segment.page_index != layout.first_page or layout.relative(segment)[1] > HEAD:
            break
        if name_end(segment.text) < len(segment.text):
            name = clean_name(segment.text)
            if can_be_name(name, segment):
                return [_Named(segment, name, segment.span(0, name_end(segment.text)))]
    return []


def _numbered(layout: Layout, named: _Named) -> bool:
    """A company's number stands behind the name, or by itself right under it."""
    last = named.last
    if name_end(last.text) < len(last.text):
        return True
    return any(is_company_number(s.text) for s in itertools.islice(layout.below(last, reach=1.5), 1))


def _name_at(layout: Layout, segment: Segment) -> str:
    """The name in a segment; a legal form that was torn off it is put back."""
    name = clean_name(segment.text)
    beside = _torn_form(layout, segment)
    return f"{name} {clean_name(beside.text)}" if beside is not None else name


def _name_span(layout: Layout, segment: Segment) -> Span:
    span, beside = segment.span(0, name_end(segment.text)), _torn_form(layout, segment)
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


def _issuer_at(layout: Layout, segment: Segment, *, receipt: bool, japanese: bool) -> PartyReading | None:
    text = segment.text
    label = _ISSUER_LABEL.match(text)
    start = label.end() if label else 0
    whole = whole_name(layout, segment, clean_name(text[start:]), segment.span(start, name_end(text)))
    name = whole.name
    if not can_be_name(name, segment) or (not receipt and is_department(name)):
        return None
    form = has_company_form(name)
    score = 0.9 if label else 0.0
    left = layout.left_of(segment)[:1]
    if left and _ISSUER_LABEL.match(left[0].text.rstrip() + ":") and len(left[0].compact) <= 12:
        score += 0.9
    elif left and _is_label_of_others(left[0]):
        return None
    if BANK.search(text.casefold()) and not re.search(r"銀行$|銀行株式会社", text):
        return None
    x, y = _along(layout, segment)
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


def _along(layout: Layout, segment: Segment) -> tuple[float, float]:
    """How far along its line and down the page a segment stands; vertical lines run down, and go on to the left."""
    x, y = layout.relative(segment)
    return (y, 1.0 - x) if segment.vertical else (x, y)


def _is_label_of_others(segment: Segment) -> bool:
    """Words to the left of a name that make it somebody else's; how something was paid is no such word."""
    if len(segment.compact) > _LABEL or _PAID.search(segment.text) or re.search(r"[:：]\s*\S", segment.text):
        return False
    return bool(_LABEL_BEFORE.search(segment.text) or BANK.search(segment.text))


_PERSON = re.compile(r"^[\u4e00-\u9fff々ァ-ヶーぁ-ん]{1,4}\s[\u4e00-\u9fff々ァ-ヶーぁ-ん]{1,4}$")
_PERSON_CLOSE = re.compile(r"^[\u4e00-\u9fff々]{2,4}[\u4e00-\u9fff々ァ-ヶーぁ-ん]{0,3}$")
"""The same where the space between the two was not read."""


def _labelled(layout: Layout, segment: Segment) -> bool:
    left = layout.left_of(segment)[:1]
    return bool(_ISSUER_LABEL.match(segment.text)) or bool(left and _ISSUER_LABEL.match(left[0].text.rstrip() + ":"))


def _person_at(layout: Layout, segment: Segment) -> PartyReading | None:
    """A person who sends a bill: family and given name over an address. Never sure: a company may be missing."""
    text = segment.text.strip()
    spaced, close = _PERSON.match(text), _PERSON_CLOSE.match(text)
    if RECIPIENT_END.search(text) or not (spaced or close) or is_department(text):
        return None
    if not can_be_name(segment.text.strip(), segment) or not _contact_below(layout, segment):
        return None
    return PartyReading(name=text, span=segment.span(), segment=segment, score=_UNSURE if spaced else GUESSED)


def _withholds(layout: Layout) -> bool:
    """Tax is withheld on the paper: only people are paid so (所得税法204条), and no company is missing on it."""
    return any(_WITHHELD_TAX.search(s.compact) and not _NOT_WITHHELD.search(s.compact) for s in layout.segments)


_WITHHELD_TAX = re.compile(r"源泉(?:徴収|所得)")
_NOT_WITHHELD = re.compile(r"徴収票|対象外|なし|無し|しない|不要")


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
