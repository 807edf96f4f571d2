"""Numbers that identify: registration number and document number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from domain.dates import find_dates
from domain.fields import DocumentType, Field, Text
from domain.folding import fold
from domain.geometry import Box, union
from domain.registration import FoundRegistrationNumber, find_registration_numbers
from extractors.fields.evidence import found
from extractors.fields.grid import head_of
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.names import ADDRESS

_REGISTRATION_LABEL = re.compile(r"登録番号|登録no|適格請求書|インボイス|事業者番号|登.番[号號]")

_OWN_NUMBER: dict[DocumentType, str] = {
    DocumentType.INVOICE: r"請求(?:書)?|invoice|inv|rechnungs?-?|factuur-?|beleg-?|bill",
    DocumentType.RECEIPT: r"領収[書証]?|レシート|伝票|取引|receipt|bill|invoice|inv|bon|beleg-?|rcpt|slip"
    r"|cs|doc(?:ument)?|発券|整理",
    DocumentType.QUOTATION: r"(?:お|御)?見積(?:書)?|quot(?:e|ation)|angebots?",
    DocumentType.PURCHASE_ORDER: r"(?:発注|注文|オーダー|購買|手配)(?:書)?|order|p/?o|bestell-?",
    DocumentType.DELIVERY_NOTE: r"納品(?:書)?|納入(?:書)?|受渡|出荷|伝票|delivery(?:note)?|do|lieferschein-?",
    DocumentType.INSPECTION: r"検収(?:書)?|検査(?:書)?|受入(?:書)?",
    DocumentType.PAYMENT_STATEMENT: r"(?:支払)?通知(?:書)?|支払(?:明細)?(?:書)?|明細(?:書)?",
    DocumentType.CREDIT_NOTE: r"返還(?:請求)?(?:書)?|返品|返金|値引|(?:適格)?返還(?:請求書)?|赤伝|credit(?:note)?|cn"
    r"|gutschrifts?-?"
    r"|beleg-?|rechnungs?-?",
}
_ON_SLIPS = _OWN_NUMBER[DocumentType.RECEIPT]
"""Slips carry many numbers (of a seat, a car, a ticket): only those with a name of their own count."""
_SUFFIX = r"(?:番号|no\.?|nr\.?|ナンバー|#|number|nummer|id|№|コード)"
_GENERIC = re.compile(
    r"^(?:(?:管理|文書|書類|整理|受付|伝票|発行|証憑|作成|帳票|通し|通|連|報告書|document|doc|ref(?:erence)?|our\s?ref)?"
    rf"\s*{_SUFFIX})$"
)
_GENERIC_END = re.compile(rf"(?:管理|文書|書類|整理|受付|伝票|発行){_SUFFIX}$")
"""The same behind other words that were read as one with it."""
_SOME = re.compile(r"^[\u4e00-\u9fff\u3040-\u30ff]{1,6}(?:番号|no\.?|ナンバー|№)$")
"""Any other word of a few characters before it: whose number it is, only ``_EXCLUDED`` and ``_PAPERS`` can tell."""
_PAPERS = re.compile(
    r"請求|見積|発注|注文|納品|納入|出荷|検収|検査|支払|通知|返品|返還|受注|売上|仕入|送り状|追跡|問い?合"
)
"""Numbers of other papers than this one, unless the class says otherwise (``_OWN_NUMBER``)."""
_EXCLUDED = re.compile(
    r"登録|電話|tel|fax|口座|郵便|会員|顧客|客|店no|店番|店舗|レジ|車番|端末|担当"
    r"|社員|機械|法人|gst|tax|vat|btw|mwst|ust-?id|steuer|kvk|iban|reg|account|customer|klant|kunden|member|card"
    r"|カード|承認|table|pos|terminal|trace|approval|元(?:の)?請求|元伝票|ursprung"
    r"|(?<![a-z])co\.?no|company|枝番|部屋|席|貴社|得意先|取引先|案件|契約|ページ|頁|ご注文番号|御注文番号"
    r"|事業者|インボイス|部門|仕入先|部署|テーブル|卓番|卓no|責no|責任|銀行|支店|ロット|シリアル|製造|回線|物件|車両|免許|許可|資産|科目|患者|診察券|保険"
)
_VALUE = re.compile(
    r"#?\s?(?:[\u4e00-\u9fff]{1,2}-)?(?=[A-Za-z\-/_.#]*\d)[A-Za-z0-9][A-Za-z0-9\-/_.#]{1,39}(?:-\s[A-Za-z0-9]+)?"
)
_SURE, _LIKELY = 0.75, 0.45
_LABELLED = re.compile(
    r"(?P<label>[^\d:：\s][^:：]{0,24}?)\s*[:：.#]*\s*(?P<value>#?\s?[A-Za-z0-9][A-Za-z0-9\-/_.#]*)\s*$"
)


def read_registration_number(layout: Layout) -> Field | None:
    """The issuer's number: one with its label first, then one that passes the check digit; as read, never repaired."""
    best: tuple[float, FoundRegistrationNumber, Segment] | None = None
    for segment in layout.segments:
        wrapped = _wrapped_number(layout, segment)
        if wrapped is not None and best is None:
            return wrapped
        for number in find_registration_numbers(segment.folded.original):
            beside = segment.compact + "".join(s.compact for s in layout.left_of(segment)[:1])
            score = 1.0 * bool(_REGISTRATION_LABEL.search(beside)) + 0.6 * number.check_digit_ok
            if best is None or score > best[0]:
                best = (score, number, segment)
    if best is None:
        return None
    _, number, segment = best
    span = segment.raw_span(number.start, number.end)
    confidence = (0.99 if number.check_digit_ok else 0.7) * span.confidence
    return found("registration_number", Text(text=number.number), span, confidence=confidence)


