"""What each fact about the company means, in the words of the page: (Japanese, English)."""

from __future__ import annotations

from domain.labels import Label

MEANINGS: dict[str, Label] = {
    "names": (
        "書類に印刷される表記をすべて書きます。どちらが取引先かを決めるのに使います。",
        "Every way in which papers print it; tells who of two parties is the other one.",
    ),
    "registration_number": (
        "自社の登録番号（T と数字13桁）。自社が出した書類を見分けるのにも使います。",
        "The company's own number (T and 13 digits); it also tells what the company issued itself.",
    ),
    "entity": (
        "法人か、青色申告の個人か、白色申告の個人か。個人の年度は暦年です。",
        "A corporation, or an individual with a blue or a white return. Individuals have calendar years.",
    ),
    "founded_on": (
        "基準期間がない間の、検索要件の免除に使います。空欄なら考えません。",
        "For the exemption from the search rules while there is no base period; left out when empty.",
    ),
    "sales_by_year": (
        (
            "年度が終わる西暦年ごとの、税抜の売上高（円）。2年前の額で、検索要件の免除と少額特例を判定します。"
            "決算日の変更で同じ西暦年に終わる年度が二つあるときは、どちらの額か決められないため、その額による免除は判定しません。"
        ),
        (
            "Sales without tax in yen, by the calendar year in which the year ends. Those of two years before decide "
            "exemptions. Where two years end in one calendar year, no exemption is drawn from the sum."
        ),
    ),
    "fiscal_year_end_month": ("事業年度が終わる月です。", "The month in which the fiscal year ends."),
    "fiscal_year_end_day": (
        "事業年度が終わる日です。その月にない日は月末とみなします。",
        "The day on which the fiscal year ends; a day that the month lacks means its last one.",
    ),
    "former_year_ends": (
        (
            "決算日を変えたとき、前の決算日で終わった最後の日と、その決算の月・日を書きます。"
            "2026年3月まで3月末決算だったなら「2026-03-31, 3, 31」です。"
        ),
        (
            "After a change: the last day that ended by the former rule, then its month and day, "
            "e.g. 2026-03-31, 3, 31 where years ended with March until 2026."
        ),
    ),
    "return_extension_months": (
        "法人税の申告期限を延ばしている月数（法人税法75条の2）。延ばしていなければ 0 です。",
        "Months by which the return for corporation tax is extended (Corporation Tax Act, 75-2); 0 for none.",
    ),
    "consumption_tax_extension": (
        "消費税の申告期限を1か月延ばす届出をしているか。",
        "Whether the return for consumption tax is extended by a month.",
    ),
    "loss_years": (
        "欠損金が生じた事業年度を、終わる西暦年で書きます。その年度の書類は10年保存になります。",
        "Years with a loss, by the calendar year of their end: their documents are kept for ten years.",
    ),
    "assume_loss_year": (
        "決算の前は欠損か分からないため、「はい」が安全です。「いいえ」なら、欠損の年度だけを10年保存にします。",
        (
            "Before the accounts are closed nobody knows whether a year has a loss: yes is safe. "
            "With no, only the years with a loss are kept for ten years."
        ),
    ),
    "individual_all_seven_years": (
        "個人のとき、5年保存でよい書類も7年保存にするか。「はい」が安全です。",
        "For individuals: keep for seven years what could go after five. Yes is safe.",
    ),
    "companies_act_types": (
        "会社法432条の「事業に関する重要な資料」として10年保存にする書類の種類（法人のみ）。",
        "Classes that the company keeps for ten years as important material (Companies Act, 432).",
    ),
    "holds": (
        "訴訟や調査のため廃棄を止める受領日の範囲（最初の日, 最後の日）。1件ずつの保存命令は「保存と廃棄」で掛けます。",
        "Spans of days of receipt in which nothing is destroyed. Single documents are held on the page of retention.",
    ),
    "longest_contract_years": (
        "読み取った契約終了日を、これより先まで保存期間に使いません。誤読した日付で、消せない期間が延びるのを防ぎます。",
        "An end of a contract that lies farther away is not used, so that a misread day cannot lock a document.",
    ),
    "deadline_method": (
        "早期入力（7営業日以内）か、業務処理サイクル（事務処理規程の開始日が必要）か。",
        "Early (within seven business days) or by the cycle of work, which needs the office rules.",
    ),
    "cycle_months": ("業務処理サイクルの長さ（最長2か月）。", "Length of the cycle, two months at most."),
    "cycle_days": (
        "1か月より短いサイクルのときの日数。空欄なら月数を使います。",
        "Days of a cycle shorter than a month; the months count when this is empty.",
    ),
    "cycle_rules_from": (
        "各事務の処理に関する規程が有効になった日。空欄なら業務処理サイクル方式は使えません。",
        "Since when the office rules for scanning are in force; without them there is no cycle.",
    ),
    "electronic_rules_from": (
        "電子取引データの訂正・削除に関する事務処理規程が有効になった日。空欄なら規程なしとして判定します。",
        "Since when the office rules on electronic data are in force; empty means that there are none.",
    ),
    "download_ready": (
        "税務職員のダウンロードの求めに、すべて応じられるようにしているか。検索要件が軽くなります。",
        "Whether every request for a download can be met; the search rules are lighter then.",
    ),
    "sorted_prints": (
        (
            "電子取引データを印刷し、日付と取引先ごとに整理して提示できるようにしているか。"
            "「ダウンロードの求めに応じる」と合わせて、検索要件が免除されます。"
        ),
        (
            "Whether electronic data is printed and sorted by day and counterparty; together with being ready for "
            "downloads this frees from the search rules."
        ),
    ),
    "reasonable_cause": (
        "電子取引の要件に対応できない相当の理由（猶予措置）があるか。認めるかどうかは税務署長が決めます。",
        "Whether there is a reasonable cause for not meeting the rules; the tax office decides on it.",
    ),
    "scan_storage_from": (
        "紙に代えてスキャナ保存を始めた日。これより前に受領した重要書類は、過去分重要書類として扱います。",
        "Since when scans stand for paper; important documents received before count as past ones.",
    ),
    "past_important_notices": (
        "過去分重要書類の適用届出書を出した日を、書類の種類ごとに書きます。",
        "When the notice on past important documents was handed in, for each class.",
    ),
    "chart_test_months": (
        "スキャナの4ポイント文字の確認を、何か月後の読み取りまで使うか。法令に期間の定めはなく、社内の決まりです。",
        "For how many months a test of the scanner's 4-point letters counts; the law names no span.",
    ),
    "closed_weekdays": ("営業日の計算に使います。", "For counting business days."),
    "closed_on_holidays": ("国民の祝日・休日を休業日とするか。", "Whether national holidays are closed."),
    "year_end_from": ("月-日で書きます。空欄なら年末年始の休業なし。", "Month and day; empty means no closing."),
    "year_end_to": ("月-日で書きます。", "Month and day."),
    "extra_closed": ("創立記念日、夏季休業など。", "Anniversaries, summer holidays and the like."),
    "extra_open": ("定休日や祝日でも営業する日。", "Days on which the company works all the same."),
}
