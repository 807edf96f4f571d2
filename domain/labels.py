"""What people read: one label per state, class, reason and check, Japanese first."""

from __future__ import annotations

import re

from domain.acts import ActKind
from domain.approval_routes import OwnSeat
from domain.approvals import ApprovalState
from domain.errors import label_of
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

STAMPING: dict[str, Label] = {
    "stamps_are_given": (
        "時刻認証局からタイムスタンプを受け取れていません（自動で付け直します）",
        "The timestamp authority gives no timestamps (they are asked for again by themselves)",
    ),
    "stamps_in_time": (
        "タイムスタンプの入力期限を過ぎた原本があります",
        "Originals were not stamped before their deadline",
    ),
}
"""What the watch over timestamps says."""

RECONCILIATION: dict[str, Label] = {
    "objects_have_records": ("保管庫に台帳にないものがあります", "An object in the vault has no record"),
    "no_unfinished_acts": (
        "途中で止まった処理の残りがあります（同じ処理をやり直すと引き継がれます）",
        "An act was left unfinished; doing it again adopts what is there",
    ),
    "log_is_applied": ("台帳にまだ反映されていないログがあります", "A log entry is not applied yet"),
    "records_have_objects": ("台帳にあるものが保管庫にありません", "The object of a record is gone"),
    "objects_are_unchanged": ("保管庫の内容が記録と違います", "An object differs from its record"),
    "leaves_have_rows": ("ログにあるものが台帳にありません", "The database lacks what the log says"),
    "index_is_complete": ("検索の索引に書類がありません", "A document is not in the search index"),
    "inbox_is_taken": ("受付箱に取り込まれていないファイルが残っています", "A file lies in the inbox too long"),
    "tiles_stand": ("ログのタイルが失われているか違っています", "A tile of the log is gone or changed"),
    "nightly_step": ("毎晩の処理の一つが終わりませんでした", "A step of the night did not come through"),
    "rows_equal_the_vault": ("台帳の行が保管庫の内容と違います", "Rows differ from what the vault says"),
    "index_equals_the_vault": ("検索・集計の索引が保管庫の内容と違います", "An index differs from what the vault says"),
    "database_is_whole": ("データベースのファイルに損傷があります", "The database file is damaged"),
    "destroyed_is_gone": ("廃棄がまだ完了していません", "A destruction is not finished"),
    "locks_hold": ("保存期間の固定が足りません", "A lock ends before the recorded day"),
    "drops_have_outcomes": ("処理の結果がまだ記録されていません", "Nothing has become of a drop"),
    "no_delete_markers": ("保管庫で削除の操作がされています", "Someone deleted an object in the vault"),
    "no_overwrites": ("保管庫で上書きの操作がされています", "A version with other bytes lies over an object"),
    "witness_agrees": ("外部の控えとログが食い違っています", "A witness holds another log"),
    "append_only": ("追記専用を守るトリガーがありません", "A trigger that keeps the database append-only is gone"),
}
"""What a finding of ``storage.reconcile`` says."""

_REPAIR: Label = (
    (
        "shoko doctor --repair を実行すると、残っているものから直します。残るものは、shoko doctor --rebuild で台帳を"
        "保管庫から作り直すと直ります"
    ),
    "shoko doctor --repair puts it in order from what remains; what it leaves, shoko doctor --rebuild makes anew",
)
_WHO: Label = (
    "shoko doctor --repair で元に戻ります。だれが操作したかを保存先の記録（アクセスログ）で確かめてください",
    "shoko doctor --repair undoes it; find in the store's access log who did it",
)
_LOST: Label = (
    (
        "shoko doctor --repair で、台帳から作り直せるものは戻ります。原本が戻らないときは、控え（書き出した一式など）の"
        "同じファイルを元の受領方法でもう一度取り込み、shoko doctor --rebuild、--repair の順に実行すると開けます"
    ),
    (
        "shoko doctor --repair restores what the database can make again. For an original that stays lost, drop the "
        "same file (from a bundle, say) with the same origin again, then run shoko doctor --rebuild and --repair"
    ),
)
_STORE: Label = (
    (
        "原本を書換え・消去から守れていません。保存先の Object Lock（COMPLIANCE）の設定と権限を確かめ、"
        "直したら shoko doctor --self-test でもう一度試してください"
    ),
    (
        "Originals are not safe from change: look at the store's Object Lock (COMPLIANCE) and rights, then try it "
        "again with shoko doctor --self-test"
    ),
)
FINDING_REMEDY: dict[str, Label] = {
    "objects_have_records": (
        (
            "台帳が欠けているだけなら shoko doctor --repair で戻ります。残ったものは、だれが置いたかを確かめ、"
            "消さずに残してください"
        ),
        "If only the database lacks it shoko doctor --repair brings it back; else find out whose it is, and keep it",
    ),
    "no_unfinished_acts": (
        "取り込みの途中で止まったものは、shoko up か shoko ingest が続きから行います",
        "What stopped while filing goes on with shoko up or shoko ingest",
    ),
    "log_is_applied": _REPAIR,
    "leaves_have_rows": _REPAIR,
    "index_is_complete": _REPAIR,
    "tiles_stand": _REPAIR,
    "locks_hold": _REPAIR,
    "rows_equal_the_vault": _REPAIR,
    "index_equals_the_vault": _REPAIR,
    "records_have_objects": _LOST,
    "objects_are_unchanged": _LOST,
    "no_delete_markers": _WHO,
    "no_overwrites": _WHO,
    "inbox_is_taken": (
        "shoko up が動いているか、フォルダとファイルを読む権限があるかを確かめてください",
        "See whether shoko up runs, and whether it may read folder and file",
    ),
    "drops_have_outcomes": (
        "shoko up か shoko ingest を実行すると、続きから読み取ります",
        "shoko up or shoko ingest goes on reading",
    ),
    "nightly_step": (
        (
            "logs フォルダの prefect-worker.log で原因を確かめ、直したら shoko verify と shoko doctor --reconcile を"
            "実行してください"
        ),
        "Find the cause in logs/prefect-worker.log; then run shoko verify and shoko doctor --reconcile",
    ),
    "database_is_whole": (
        "写しを取ってから shoko doctor --rebuild を実行すると、保管庫から作り直します",
        "Copy it, then shoko doctor --rebuild makes it anew from the vault",
    ),
    "append_only": (
        "データベースの構造を変えた人がいないか確かめ、shoko doctor --rebuild で保管庫から作り直してください",
        "Find out who changed the database, and make it anew with shoko doctor --rebuild",
    ),
    "destroyed_is_gone": (
        "shoko destroy --carry-out をもう一度実行すると、残りを消します",
        "shoko destroy --carry-out, run again, removes the rest",
    ),
    "witness_agrees": (
        "どちらかが書き換えられています。書き込みを止め、保管庫の写しと控えを保全してから調べてください",
        "One of them was rewritten: stop writing, preserve vault and witness, then investigate",
    ),
    "stamps_are_given": (
        (
            "「タイムスタンプと保存先」で最も早い入力期限を確かめ、局の障害情報を見てください。間に合わないおそれがあれば、"
            "evidence.fallbacks に別の認定局を加えてください"
        ),
        (
            "See the earliest deadline on the page of timestamps, and the authority's notices; where time runs "
            "short add another accredited authority as evidence.fallbacks"
        ),
    ),
    "stamps_in_time": (
        "それらの紙の原本は捨てずに保存してください。遅れた事由は shoko say delay に局の障害情報を添えて記録できます",
        "Keep the papers of these; the cause can be put down with shoko say delay and the authority's notice",
    ),
    "authority": (
        (
            "届かない間も受け付けは続き、期限までに自動で付け直します。続くときは局の障害情報と evidence.authority を"
            "確かめてください"
        ),
        (
            "Files are taken in meanwhile and stamped before their deadline; if it lasts look at the authority's "
            "notices and at evidence.authority"
        ),
    ),
}
"""Finding of ``storage.reconcile`` or of the store's test → what a person does about it."""