def _wrapped_number(layout: Layout, segment: Segment) -> Field | None:
    """A number that was broken at the end of a narrow line: its last digits stand alone on the next row."""
    begun = re.search(r"[Tt](?:[\s-]?\d){1,12}-?$", segment.text)
    if begun is None or not _REGISTRATION_LABEL.search(segment.compact) or segment.row + 1 >= len(layout.rows):
        return None
    for rest in layout.rows[segment.row + 1]:
        if re.fullmatch(r"\d(?:[\s-]?\d)*", rest.text.strip()):
            joined = find_registration_numbers(begun[0] + rest.text.strip())
            if joined:
                spans = (segment.span(begun.start()), rest.span())
                confidence = (0.97 if joined[0].check_digit_ok else 0.7) * min(s.confidence for s in spans)
                return found("registration_number", Text(text=joined[0].number), spans, confidence=confidence)
    return None


def read_document_number(layout: Layout, *, document_type: DocumentType) -> Field | None:
    """The document's own number, by its label."""
    own = _OWN_NUMBER.get(document_type)
    best: tuple[float, str, Span] | None = None
    for segment in layout.segments:
        if _POST.search(segment.text) or _HOUSE.match(segment.text) or _heads_goods(layout, segment):
            continue
        for strength, value, span in _numbers_at(layout, segment, own):
            _, y = layout.relative(segment)
            if find_registration_numbers(value) or (_YEAR.match(value) and strength < 1.0) or value.endswith("-"):
                continue  # what breaks off is no number
            score = strength - 0.2 * y - (0.5 if segment.page_index != layout.first_page else 0.0)
            if best is None or score > best[0]:
                best = (score, value, span)
    if best is None:
        best = _slip_number(layout) if document_type is DocumentType.RECEIPT else _number_by_itself(layout)
    if best is None:
        return None
    score, value, span = best
    dated = _DATED.match(value)
    value = dated["number"] if dated else value
    claim = _claim(score) * (_RUN_ON if not dated and _DOTTED.search(value) else 1.0)
    return found("document_number", Text(text=value), span, confidence=claim * span.confidence)


