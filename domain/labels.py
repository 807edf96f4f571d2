"""What people read: one label per state, class, reason and check, Japanese first."""

from __future__ import annotations

from domain.acts import ActKind
from domain.approval_routes import OwnSeat
from domain.approvals import ApprovalState
from domain.fields import DocumentType
from domain.ids import Origin
from domain.people import Role
from domain.record import DocumentState, DropState, ImportanceClass, UnitState
from domain.relations import Relation
from domain.requests import RequestKind, RequestState
from domain.seals import Era, SealStyle
from domain.suggestion import DeductionClass, TaxKind

Label = tuple[str, str]
"""(Japanese, English)"""

DOCUMENT_TYPES: dict[DocumentType, Label] = {
    DocumentType.RECEIPT: ("領収書", "Receipt"),
    DocumentType.INVOICE: ("請求書", "Invoice"),
    DocumentType.CONTRACT: ("契約書", "Contract"),
    DocumentType.QUOTATION: ("見積書", "Quotation"),
    DocumentType.PURCHASE_ORDER: ("注文書", "Purchase order"),
    DocumentType.DELIVERY_NOTE: ("納品書", "Delivery note"),
    DocumentType.INSPECTION: ("検収書", "Inspection certificate"),
    DocumentType.PAYMENT_STATEMENT: ("支払通知書", "Payment statement"),
    DocumentType.CREDIT_NOTE: ("返還請求書", "Credit note"),
    DocumentType.OTHER: ("その他", "Other"),
}
DROP_STATES: dict[DropState, Label] = {
    DropState.SEEN: ("検出", "Seen"),
    DropState.CLAIMED: ("受付中", "Claimed"),
    DropState.PRESERVED: ("保存済み", "Preserved"),
    DropState.READ: ("読取済み", "Read"),
    DropState.UNREADABLE: ("読取不可", "Unreadable"),
    DropState.REFUSED: ("受付不可", "Refused"),
}
UNIT_STATES: dict[UnitState, Label] = {
    UnitState.TIMESTAMP_PENDING: ("タイムスタンプ付与待ち", "Timestamp pending"),
    UnitState.STAMPED: ("タイムスタンプ付与済み", "Stamped"),
    UnitState.RENEWED: ("タイムスタンプ更新済み", "Renewed"),
}
DOCUMENT_STATES: dict[DocumentState, Label] = {
    DocumentState.NEEDS_REVIEW: ("確認待ち", "Needs review"),
    DocumentState.FILED: ("保管済み", "Filed"),
    DocumentState.APPROVED: ("承認済み", "Approved"),
    DocumentState.TOMBSTONED: ("削除済み", "Deleted"),
    DocumentState.DESTROYED: ("廃棄済み", "Destroyed"),
}
PAPER_SIZES: dict[str, Label] = {
    "A3": ("A3", "A3"),
    "A4": ("A4", "A4"),
    "A5": ("A5", "A5"),
    "B4": ("B4", "B4 (JIS)"),
    "B5": ("B5", "B5 (JIS)"),
    "receipt-58": ("レシート（幅 58 mm）", "Receipt, 58 mm wide"),
    "receipt-80": ("レシート（幅 80 mm）", "Receipt, 80 mm wide"),
}
IMPORTANCE: dict[ImportanceClass, Label] = {
    ImportanceClass.IMPORTANT: ("重要書類", "Important"),
    ImportanceClass.GENERAL: ("一般書類", "General"),
}
ORIGINS: dict[Origin, Label] = {
    Origin.PAPER_RECEIVED: ("紙で受領", "Paper received"),
    Origin.PAPER_ISSUED_COPY: ("紙で発行した控え", "Copy of paper issued"),
    Origin.ELECTRONIC_RECEIVED: ("電子で受領", "Received electronically"),
    Origin.ELECTRONIC_SENT: ("電子で送付", "Sent electronically"),
    Origin.SELF_GENERATED: ("自社作成", "Own document"),
    Origin.UNKNOWN: ("受領方法が不明", "Origin unknown"),
}
ACTS: dict[ActKind, Label] = {
    ActKind.REQUESTED: ("申請", "Requested"),
    ActKind.REQUEST_APPROVED: ("申請の承認", "Request approved"),
    ActKind.REQUEST_REJECTED: ("申請の却下", "Request rejected"),
    ActKind.REQUEST_TAKEN_BACK: ("申請の取下げ", "Request taken back"),
    ActKind.REQUEST_REPORTED: ("実施の報告", "Carried out and reported"),
    ActKind.RELATED: ("書類の関連付け", "Related to another document"),
    ActKind.DEFECT_FOUND: ("読み取りの不備の発見", "Defect of the scan found"),
    ActKind.RESCANNED: ("再読み取り", "Scanned again"),
    ActKind.SAMENESS_CHECKED: ("同等確認", "Sameness check"),
    ActKind.PAPER_KEPT: ("紙の保管場所", "Paper kept"),
    ActKind.PAPER_DISCARDED: ("紙の廃棄", "Paper discarded"),
    ActKind.STAMP_DUTY_SAID: ("収入印紙", "Revenue stamp"),
    ActKind.PRINTOUT_SAID: ("電子データの印刷物", "Printout of data"),
    ActKind.DELAY_SAID: ("入力が遅れた事由", "Cause of delay"),
    ActKind.CHANNEL_SAID: ("電子取引の授受の方法", "Channel of electronic data"),
    ActKind.LEDGER_LINKED: ("帳簿との関連付け", "Tied to the books"),
    ActKind.NO_LEDGER_SAID: ("関連する帳簿なし", "No entry in the books"),
    ActKind.PAPERS_ISSUED: ("備付け書類の作成", "Paper issued"),
    ActKind.CHART_TESTED: ("4ポイント文字の確認", "4-point chart test"),
    ActKind.HELD: ("保存命令（リーガルホールド）", "Legal hold"),
    ActKind.HOLD_LIFTED: ("保存命令の解除", "Legal hold lifted"),
    ActKind.RETENTION_EXTENDED: ("保存期間の延長", "Retention extended"),
    ActKind.WITHDRAWN: ("誤投入の取消し", "Misdirected file withdrawn"),
    ActKind.DESTROYED: ("廃棄（承認済み）", "Destroyed, with approval"),
    ActKind.USER_CHANGED: ("利用者の変更", "Account changed"),
    ActKind.SESSIONS_ENDED: ("ログインの終了", "Sessions ended"),
    ActKind.TOKEN_ISSUED: ("APIトークンの発行", "API token issued"),
    ActKind.TOKEN_REVOKED: ("APIトークンの失効", "API token revoked"),
    ActKind.DEPARTMENT_NAMED: ("部門の登録", "Department named"),
    ActKind.DEPARTMENT_SAID: ("部門の指定", "Department said"),
    ActKind.CONFIDENTIAL_SAID: ("閲覧制限の指定", "Confidentiality said"),
    ActKind.PARKED: ("確認の保留", "Put aside"),
    ActKind.VIEWED: ("監査人の閲覧", "Viewed by an auditor"),
    ActKind.LISTED: ("監査人の検索・一覧", "Listed by an auditor"),
    ActKind.HANDED_OVER: ("監査用データの引渡し", "Bundle handed over"),
    ActKind.APPROVAL_SUBMITTED: ("承認の申請", "Submitted for approval"),
    ActKind.APPROVAL_GIVEN: ("承認（電子印）", "Approved, with a seal"),
    ActKind.APPROVAL_RETURNED: ("差戻し", "Returned"),
    ActKind.APPROVAL_WITHDRAWN: ("承認申請の取下げ", "Submission withdrawn"),
    ActKind.APPROVAL_REOPENED: ("承認の取消し", "Approval taken back"),
    ActKind.APPROVAL_ROUTES_SET: ("承認経路の設定", "Routes of approval set"),
    ActKind.APPROVAL_DELEGATED: ("承認の代理の設定", "Approval delegated"),
    ActKind.DELEGATION_ENDED: ("承認の代理の終了", "Delegation ended"),
    ActKind.COMPANY_SAID: ("自社の情報の変更", "Facts about the company changed"),
    ActKind.DIGEST_SENT: ("催促メールの送信", "Reminders sent"),
    ActKind.SEAL_CHOSEN: ("印影の設定", "Seal chosen"),
}
RELATIONS: dict[Relation, Label] = {
    Relation.CORRECTS: ("訂正後の書類", "Corrects"),
    Relation.AMENDS: ("変更・個別契約", "Amends"),
    Relation.SUPPLEMENTS: ("一体の書類", "Supplements"),
}
REQUEST_KINDS: dict[RequestKind, Label] = {
    RequestKind.CORRECTION: ("訂正", "Correction"),
    RequestKind.DELETION: ("削除", "Deletion"),
    RequestKind.WITHDRAWAL: ("誤投入の取消し", "Withdrawal of a misdirected file"),
    RequestKind.DESTRUCTION: ("保存期間満了による廃棄", "Destruction at the end of retention"),
}
REQUEST_STATES: dict[RequestState, Label] = {
    RequestState.REQUESTED: ("決裁待ち", "Waiting for a decision"),
    RequestState.APPROVED: ("承認済み（実施待ち）", "Approved, to be carried out"),
    RequestState.REJECTED: ("却下", "Rejected"),
    RequestState.TAKEN_BACK: ("取下げ", "Taken back"),
    RequestState.REPORTED: ("報告済み（完了）", "Carried out and reported"),
}
APPROVAL_STATES: dict[ApprovalState, Label] = {
    ApprovalState.IN_PROGRESS: ("承認待ち", "Waiting for approval"),
    ApprovalState.APPROVED: ("承認済み", "Approved"),
    ApprovalState.RETURNED: ("差戻し", "Returned"),
    ApprovalState.WITHDRAWN: ("取下げ", "Withdrawn"),
    ApprovalState.SUPERSEDED: ("無効（申請後に変更）", "Void: changed since"),
    ApprovalState.REOPENED: ("承認取消し", "Approval taken back"),
}
SEAL_STYLES: dict[SealStyle, Label] = {
    SealStyle.DATE: ("日付印（丸・3段）", "Round, with day"),
    SealStyle.ROUND: ("丸印（名字のみ）", "Round, name only"),
    SealStyle.SQUARE: ("角印", "Square"),
}
SEAL_ERAS: dict[Era, Label] = {
    Era.WESTERN: ("西暦（2026.11.22）", "2026.11.22"),
    Era.JAPANESE: ("和暦（令8.11.22）", "Japanese era"),
}
OWN_SEATS: dict[OwnSeat, Label] = {
    OwnSeat.SKIP: ("本人の段階を飛ばす", "Skip the person's own seat"),
    OwnSeat.REFUSE: ("申請を受け付けない", "Refuse the submission"),
}
REVIEW_REASONS: dict[str, Label] = {
    "type_unsure": ("書類の種類に確信がありません", "The class is uncertain"),
    "field_missing": ("必要な項目が見つかりません", "A required field was not found"),
    "field_unsure": ("読み取った値に確信がありません", "A value is uncertain"),
    "field_ambiguous": ("候補が複数あります", "Several readings stand against each other"),
    "check_failed": ("検算が合いません", "A check failed"),
    "check_digit_failed": ("登録番号の検査数字が合いません", "The registration number's check digit is wrong"),
    "counterparty_unsure": ("取引先を確定できません", "The counterparty could not be determined"),
    "origin_unknown": ("受領方法（紙・電子）が不明です", "The origin is unknown"),
    "direction_unsure": (
        "受け取ったものか自社の控えか、入れた場所と紙面が食い違っています",
        "The paper says another direction than where it was put",
    ),
    "received_on_assumed": ("受領日が未確認です（仮の日付）", "The day of receipt is assumed"),
    "same_bytes_other_origin": (
        "同じファイルが別の受領方法でも届いています",
        "The same bytes came under another origin",
    ),
    "unsupported_media": ("自動で読み取れない形式です", "This kind of file is not read automatically"),
    "unreadable": ("読み取れませんでした", "It could not be read"),
    "page_unreadable": ("読み取れないページがあります", "Some pages could not be read"),
    "encrypted": ("パスワードで保護されています", "Protected by a password"),
    "several_documents": ("複数の書類が含まれている可能性があります", "It may hold several documents"),
    "parted_in_doubt": (
        "前後の書類の続きである可能性があります",
        "It may belong together with the document before or after it",
    ),
    "signed_whole": (
        "電子署名があるため分割せずに保管しました（複数の書類が含まれている可能性があります）",
        "Kept whole because it is signed; it may hold several documents",
    ),
    "attachments_unread": ("開いていない添付ファイルがあります", "Some attachments were not opened"),
    "no_text": ("文字が見つかりません", "No text was found"),
    "handwriting": ("手書きの可能性があります", "It may be handwritten"),
    "capture_quality": ("解像度または階調が不足しています", "Resolution or colour depth is too low"),
    "future_date": ("日付が未来です", "The date lies in the future"),
    "issuer_not_registered": (
        "登録番号が取引日に有効な登録ではありません",
        "The registration number is not valid on the transaction date",
    ),
    "others_look": ("ほかの担当者による確認が必要です", "Somebody else has to look at it"),
    "possible_duplicate": ("重複の可能性があります", "It may be a duplicate"),
    "duplicate_differs": (
        "重複の可能性がある書類と読み取った値が異なります",
        "It was read differently from the document that it may duplicate",
    ),
}
TAX_KINDS: dict[TaxKind, Label] = {
    TaxKind.STANDARD: ("課税", "Taxable"),
    TaxKind.REDUCED: ("課税（軽減）", "Taxable, reduced"),
    TaxKind.FOOD: ("課税（食料品の特例）", "Taxable, food"),
    TaxKind.OTHER_RATE: ("その日にない税率", "A rate unknown on that day"),
    TaxKind.EXEMPT: ("非課税", "Exempt"),
    TaxKind.OUTSIDE: ("不課税・対象外", "Outside the tax"),
    TaxKind.UNKNOWN: ("税率の記載なし", "No rate printed"),
}
DEDUCTIONS: dict[DeductionClass, Label] = {
    DeductionClass.QUALIFIED: ("適格請求書（全額控除）", "Qualified invoice, in full"),
    DeductionClass.TRANSITIONAL: ("経過措置", "Transitional share"),
    DeductionClass.NOT_DEDUCTIBLE: ("控除できません", "Not deductible"),
    DeductionClass.BEFORE_INVOICES: ("区分記載（全額控除）", "Before qualified invoices, in full"),
    DeductionClass.BOOK_ONLY: ("帳簿のみで全額控除（少額特例）", "In full by the books alone"),
    DeductionClass.NOT_APPLICABLE: ("対象外", "Not applicable"),
}
SUGGESTION_REASONS: dict[str, Label] = {
    "confirmed_before": ("この取引先で前に確認した科目", "Confirmed for this counterparty before"),
    "issued_by_us": ("自社が発行した書類", "Issued by us"),
    "words": ("書類の語", "Words of the document"),
    "number_valid": ("登録番号は取引日に有効", "The number is valid on the day"),
    "number_not_looked_up": ("登録番号を公表サイトと照合していません", "The number was not looked up"),
    "number_invalid": ("登録番号が有効ではありません", "The number is not valid"),
    "number_missing": ("登録番号がありません", "No registration number"),
    "spans_two_shares": ("期間が控除割合の変わり目をまたいでいます", "The supply spans two shares"),
    "rule_unconfirmed": ("割合の条文は未確認です", "The text of the rule is not confirmed"),
    "small_amount": ("税込1万円未満", "Under 10,000 yen, tax included"),
    "supply_to": ("役務提供の終了日", "Last day of supply"),
    "supply_from": ("役務提供の開始日", "First day of supply"),
    "transaction_date": ("取引年月日", "Transaction date"),
}
INVOICE_FORMS: dict[str, Label] = {
    "qualified": ("適格請求書", "Qualified invoice"),
    "simplified": ("適格簡易請求書", "Simplified qualified invoice"),
    "return": ("適格返還請求書", "Return invoice"),
    "kubun_kisai": ("区分記載請求書", "Invoice with rates told apart"),
}
INVOICE_ITEMS: dict[str, Label] = {
    "issuer": ("発行者の氏名・名称", "Issuer"),
    "number": ("登録番号", "Registration number"),
    "date": ("取引年月日", "Date of supply"),
    "original_date": ("売上げの年月日", "Date of the original supply"),
    "content": ("取引内容", "Content"),
    "totals_per_rate": ("税率ごとの対価の額", "Totals per rate"),
    "rate": ("適用税率", "Rate"),
    "tax_per_rate": ("税率ごとの消費税額", "Tax per rate"),
    "tax_or_rate": ("消費税額または適用税率", "Tax or rate"),
    "recipient": ("交付を受ける者の氏名・名称", "Recipient"),
}
"""Items of invoices (law: inv-items)."""
LAW_RULES: dict[str, Label] = {
    "regime-split": ("受領方法と適用される規則（法4条3項・7条）", "Which regime applies"),
    "regime-basis-date": ("受領日", "Day of receipt"),
    "scan-doc-class": ("重要書類・一般書類の区分（告示4号）", "Important or general document"),
    "scan-input-early": ("入力期限：早期入力方式（規則2条6項1号イ）", "Input deadline: early method"),
    "scan-input-cycle": ("入力期限：業務処理サイクル方式（規則2条6項1号ロ）", "Input deadline: cycle method"),
    "scan-general-anytime": ("一般書類の適時入力（規則2条7項）", "General documents: no deadline"),
    "scan-consequence": ("災害その他やむを得ない事情（規則2条8項）", "Disaster or another unavoidable cause"),
    "scan-late": ("入力期限の超過", "Past the deadline"),
    "scan-resolution-tone": ("解像度・階調（規則2条6項2号イ）", "Resolution and colour depth"),
    "scan-timestamp": ("認定タイムスタンプ（規則2条6項2号ロ）", "Accredited timestamp"),
    "scan-timestamp-substitute": ("タイムスタンプの代替（規則2条6項2号柱書）", "Waiver of the timestamp"),
    "scan-book-link": ("帳簿との相互関連性（規則2条6項3号）", "Link to the books"),
    "et-authenticity-choice": ("電子取引の改ざん防止措置（規則4条1項）", "Electronic transactions: authenticity"),
    "scan-out-of-scope": ("スキャナ保存の対象外（規則2条4項）", "Out of scope of scanning"),
    "scan-viewing": ("見読可能性・4ポイント文字（規則2条6項4号）", "Legibility, 4-point characters"),
    "scan-fidelity": ("紙との同等性（通達4-15）", "Picture and paper are the same"),
    "scan-rescan-defect": ("読み取りの不備と再読み取り（一問一答29）", "A defect and its new scan"),
    "scan-paper-disposal": ("紙の廃棄（一問一答3）", "Throwing the paper away"),
    "scan-meta-abolished-2024": ("2023年までの情報保存（令5改正）", "Information kept until 2023"),
    "reform-log": ("改正前の要件", "Duties before a reform"),
    "stamp-duty": ("収入印紙", "Stamp duty"),
    "et-rules-template": ("訂正・削除の申請（事務処理規程）", "Applications under the office rules"),
    "et-grace": ("猶予措置・宥恕措置（規則4条3項）", "Grace"),
    "et-search-exempt": ("検索要件の免除（規則4条1項柱書）", "Exemption from search duties"),
    "scan-timestamp-bundle": ("まとめて付すタイムスタンプ（一問一答28）", "One timestamp over many"),
    "lt-tsa-facts": ("認定時刻認証業務の一覧（令3総務省告示146）", "List of accredited services"),
    "pen-10": ("重加算税の加重（法8条5項）", "Addition to the heavy penalty"),
    "seamless-2027": ("デジタルシームレスによる加重の除外（令7改正）", "Relief of seamless data"),
    "pint-rules": ("デジタルインボイスの版（JP PINT）", "Version of JP PINT"),
    "ctax-rates": ("消費税率", "Rates of consumption tax"),
    "ctax-food-2027": ("飲食料品の税率の引下げ（2027年）", "Cut of the rate on food in 2027"),
    "inv-items": ("適格請求書の記載事項（消費税法57条の4）", "Items of a qualified invoice"),
    "inv-transition": ("免税事業者等からの仕入れの経過措置", "Transition for purchases without a number"),
    "inv-small": ("帳簿のみで控除できる取引", "Purchases deducted by the books alone"),
    "inv-return": ("返還インボイス", "Return invoices"),
    "lt-token-life": ("タイムスタンプの有効期間", "Life of the timestamp"),
    "search-fields": ("検索項目（規則2条6項5号）", "Search fields"),
    "ret-corp": ("保存期間（法人税法施行規則59条）", "Retention period"),
    "ret-corp-loss": ("欠損の年度の保存期間（法人税法施行規則26条の3）", "Retention of years with a loss"),
    "ret-ctax": ("仕入税額控除のための保存期間（消費税法施行令50条）", "Retention for input tax"),
    "ret-individual": ("個人の保存期間（所得税法施行規則63条）", "Retention of individuals"),
    "ret-other": ("会社法・契約・保存命令による保存", "Companies Act, contracts, legal holds"),
}
"""Checks of ``compliance``: the ids of the law's rules."""

ROLES: dict[Role, Label] = {
    Role.SCANNER: ("スキャン担当", "Scanning staff"),
    Role.ACCOUNTANT: ("経理", "Accountant"),
    Role.APPROVER: ("承認者", "Approver"),
    Role.AUDITOR: ("監査", "Auditor"),
    Role.ADMINISTRATOR: ("管理者", "Administrator"),
}


def label(pair: Label, *, language: str = "ja") -> str:
    """The Japanese (default) or English half."""
    return pair[1] if language == "en" else pair[0]
