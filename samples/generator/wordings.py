"""What each class of business form calls its parts."""

from __future__ import annotations

from dataclasses import dataclass

from domain.fields import DocumentType

_T = DocumentType


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a class calls its parts."""

    titles: tuple[str, ...]
    leads: tuple[str, ...]
    day: tuple[str, ...]
    number: tuple[str, ...]
    total: tuple[str, ...]
    due: tuple[str, ...] = ()
    due_share: float = 0.0
    other_day: tuple[str, ...] = ()
    """Dates that are neither transaction date nor due date (validity, delivery)."""
    ours: float = 0.0
    """Share that we issue."""
    unpriced: float = 0.0
    """Share without prices."""


WORDINGS: dict[DocumentType, Wording] = {
    _T.INVOICE: Wording(
        titles=("請求書", "御請求書", "ご請求書", "請求書(控)", "請求明細書", "適格請求書"),
        leads=("下記の通りご請求申し上げます。", "下記のとおり御請求申し上げます。", "毎度ありがとうございます。"),
        day=("請求日", "発行日", "ご請求日", "請求年月日", "発行年月日"),
        number=("請求書番号", "請求書No.", "No.", "請求番号", "伝票番号", "管理番号"),
        total=("ご請求金額", "御請求金額", "ご請求額", "合計金額", "請求金額(税込)", "ご請求金額(税込)"),
        due=("お支払期限", "支払期限", "お支払期日", "振込期限", "お振込期日", "支払期日"),
        due_share=0.8,
        ours=0.08,
    ),
    _T.QUOTATION: Wording(
        titles=("見積書", "御見積書", "お見積書"),
        leads=("下記の通りお見積り申し上げます。", "下記のとおり御見積申し上げます。"),
        day=("見積日", "発行日", "見積年月日", "お見積日"),
        number=("見積番号", "見積書番号", "見積No.", "No."),
        total=("お見積金額", "御見積金額", "見積金額", "合計金額", "御見積合計(税込)"),
        other_day=("有効期限", "見積有効期限"),
    ),
    _T.PURCHASE_ORDER: Wording(
        titles=("注文書", "発注書", "御注文書"),
        leads=("下記の通り注文いたします。", "下記の通り発注いたします。"),
        day=("注文日", "発注日", "発行日", "発注年月日"),
        number=("注文番号", "発注番号", "注文書番号", "発注No."),
        total=("注文金額", "発注金額", "ご注文金額", "合計金額", "発注金額(税込)"),
        due=("支払期日", "お支払日", "支払予定日"),
        due_share=0.25,
        other_day=("納期", "希望納期", "納入期限"),
        ours=0.5,
    ),
    _T.DELIVERY_NOTE: Wording(
        titles=("納品書", "納品書(控)", "納品伝票", "御納品書"),
        leads=("下記の通り納品いたしました。", "下記のとおり納品申し上げます。"),
        day=("納品日", "納品年月日", "納入日"),
        number=("納品番号", "納品書番号", "伝票番号", "納品No."),
        total=("合計金額", "納品金額", "税込合計金額"),
        unpriced=0.35,
        ours=0.05,
    ),
    _T.INSPECTION: Wording(
        titles=("検収書", "検収通知書", "検収報告書", "物品検収書"),
        leads=("下記の通り検収いたしました。", "下記の納品物につき検収が完了しましたので通知します。"),
        day=("検収日", "検収年月日", "検収完了日"),
        number=("検収番号", "検収書番号", "検収No."),
        total=("検収金額", "合計金額", "検収金額(税込)"),
        ours=0.4,
        unpriced=0.2,
    ),
    _T.PAYMENT_STATEMENT: Wording(
        titles=("支払通知書", "支払明細書", "お支払通知書", "支払明細通知書"),
        leads=("下記の通りお支払いいたします。", "下記の金額をお支払いいたしますのでご通知申し上げます。"),
        day=("発行日", "通知日", "作成日", "発行年月日"),
        number=("通知番号", "支払番号", "支払通知No.", "管理No."),
        total=("お支払金額", "支払金額", "差引支払額", "お振込金額", "差引お支払金額"),
        due=("支払日", "お支払予定日", "振込日", "支払予定日", "お振込予定日"),
        due_share=0.9,
    ),
    _T.CREDIT_NOTE: Wording(
        titles=("返還請求書", "赤伝票", "適格返還請求書", "値引通知書", "返品伝票", "クレジットノート"),
        leads=("下記の通り返金いたします。", "下記の売上に係る対価の返還等を行いました。"),
        day=("発行日", "返品日", "処理日", "発行年月日"),
        number=("伝票番号", "返還番号", "赤伝No.", "No."),
        total=("返金額", "返還金額合計", "値引金額", "ご返金金額", "返品合計金額"),
    ),
}