_DATED = re.compile(r"^(?P<number>[A-Z\d-]*\d)[RHS]\d{1,2}\.\d{1,2}\.\d{1,2}$")
"""A number with the day behind it read as one: 202605-4283R8.5.6."""
_DOTTED = re.compile(r"\d{2}\.\d{1,2}\.\d{1,2}$")
"""The same without the letter of its era: where the number ends, nobody can tell."""
_RUN_ON = 0.4


def _claim(score: float) -> float:
    """How often a number with this score was the paper's on the development sets."""
    return 0.95 if score > _SURE else 0.85 if score > _LIKELY else 0.6


_TITLED = re.compile(
    r"[書票]\s*(?:\(控\)\s*)?(?:N[oO0]?|№)?[.:]?\s*(?P<value>(?=(?:\D*\d){4})(?:[A-Z]{1,4}-)?\d[\dA-Z]*(?:-[\dA-Z]+)*)\s*$"
)
"""A number right behind the paper's title: № between them is often read as N, or not at all."""
_NUMBERED = re.compile(r"^\s*(?:N[Oo]\.?|№)?\s*第\s*(?P<value>[\dA-Za-z][\dA-Za-z\-]{0,14})\s*号\s*$")
"""第1234号 by itself: how forms without a label are numbered."""
_POST = re.compile(r"記号\s*[:：]?\s*\d{5}|普通|当座|預金|口座|銀行|信用金庫")
"""An account: its 番号 is no document's."""
_HOUSE = re.compile(
    r"(?i)^\W*(?:no|lot)\W{0,2}\d+[A-Z]?(?:[-/]\d+[A-Z]?)*\W{0,3}(?:[,&]|(?:jalan|jln|lorong|taman|persiaran|lebuh)\b)"
)
"""An address that begins with the number of the house (NO.37-1, PLAZA …; No.128G JLN …)."""
_YEAR = re.compile(r"^(?:19|20)\d{2}$")
"""A day that goes on elsewhere."""


def _heads_goods(layout: Layout, segment: Segment) -> bool:
    """It stands among the heads of a table of goods: the numbers under it are those of goods."""
    return len({head_of(s.text) for s in layout.rows[segment.row]} & {"quantity", "unit_price", "amount"}) > 1


_SLIP = re.compile(
    r"(?:伝票?|レシート|取引|領収[書証]?|受付|会計|売上|お会計|精算|発券|発行|整理|処理|管理|注文|オーダー|通番|連番|ジャーナル|お?控え?)\s*[Il|]?\s*(?:番号|ナンバー|NO\.?|No\.?|№|#)?\s*[:：.]?\s*#?(?P<value>\d[\d\-]{2,18})(?![\d/年月日時:円点]|\.\d)"
)


_BARE = re.compile(
    r"(?<![A-Za-z])(?:N[Ooe0º°]|N(?=\s)|№|#|ID)\s*[.:：]?\s*(?P<value>\d[\d\-]{2,14})(?![\d/年月日時:円点]|\.\d)"
)


def _slip_number(layout: Layout) -> tuple[float, str, Span] | None:
    """The number of a till's slip: digits right behind a word for it, wherever they stand in the row."""
    for pattern in (_SLIP, _BARE):
        for segment in layout.segments:
            for match in pattern.finditer(segment.text) if not _HOUSE.match(segment.text) else ():
                before = re.split(r"[\d\s]", segment.text[: match.start()].rstrip().casefold())[-1]
                if not find_dates(match["value"]) and not _EXCLUDED.search(before + match[0][:2].casefold()):
                    return 0.6, match["value"], segment.span(match.start("value"), match.end("value"))
    return None


