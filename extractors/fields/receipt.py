"""Fields that only receipts carry: time, shop, company, address, telephone, payment."""

from __future__ import annotations

import re
from decimal import Decimal

from domain.companies import company_key, has_company_form, same_company
from domain.fields import Field, Money, Text
from extractors.fields.evidence import found
from extractors.fields.labelled import LabelledAmount, LabelledDate
from extractors.fields.layout import Layout, Segment
from extractors.fields.names import ADDRESS, has_cut_form
from extractors.fields.recipients import PartyReading
from extractors.fields.roles import AmountRole, DateRole
from extractors.fields.wrapped import whole_name

_TIME = re.compile(
    r"(?<![\d:.])([01]?\d|2[0-3])\s?[:時]\s?([0-5]\d)(?:\s?[:分]\s?([0-5]\d)?)?(?!\d)\s*(?P<half>[AaPp]\.?[Mm])?"
)
_PHONE = re.compile(r"(?<![\d-])(0\d{1,4}[-( ]\d{1,4}[-) ]\d{3,4}|0\d{9,10})(?![\d-])")
_FOREIGN_PHONE = re.compile(r"(?i)(?:tel|phone|ph|hp)[.:\s]*([+(]?\d[\d\s()/-]{6,18}\d)")
_BRANCH = re.compile(r"([^\s:：、()]{1,20}(?:支店|本店|店|営業所))(?:\s|$)")
_METHODS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "qr",
        re.compile(
            r"paypay|d払い|楽天ペイ|aupay|メルペイ|line\s?pay|コード決済|qr\s?(?:決済|コード)"
            r"|スマホ決済|バーコード決済|alipay|wechat|touch\s?n\s?go|e-?wallet|grabpay"
        ),
    ),
    ("e_money", re.compile(r"電子マネー|suica|pasmo|icoca|交通系|nanaco|waon|楽天edy|quicpay|^id(?:支払|$)|edy")),
    (
        "credit_card",
        re.compile(
            r"クレジット|credit\s?card|visa|master\s?card|jcb|amex|カード(?:支払|払|決済"
            r"|会社|番号)|kreditkarte|debit|ec-?karte|card(?!・)"
        ),
    ),
    ("bank_transfer", re.compile(r"銀行振込|振込にて|口座振替|bank\s?transfer|überweisung")),
    ("cash", re.compile(r"現金|現計|お?預か?り|^cash|tunai|bar$|gegeben\s*bar")),
)


def receipt_fields(
    layout: Layout,
    *,
    amounts: tuple[LabelledAmount, ...],
    date: LabelledDate | None,
    issuer: PartyReading | None,
    currency: str,
    our_companies: tuple[str, ...] = (),
    total: Decimal | None = None,
) -> tuple[Field, ...]:
    """Everything of this module that the receipt carries."""
    out: list[Field | None] = [
        _time(layout, date),
        _company(layout, issuer, our_companies),
        _branch(layout, issuer),
        _address(layout),
        _phone(layout),
        _payment_method(layout, amounts),
        _cash(amounts, currency, total=total),
        _amount(amounts, AmountRole.CHANGE, "change", currency),
        _amount(amounts, AmountRole.DISCOUNT, "discount", currency),
        _amount(amounts, AmountRole.POINTS_USED, "points_used", currency),
    ]
    return tuple(f for f in out if f is not None)


def _time(layout: Layout, date: LabelledDate | None) -> Field | None:
    segments: list[Segment] = []
    if date is not None and date.role is not DateRole.EVENT:
        segments = [date.segment, *layout.rows[date.segment.row], *_alone_below(layout, date.segment)]
    labels = [s for s in layout.segments if re.search(r"時刻|時間|time|日時|uhr", s.compact)]
    segments += [s for label in labels for s in (label, *_alone_beside(layout, label))]
    for segment in segments:
        text = segment.text
        if re.search(r"営業時間|open|öffnung|入店|入庫|開始", text):
            continue
        # A day glued to a time (2026/08/0412:43:06): look behind the date.
        offset = 0
        if date is not None and segment is date.segment:
            offset = len(text) - len(segment.text[len(_folded_until(segment, date.found.end)) :])
        match = _TIME.search(text[offset:])
        if match:
            hour = int(match[1])
            if match["half"]:
                hour = hour % 12 + (12 if match["half"][0] in "Pp" else 0)
            value = f"{hour:02}:{match[2]}" + (f":{match[3]}" if match[3] else "")
            span = segment.span(offset + match.start(), offset + match.end())
            return found("time", Text(text=value), span, confidence=0.95 * span.confidence)
    return _only_time(layout)


