"""Words of the review screens and of a document's page: (Japanese, English)."""

from __future__ import annotations

from domain.labels import Label

REVIEW: dict[str, Label] = {
    "review_start": ("確認をはじめる", "Start"),
    "review_overdue": ("期限超過", "Overdue"),
    "review_soon": ("{n}日以内に期限", "Due within {n} days"),
    "review_yen": ("確認待ちの金額", "Yen waiting"),
    "review_parked": ("保留中", "Put aside"),
    "review_is_parked": ("保留", "aside"),
    "review_today": ("本日あなたが確認", "Settled by you today"),
    "review_none_help": (
        "新しい書類が取り込まれ、読み取りに迷いがあると、ここに並びます。",
        "New documents that the engines are unsure of will stand here.",
    ),
    "review_done_today": (
        "本日 {n} 件を確認しました（うち {m} 件で値を訂正）。おつかれさまでした。",
        "You settled {n} today, with corrections in {m}.",
    ),
    "review_settled": ("確認した書類（新しい順）", "Settled, newest first"),
    "review_list": ("確認待ちの一覧", "Queue"),
    "review_open": ("書類を開く", "Open"),
    "review_next": ("次の書類へ", "Next"),
    "review_place": ("{n} / {all} 件", "{n} of {all}"),
    "review_said": ("{title} を確定しました。", "{title} is settled."),
    "review_taken": (
        "{by} さんが先に確定・訂正していました。あなたの入力は記録していません。",
        "{by} was first; your answers were not recorded.",
    ),
    "review_taken_of": (
        "{title} は {by} さんが先に確定・訂正していました。あなたの入力は記録していません。次の書類に進みました。",
        "{by} was first with {title}; your answers were not recorded. This is the next one.",
    ),
    "review_again": ("入力した値に新しい疑問があります。もう一度確かめてください:", "The answers raise a new doubt:"),
    "review_undo": ("元に戻す", "Undo"),
    "review_gone": ("次の書類を読み込めませんでした。一覧に戻ります。", "The next document could not be loaded."),
    "review_failed": ("記録できませんでした", "Not recorded"),
    "review_choose": (
        "番号で選ぶか、値を入力してください。書類に記載がなければ 0 です。",
        "Choose a number or type the value; 0 means it is not on the document.",
    ),
    "review_cut": ("読み取った場所", "Where it was read"),
    "review_type": ("値", "Value"),
    "review_no_questions": (
        "確かめることは残っていません。内容を見て確定してください。",
        "Nothing is left to ask. Look at it and settle it.",
    ),
    "review_is_settled": ("この書類は確認済みです（{by} {at}）。", "Settled already ({by}, {at})."),
    "review_others": ("ほかの項目", "Other fields"),
    "review_settle": ("確定して次へ", "Settle, next"),
    "review_skip": ("あとで", "Skip"),
    "review_park": ("保留する", "Put aside"),
    "review_unpark": ("保留をやめる", "Take up again"),
    "review_park_note": ("保留の理由（例: 営業に確認中）", "Why (e.g. asked sales)"),
    "review_divide": ("分割", "Divide"),
    "review_delete": ("削除…", "Delete…"),
    "key_choose": ("選ぶ", "choose"),
    "key_accept": ("確定・次へ", "accept"),
    "key_move": ("項目の移動", "move"),
    "key_edit": ("入力", "type"),
    "key_zoom": ("拡大・縮小", "zoom"),
    "key_page": ("ページ", "page"),
    "turn": ("右に90°回転", "Turn right"),
    "show_words": ("文字を選ぶ", "Words"),
    "page_strip": ("ページ一覧", "Pages"),
}
