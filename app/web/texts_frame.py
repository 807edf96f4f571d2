"""Words of the frame around every page: (Japanese, English)."""

from __future__ import annotations

from domain.labels import Label

FRAME: dict[str, Label] = {
    "nav_short": ("よく使うメニュー", "Most used"),
    "nav_all": ("すべてのメニュー", "All of the menu"),
    "group_receive": ("受け取る", "Receive"),
    "group_find": ("調べる・処理する", "Find and handle"),
    "group_keep": ("守る・備える", "Keep and prove"),
    "group_manage": ("管理", "Manage"),
    "waiting_n": ("待ち", "waiting:"),
    "find_label": ("書類を探す", "Find documents"),
    "find_hint": ("取引先・品名・番号で探す", "Company, item, number"),
    "standing": ("法令要件と保管の状態", "Standing"),
    "theme": ("画面の明るさ", "Theme"),
    "theme_auto": ("端末の設定に合わせる", "As the system says"),
    "theme_light": ("明るい画面", "Light"),
    "theme_dark": ("暗い画面", "Dark"),
    "close": ("閉じる", "Close"),
    "keys": ("キー操作", "Keys"),
    "key_find": ("検索欄へ移る", "Go to the search box"),
    "key_keys": ("この一覧を開く", "Open this list"),
    "key_rows": ("一覧の行を移る", "Move between rows"),
    "key_open": ("選んだ行を開く", "Open the row"),
    "key_close": ("閉じる", "Close"),
    "papers_state": ("紙の行方", "What becomes of papers"),
    "law_verdicts": ("判定", "Verdicts"),
    "nav_help": ("ヘルプ", "Help"),
    "help_all": ("全文を表示（印刷用）", "All of it, to print"),
    "help_all_title": ("書庫の使い方", "The manual"),
    "help_contents": ("目次", "Contents"),
    "help_found": ("マニュアルの該当箇所", "In the manual"),
    "help_near": ("この画面について", "About the page you came from"),
    "help_none": ("マニュアルには見つかりませんでした", "The manual has nothing about it"),
    "help_none_todo": ("短いことばで聞き直すか、下の目次から探してください。", "Ask with fewer words, or look below."),
    "help_body_ja": ("本文は日本語です。", "The text is in Japanese."),
    "ask": ("質問する", "Ask"),
    "ask_do": ("聞く", "Ask"),
    "ask_hint": ("例: 紙を捨てていいのはいつ？", "e.g. パスワード"),
}
