"""Words for codes that other layers give and ``domain.labels`` does not name: (Japanese, English)."""

from __future__ import annotations

import re

from app.papers.render import PAPERS as TITLES
from domain.compliance import Verdict
from domain.labels import Label

REVIEW_ACTIONS: dict[str, Label] = {
    "direction_unsure": (
        "受け取った書類か自社の控えかを確かめ、正しい受付箱に入れ直してください",
        "Make sure whether it was received or is your own copy, and put it into the right folder",
    ),
    "type_unsure": ("画像を見て種類を確かめてください", "Check the class against the image"),
    "field_missing": ("画像で確かめ、記載があれば入力してください", "Check the image; enter it if it is printed"),
    "field_unsure": ("画像の枠と値を見比べてください", "Compare the value with its box"),
    "field_ambiguous": ("正しい候補を選んでください", "Choose the right reading"),
    "check_failed": ("金額・税額・日付を画像と見比べてください", "Compare amounts, taxes and dates with the image"),
    "check_digit_failed": (
        "登録番号を画像で確かめ、正しければ国税庁の公表サイトで照会してください",
        "Compare the number with the image, then with the tax agency's register",
    ),
    "counterparty_unsure": ("取引先を確かめてください", "Check the counterparty"),
    "origin_unknown": (
        "紙で受け取ったか電子で受け取ったかを確かめてください（適用される規則が変わります）",
        "Say whether it came on paper or electronically",
    ),
    "received_on_assumed": ("実際に受け取った日を確かめてください", "Say on which day it was received"),
    "same_bytes_other_origin": (
        "どちらの受領方法が正しいか確かめてください",
        "Say which origin is the right one",
    ),
    "unsupported_media": ("原本を開き、内容を入力してください", "Open the original and enter its contents"),
    "unreadable": ("原本を確かめ、必要なら撮り直してください", "Check the original; scan again if needed"),
    "page_unreadable": ("読めないページを確かめ、必要なら撮り直してください", "Check the page; scan again if needed"),
    "encrypted": (
        "解除したファイルを取り込むか、内容を入力してください",
        "Upload an unlocked file or enter the contents",
    ),
    "several_documents": ("複数の書類であれば分割してください", "Split it if it holds several documents"),
    "parted_in_doubt": (
        "前後の書類の続きであれば結合してください",
        "Join it with the document that it belongs to, if it does",
    ),
    "signed_whole": (
        "複数の書類であれば分割してください（署名付きの原本はそのまま残ります）",
        "Split it if it holds several documents; the signed original stays as it is",
    ),
    "attachments_unread": (
        "メールの添付ファイルを確かめ、書類であれば取り出して取り込んでください",
        "Open the mail's attachments, and upload those that are documents",
    ),
    "no_text": ("画像を確かめ、必要なら撮り直してください", "Check the image; scan again if needed"),
    "handwriting": ("手書きの値を画像と見比べてください", "Compare handwritten values with the image"),
    "capture_quality": (
        "200dpi・フルカラー以上で撮り直してください（一般書類はグレーも可）",
        "Scan again at 200 dpi in colour (grey is enough for general documents)",
    ),
    "future_date": ("日付を画像と見比べてください", "Compare the date with the image"),
    "issuer_not_registered": (
        "番号の読み違いがないか、公表サイトで登録の有無と期間を確かめてください",
        "Check the number for misreading, then the register for its period",
    ),
    "possible_duplicate": (
        "同じ取引の書類が既にないか確かめてください",
        "Check whether the same document is already filed",
    ),
    "duplicate_differs": (
        "両方の画像を見比べてください。印字が違えば別の書類です",
        "Compare both images: where the print differs, they are two documents",
    ),
}
DEFAULT_ACTION: Label = ("画像と見比べて確かめてください", "Compare with the image")

OUTCOMES: dict[str, Label] = {
    "passed": ("合格", "passed"),
    "failed": ("不合格", "failed"),
    "indeterminate": ("判定不能", "indeterminate"),
}

