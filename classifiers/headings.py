"""Words that speak for a class: headings of documents and telling phrases of their bodies.

Patterns look at compact text: NFKC, no spaces, lower case. Order does not matter; weights do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.fields import DocumentType

T = DocumentType


@dataclass(frozen=True, slots=True)
class Cue:
    """One pattern and how strongly it speaks for a class."""

    label: DocumentType
    weight: float
    pattern: re.Pattern[str]


def _cue(label: DocumentType, weight: float, pattern: str) -> Cue:
    return Cue(label, weight, re.compile(pattern))


_H = "(?:御|ご|お)?"
_END = (
    r"(?:\(.{0,14}\)|[\[【].{0,10}[\]】]|控え?|(?:お客様|貴社|当社)控え?|の(?:件"
    r"|ご案内)|no\.?\S{0,20}|:.*|在中|兼.{1,8}書?)?$"
)

HEADINGS: tuple[Cue, ...] = (
    _cue(
        T.CREDIT_NOTE,
        1.3,
        r"(?:適格)?返還(?:請求書|インボイス|明細書?)|返還等対価|赤(?:伝|字)(?:票|請求書)?"
        rf"|{_H}返品(?:伝票|書|明細書?|通知書)|値引(?:通知書|伝票|明細書)|対価の返還"
        r"|credit(?:note|memo)|gutschrift|rechnungs-?korrektur|stornorechnung|マイナス請求書"
        r"|クレジットノート|返金(?:通知|明細)書?",
    ),
    _cue(
        T.PAYMENT_STATEMENT,
        1.2,
        rf"{_H}支払(?:い)?(?:通知書?|明細書?|案内書?|確定通知)|仕入明細書?|支払予定(?:通知"
        r"|明細)|報酬(?:支払)?明細|(?:payment|remittance)(?:advice|statement|notice)"
        r"|支払報告書",
    ),
    _cue(
        T.INSPECTION,
        1.2,
        rf"{_H}検収(?:書|通知書?|確認書|完了(?:書|報告書|通知書|確認書)|報告書|明細書?"
        rf"|票|証明書)|{_H}検査(?:合格|完了)(?:書|証|通知書)|物品受領書|受入検査(?:書"
        r"|票)|certificateofacceptance|acceptancecertificate|inspection(?:certificate"
        r"|report)|業務完了確認書",
    ),
    _cue(
        T.DELIVERY_NOTE,
        1.1,
        rf"{_H}納品(?:書|伝票|明細書?|案内書)|{_H}出荷(?:明細|案内|伝票)書?|送り状"
        r"|deliverynote|deliveryorder$|packing(?:list|slip)|lieferschein$",
    ),
    _cue(
        T.PURCHASE_ORDER, 1.1, rf"{_H}(?:注文|発注)(?:書|請書|伝票|明細書?)|purchaseorder(?!no)|orderform|bestellung$"
    ),
    _cue(T.QUOTATION, 1.1, rf"{_H}見積(?:書|明細書?|案)|{_H}御見積$|概算見積|quotation|estimate$|^angebot"),
    _cue(
        T.RECEIPT,
        1.1,
        rf"{_H}領収(?:書|証|證)|^領収$|領収書|领収[書証]|レシート|{_H}買上げ?(?:票|明細書?"
        r"|レシート)|売上票|^receipt$|(?:official|cash|payment|sales|customer)receipt"
        rf"|quittung|kassenbon|kundenbeleg|{_H}利用(?:明細|領収)(?:書|票)|(?:乗車|駐車)精算書|^精算書"
        r"|入金票",
    ),
    _cue(
        T.INVOICE,
        1.0,
        rf"{_H}(?:合計|定期|月次|利用料金?)?請求(?:書|明細書?|内訳書)|適格請求書|(?:^"
        r"|tax|retail|commercial|sales|pro-?forma|copy)invoices?(?!no|date|nr|number)"
        r"|(?:beitrags|schluss|handels)?rechnung(?:desversicherers)?(?:$|\(|\d|seite"
        r"|nr)|^factuur|kopiefactuur|^facture",
    ),
    _cue(
        T.CONTRACT,
        1.2,
        r"契約(?:証)?書|覚書|合意書|誓約書|協定書|念書|契約条項|約款|利用規約|秘密保持"
        r"|(?:non-?disclosure|mutual|service|license|lease|employment|employee.{0,20}"
        r"|purchase|consulting|master.{0,20})agreement|agreement$|^contract|ndacoverpage"
        r"|(?:^|[^a-z])nda(?:$|[^a-z])|\bmnda\b",
    ),
    _cue(
        T.OTHER,
        1.1,
        r"(?:書類)?送(?:付|信)(?:状|票|の(?:ご|御)?案内|案内)|議事録|稟議書|履歴書|職務経歴書|在中$"
        r"|(?:業務|出張|作業|調査|点検|月次|事故|研修|営業)(?:日報|報告書)|(?:経|旅|交通|出張旅|仮払)[費金]?精算書"
        r"|(?:の|ご)(?:お知らせ|案内|お願い|挨拶)(?:状)?$|^お知らせ$|申請書$|届出?書?$|(?:見積|支払|購入|購買)依頼書"
        r"|取扱説明書|仕様書$|マニュアル$|保証書$|成績書$|給与(?:支給)?明細|賞与明細|源泉徴収票|納税(?:通知|証明)書"
        r"|申告書$|証明書$|通知表$|(?:貸借対照|損益計算|試算|棚卸|価格)表$|残高(?:証明書?|確認書)|利用代金明細|取引明細"
        r"|就業規則|定款$|委任状|診断書|処方箋|保険証券|提案書$|企画書$|アンケート|お品書き|メニュー$|^menu$"
        r"|curriculumvitae|^resume$|minutesof|usermanual|bankstatement|kontoauszug|lebenslauf",
    ),
)
"""A line that is a heading of its class."""

PHRASES: tuple[Cue, ...] = (
    _cue(T.RECEIPT, 0.7, r"(?:正に|確かに|上記.{0,6})?領収(?:いた|致)しまし|領収金額|上記(?:の)?金額"),
    _cue(T.RECEIPT, 0.5, r"{}(?:預り?|釣り?銭?)|釣銭|お?釣り?$|^change|change$|rückgeld|gegeben".format("お")),
    _cue(
        T.RECEIPT,
        0.35,
        r"レジ|責no|担当者?no|^cash|cash$|cashier|counter|roundingadj|rounding|tendered"
        r"|mastercard|visacard|kartenzahlung|kreditkarte|zuzahlen|debit|thankyou|pleasecomeagain"
        r"|comeagain|お買上|ありがとうございま|またの(?:ご来店|お越し)|ご来店|点数",
    ),
    _cue(
        T.RECEIPT,
        0.3,
        r"(?:goodssold|notreturnable|norefund|exchange(?:ortable|able)?)|servedby|bon-?nr"
        r"|pax:|table(?:no)?[:\d]|receiptno|rcpt|billno|slipno|店no|伝票no|レシートno"
        r"|クレジット(?:カード)?(?:支払)?|電子マネー|コード決済|車番|乗務員|入庫|出庫"
        r"|駐車",
    ),
    _cue(
        T.INVOICE,
        0.6,
        r"(?:御|ご)請求(?:金)?額|請求(?:申し?|いた|致)|請求番号|請求日|請求先|invoice(?:no"
        r"|date|number|nr)|rechnungs(?:nr|datum|nummer|betrag|summe)|factuurnummer|(?:お"
        r"|ご)支払(?:い)?期限",
    ),
    _cue(
        T.INVOICE,
        0.35,
        r"振込先|(?:お)?振込(?:手数料|口座)|bankverbindung|iban|zahlungsbedingungen"
        r"|paymentterms|vervaldatum|duedate",
    ),
    _cue(
        T.QUOTATION,
        0.6,
        r"(?:御|お)?見積(?:申し?上|いた|致|金額|番号|日|有効)|有効期限|下記の(?:通|とお)り(?:御"
        r"|お)見積|quotation(?:no|date)|validuntil",
    ),
    _cue(
        T.PURCHASE_ORDER,
        0.6,
        r"(?:発注|注文)(?:申し?上|いた|致|します|番号|日|金額)|希望納期|納期|納入場所"
        r"|purchaseorderno|ponumber",
    ),
    _cue(
        T.DELIVERY_NOTE,
        0.6,
        r"納品(?:申し?上|いた|致|します|番号|先)|下記の(?:通|とお)り納品|お届け先|deliveryno"
        r"|lieferdatum",
    ),
    _cue(T.INSPECTION, 0.7, r"検収(?:いた|致|しまし|完了|番号|日|金額|者|結果)|検査結果|合格(?:数|と)|検収を"),
    _cue(
        T.PAYMENT_STATEMENT,
        0.7,
        r"支払(?:い)?(?:申し?上|いたし|致し|します|予定日|通知番号)|お支払金額のお知らせ"
        r"|相殺|差引支払|支払内訳|源泉徴収",
    ),
    _cue(
        T.CREDIT_NOTE,
        0.7,
        r"返還(?:いた|致|金額|日|の対象)|売上に係る対価の返還|元(?:の)?(?:請求書|取引)"
        r"|返品(?:理由|数|金額)|gutgeschrieben|creditnoteno|reklamation|返金",
    ),
    _cue(
        T.CONTRACT,
        0.6,
        r"第[1一]条|\(以下「?甲|以下、?「甲」|甲(?:は|と|及び|および).{0,12}乙|hereinafter"
        r"|whereas|witnesseth|governinglaw|confidentialinformation|本契約|thisagreement"
        r"|管轄裁判所|記名押印|receivingparty|disclosingparty",
    ),
)
"""A line of the body that speaks for a class."""