def _only_time(layout: Layout) -> Field | None:
    """The only time on a slip that stands by itself or behind a short label, and is not that of something else."""
    times: dict[str, tuple[Segment, re.Match[str]]] = {}
    for segment in layout.segments:
        match = _TIME.search(segment.text)
        beside = " ".join(s.text for s in (*layout.left_of(segment)[:1], segment))
        if match is None or match["half"] or match.end() < len(segment.text.rstrip()) or _OTHER_TIME.search(beside):
            continue
        if len(segment.text[: match.start()].strip()) <= _TIME_LABEL:
            times[f"{int(match[1]):02}:{match[2]}" + (f":{match[3]}" if match[3] else "")] = (segment, match)
    if len(times) != 1:
        return None
    value, (segment, match) = next(iter(times.items()))
    span = segment.span(match.start(), match.end())
    return found("time", Text(text=value), span, confidence=0.85 * span.confidence)


_NEXT_LINE = 1.0
"""Line heights down to the line that goes on."""
_TIME_LABEL = 6
"""Characters of a label in front of a time."""


def _alone_below(layout: Layout, day: Segment) -> tuple[Segment, ...]:
    """The time right under its day, where a narrow slip breaks the line between them."""
    return tuple(s for s in layout.below(day, reach=_NEXT_LINE) if _TIME.fullmatch(s.text.strip()))[:1]


def _alone_beside(layout: Layout, label: Segment) -> tuple[Segment, ...]:
    """The time to the right of its label."""
    return tuple(s for s in layout.right_of(label)[:1] if not _OTHER_TIME.search(label.text) and _TIME.match(s.text))


_OTHER_TIME = re.compile(r"営業|入店|入庫|入場|開始|駐車|滞在|利用時間|開店|閉店|[~〜～]|から|まで|乗車")
"""Times that are not those of payment."""


def _folded_until(segment: Segment, end: int) -> str:
    count = sum(1 for s in segment.folded.starts[:-1] if s < end)
    return segment.text[:count]


def _is_ours(name: str, ours: tuple[str, ...]) -> bool:
    return any(same_company(name, own) for own in ours)


def _company(layout: Layout, issuer: PartyReading | None, ours: tuple[str, ...]) -> Field | None:
    for segment in layout.segments:
        if len(segment.compact) > 40 or re.search(r"御中|様|銀行|カード|card", segment.text):
            continue
        name, span = segment.text, segment.span()
        if has_cut_form(name):
            whole = whole_name(layout, segment, name, span)
            name, span = whole.name, whole.span
        if has_company_form(name):
            if (issuer is not None and segment is issuer.segment) or _is_ours(name, ours):
                continue
            name = re.sub(r"^(?:運営(?:会社)?|会社名|販売者)\s*[:：]?\s*", "", name).strip()
            return found("issuer_company", Text(text=name), span, confidence=0.85 * span.confidence)
    return None


def _branch(layout: Layout, issuer: PartyReading | None) -> Field | None:
    for segment in layout.segments:
        if _relative_y(layout, segment) > 0.35 and not (issuer and segment is issuer.segment):
            continue
        match = _BRANCH.search(segment.text)
        if not match or re.search(r"銀行|来店|ご?利用|当店|販売店|取扱", segment.text):
            continue
        name = match[1]
        if has_company_form(segment.text[: match.end(1)].rsplit(maxsplit=1)[-1]):
            continue  # a company whose name ends so: (株)桜台本店
        if issuer is not None:
            key = company_key(issuer.name)
            tail = company_key(name)
            if tail.startswith(key) and tail != key:
                rest = name[len(name) - (len(tail) - len(key)) :]
                name = rest or name
            elif tail == key:
                continue
        return found(
            "issuer_branch",
            Text(text=name),
            segment.span(match.start(1), match.end(1)),
            confidence=0.8 * segment.confidence,
        )
    return None


def _relative_y(layout: Layout, segment: Segment) -> float:
    return layout.relative(segment)[1]


