"""What a label says about the amount or date beside it; patterns look at compact text (NFKC, no spaces, lower case)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from domain.fields import DocumentType


class AmountRole(StrEnum):
    """What an amount is on its document."""

    TOTAL = "total"
    SUBTOTAL = "subtotal"
    TAX = "tax"
    TAXABLE = "taxable"
    BALANCE = "balance"
    """Brought forward, paid before: never this document's amount."""
    CASH = "cash"
    CHANGE = "change"
    DISCOUNT = "discount"
    POINTS_USED = "points_used"
    POINTS = "points"
    """Earned points and balances: not money."""
    PAYMENT = "payment"
    """Paid by card and the like: usually equals the total."""
    COUNT = "count"
    UNIT_PRICE = "unit_price"
    WITHHOLDING = "withholding"
    DEDUCTION = "deduction"
    """Taken off after tax: 相殺, 控除."""
    FEE = "fee"
    ROUNDING = "rounding"
    STAMP = "stamp"
    OTHER = "other"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AmountPattern:
    """A role and how strongly the words claim it."""

    role: AmountRole
    weight: float
    pattern: re.Pattern[str]


def _a(role: AmountRole, weight: float, pattern: str) -> AmountPattern:
    return AmountPattern(role, weight, re.compile(pattern))


R = AmountRole
_BASE = r"(?:税抜|税込|税別|本体|小計|消費税|対象)"
"""What an amount is said to be behind a way to pay that only stands on the same line (内訳 現金 税抜額 ¥11,600)."""
AMOUNT_PATTERNS: tuple[AmountPattern, ...] = (
    # Order matters: the first that matches the label decides.
    _a(R.STAMP, 1.0, r"収入印紙|印紙(?:税|代|額)"),
    _a(
        R.POINTS_USED,
        1.0,
        r"(?:ポイント|point)(?:利用|値引|使用|支払|割引|充当|ご利用)|利用ポイント|(?:ご利用"
        r"|使用)(?:ポイント|pt)",
    ),
    _a(R.POINTS, 1.0, r"ポイント|point|マイル|累計|(?<![a-z])pts?(?![a-z])"),
    _a(
        R.COUNT,
        1.0,
        r"点数|数量|個数|人数|枚数|品数|件数|qty|quantity|(?:total|no\.?of)items?|menge"
        r"|aantal|商品数|^no\.?$|お買上商品",
    ),
    _a(R.TOTAL, 1.0, r"(?:ご|御|お)?購入(?:金額|額|代金)"),
    _a(R.TOTAL, 0.8, r"^(?:決済|取引|受領)(?:金)?額$|^金額\(税込\)$"),
    _a(
        R.BALANCE,
        1.0,
        r"前回|前月|繰越|(?:御|ご|お)?入金(?:額|高)|残高|残額|previous|brought|outstandingbefore"
        r"|既(?:払|請求|入金)",
    ),
    _a(R.ROUNDING, 1.0, r"round(?:ing)?(?:adj|diff|$|[^e])|端数|rnd(?:ing)?|五捨"),
    _a(R.WITHHOLDING, 1.0, r"源泉|withh"),
    _a(R.CHANGE, 1.0, r"釣|おつり|(?<!ex)change(?:due)?|rückgeld|zurück|wisselgeld"),
    _a(
        R.CASH,
        1.0,
        rf"預|お預|cash|現金(?!.*{_BASE})|tender|accepted|gegeben|bar(?:zahlung)?$|amountpaid|paidamount"
        r"|受領現金|amountreceived",
    ),
    _a(
        R.TOTAL,
        0.95,
        r"(?:税込|内税)(?:合計|総額|総計|請求)|(?:合計|総額|総計|請求(?:金)?額)\(?(?:税込"
        r"|消費税込|内税)",
    ),
    _a(
        R.TOTAL,
        0.95,
        r"total.{0,12}(?:incl|inclusive|after|with).{0,6}(?:gst|tax|vat|sst|disc)|(?:gst"
        r"|tax|vat)(?:incl|inclusive)",
    ),
    _a(R.TOTAL, 0.95, r"(?:a[mn]oun?t|amt)\W{0,2}incl\w{0,5}\W{0,2}(?:of)?(?:gst|tax|vat|sst)"),
    _a(
        R.TAXABLE,
        1.0,
        r"対象|对象|^税率(?:8|10)[%％]|基準額|課税売上|taxable|steuerbefreit|steuerfrei|exempt|(?:\d|％|%)(?:課税|適用)|非課税|不課税",
    ),
    _a(R.TOTAL, 1.1, r"今回(?:の)?(?:御|ご)?請求|差引(?:合計|(?:御|ご|お)?(?:請求|支払|振込))"),
    _a(R.SUBTOTAL, 0.85, r"(?:当月|今月|今回)(?:の)?(?:御|ご|お)?買い?上"),
    _a(R.TOTAL, 1.0, r"買い上げ(?:合計|計|金額|額)|(?:お|御)勘定|^(?:お|御)代金?$"),
    _a(R.DEDUCTION, 1.0, r"相殺|控除|立替金|差引額$"),
    _a(
        R.SUBTOTAL,
        0.9,
        r"total.{0,14}(?:excl|excluding|before|w/?o|without|net).{0,4}(?:gst|tax|vat"
        r"|sst|ust|mwst|btw)?|(?:excl|ohne|zzgl|exclusief).{0,6}(?:gst|tax|vat|btw|ust"
        r"|mwst)",
    ),
    _a(
        R.SUBTOTAL,
        1.0,
        r"商品(?:代)?(?:金)?(?:合計|計)|小計|税抜|税別|本体|sub-?tot|zwischensumme|nettobetrag"
        r"|^netto(?:summe)?$|netamount\(?excl"
        r"|nettotal(?:excl)|amount\(?excl|warenwert|positionssumme|taxexclusive|課税対象額合計",
    ),
    _a(
        R.TAX,
        1.0,
        r"消費税|消費稅|消费税|内税|外税|税額|税金|うち税|(?:^|total|incl\.?|inclusiveof"
        r"|[@\d%.])(?:gst|vat|sst|servicetax|salestax|tax)(?:amt|amount)?(?:$|[@(:\d%rp])"
        r"|gst|g\.s\.t|mwst|mehrwertsteuer|umsatzsteuer|steuerbetrag|^ust|btw|cgst|sgst|cst$"
        r"|servicecharge",
    ),
    _a(R.TAXABLE, 0.9, r"(?:8|10)(?:%|％)(?:分計?|計)$"),
    _a(
        R.DISCOUNT,
        1.0,
        r"値引|割引|クーポン|discount|rabatt|disc(?:$|[^a-z])|voucher|coupon|skonto"
        r"|savings?|saved|お値引|サービス券|korting|abschl",
    ),
    _a(R.FEE, 1.0, r"手数料|送料|配送料|振込料|delivery(?:fee|charge)|shipping|fracht|zuschl"),
    _a(R.UNIT_PRICE, 1.0, r"単価|unitprice|@$|@|einzelpreis|each|stückpreis|prijsperstuk|^(?:u/?)?price$"),
    _a(
        R.TOTAL,
        1.0,
        r"(?:御|ご|お)?振込(?:合計)?(?:金)?額|今回(?:の)?(?:御|ご)?請求|(?:御|ご)請求(?:金)?額"
        r"|請求(?:合計)?金?額|差引.{0,3}(?:請求"
        r"|支払|金)|(?:御|ご|お)買上げ?(?:合計|計|金額|額)|領収(?:金)?額|領収致|(?:お"
        r"|ご|御)支払(?:い)?(?:金額|合計|額|総額)|支払(?:金額|合計|総額|額)|総合計|(?:御"
        r"|お)?見積(?:合計)?(?:金)?額|(?:注文|発注|契約|検収|納品|返還|返金|返品)(?:合計)?(?:金)?額"
        r"|(?:お|御|ご)会計|^現計$|合計(?:金)?額|精算(?:金)?額",
    ),
    _a(
        R.TOTAL,
        1.0,
        r"grand?total|g\.?total|totaldue|(?:am(?:oun|n|)t|balance)(?:due|payab|toapy)"
        r"|nett?am(?:oun|n)?t|a[mn]ount\(?incl|totalamount"
        r"|totalpayable|totalpaid|netttotal|nett?total|gesamtbetrag|gesamtsumme|zuzahlen"
        r"|zahlbetrag|rechnungsbei?trag|endbetrag|bruttosumme|roundedtotal|total\(?rounded"
        r"|totalround|factuurtotaal|totaalbedrag|payableamount|totalrm|billtotal|invoicetotal"
        r"|totalsales?$|amountpay|totalsales?inclusive",
    ),
    _a(R.TOTAL, 0.85, r"合計|総額|総計|^計$|[^小会]計$|税込(?:金)?額|^税込$"),
    _a(R.TOTAL, 0.85, r"(?:^|[^a-z])total|^tota?l|summe|totaal|^betrag(?:eur)?$|bruttobetrag|^to?tal$"),
    _a(
        R.PAYMENT,
        1.0,
        r"クレジット|credit|カード|電子マネー|qr|コード決済|paypay|d払い|楽天(?:ペイ"
        r"|pay)|aupay|visa|master|amex|jcb|kreditkarte|karte|debit|ec-?cash|交通系(?:ic|電子マネー)?|suica"
        r"|pasmo|icoca|id$|^edy|nanaco|waon|ideal|現計|支払|card|お買物券|商品券|payment"
        r"|paid",
    ),
    _a(
        R.TOTAL,
        0.6,
        r"^(?:金額|代金|金|料金|運賃|amount|amt)$|^(?:駐車料金|ご利用料金|ご利用(?:金)?額|利用料金|売上)",
    ),
)

