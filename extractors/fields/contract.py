"""Fields of contracts: title, parties, days, renewal, consideration, court, stamp duty."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.amounts import find_amounts
from domain.companies import has_company_form, same_company, strip_honorific
from domain.dates import FoundDate, find_dates
from domain.engines import FieldContext, Language
from domain.fields import CalendarDate, Field, Flag, Money, Parties, Party, Text
from domain.folding import fold
from domain.kanji_numbers import NUMERAL_CHARACTERS, parse_kanji_number
from extractors.fields.evidence import found, renamed
from extractors.fields.labelled import Locale, read_locale
from extractors.fields.layout import Layout, Segment, Span

TITLE = re.compile(
    r"(?:契約(?:書|証書)|覚書|合意書|誓約書|協定書|念書|約款|変更契約|注文請書|NDA"
    r"|AGREEMENT|Agreement|CONTRACT|Contract|Terms)(?:\s*\(.{1,20}\))?(?:\s*(?:\(案\)"
    r"|案))?$"
)
_ROLE = (
    r"(?:甲|乙|丙|丁|委託者|受託者|賃貸人|賃借人|貸主|借主|売主|買主|発注者|受注者"
    r"|注文者|請負人|開示者|受領者|貸付人|借入人)"
)
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
_FULL_ROW = 0.8
"""A row of running text reaches at least this share of the right margin."""
_TERM = re.compile(
    rf"(?P<n>\d{{1,2}}|[{NUMERAL_CHARACTERS}]{{1,3}})\s*(?:[かヶケカ箇]\s*)?(?P<u>年|月|ヶ月|か月|カ月)\s*間?"
)
_CLAUSE_HEAD = re.compile(r"第\s*[\d一二三四五六七八九十]+\s*条")
_RENEW = re.compile(
    r"自動(?:的に)?(?:更新|延長|継続)|同一(?:の)?条件(?:で|にて|により).{0,24}(?:更新"
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
    rf"(?:期間)?満了(?:の)?(?:日の)?\s*(?P<n>(?:\d{{1,2}}|[{NUMERAL_CHARACTERS}]{{1,3}})\s*(?:[かヶケカ箇]?月"
    r"|日|年|週間))\s*前(?:まで)?"
)
_COURT = re.compile(r"(?:[^\s、。を,「」()のは]{1,12}(?:地方|簡易|家庭|高等)裁判所(?:[^\s、。を,「」はの]{0,8}支部)?)")
_ENGLISH_COURT = re.compile(r"courts?\s+(?:of|in|located in)\s+([A-Z][A-Za-z ,]{2,40}?)(?:[.;]|\s+shall|\s+will|$)")
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
class _Flow:
    """The whole text as one string without line breaks, with the way back to the segments."""

    text: str
    places: tuple[tuple[int, Segment], ...]

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        out = []
        for at, segment in self.places:
            stop = at + len(segment.text)
            if at < end and start < stop:
                out.append(segment.span(max(start - at, 0), max(min(end, stop) - at, 1)))
        return tuple(out)


def contract_fields(layout: Layout, *, context: FieldContext, language: Language | None) -> tuple[Field, ...]:
    """Everything that a contract says about itself; blanks and placeholders stay missing."""
    near = context.received_on or context.today
    locale = read_locale(layout, near=near)
    flow = _flow(layout)
    out: list[Field | None] = [_title(layout)]
    parties = _parties(layout, flow, language)
    if parties is not None:
        out.append(parties)
        out += _sides(parties, context)
    signed = _concluded(layout, locale, near)
    start, end = _term(flow, locale, near, signed)
    if signed is not None:
        out += [signed, renamed(signed, "transaction_date")]
    amount = _amount(flow)
    if amount is not None:
        out += [amount, renamed(amount, "total_amount")]
        if isinstance(amount.value, Money):
            out.append(_currency(amount, amount.value.currency))
    renewal = _renewal(flow)
    if end is not None and not any(f.name == "auto_renewal" for f in renewal):
        renewal.append(replace(end, name="auto_renewal", value=Flag(flag=False), confidence=min(end.confidence, 0.85)))
    out += [start, end, *renewal, _court(flow), _stamp(layout)]
    return tuple(f for f in out if f is not None)


def _currency(amount: Field, code: str) -> Field:
    return replace(amount, name="currency", value=Text(text=code))


def _flow(layout: Layout) -> _Flow:
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
    return _Flow(text=text, places=tuple(places))


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


def _parties(layout: Layout, flow: _Flow, language: Language | None) -> Field | None:
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
        elif role not in rows:
            rows[role] = (name, (span,))
    if len(rows) < 2:
        rows.update({r: v for r, v in _english(flow).items() if r not in rows})
    if len(rows) < 2 and language is not None:
        rows.update(_from_language(layout, language, rows))
    kept = {role: row for role, row in rows.items() if row[1]}
    if not kept:
        return None
    spans = tuple(s for _, row in kept.items() for s in row[1])
    value = Parties(rows=tuple(Party(role=role.split("#")[0] or None, name=row[0]) for role, row in kept.items()))
    formed = all(has_company_form(row[0]) for row in kept.values())
    confidence = (0.95 if len(kept) >= 2 and formed else 0.8 if len(kept) >= 2 else 0.6) * min(
        s.confidence for s in spans
    )
    return found("parties", value, spans, confidence=confidence)


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
        for other in (
            *layout.right_of(segment)[:2],
            *[s for row in layout.rows[segment.row + 1 : segment.row + 5] for s in row],
        ):
            if _SIGNED.match(other.text) and other.row > segment.row:
                break
            name = _name(other.text)
            if name and has_company_form(name) and len(name) <= 46:
                out.append((match["role"], name, other.span()))
                break
    return out


def _english(flow: _Flow) -> dict[str, tuple[str, tuple[Span, ...]]]:
    match = _ENGLISH_PARTIES.search(flow.text.replace("\n", " "))
    if not match:
        return {}
    out = {}
    for key in ("a", "b"):
        name = _name(match[key])
        if name and has_company_form(name):
            out["#" + key] = (name, flow.spans(match.start(key), match.end(key)))
    return out


def _from_language(
    layout: Layout, language: Language, rows: dict[str, tuple[str, tuple[Span, ...]]]
) -> dict[str, tuple[str, tuple[Span, ...]]]:
    """Companies that the language model sees in the first and last rows, where no role names them."""
    out: dict[str, tuple[str, tuple[Span, ...]]] = {}
    for segment in (*layout.segments[:8], *layout.segments[-24:]):
        if not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", segment.text):
            continue
        for entity in language.entities(segment.text):
            name = _name(entity.text)
            known = [v[0] for v in (*rows.values(), *out.values())]
            if name and has_company_form(name) and not any(same_company(name, k) for k in known):
                out[f"#{len(out)}"] = (name, (segment.span(entity.start, entity.end),))
    return out if len(out) + len(rows) <= 3 else {}


def _name(text: str) -> str:
    name = strip_honorific(" ".join(text.split()))[0]
    name = re.split(r"\s{2,}|代表取締役|代表社員|代表者|\(以下", name)[0]
    name = _LABEL_PREFIX.sub("", name).strip(" :：、,.-_「」")
    if name.startswith("(") and not has_company_form(name):
        name = name.lstrip("( ")
    if name.endswith(")") and "(" not in name:
        name = name.rstrip(") ")
    name = re.sub(r"\s*(?:\(?印\)?|㊞)$", "", name).strip()
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


def _term(flow: _Flow, locale: Locale, near: date, signed: Field | None) -> tuple[Field | None, Field | None]:
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


def _counted_end(plain: str, flow: _Flow, start: date) -> tuple[date, tuple[Span, ...]] | None:
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


def _renewal(flow: _Flow) -> list[Field]:
    plain = flow.text.replace("\n", "")
    out: list[Field] = []
    denied, renewed = _NO_RENEW.search(plain), _RENEW.search(plain)
    match = denied or renewed
    # An agreement that is renewed only when both sides agree (合意により更新) does not renew by itself.
    if match is not None:
        agreed = re.search(r"合意(?:により|の上|のうえ)|協議", plain[max(0, match.start() - 40) : match.start()])
        silent = re.search(
            r"(?:申し?出|通知|異議|意思表示).{0,20}(?:ない|なき|なかった|されない)",
            plain[max(0, match.start() - 90) : match.start()],
        )
        value = denied is None and (agreed is None or silent is not None)
        spans = flow_spans(flow, match.start(), match.end())
        if spans:
            out.append(found("auto_renewal", Flag(flag=value), spans, confidence=0.9))
        notice = _NOTICE.search(plain)
        if notice is not None and value:
            spans = flow_spans(flow, notice.start("n"), notice.end("n"))
            if spans:
                out.append(
                    found("renewal_notice", Text(text=re.sub(r"\s", "", notice["n"]) + "前"), spans, confidence=0.85)
                )
    return out


def flow_spans(flow: _Flow, start: int, end: int) -> tuple[Span, ...]:
    """Places of a range counted without line breaks."""
    breaks = [i for i, c in enumerate(flow.text) if c == "\n"]
    shifted_start, shifted_end = start, end
    for position in breaks:
        if position <= shifted_start:
            shifted_start += 1
        if position < shifted_end:
            shifted_end += 1
    return flow.spans(shifted_start, shifted_end)


def _court(flow: _Flow) -> Field | None:
    plain = flow.text.replace("\n", "")
    match = _COURT.search(plain)
    if match:
        name = re.sub(r"^(?:については|紛争は|訴訟は|には|に関し|当たっては|ついて|、)+", "", match[0])
        spans = flow_spans(flow, match.end() - len(name), match.end())
        if spans and len(name) > 5:
            return found("jurisdiction", Text(text=name), spans, confidence=0.9 * min(s.confidence for s in spans))
    return None


def _stamp(layout: Layout) -> Field | None:
    for segment in layout.segments:
        if not _STAMP.search(segment.text):
            continue
        for place in (segment, *layout.right_of(segment)[:1], *list(layout.below(segment, reach=2.0))[:1]):
            for amount in find_amounts(place.folded.original):
                if amount.marked:
                    value = Money(amount=amount.value, currency="JPY")
                    return found(
                        "stamp_duty",
                        value,
                        place.raw_span(amount.start, amount.end),
                        confidence=0.85 * place.confidence,
                    )
    return None


def _amount(flow: _Flow) -> Field | None:
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