def _numbers_at(layout: Layout, segment: Segment, own: str | None) -> list[tuple[float, str, Span]]:
    out: list[tuple[float, str, Span]] = []
    text = segment.text
    strength = _strength(_label(text), own)
    if strength and sum(_HEADS.search(_label(fold(word.text).text)) is not None for word in segment.words) > 1:
        return _under_words(layout, segment, own)  # each of several heads has its own number
    if strength:  # the label stands alone: its value is to the right, or below
        for value, span in _beside(layout, segment):
            return [(strength, _tidy(value), span)]
        return _under_words(layout, segment, own)  # several heads that were read as one
    if not re.search(r"\d", text):
        return _under_words(layout, segment, own)
    numbered = _NUMBERED.match(text)
    if numbered:
        return [(0.75, numbered["value"], segment.span(numbered.start("value"), numbered.end("value")))]
    for start, end in _between_days(segment):
        for match in re.compile(
            rf"(?i)(?P<label>(?:[^\d\s:：()]{{0,14}}\s?){{1,3}}?{_SUFFIX})\s*[:：.#]*\s*(?P<value>{_VALUE.pattern})"
        ).finditer(text, start, end):
            strength = _strength_of(text[: match.end("label")], match["label"], own)
            if strength:
                value, span = _to_end(layout, segment, match)
                out.append((strength, _tidy(value), span))
    titled = _TITLED.search(text) if not out and own else None
    if titled and re.search(own or "", _label(text[: titled.start("value")])) and layout.relative(segment)[1] < _TOP:
        out.append((0.6, titled["value"], segment.span(titled.start("value"), titled.end("value"))))
    if not out and own:
        whole = re.match(rf"(?i)\s*(?P<label>{own})\s*[:：#]\s*(?P<value>{_VALUE.pattern})\s*$", text)
        if whole:
            out.append((0.8, _tidy(whole["value"]), segment.span(whole.start("value"), whole.end("value"))))
    return out


def _to_end(layout: Layout, segment: Segment, match: re.Match[str]) -> tuple[str, Span]:
    """The number, with what stands under it where it breaks off at a hyphen."""
    value, span = match["value"], segment.span(match.start("value"), match.end("value"))
    if not value.endswith("-"):
        return value, span
    for rest, place in _below(layout, segment, span.box):
        if _REST.fullmatch(rest):
            whole = replace(span, raw=span.raw + rest, box=union((span.box, place.box)))
            return value + rest, replace(whole, confidence=min(span.confidence, place.confidence))
    return value, span


_HEADS = re.compile(rf"[一-龥]{_SUFFIX}$")
"""A word that ends as the head of a number does."""
_REST = re.compile(r"\d+(?:-\d+)*")
"""How a number goes on that breaks off at a hyphen."""


def _label(text: str) -> str:
    return "".join(text.split()).casefold().rstrip(":.#")


def _between_days(segment: Segment) -> Iterator[tuple[int, int]]:
    """The parts of a text that its dates leave: a label does not reach over one."""
    start = 0
    for day in find_dates(segment.text):
        yield start, day.start
        start = day.end
    yield start, len(segment.text)


def _under_words(layout: Layout, segment: Segment, own: str | None) -> list[tuple[float, str, Span]]:
    """Heads that stand too close together to be told apart: each word of them by itself, with what stands under it."""
    for word in segment.words if len(segment.words) > 1 else ():
        strength = _strength(_label(fold(word.text).text), own)
        for value, span in _below(layout, segment, word.box) if strength else ():
            return [(strength, _tidy(value), span)]
    return []


def _beside(layout: Layout, label: Segment) -> Iterator[tuple[str, Span]]:
    """Values to the right of a label, unless another label comes first; then what stands under it."""
    for other in layout.right_of(label)[:2]:
        beside = _number_of(other.text)
        if beside is None:
            break
        yield beside[0], other.span(beside.start(), beside.end())
    yield from _below(layout, label, label.box)


def _below(layout: Layout, label: Segment, box: Box) -> Iterator[tuple[str, Span]]:
    under = [s for s in layout.below(label, reach=1.8) if s.box.left < box.right and box.left < s.box.right]
    for other in under[:1]:
        words = [w for w in other.words if w.box.left < box.right and box.left < w.box.right]
        match = _number_of(" ".join(w.text for w in words))
        if match is None:
            continue
        start = other.text.find(match[0])
        yield match[0], other.span(max(start, 0), max(start, 0) + len(match[0]))


