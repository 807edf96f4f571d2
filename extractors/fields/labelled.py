"""Amounts and dates of a document, each with the label that stands beside or above it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.amounts import FoundAmount, NumberStyle, detect_currency, detect_style, find_amounts
from domain.companies import has_company_form
from domain.dates import DateOrder, FoundDate, find_dates
from domain.fields import DocumentType
from domain.registration import find_registration_numbers
from extractors.fields.beside import LABEL_LENGTH, labels_above, labels_of
from extractors.fields.evidence import NO_LABEL, Label
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.names import RECIPIENT_END
from extractors.fields.roles import AmountRole, DateRole, amount_role, date_role

_LETTER = re.compile(r"[^\W\d_]")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_UNITED_STATES = re.compile(r"US\$|\bUSD\b|\bUSA\b|United States|\b[A-Z]{2} \d{5}(?:-\d{4})?\b")
_WEAK = frozenset({AmountRole.COUNT, AmountRole.PAYMENT, AmountRole.UNIT_PRICE, AmountRole.POINTS})
"""Roles that give way to a column head with more to say."""
_FARE = re.compile(r"^[^数単小]{0,6}(?:料金?|代金?|運賃|診療費)$")
"""What a ticket or a clinic calls its only amount."""
_RETURNED = re.compile(r"^(?:値引|返品|返金|返還|割戻)(?:合計|総)?(?:金)?額")
"""What a credit note asks for is what other documents call a discount."""
_ITEM_HEAD = re.compile(r"^(?:数量|単価|単位|品名|qty|quantity|unitprice|menge|description|item)(?![・、とは])")
_ITEM_HEADS = re.compile(r"数量|単価|単位|品名|摘要|金額|税率")
"""Two of them in one text are heads that were read as one (数量 単価(税別) 金額(税抜))."""
_SENTENCE = re.compile(r"。$|ます。?$|ください。?$|下さい。?$")
"""A remark beside a date (a stamp, say) is no label of it."""
_DAY_LABEL = re.compile(r"(?:日|付|月)[:：]?$")
_OPEN_END = re.compile(r"\s*[,，]\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """How a document writes numbers and dates."""

    japanese: bool
    order: DateOrder
    order_certain: bool
    """False where 04/03/18 could be read both ways and nothing on the document decides."""
    style: NumberStyle | None
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledAmount:
    """An amount that was read, with its label and role."""

    value: Decimal
    currency: str | None
    span: Span
    segment: Segment
    label: Label
    role: AmountRole
    weight: float
    found: FoundAmount
    pointless: bool = False
    """The point before its cents was not read (30 45, 28-90)."""

    @property
    def money_like(self) -> bool:
        """Looks like money by itself: a sign, a separator or two decimals."""
        return (
            self.found.marked
            or self.found.closed
            or self.found.decimals == 2
            or bool(re.search(r"\d[,.，．]\d{3}", self.span.raw))
        )

    @property
    def goes_on(self) -> bool:
        """Its last group is not whole, a mark says that another group follows elsewhere, or its point was not read."""
        return (
            self.pointless or self.found.torn or bool(_OPEN_END.match(self.segment.folded.original[self.found.end :]))
        )

    @property
    def alone(self) -> bool:
        """Nothing else stands in its cell: a bare integer in a column of amounts."""
        return self.segment.folded.original.strip() == self.span.raw


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledDate:
    """A date that was read, with its label and role."""

    day: date
    span: Span
    segment: Segment
    label: Label
    role: DateRole
    found: FoundDate
    start: int
    """Where it begins in the segment as printed."""


def read_locale(layout: Layout, *, near: date) -> Locale:
    """Find out how the document writes numbers and dates from what it shows without doubt."""
    text = layout.text
    letters = len(_LETTER.findall(text))
    japanese = len(_JAPANESE.findall(text)) > 0.1 * max(letters, 1)
    currency = "JPY" if japanese and not re.search(r"[€£]|US\$|\bUSD\b|\bEUR\b", text) else detect_currency(text)
    if japanese:
        return Locale(
            japanese=True,
            order=DateOrder.YEAR_FIRST,
            order_certain=True,
            style=None if currency == "JPY" else NumberStyle.POINT,  # yen have no decimals: 768.020 is a misread comma
            currency=currency or "JPY",
        )
    american = currency in {"USD", None} and bool(_UNITED_STATES.search(text))
    order = DateOrder.MONTH_FIRST if american else DateOrder.DAY_FIRST
    certain = currency not in {"USD", "CAD", None}
    days = find_dates(text, order=order, near=near)
    firsts = [re.match(r"(\d{1,2})[./-](\d{1,2})[./-]", f.raw) for f in days]
    pairs = [(int(m[1]), int(m[2])) for m in firsts if m]
    if any(a > 12 for a, _ in pairs):
        order, certain = DateOrder.DAY_FIRST, True
    elif any(b > 12 for _, b in pairs):
        order, certain = DateOrder.MONTH_FIRST, True
    return Locale(japanese=False, order=order, order_certain=certain, style=detect_style(text), currency=currency)


def labelled_dates(
    layout: Layout, *, document_type: DocumentType, locale: Locale, near: date
) -> tuple[LabelledDate, ...]:
    """Every date, in reading order."""
    out: list[LabelledDate] = []
    for segment in layout.segments:
        original = segment.folded.original
        for found in find_dates(original, order=locale.order, near=near):
            label, role = _date_label(layout, segment, found, _date_spans(segment, locale, near), document_type)
            after = original[found.end : found.end + 12]
            if role in {DateRole.NONE, DateRole.ISSUE, DateRole.OWN, DateRole.SUPPLY} and re.match(
                r"\s*(?:\([月火水木金土日]\))?\s*(?:まで|迄|締|限|から|より|[~〜～](?!\s*$)|-\s*\d{2}[./])", after
            ):
                role = DateRole.CLOSING if "締" in after else DateRole.PERIOD if "限" not in after else DateRole.DUE
                if role is DateRole.PERIOD and _pay_until(original, found):
                    role = DateRole.DUE
            if role is DateRole.NONE and re.search(r"[~〜～-]\s*$", original[: found.start]):
                role = DateRole.PERIOD
            out.append(
                LabelledDate(
                    day=found.day,
                    span=segment.raw_span(found.start, found.end),
                    segment=segment,
                    label=label,
                    role=role,
                    found=found,
                    start=found.start,
                )
            )
    return tuple(out)


_UNTIL = re.compile(r"\s*(?:\([月火水木金土日]\))?\s*(?:まで|迄)(?P<rest>.{0,24})")
_PAY = re.compile(r"支払|振込|振り込|入金|納付|お払")


def _pay_until(text: str, day: FoundDate) -> bool:
    """お支払いは…までに, …までに下記口座へお振込みください: a sentence that says until when to pay."""
    until = _UNTIL.match(text, day.end)
    return until is not None and bool(
        _PAY.search(until["rest"]) or _PAY.search(text[max(0, day.start - 12) : day.start])
    )


_COUNTED = re.compile(r"[0０][0-9０-９]+")
"""A number that begins with a naught (0927) counts papers: nobody writes money so."""


def labelled_amounts(
    layout: Layout, *, document_type: DocumentType, locale: Locale, near: date
) -> tuple[LabelledAmount, ...]:
    """Every amount, in reading order; digits of dates and registration numbers are left out."""
    out: list[LabelledAmount] = []
    with_cents = locale.currency != "JPY" and len(_CENTS.findall(layout.text)) >= _WITH_CENTS
    for segment in layout.segments:
        original = segment.folded.original
        excluded = _date_spans(segment, locale, near) + tuple(
            (n.start, n.end) for n in find_registration_numbers(original)
        )
        amounts = [
            a
            for a in find_amounts(original, style=locale.style)
            if not any(a.start < end and start < a.end for start, end in excluded)
            and (a.marked or not _COUNTED.fullmatch(original[a.start : a.end].strip()))
        ]
        faded = _pointless(segment, locale) if with_cents else None
        if faded is not None:
            amounts = [*(a for a in amounts if a.end <= faded.start), faded]
        spans = tuple((a.start, a.end) for a in amounts)
        for amount in amounts:
            label, role, weight = _amount_label(layout, segment, amount, excluded + spans)
            if document_type is DocumentType.CREDIT_NOTE and _RETURNED.search(label.text):
                role, weight = AmountRole.TOTAL, 1.0
            if document_type is DocumentType.RECEIPT and role is AmountRole.OTHER and _FARE.search(label.text):
                role, weight = AmountRole.TOTAL, 0.6
            out.append(
                LabelledAmount(
                    value=amount.value,
                    currency=amount.currency,
                    span=segment.raw_span(amount.start, amount.end),
                    segment=segment,
                    label=label,
                    role=role,
                    weight=weight,
                    found=amount,
                    pointless=amount is faded,
                )
            )
    return tuple(out)


_POINTLESS = re.compile(r"(?<![\d.,:/-])(?P<whole>\d{1,4})(?:\s|\s?-\s?)(?P<cents>\d{2})$")
_CENTS = re.compile(r"\d[.,]\d{2}(?!\d)")
_WITH_CENTS = 3
"""Amounts with cents from which a paper is one that prints them."""


def _pointless(segment: Segment, locale: Locale) -> FoundAmount | None:
    """An amount at the end of a text whose point has faded: whole units, a space or a stroke, two digits."""
    text = segment.folded.text.rstrip()
    match = _POINTLESS.search(text)
    if match is None or _date_spans(segment, locale, date.max):
        return None
    start, end = segment.folded.span(match.start(), match.end())
    return FoundAmount(
        value=Decimal(f"{match['whole']}.{match['cents']}"),
        currency=None,
        start=start,
        end=end,
        raw=segment.folded.original[start:end],
        decimals=2,
    )


def _amount_label(
    layout: Layout, segment: Segment, amount: FoundAmount, blockers: tuple[tuple[int, int], ...]
) -> tuple[Label, AmountRole, float]:
    """The nearest label that names a role: in the segment, to the left, above; else the nearest label at all."""
    first: Label | None = None
    weak: tuple[Label, AmountRole, float] | None = None
    for label in labels_of(layout, segment, amount.start, amount.end, blockers=blockers):
        first = first or label
        role, weight = amount_role(label.text)
        if label.where == "above" and label.segment is not None and _heads_items(layout, label.segment):
            continue
        if role in _WEAK:
            weak = weak or (label, role, weight)
        elif role not in {AmountRole.NONE, AmountRole.OTHER}:
            return label, role, weight
    if weak is not None:
        return weak
    if first is None:
        return NO_LABEL, AmountRole.NONE, 0.0
    return first, AmountRole.OTHER, 0.0


def _heads_items(layout: Layout, head: Segment) -> bool:
    """The head belongs to a table of goods: what stands under it is one row's amount."""
    return any(
        len(set(_ITEM_HEADS.findall(s.compact))) > 1 if len(s.compact) > LABEL_LENGTH else _ITEM_HEAD.search(s.compact)
        for s in layout.rows[head.row]
    )


