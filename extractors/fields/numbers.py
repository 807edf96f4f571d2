"""Numbers that identify: registration number, document number, bank account."""

from __future__ import annotations

import re

from domain.fields import BankAccount, DocumentType, Field, Text
from domain.registration import FoundRegistrationNumber, find_registration_numbers
from extractors.fields.evidence import found
from extractors.fields.layout import Layout, Segment, Span

_REGISTRATION_LABEL = re.compile(r"登録番号|登録no|適格請求書|インボイス|事業者番号|登.番[号號]")

_OWN_NUMBER: dict[DocumentType, str] = {
    DocumentType.INVOICE: r"請求(?:書)?|invoice|inv|rechnungs?-?|factuur-?|beleg-?|bill",
    DocumentType.RECEIPT: r"領収[書証]?|レシート|伝票|取引|receipt|bill|invoice|inv|bon|beleg-?|rcpt|slip"
    r"|cs|doc(?:ument)?|発券|整理",
    DocumentType.QUOTATION: r"見積(?:書)?|quot(?:e|ation)|angebots?",
    DocumentType.PURCHASE_ORDER: r"(?:発注|注文)(?:書)?|order|po|bestell-?",
    DocumentType.DELIVERY_NOTE: r"納品(?:書)?|伝票|delivery(?:note)?|do|lieferschein-?",
    DocumentType.INSPECTION: r"検収(?:書)?|検査(?:書)?",
    DocumentType.PAYMENT_STATEMENT: r"(?:支払)?通知(?:書)?|支払(?:明細)?(?:書)?",
    DocumentType.CREDIT_NOTE: r"返還(?:請求)?(?:書)?|(?:適格)?返還(?:請求書)?|赤伝|credit(?:note)?|cn|gutschrifts?-?"
    r"|beleg-?|rechnungs?-?",
}
_SUFFIX = r"(?:番号|no\.?|nr\.?|ナンバー|#|number|nummer|id|№|コード)"
_GENERIC = re.compile(
    rf"^(?:(?:管理|文書|書類|整理|受付|伝票|発行|証憑|document|doc|ref(?:erence)?|our\s?ref)?\s*{_SUFFIX})$"
)
_EXCLUDED = re.compile(
    r"登録|電話|tel|fax|口座|郵便|会員|顧客|客|店no|店番|店舗|レジ|車番|端末|担当"
    r"|社員|機械|法人|gst|tax|vat|reg|account|customer|klant|kunden|member|card"
    r"|カード|承認|table|pos|terminal|trace|approval|元(?:の)?請求|元伝票|ursprung"
    r"|枝番|部屋|席"
)
_VALUE = re.compile(r"#?\s?(?=[A-Za-z\-/_.#]*\d)[A-Za-z0-9][A-Za-z0-9\-/_.#]{1,39}(?:-\s[A-Za-z0-9]+)?")
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
    begun = re.search(r"[Tt](?:[\s-]?\d){4,12}-?$", segment.text)
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
        for strength, value, span in _numbers_at(layout, segment, own):
            _, y = layout.relative(segment)
            score = strength - 0.2 * y - (0.5 if segment.page_index != layout.first_page else 0.0)
            if best is None or score > best[0]:
                best = (score, value, span)
    if best is None:
        return None
    score, value, span = best
    return found(
        "document_number", Text(text=value), span, confidence=(0.95 if score > 0.75 else 0.85) * span.confidence
    )


def _numbers_at(layout: Layout, segment: Segment, own: str | None) -> list[tuple[float, str, Span]]:
    out: list[tuple[float, str, Span]] = []
    text = segment.text
    label = "".join(text.split()).casefold().rstrip(":.#")
    strength = _strength(label, own)
    if strength:  # the label stands alone: its value is to the right, or below
        for other in (*layout.right_of(segment)[:2], *list(layout.below(segment, reach=1.5))[:1]):
            match = _VALUE.fullmatch(other.text.strip(" :："))
            if match:
                offset = other.text.find(match[0])
                return [(strength, _tidy(match[0]), other.span(max(offset, 0), max(offset, 0) + len(match[0])))]
        return out
    for match in re.finditer(
        rf"(?i)(?P<label>(?:[^\d\s:：()]{{0,14}}\s?){{1,3}}?{_SUFFIX})\s*[:：.#]*\s*(?P<value>{_VALUE.pattern})", text
    ):
        strength = _strength("".join(match["label"].split()).casefold().rstrip(":."), own)
        if strength:
            out.append((strength, _tidy(match["value"]), segment.span(match.start("value"), match.end("value"))))
    if not out and own:
        match = re.match(rf"(?i)\s*(?P<label>{own})\s*[:：#]\s*(?P<value>{_VALUE.pattern})\s*$", text)
        if match:
            out.append((0.8, _tidy(match["value"]), segment.span(match.start("value"), match.end("value"))))
    return out