def _number_of(text: str) -> re.Match[str] | None:
    match = re.search(rf"^[\s:：]*({_VALUE.pattern})[\s:：]*$", text)
    if match is None or any(d.end - d.start >= len(match[1]) - 1 for d in find_dates(match[1])):
        return None
    return re.search(re.escape(match[1]), text)


def _strength(label: str, own: str | None) -> float:
    if not label or len(label) > 30 or _EXCLUDED.search(label):
        return 0.0
    if own and re.search(rf"(?:{own})\s*{_SUFFIX}?$", label) and re.search(_SUFFIX, label):
        return 1.0
    if own and re.search(rf"(?:{own})[一-龥]{{1,4}}{_SUFFIX}$", label):
        return 0.95
    if _GENERIC.match(label):
        return 0.7
    if _GENERIC_END.search(label):
        return 0.65
    other = own is not None and own != _ON_SLIPS and _SOME.match(label) and not _PAPERS.search(label)
    return 0.55 if other else 0.0


def _strength_of(before: str, label: str, own: str | None) -> float:
    """Strength of a label in a longer text: of itself, or with all that stands before it (検 収 書 No.)."""
    strength = _strength(_label(label), own)
    if strength or _EXCLUDED.search(_label(label)):
        return strength
    words = _label(before)[-_LONGEST_LABEL:]
    return _strength(words, own) or (
        0.0 if _PAPERS.search(words) else _strength(_label(label.rsplit(maxsplit=1)[-1]), own)
    )


_TOP = 0.4
"""Upper part of the first page in which a number without a label can be the paper's."""
_CORNER = 0.12
"""The same for one of figures only."""
_ITSELF = re.compile(r"^(?:[\u4e00-\u9fff]{1,2}-)?(?=(?:\D*\d){4})[A-Z0-9]+(?:[-/.][A-Z0-9]+)*$")
_OF_OTHERS = re.compile(r"^0\d{1,4}-\d{1,4}-\d{3,4}$|^\D?\d{3}-\d{4}$|^T\d{13}$|^T\d-\d{4}|^\d{2,3}-\d{2}-\d{2,4}$")
"""Telephones, postcodes, registration numbers."""


def _number_by_itself(layout: Layout) -> tuple[float, str, Span] | None:
    """The only number in the head of a form that looks like one of a paper and that no label claims; never sure."""
    found = [
        s
        for s in layout.segments
        if s.page_index == layout.first_page
        and _ITSELF.match(s.text.strip())
        and not _OF_OTHERS.match(s.text.strip())
        and not find_dates(s.text)
        and layout.relative(s)[1] < (_CORNER if s.text.strip().isdigit() else _TOP)
        and not _claimed(layout, s)
    ]
    if len({s.text.strip() for s in found}) != 1:
        return None
    return 0.4, found[0].text.strip(), found[0].span()


def _claimed(layout: Layout, segment: Segment) -> bool:
    """A label to the left or above says what the number is."""
    beside = layout.left_of(segment)[:1]
    near = [s for s in beside if segment.box.left - s.box.right < _BESIDE * segment.height]
    over = list(layout.above(segment.box, row=segment.row, page_index=segment.page_index, reach=2.0))[:1]
    open_over = [s for s in over if not _HAS_VALUE.search(s.text)]
    if _LOT.match(segment.text.strip()) and any(ADDRESS.search(s.text) for s in over):
        return True  # an address that goes on in a second line
    return any(_LABEL_END.search(_label(s.text)) for s in (*near, *open_over))


_LOT = re.compile(r"^\d{1,4}(?:-\d{1,4}){1,3}$")
_BESIDE = 8.0
"""Line heights between a label and a value in the cell beside it."""
_LABEL_END = re.compile(rf"(?:{_SUFFIX}|番|[:：])$|^(?:{_SUFFIX})|{_EXCLUDED.pattern}")
_HAS_VALUE = re.compile(r"\d{3}\s*$")
"""A line above that ends in its own value (FAX 045-000-1638) says nothing of what stands under it."""
_LONGEST_LABEL = 12


def _tidy(value: str) -> str:
    return re.sub(r"\s+", "", value).strip(".")