RATE = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d)?)\s?[%％]|(?<!\d)(8|10)(?=対象|对象)")
INNER_TAX = re.compile(r"内税|内消費税|うち|\(内|税込|incl|enth")
OUTER_TAX = re.compile(r"外税|税抜|税別|excl|zzgl")


def amount_role(label: str) -> tuple[AmountRole, float]:
    """Role of an amount by its label, with a weight from 0 to 1; NONE where the words say nothing."""
    for entry in AMOUNT_PATTERNS:
        if entry.pattern.search(label):
            return entry.role, entry.weight
    return (AmountRole.OTHER if re.search(r"[^\W\d_]", label) else AmountRole.NONE), 0.0


class DateRole(StrEnum):
    """What a date is on its document."""

    OWN = "own"
    """The class's own date: 請求日 on an invoice, 納品日 on a delivery note."""
    ISSUE = "issue"
    """Issue or plain 日付 / Date."""
    DUE = "due"
    VALID = "valid"
    DELIVERY = "delivery"
    PERIOD = "period"
    PRINTED = "printed"
    CLOSING = "closing"
    SUPPLY = "supply"
    EVENT = "event"
    """Another day that is not the document's own (order date on an invoice, check-in …)."""
    NONE = "none"


_OWN: dict[DocumentType, str] = {
    DocumentType.INVOICE: r"請求(?:書)?(?:年月)?(?:発行)?日|invoice\s?date|invdate|billdate|rechnungs-?datum"
    r"|rechnung(?:$|.{0,40}vom$)|(?<=\d)vom$"
    r"|factuur-?datum|dateofinvoice|taxdate|(?:bill|invoice)on",
    DocumentType.RECEIPT: r"取引(?:年月)?日|取扱日|お取扱|お?買上げ?(?:年月)?日|ご?利用(?:年月)?日|領収(?:年月)?日"
    r"|購入日|入金日|売上日|精算(?:年月)?日|receiptdate|billdate|invdate|invoicedate|bookingdate"
    r"|受領日|支払(?:年月)?日|販売日|会計日|出庫(?:日時|時刻)?$",
    DocumentType.QUOTATION: r"見積(?:書)?(?:作成|提出|発行)?(?:年月)?日|quot(?:e|ation)\s?date|angebotsdatum",
    DocumentType.PURCHASE_ORDER: r"(?:発注|注文|御注文|ご注文)(?:書)?(?:発行)?(?:年月)?日|order\s?date|podate"
    r"|bestell-?datum",
    DocumentType.DELIVERY_NOTE: r"納品(?:書)?(?:発行)?(?:年月)?日|納入(?:年月)?日|出荷日|出庫日|届け?日|delivery\s?date"
    r"|liefer(?:schein)?-?datum",
    DocumentType.INSPECTION: r"検収(?:書)?(?:完了)?(?:年月)?日|検査(?:完了)?(?:年月)?日|受入日|acceptance\s?date",
    DocumentType.PAYMENT_STATEMENT: r"(?:支払)?通知(?:書)?(?:発行)?(?:年月)?日|明細書?(?:発行|作成)日",
    DocumentType.CREDIT_NOTE: r"返還(?:年月)?日|返品(?:年月)?日|(?:赤伝|訂正|値引)(?:年月)?日|credit(?:note)?date"
    r"|gutschriftsdatum|beleg-?datum",
    DocumentType.CONTRACT: r"締結(?:年月)?日|契約(?:締結)?(?:年月)?日|effectivedate|dated",
}
_DATE_PATTERNS: tuple[tuple[DateRole, str], ...] = (
    (DateRole.PRINTED, r"印字|印刷|出力|print(?:ed)?|プリント"),
    (DateRole.VALID, r"有効|見積期限|valid|gültig|expir|exp(?:date)?$|使用期限|賞味|消費期限|期限切"),
    (
        DateRole.DUE,
        (
            r"(?:お|ご|御)?支払い?(?:の)?(?:期限|期日|予定|実行日|日|締切|〆切|満期)|入金(?:期|締切|〆切|予定)|(?:払い?込み?|送金)(?:期|締切|〆切|日|予定)"
            r"|振替日|引き落とし|振込(?:期限|期日|予定日"
            r"|日)|期限|期日|引落|納付|決済日|due|fällig|zahlungsziel|vervaldatum|paymentdate"
            r"|payby|zahlbar|入金予定|bistzum|biszum"
        ),
    ),
    (DateRole.DELIVERY, r"納期|納入(?:期|予定|希望)|(?:お)?届け|引渡|配達|配送|shipdate"),
    (DateRole.CLOSING, r"締(?:切)?日?|締め"),
    (DateRole.PERIOD, r"期間|対象月|自|から|至|まで|period|zeitraum|from|until"),
    (
        DateRole.SUPPLY,
        (
            r"納品(?:年月)?日|納入(?:年月)?日|提供日|役務|supply|(?:liefer|leistungs)-?(?:und)?(?:leistungs)?-?datum"
            r"|delivery\s?date|作業日|実施日|施工日|工事日|検収(?:年月)?日|利用日|取引(?:年月)?日"
            r"|売上日"
        ),
    ),
    (
        DateRole.ISSUE,
        (
            r"発行(?:年月)?日?$|発行|作成(?:年月)?日|起票日|伝票日付|日付|年月日|^日時|date(?!of)"
            r"|datum|issue[d]?|dated|通知日|交付日|rcptno|日$"
        ),
    ),
)
_EVENT = re.compile(
    r"生年月日|設立|登録|更新日|開始|終了|入会|order|bestell|auftrag|ursprung|check-?(?:in"
    r"|out)|予約|入店|退店|入庫|上映|入場|lieferschein|注文日|発注日|見積日|契約日"
    r"|元の?取引|当初|原取引|前回|booking|member|warranty|来店予定|次回|birth|printed"
    r"|gst(?:reg|id)|version|改[訂定]|様式|制定"
)


def date_role(label: str, document_type: DocumentType) -> DateRole:
    """Role of a date by its label."""
    own = _OWN.get(document_type)
    if own and re.search(own, label) and not re.search(r"期限|期日|予定|due|有効|元の|当初|印字|印刷", label):
        return DateRole.OWN
    for role, pattern in _DATE_PATTERNS[:6]:
        if re.search(pattern, label):
            return role
    if _EVENT.search(label):
        return DateRole.EVENT
    for role, pattern in _DATE_PATTERNS[6:]:
        if re.search(pattern, label):
            return role
    return DateRole.NONE