PAPERS: dict[str, Label] = {
    "system-outline": (TITLES["system-outline"], "Outline of the system (in Japanese)"),
    "operation-manual": (TITLES["operation-manual"], "Operating manual (in Japanese)"),
    "electronic-rules": (TITLES["electronic-rules"], "Office rules on electronic data (in Japanese)"),
    "scanner-rules": (TITLES["scanner-rules"], "Office rules on scanning (in Japanese)"),
    "binder": (TITLES["binder"], "List of the papers (in Japanese)"),
}
"""Papers that the law wants; what stands in them is Japanese."""
LOG_KINDS: dict[str, Label] = {
    "dropped": ("受付", "dropped"),
    "extracted": ("切り出し", "cut out"),
    "counterparties": ("取引先マスタの変更", "counterparties changed"),
    "read": ("読み取り", "read"),
    "unreadable": ("読取不可", "unreadable"),
    "refused": ("受付不可", "refused"),
    "filed": ("登録", "filed"),
    "revised": ("訂正", "revised"),
    "approved": ("承認による固定", "frozen by approval"),
    "lesson": ("訂正からの学習", "lesson"),
    "regrouped": ("分割・結合", "divided or joined"),
    "tombstoned": ("削除", "deleted"),
    "stamped": ("タイムスタンプ付与", "stamped"),
    "revocation_data": ("失効情報の保存", "revocation lists kept"),
    "batch_stamped": ("タイムスタンプ付与（まとめて）", "stamped in a batch"),
    "exported": ("持ち出し", "exported"),
    "verified": ("検証", "verified"),
    "viewed": ("閲覧", "viewed"),
    "department_said": ("部門の指定", "department said"),
    "confidential_said": ("閲覧制限の指定", "confidentiality said"),
}

DETAILS: dict[str, Label] = {
    "valid": ("取引日に有効", "valid on the day"),
    "not_yet": ("取引日より後の登録", "registered after the day"),
    "ended": ("取引日までに取消・失効", "cancelled or expired by the day"),
    "absent": ("登録なし", "not registered"),
    "unknown": ("確かめられません", "could not be told"),
    "name": ("名称が一致", "by its name"),
    "similar": ("似た名称から補正", "by a similar name"),
    "registration_number": ("登録番号から", "by its registration number"),
    "issuer_register": ("登録番号から（公表サイト）", "by its registration number (public register)"),
    "phone": ("電話番号から", "by its telephone number"),
    "bank_account": ("振込先から", "by its bank account"),
    "number_of_another": ("登録番号が別の取引先のものです", "the registration number is another counterparty's"),
    "shop_of_company": ("店名と運営会社の名称", "a shop beside its company"),
    "another_name": ("登録された名称と異なります", "another name than the registered one"),
    "no sum of the amounts read gives the total": (
        "読み取った金額をどう合計しても、取引金額になりません",
        "no sum of the amounts read gives the total",
    ),
    "check digit does not match": ("検査数字が合いません", "check digit does not match"),
    "older than 1989": ("1989年より前の日付です", "older than 1989"),
    "later than today": ("今日より後の日付です", "later than today"),
    "due before the issue date": ("支払期限が発行日より前です", "due before the issue date"),
    "supply ends before it begins": ("役務提供の終了日が開始日より前です", "supply ends before it begins"),
    "the term ends before it begins": ("契約終了日が開始日より前です", "the term ends before it begins"),
}
"""What checks of filing found, and details of reasons."""