def finding_label(name: str) -> Label:
    """What a finding of any look says."""
    return RECONCILIATION.get(name) or STORE_TEST.get(name) or STAMPING.get(name) or (name, name)


_UNLIKE = re.compile(r"(\d+) missing, (\d+) changed, (\d+) unknown")


def detail_label(detail: str) -> Label:
    """What a finding says beside: a word of the store's test, the code of an error, or a number."""
    if unlike := _UNLIKE.fullmatch(detail):
        return "不足 {} 件、相違 {} 件、余分 {} 件".format(*unlike.groups()), detail
    return STORE_FOUND.get(detail) or (label_of(detail), detail)


def finding_todo(name: str) -> Label | None:
    """What a person does about a finding."""
    return FINDING_REMEDY.get(name) or (_STORE if name.startswith("store.") else None)


STORE_FOUND: dict[str, Label] = {
    one: (ja, one)
    for one, ja in {
        "not write-once": "書換え・削除を防げていません",
        "not write-once: the bucket has no object lock": "書換え・削除を防ぐ機能（Object Lock）がありません",
        "not write-once, retention advisory: the owner of the files can change them": (
            "フォルダのため、ファイルの所有者は書き換えや削除ができます"
        ),
        "write-once towards every client; the store's own administrator can still remove the bucket": (
            "どの利用者からも書換え・削除できません（保存先そのものの管理者を除く）"
        ),
        "the locked version has other bytes now": "ロックした版の中身が変わりました",
    }.items()
}
"""What the test of the store found, as it writes it down → in words."""

STORE_TEST: dict[str, Label] = {
    "authority": ("時刻認証局のトークン", "A token of the authority"),
    "store.retention_kept": ("保存期間が記録されるか", "The lock that was asked for is kept"),
    "store.delete": ("ロック中の版の削除", "Deleting a locked version"),
    "store.shorten": ("保存期間の短縮", "Shortening a lock"),
    "store.overwrite": ("上書き", "Overwriting"),
    "store.raw_delete": ("他のプログラムによる削除", "Deleting with another program"),
    "store.raw_delete_bypassing": ("ガバナンス解除つきの削除", "Deleting with a governance bypass"),
    "store.raw_shorten": ("他のプログラムによる保存期間の短縮", "Shortening with another program"),
    "store.raw_downgrade": ("COMPLIANCE から GOVERNANCE への引下げ", "Downgrading COMPLIANCE to GOVERNANCE"),
    "store.raw_overwrite": ("他のプログラムによる上書き", "Overwriting with another program"),
    "store.raw_overwrite_in_parts": ("分割送信による上書き", "Overwriting in parts"),
    "store.raw_copy_over": ("複写による上書き", "Copying over"),
    "store.raw_delete_name": ("版を指定しない削除（削除マーカー）", "Deleting the name (delete marker)"),
    "store.delete_marker_seen": ("削除マーカーが見えるか", "A delete marker shows"),
    "store.multipart_default_lock": (
        "ロック指定のない分割送信が既定で固定されるか",
        "A multipart upload without lock headers is locked by default",
    ),
    "store.multipart": ("分割送信した版の固定", "A version sent in parts can be locked"),
    "store.owner_overwrite": ("フォルダの所有者による書換え", "The owner of the files changing them"),
    "store.write_once": ("書換え・削除の禁止（総合）", "Write-once, all in all"),
}
"""Checks of ``storage.objects.selfproof``."""

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