def _date_spans(segment: Segment, locale: Locale, near: date) -> tuple[tuple[int, int], ...]:
    return tuple((d.start, d.end) for d in find_dates(segment.folded.original, order=locale.order, near=near))


def _date_label(
    layout: Layout,
    segment: Segment,
    day: FoundDate,
    blockers: tuple[tuple[int, int], ...],
    document_type: DocumentType,
) -> tuple[Label, DateRole]:
    """The nearest label that names a role: in the segment, to the left, above; else the nearest at all."""
    first: Label | None = None
    for label in labels_of(layout, segment, day.start, day.end, blockers=blockers, halved=True):
        if label.where == "left" and (
            _SENTENCE.search(label.text) or _ends_in_day(label.segment) or _is_party(label.text)
        ):
            continue
        first = first or label
        role = date_role(label.text, document_type)
        if role is not DateRole.NONE:
            return label, role
    if first is not None and first.where == "same":  # another cell that was read as one with this
        for over in labels_above(layout, segment, segment.raw_span(day.start, day.end).box):
            role = date_role(over.text, document_type)
            if role is not DateRole.NONE:
                return over, role
    return first or NO_LABEL, DateRole.NONE


def _is_party(text: str) -> bool:
    """Who is addressed, or a company, beside a date (日向印刷株式会社御中): its name says nothing about the day."""
    return bool(RECIPIENT_END.search(text)) or (has_company_form(text) and not _DAY_LABEL.search(text))


def _ends_in_day(segment: Segment | None) -> bool:
    """What stands to the left ends in a date of its own, behind a number, say (26-8077 2026年5月7日): no label."""
    text = segment.folded.original.rstrip() if segment is not None else ""
    return any(d.end >= len(text) - 1 for d in find_dates(text))