def _address(layout: Layout) -> Field | None:
    for segment in layout.segments:
        if (
            ADDRESS.search(segment.text)
            and re.search(r"[市区町村都道府県郡]|〒|[A-Za-z]{4}", segment.text)
            and not re.search(r"(?i)tel|電話|no\.", segment.text)
        ):
            spans = [segment.span()]
            text = segment.text
            if re.fullmatch(r"〒?\s*\d{3}-?\d{4}", text.strip()):
                below = next(layout.below(segment, reach=1.5), None)
                if below is not None:
                    text = below.text
                    spans = [below.span()]
            lot = _LOT.search(text) if _house_goes_on(layout, segment) else None
            text = re.sub(r"^〒?\s*\d{3}-\d{4}\s*", "", text[: lot.end() if lot else None]).strip() or text
            if not spans[0].typed:
                text = _SEALED.sub("", text)
            return found("issuer_address", Text(text=text), spans, confidence=0.8 * spans[0].confidence)
    return None


_SEALED = re.compile(r"(?<=\d)(?<![^-\d]\d)\s?(?!.*[館棟荘階号番丁])[\u4e00-\u9fff]{1,4}$")
"""Characters of a seal that were read behind the number of a lot."""
_LOT = re.compile(r"[^\d\s〒-]\s?\d{1,4}(?:-\d{1,4})+(?=\s?[^\d\s-])")
_HOUSE_END = re.compile(r"(?:ビル|ハイツ|タワー|号室|[館棟階号F])(?:\d{1,2}階|\d{1,2}F)?$")


def _house_goes_on(layout: Layout, address: Segment) -> bool:
    """The name of a house, behind the number of its lot, breaks off at the end of the line: left out as others are."""
    below = next(layout.below(address, reach=_NEXT_LINE), None)
    if below is None or abs(below.box.left - address.box.left) > address.height:
        return False
    return bool(_HOUSE_END.search(below.text.strip())) and len(below.compact) < len(address.compact)


def _phone(layout: Layout) -> Field | None:
    for segment in layout.segments:
        if re.search(r"(?i)fax", segment.text) and not re.search(r"(?i)tel|電話", segment.text):
            continue
        match = _PHONE.search(segment.text) or _FOREIGN_PHONE.search(segment.text)
        if match:
            span = segment.span(match.start(1), match.end(1))
            return found("phone", Text(text=match[1].strip()), span, confidence=0.9 * span.confidence)
    return None


def _payment_method(layout: Layout, amounts: tuple[LabelledAmount, ...]) -> Field | None:
    beside_money = [
        a.label.segment
        for a in amounts
        if a.label.segment is not None and a.role in {AmountRole.PAYMENT, AmountRole.CASH}
    ]
    others = [s for s in layout.segments if re.search(r"支払|決済|入金方法|内訳|payment|paid|mode", s.compact)]
    others = [*others, *(n for s in others for n in layout.right_of(s)[:1])]
    for segment in (*beside_money, *others):
        for method, pattern in _METHODS:
            if pattern.search(segment.compact):
                return found("payment_method", Text(text=method), segment.span(), confidence=0.9 * segment.confidence)
    return None


_HANDED_OVER = re.compile(r"預|tender|received|accepted|gegeben")


def _cash(amounts: tuple[LabelledAmount, ...], currency: str, *, total: Decimal | None) -> Field | None:
    """What was handed over; 現金 beside the total and no change says how it was paid, not with which note."""
    given = _amount(amounts, AmountRole.CASH, "cash_received", currency)
    said = [a for a in amounts if a.role is AmountRole.CASH]
    changed = any(a.role is AmountRole.CHANGE for a in amounts)
    handed_over = changed or any(_HANDED_OVER.search(a.label.text) for a in said)
    paid = given is not None and isinstance(given.value, Money) and given.value.amount == total
    return None if paid and not handed_over else given


def _amount(amounts: tuple[LabelledAmount, ...], role: AmountRole, name: str, currency: str) -> Field | None:
    for amount in amounts:
        if amount.role is role and (amount.money_like or amount.currency or amount.alone):
            value = Money(amount=abs(amount.value), currency=amount.currency or currency)
            return found(name, value, amount.span, confidence=0.9 * amount.span.confidence)
    return None