def _strength(label: str, own: str | None) -> float:
    if not label or len(label) > 30 or _EXCLUDED.search(label):
        return 0.0
    if own and re.search(rf"(?:{own})\s*{_SUFFIX}?$", label) and re.search(_SUFFIX, label):
        return 1.0
    return 0.7 if _GENERIC.match(label) else 0.0


def _tidy(value: str) -> str:
    return re.sub(r"\s+", "", value).strip(".")


_BANK_NAME = re.compile(r"([^\s:：、()]{1,14}?(?:銀行|信用金庫|信用組合|信金|労働金庫|農業協同組合|農協))")
_BRANCH_NAME = re.compile(
    r"(?:銀行|金庫|組合|信金|農協)?\s*([^\s:：、()銀]{1,12}?(?:支店|営業部|出張所|本店|本所)(?:営業部)?)"
)
_TYPE = re.compile(r"(普通|当座|貯蓄)(?:預金|口座)?")
_ACCOUNT = re.compile(
    r"(?:普通|当座|貯蓄)(?:預金|口座)?\s*(?:口座)?(?:番号|No\.?)?\s*[:：]?\s*(\d{6,8})(?!\d)"
    r"|口座番号\s*[:：]?\s*(?:(?:普通|当座)\s*)?(\d{6,8})(?!\d)"
)
_HOLDER = re.compile(r"(?:口座名義(?:人)?|名義(?:人)?|受取人)\s*[:：]?\s*(.{2,40})")
_KANA_HOLDER = re.compile(
    r"(?<![ァ-ヶー])((?:カ|ユ|ド|シャ|ザイ)\)[ァ-ヶーA-Z0-9 ・().]{2,30}"
    r"|[ァ-ヶーA-Z][ァ-ヶーA-Z ・]{1,30}\((?:カ|ユ|ド))"
)


def read_bank_account(layout: Layout) -> Field | None:
    """Where to pay, from the rows that speak of a bank."""
    rows = [
        i
        for i, row in enumerate(layout.rows)
        if any(re.search(r"銀行|信用金庫|信金|信用組合|農協|振込先", s.text) for s in row)
    ]
    rows = [
        i
        for i in rows
        if any(_BANK_NAME.search(s.text) for j in range(i, min(i + 3, len(layout.rows))) for s in layout.rows[j])
    ]
    if not rows:
        return None
    first = rows[0]
    window = [s for row in layout.rows[first : first + 6] for s in row]
    text = "  ".join(s.text for s in window)
    text = re.sub(
        r"(?:お)?(?:振込|支払|取引)(?:先|口座)*(?:銀行)?\s*[:：]?|銀行名\s*[:：]?|支店名\s*[:：]?|口座種別\s*[:：]?|預金種目\s*[:：]?",
        " ",
        text,
    )
    bank, branch = _BANK_NAME.search(text), None
    if bank:
        branch = _BRANCH_NAME.search(text, bank.end(1))
    kind, account, holder = _TYPE.search(text), _ACCOUNT.search(text), _HOLDER.search(text)
    if holder is None:
        holder = _KANA_HOLDER.search(text)
    number = (account[1] or account[2]) if account else None
    if number is None and kind:
        later = re.search(r"(?<!\d)(\d{7})(?!\d)", text[kind.end() :])
        number = later[1] if later else None
    if bank is None and number is None:
        return None
    value = BankAccount(
        bank=bank[1] if bank else None,
        branch=branch[1] if branch else None,
        type=kind[1] if kind else None,
        number=number,
        holder=re.split(r"\s{2,}", holder[1].strip())[0].strip() if holder else None,
    )
    parts = [p for p in (value.bank, value.branch, value.number, value.holder) if p]
    used = tuple(s.span() for s in window if any(p in s.text for p in parts)) or (window[0].span(),)
    complete = all((value.bank, value.branch, value.type, value.number))
    return found("bank_account", value, used, confidence=(0.9 if complete else 0.6) * min(u.confidence for u in used))
