"""Words of the dashboard: (Japanese, English)."""

from __future__ import annotations

from domain.labels import Label

HOME: dict[str, Label] = {
    "first_steps": ("はじめの準備", "Before you begin"),
    "first_company": ("会社の名称と登録番号を入れる", "Say the company's names and number"),
    "first_people": ("利用者を追加し、役割を決める", "Add people and their roles"),
    "first_people_alone": (
        "利用者と役割について読む（いまは1人で使う状態です）",
        "Read about people and roles (nobody has an account)",
    ),
    "first_deadlines": ("決算日と入力期限の方式を確かめる", "Check the fiscal year and the deadline method"),
    "first_missing": (
        "まだ足りないものを見る（タイムスタンプ・保存先など）",
        "See what is still missing (timestamps, store)",
    ),
    "home_nav_approvals": ("あなたの承認待ち", "Your approvals"),
    "home_nav_requests": ("決裁・実施待ちの申請", "Open requests"),
    "nav_home": ("ホーム", "Home"),
    "home_title": ("ホーム", "Home"),
    "home_as_of": ("{time} 現在（1分ごとに更新）", "As of {time}, taken once a minute"),
    "home_empty": ("まだ書類がありません", "No documents yet"),
    "home_empty_help": (
        "書類を取り込むと、件数・期限・支出がここに表示されます。",
        "Once there are documents, counts, deadlines and spending show here.",
    ),
    "home_upload": ("ファイルを取り込む", "Upload files"),
    # what waits
    "home_waiting": ("待っているもの", "What waits"),
    "home_review": ("確認待ちの書類", "In review"),
    "home_overdue": ("入力期限の超過", "Past input deadline"),
    "home_assumed": ("受領日が仮の書類", "Assumed days of receipt"),
    "home_stamps": ("タイムスタンプ待ち", "Waiting for a timestamp"),
    "home_requests": ("決裁・報告を待つ申請", "Open requests"),
    "home_total": ("保管している書類", "Documents kept"),
    "home_papers": ("紙の同等確認", "Papers to check"),
    "home_open": ("開く", "Open"),
    "or_more": ("以上", " or more"),
    # by day
    "home_days": ("受領日別の書類（30日）", "Documents by day of receipt, 30 days"),
    "home_other_classes": ("その他の種類", "Other classes"),
    "home_day": ("受領日", "Day"),
    "home_sum": ("計", "Total"),
    "home_table": ("表で見る", "As a table"),
    "home_none_days": ("この30日に受領した書類はありません", "Nothing was received in these 30 days"),
    # filing
    "home_filing": ("登録の速さと自動化（30日）", "Filing, 30 days"),
    "home_straight": ("人手なしで登録", "Filed straight through"),
    "home_straight_why": (
        "最初の登録で確認待ちにならなかった書類の割合です",
        "Documents that were first filed without a doubt",
    ),
    "home_within_minute": ("1分以内に登録", "Filed within a minute"),
    "home_within_hour": ("1時間以内に登録", "Filed within an hour"),
    "home_within_day": ("24時間以内に登録", "Filed within a day"),
    "home_average": ("保存から登録まで（平均）", "From preserved to filed, on average"),
    "home_of": ("{part} / {whole} 件", "{part} of {whole}"),
    "home_no_filing": ("この30日に登録した書類はありません", "Nothing was filed in these 30 days"),
    "seconds_n": ("{n}秒", "{n} s"),
    "minutes_n": ("{n}分", "{n} min"),
    "hours_n": ("{n}時間", "{n} h"),
    "days_n": ("{n}日", "{n} days"),
    # deadlines
    "home_due": ("これから30日の期限", "Deadlines, next 30 days"),
    "home_due_input": ("入力", "store"),
    "home_due_payment": ("支払", "pay"),
    "home_due_inputs": ("入力期限（確認待ちの紙の書類）", "To be stored (scans in review)"),
    "home_due_payments": ("支払期日（受領した請求書）", "Payments (invoices received)"),
    "home_due_nothing": ("この30日に期限のある書類はありません", "Nothing is due in these 30 days"),
    "home_due_on": ("期限", "Due"),
    # spending
    "home_spending": ("月別の支出（請求書・領収書）", "Spending by month (invoices and receipts)"),
    "home_spending_why": (
        "受領した請求書と領収書の取引金額を取引年月で集計しています（円のみ。同じ取引の請求書と領収書は両方に入ります）",
        "Totals of invoices and receipts received, by month of transaction; yen only; one deal may have both",
    ),
    "home_apart": (
        "同じ取引の請求書と領収書があるので、足していません",
        "Not added together: one deal may have an invoice and a receipt",
    ),
    "home_parties": ("支出の多い取引先（12か月）", "Largest counterparties, 12 months"),
    "home_no_spending": ("この12か月の請求書・領収書はありません", "No invoices or receipts in these 12 months"),
    "home_month": ("年月", "Month"),
    "home_documents_n": ("{n} 件", "{n}"),
    "home_yen": ("{yen} 円", "¥{yen}"),
    # taxes
    "home_taxes": ("消費税の内訳（12か月）", "Consumption tax, 12 months"),
    "home_rate": ("{rate}% 対象", "{rate} %"),
    "home_tax": ("消費税額", "tax"),
    "home_registered": ("登録番号あり", "With a registration number"),
    "home_unregistered": ("登録番号なし", "Without one"),
    "home_no_taxes": ("税率別の内訳が読めた書類はありません", "No document shows its taxes"),
    # standing
    "home_standing": ("証拠の状態", "Standing of the evidence"),
    "home_authority": ("タイムスタンプ局", "Timestamp authority"),
    "home_accredited": ("認定あり", "accredited"),
    "home_not_accredited": ("認定なし", "not accredited"),
    "home_store": ("保存先", "Store"),
    "home_write_once": ("書換え防止", "write-once"),
    "home_alarms": ("警報", "Alarms"),
    "home_verify": ("期間を検証する", "Verify a period"),
    "home_law": ("法令要件の判定", "Compliance"),
}
