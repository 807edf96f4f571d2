"""Fields of contracts: title, parties, days, renewal, consideration, court, stamp duty."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from domain.companies import company_key, has_company_form, same_company, strip_honorific
from domain.dates import FoundDate, find_dates
from domain.engines import FieldContext
from domain.fields import CalendarDate, Field, Flag, Money, Parties, Party, Text
from extractors.fields.clauses import Flow, flow_text, read_amount, read_court, read_renewal, read_stamp, read_term
from extractors.fields.evidence import found, renamed
from extractors.fields.labelled import Locale, read_locale
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.names import LOST_FORM, clean_name, has_cut_form
from extractors.fields.wrapped import whole_name

TITLE = re.compile(
    r"(?:契約(?:書|証書)|覚書|合意書|誓約書|協定書|念書|約款|変更契約|注文請書|NDA"
    r"|AGREEMENT|Agreement|CONTRACT|Contract|Terms)(?:\s*\(.{1,20}\))?(?:\s*(?:\(案\)"
    r"|案))?$"
)
_ROLE = (
    r"(?:甲|乙|丙|丁|委託者|受託者|賃貸人|賃借人|貸主|借主|売主|買主|発注者|受注者"
    r"|注文者|請負人|開示者|受領者|貸付人|借入人)"
)
_ROLE_PREFIX = re.compile(rf"^{_ROLE}(?:\({_ROLE}\))?\s*[:：]?\s*(?=\S*(?:会社|法人|組合)|\(株\))")
_DEFINED = re.compile(
    rf"(?P<name>(?:\([株有同合名資医財社学福一公特非]{{1,2}}\)|[^、。,「」()\n]){{2,50}}?)\s*(?:\(以下[、,]?\s*[「『\"]?(?P<role>{_ROLE}"
    rf"|[^\s「」『』\"()]{{1,10}})[」』\"]?\s*(?:と(?:いう|称する|する|略す)|という。)?[。.]?\)"
    rf"|[(、]?\s*以下[、,]?\s*[「『](?P<role2>{_ROLE})[」』]\s*と(?:いう|称する|する))"
)
_SIGNED = re.compile(rf"^[\s(「【\[]*(?P<role>{_ROLE}(?:\({_ROLE}\))?)[\s)」】\]]*[:：]?\s*(?P<rest>.*)$")
_ENGLISH_PARTIES = re.compile(
    r"between\s+(?P<a>[^,()]{3,60}?)\s*(?:,[^()]{0,120})?(?:\([^)]*\))?\s*(?:,\s*)?and\s+(?P<b>[^,()]{3,60}?)\s*(?:[,(.]"
    r"|$)",
    re.IGNORECASE,
)
_LABEL_PREFIX = re.compile(r"^(?:商号|会社名|社名|名称|氏名|名|住所|所在地|本店|本社|Company|Name)\s*[:：]?\s*")
_JUNK_NAME = re.compile(
    r"^(?:住所|所在地|氏名|代表者?|代表取締役|商号|本店|本社|電話|記名|署名|印|と"
    r"|および|及び|並びに|ならびに|Address|Title|By|Date|Signature)|〒|\d{3}-\d{4}"
    r"|[都道府県]\S*[市区町村]|^[\s:：_＿\-.…◯○〇×XＸ△●]+$|[◯○〇]{2,}|_{2,}|\[|X{2,}"
    r"|を甲|を乙|締結|契約|本件"
)


def contract_fields(layout: Layout, *, context: FieldContext) -> tuple[Field, ...]:
    """Everything that a contract says about itself; blanks and placeholders stay missing."""
    near = context.received_on or context.today
    locale = read_locale(layout, near=near)
    flow = flow_text(layout)
    out: list[Field | None] = [_title(layout)]
    parties = _parties(layout, flow)
    if parties is not None:
        out.append(parties)
        out += _sides(parties, context)
    signed = _concluded(layout, locale, near)
    start, end = read_term(flow, locale, near, signed)
    if signed is not None:
        out += [signed, renamed(signed, "transaction_date")]
    amount = read_amount(flow)
    if amount is not None:
        out += [amount, renamed(amount, "total_amount")]
        if isinstance(amount.value, Money):
            out.append(_currency(amount, amount.value.currency))
    renewal = read_renewal(flow)
    if end is not None and not any(f.name == "auto_renewal" for f in renewal):
        renewal.append(replace(end, name="auto_renewal", value=Flag(flag=False), confidence=min(end.confidence, 0.85)))
    out += [start, end, *renewal, read_court(flow), read_stamp(layout)]
    return tuple(f for f in out if f is not None)


def _currency(amount: Field, code: str) -> Field:
    return replace(amount, name="currency", value=Text(text=code))


def _title(layout: Layout) -> Field | None:
    best: tuple[float, Segment] | None = None
    for segment in layout.segments[:25]:
        text = segment.text.strip(" #*")
        if (
            TITLE.search("".join(text.split()) if not text.isascii() else text)
            and len(segment.compact) <= 60
            and not re.search(r"[。、]|第.条", text)
        ):
            score = segment.height / layout.body_height - 0.02 * segment.row
            if best is None or score > best[0]:
                best = (score, segment)
    if best is None:
        return None
    segment = best[1]
    text = segment.text.strip(" #*")
    if not text.isascii():
        text = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text)
    return found("title", Text(text=text), segment.span(), confidence=0.95 * segment.confidence)


def _parties(layout: Layout, flow: Flow) -> Field | None:
    rows: dict[str, tuple[str, tuple[Span, ...]]] = {}
    for match in _DEFINED.finditer(flow.text):
        role = match["role"] or match["role2"]
        if not re.fullmatch(_ROLE, role) and not re.search("甲|乙|者|人|主|社", role):
            continue
        name = _name(re.split(r"(?:と|及び|および|並びに|、)\s*(?=\S*(?:会社|法人))|[。:：]\s*", match["name"])[-1])
        if name and role not in rows and len(rows) < 6:
            start = match.start("name") + match["name"].rfind(name) if name in match["name"] else match.start("name")
            rows[role] = (name, flow.spans(start, match.end("name")))
    for role, name, span in _signature_names(layout):
        short = role.split("(")[0]
        if short in rows and role != short:  # 甲(注文者) says more than 甲
            rows = {role if known == short else known: row for known, row in rows.items()}
        elif role not in rows and not any(company_key(name) == company_key(known) for known, _ in rows.values()):
            rows[role] = (name, (span,))
    if len(rows) < 2:
        rows.update({r: v for r, v in _english(flow).items() if r not in rows})
    kept = {role: row for role, row in rows.items() if row[1]}
    if not kept:
        return None
    spans = tuple(s for _, row in kept.items() for s in row[1])
    value = Parties(rows=tuple(Party(role=role.split("#")[0] or None, name=row[0]) for role, row in kept.items()))
    formed = all(has_company_form(row[0]) for row in kept.values())
    unsure = any(LOST_FORM.search(s.raw) for s in spans)
    confidence = (0.95 if len(kept) >= 2 and formed else 0.8 if len(kept) >= 2 else 0.6) * min(
        s.confidence for s in spans
    )
    return found("parties", value, spans, confidence=min(confidence, 0.8) if unsure else confidence)


def _signature_names(layout: Layout) -> list[tuple[str, str, Span]]:
    out: list[tuple[str, str, Span]] = []
    for segment in layout.segments:
        match = _SIGNED.match(segment.text)
        if not match or len(segment.compact) > 60 or re.search(r"[。]|は[、,]|と乙|及び乙", segment.text):
            continue
        rest = _name(match["rest"])
        if rest and has_company_form(rest):
            out.append((match["role"], rest, segment.span(match.start("rest"))))
            continue
        beside = [s for s in layout.rows[segment.row] if s is not segment and _SIGNED.match(s.text)]
        for other in (
            *layout.right_of(segment)[:2],
            *[s for row in layout.rows[segment.row + 1 : segment.row + 5] for s in row],
        ):
            if _SIGNED.match(other.text) and other.row > segment.row:
                break
            if any(_nearer(other, than, segment) for than in beside):  # 甲 and 乙 sign side by side
                continue
            name, span = _name(other.text), other.span()
            if has_cut_form(name):
                whole = whole_name(layout, other, name, span)
                name, span = whole.name, whole.span
            if name and has_company_form(name) and len(name) <= 46:
                out.append((match["role"], name, span))
                break
    return out


def _nearer(name: Segment, other_role: Segment, role: Segment) -> bool:
    """The name stands in the column of another role."""
    return abs(name.box.left - other_role.box.left) < abs(name.box.left - role.box.left)


def _english(flow: Flow) -> dict[str, tuple[str, tuple[Span, ...]]]:
    match = _ENGLISH_PARTIES.search(flow.text.replace("\n", " "))
    if not match:
        return {}
    out = {}
    for key in ("a", "b"):
        name = _name(match[key])
        if name and has_company_form(name):
            out["#" + key] = (name, flow.spans(match.start(key), match.end(key)))
    return out


def _name(text: str) -> str:
    name = strip_honorific(" ".join(text.split()))[0]
    name = re.split(r"\s{2,}|代表取締役|代表社員|代表者|\(以下", name)[0]
    name = _ROLE_PREFIX.sub("", _LABEL_PREFIX.sub("", name).strip()).strip(" :：、,.-_「」")
    if name.startswith("(") and not has_company_form(name):
        name = name.lstrip("( ")
    if name.endswith(")") and "(" not in name:
        name = name.rstrip(") ")
    name = clean_name(name)
    if (
        re.fullmatch(_ROLE, name)
        or _JUNK_NAME.search(name)
        or not 2 <= len(name) <= 46
        or not re.search(r"[^\W\d_]{2}", name)
    ):
        return ""
    return name


def _sides(parties: Field, context: FieldContext) -> list[Field]:
    """Counterparty, issuer and recipient; null without a company of ours (DESIGN §6.3)."""
    if not isinstance(parties.value, Parties):
        return []
    rows = parties.value.rows
    ours = [p for p in rows if any(same_company(p.name, our) for our in context.our_companies)]
    others = [p for p in rows if p not in ours]
    if not ours or len(others) != 1:
        return []
    box = parties.sources[min(rows.index(others[0]), len(parties.sources) - 1)]
    return [
        replace(parties, name="counterparty", value=Text(text=others[0].name), raw_text=others[0].name, sources=(box,))
    ]


_SIGNED_BEFORE = re.compile(
    r"(?:締結日|契約(?:締結)?日|契約年月日|dated|date|as of|made (?:this|on))\s*[:：]?\s*$", re.IGNORECASE
)


def _concluded(layout: Layout, locale: Locale, near: date) -> Field | None:
    """The signing date: labelled; else alone on its row near the signatures (or under the title)."""
    best: tuple[float, FoundDate, Segment] | None = None
    count = len(layout.rows)
    for segment in layout.segments:
        for day in find_dates(segment.folded.original, order=locale.order, near=near):
            before = segment.folded.original[: day.start].strip()
            after = segment.folded.original[day.end :].strip()
            beside = layout.left_of(segment)[:1]
            score = 0.0
            if _SIGNED_BEFORE.search(before) or (not before and beside and _SIGNED_BEFORE.search(beside[0].text)):
                score = 1.0
            elif not before and not after.strip("　 付") and not re.match(r"から|より|まで|~", after):
                place = segment.row / max(count - 1, 1)
                score = 0.9 if place > 0.4 else 0.7
            elif re.search(r"(?:締結|調印|記名押印|契約)(?:した|する|し)", after[:30]) and not re.match(
                r"(?:から|より|まで)", after
            ):
                score = 0.75
            if score and (best is None or score > best[0]):
                best = (score, day, segment)
    if best is None:
        return None
    score, day, segment = best
    ambiguous = day.ambiguous and not (locale.order_certain and not day.year_assumed)
    span = segment.raw_span(day.start, day.end)
    confidence = {1.0: 0.97, 0.9: 0.95, 0.75: 0.85, 0.7: 0.85}[score] * span.confidence
    return found(
        "concluded_on",
        CalendarDate(day=day.day),
        span,
        confidence=min(confidence, 0.6) if ambiguous else confidence,
        ambiguous=ambiguous,
    )