PHRASES: tuple[tuple[re.Pattern[str], Label], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (
            r"tax outside floor and ceiling at ([\d.%, ]+)",
            (r"税率 \1 の消費税額が、切捨てと切上げの間にありません", r"tax outside floor and ceiling at \1"),
        ),
        (r"^(\d+)ページ目: ", (r"\1ページ目: ", r"page \1: ")),
        (r"^(\d+)ページ$", (r"\1ページ", r"pages: \1")),
        (
            r"解像度が足りません（約(\d+)dpi、(\d+)dpi 以上が必要）、?",
            (
                r"解像度が足りません（約\1dpi、\2dpi 以上が必要）。",
                r"The resolution is too low (about \1 dpi; at least \2 dpi are needed). ",
            ),
        ),
        (
            r"用紙の大きさが分からないため解像度を判定できません",
            (
                r"用紙の大きさが分からないため解像度を判定できません",
                r"The size of the paper is not known, so the resolution cannot be judged",
            ),
        ),
        (
            r"減色されています（256 階調が必要）",
            (r"減色されています（256 階調が必要）", r"Colours were reduced (256 levels are needed)"),
        ),
        (
            r"階調が足りません（256 階調が必要）",
            (r"階調が足りません（256 階調が必要）", r"Too few levels (256 are needed)"),
        ),
        (
            r"重要書類はカラー（RGB 各 256 階調）で読み取る必要があります",
            (
                r"重要書類はカラー（RGB 各 256 階調）で読み取る必要があります",
                r"An important document must be scanned in colour (RGB, 256 levels each)",
            ),
        ),
    )
)
"""Details with figures in them: what stands in the record, and the words for it in both languages."""

CHECKS: dict[str, Label] = {
    "totals_add_up": ("小計と消費税の合計", "Totals add up"),
    "tax_per_rate": ("税率ごとの消費税額", "Tax per rate"),
    "registration_check_digit": ("登録番号の検査数字", "Check digit of the registration number"),
    "cash_and_change": ("お預りとお釣り", "Cash and change"),
    "issuer_registered": ("登録番号の有効性（公表サイト）", "Registration number valid on the day"),
    "issuer_name_agrees": ("登録番号の名義（公表サイト）", "Name of the registered issuer"),
    "counterparty_known": ("取引先マスタとの照合", "Counterparty in the master"),
    "items_add_up": ("明細の合計", "Items add up"),
    "date_plausible": ("日付の範囲", "Plausible date"),
    "date_not_future": ("日付が未来でないこと", "Date not in the future"),
    "due_after_issue": ("支払期限が発行日以降であること", "Due after the issue date"),
    "supply_in_order": ("役務提供期間の前後", "Supply period in order"),
    "data_matches_print": ("電子データと印字の一致", "Data agrees with print"),
    "term_in_order": ("契約期間の前後", "Contract term in order"),
}
"""Of readings; those of the law stand in ``domain.labels``, those of verification in ``storage.evidence.labels``."""

VERDICT_ORDER = (Verdict.NOT, Verdict.NOT_YET, Verdict.COMPLIANT)
"""The order in which groups of the law's lines stand: what is wrong first."""

PAYMENT_METHODS: dict[str, Label] = {
    "cash": ("現金", "Cash"),
    "credit_card": ("クレジットカード", "Credit card"),
    "e_money": ("電子マネー", "Electronic money"),
    "qr": ("QRコード決済", "QR payment"),
    "bank_transfer": ("銀行振込", "Bank transfer"),
}

UNITS: dict[str, Label] = {
    "H87": ("個", "pcs"),
    "C62": ("個", ""),
    "EA": ("個", "each"),
    "SET": ("組", "set"),
    "LS": ("式", "lump sum"),
    "XBX": ("箱", "box"),
    "XPK": ("包", "pack"),
    "HUR": ("時間", "h"),
    "DAY": ("日", "days"),
    "MON": ("か月", "months"),
    "ANN": ("年", "years"),
    "KGM": ("kg", "kg"),
    "GRM": ("g", "g"),
    "LTR": ("L", "l"),
    "MTR": ("m", "m"),
    "KWH": ("kWh", "kWh"),
}
"""Codes of UN/ECE Recommendation 20 and 21 as e-invoices carry them."""
