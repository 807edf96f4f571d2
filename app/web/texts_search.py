"""Words of the search page: (Japanese, English)."""

from __future__ import annotations

from domain.labels import Label

SEARCH: dict[str, Label] = {
    "say_label": ("文章で探す", "Search by a sentence"),
    "say_hint": (
        "文章で探す（例: 先月の青空商事の10万円以上の請求書）",
        "A sentence in Japanese, e.g. 先月の請求書",
    ),
    "say_do": ("条件にする", "Make conditions"),
    "said_word": ("は、ことばとして本文から探しています", "is looked for as a word"),
    "said_unsupported": ("は、検索の条件にできません（無視しました）", "cannot be searched for and was left out"),
    "take_away": ("条件を外す", "Take away"),
    "none_printed": ("記載なし", "not printed"),
    "more_conditions": ("受領日・その他の条件・列", "Day of receipt, more conditions, columns"),
    "hide_columns": ("表示しない列", "Hidden columns"),
    "column_thumb": ("縮小画像", "Picture"),
    "column_type": ("種類", "Class"),
    "column_date": ("取引年月日", "Date"),
    "column_amount": ("金額", "Amount"),
    "column_state": ("状態", "State"),
    "column_stamp": ("タイムスタンプ", "Timestamp"),
    "column_received": ("受領日", "Received on"),
    "column_origin": ("受領方法", "Origin"),
    "saved_searches": ("保存した検索", "Saved searches"),
    "no_saved": ("保存した検索はまだありません。", "Nothing saved yet."),
    "save_as": ("今の条件を名前を付けて保存", "Save these conditions as"),
    "save_search": ("保存", "Save"),
    "forget_saved": ("消す", "Forget"),
    "hits_or_more": ("件以上", "or more"),
    "count_exactly": ("正確に数える", "Count exactly"),
    "sum_up": ("合計を出す", "Sum up"),
    "sum": ("合計", "Sum"),
    "beyond_sum": ("桁が大きすぎて合計に入らない書類", "Too large to be summed"),
    "back_to_search": ("検索に戻る", "Back to the search"),
    "bundle_of_these": ("監査用一式", "Audit bundle"),
    "pick_by": ("お名前", "Your name"),
    "blank_ones": ("空欄のもの", "Blank"),
    "registration": ("登録番号", "Registration number"),
    "pick_chosen": ("件を選択中", "chosen"),
    "pick_choose": ("選択", "Choose"),
    "pick_choose_all": ("この一覧をすべて選択", "Choose all of this list"),
    "pick_confirm_received": ("受領日を確認済みにする", "Confirm day of receipt"),
    "key_choose": ("選択", "choose"),
}
