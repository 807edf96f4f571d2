"""Words of the intake page and of the phone's camera page: (Japanese, English)."""

from __future__ import annotations

from domain.labels import Label

INTAKE: dict[str, Label] = {
    "intake_form": ("ファイルを入れる", "Add files"),
    "intake_lead": (
        "入れたファイルは、まず原本のまま保存します。タイムスタンプ・読み取り・登録は自動です。名前も並びもそのままで構いません。",
        "Files are preserved as they are first; timestamp, reading and filing follow by themselves.",
    ),
    "choose_folder": ("フォルダを選ぶ", "Choose a folder"),
    "take_photo": ("写真を撮って送る", "Photograph"),
    "drop_here_or": ("ファイルやフォルダをここにドロップ", "Drop files or folders here"),
    "origin_remembered": ("受領方法はこのブラウザーに記憶されます", "Remembered in this browser"),
    "upload_progress": ("{done} / {total} 件を送信", "{done} of {total} sent"),
    "upload_all_done": ("{total} 件を受け付けました", "{total} accepted"),
    "upload_some_failed": ("{failed} 件は送信できませんでした", "{failed} failed"),
    "upload_retry": ("失敗したファイルを送り直す", "Send the failed ones again"),
    "upload_retrying": ("つながらないため、まもなく送り直します", "No connection: trying again soon"),
    "upload_skipped": (
        "対象外のファイル {n} 件は送っていません（空・隠しファイル）",
        "{n} hidden or empty files left out",
    ),
    "upload_repeat": (
        "受け付けました（同じファイルが届いています。二重には保管しません）",
        "Accepted; the same file came before",
    ),
    "upload_leave": ("送信が終わっていません", "Sending is not finished"),
    "bad_paths": ("フォルダの情報が正しくありません", "The folders of the files are not valid"),
    # today
    "today_title": ("本日の取込", "Today"),
    "today_drops": ("受け付けたファイル", "Files"),
    "today_waiting": ("受付待ち", "Waiting"),
    "today_reading": ("読取待ち・読取中", "Being read"),
    "today_documents": ("登録した書類", "Documents filed"),
    "today_review": ("うち要確認", "to review"),
    "today_failed": ("読めない・受付不可", "Unreadable or refused"),
    "today_repeated": ("重複", "Repeated"),
    "today_stamps": ("タイムスタンプ待ちの期限", "Timestamps due by"),
    "today_at_risk": ("入力期限が近い要確認", "In review, deadline near"),
    "at_risk_why": (
        "受領から入力期限（早期入力または業務サイクル）までの残りが3日以内か、過ぎている紙の書類です",
        "Scans whose legal deadline is within three days or past",
    ),
    "nothing_due": ("なし", "none"),
    # list
    "show_all": ("すべて", "All"),
    "show_busy": ("処理中", "On its way"),
    "show_attention": ("要対応", "Needs attention"),
    "show_none": ("該当するファイルはありません", "There is no such file"),
    "older": ("さらに前を表示", "Older"),
    "newer": ("最新に戻る", "Newest"),
    "path": ("進み具合", "Progress"),
    "path_what": ("結果・理由・すること", "Result, reason, what to do"),
    "step_received": ("受付", "Received"),
    "step_preserved": ("保存", "Preserved"),
    "step_stamped": ("時刻", "Stamped"),
    "step_read": ("読取", "Read"),
    "step_filed": ("保管", "Filed"),
    "step_done": ("済み", "done"),
    "step_now": ("処理中", "in work"),
    "step_wait": ("これから", "to come"),
    "step_warn": ("要確認", "needs review"),
    "step_bad": ("できません", "failed"),
    "path_waiting": ("受付待ち", "Waiting"),
    "path_reading": ("保存済み・読取待ち", "Preserved, being read"),
    "path_repeated": ("重複（受付済み）", "Came before"),
    "path_unreadable": ("読めない", "Unreadable"),
    "path_refused": ("受付不可", "Refused"),
    "path_review": ("要確認", "Needs review"),
    "path_filed": ("保管済み", "Filed"),
    "path_nothing": ("書類なし", "No document"),
    "todo_waiting": (
        "1分以上待っています。取込の処理が止まっていないか、管理者に確かめてください。",
        "Waiting for over a minute: ask the administrator whether intake is running.",
    ),
    "todo_nothing": (
        "書類が見つかりませんでした。白紙でないか確かめてください。",
        "No document was found: is the page blank?",
    ),
    "todo_unreadable": (
        "原本は保存済みです。読み取り直せるときは、もう一度スキャンして入れてください。",
        "The original is preserved. Scan it again and add the new file.",
    ),
    "todo_refused": (
        "保存していません。直してから入れ直してください。",
        "Not preserved: put it right and add it again.",
    ),
    "todo_rescan": (
        "200dpi 以上・カラーで読み取り直し、書類の「履歴」から差し替えてください。",
        "Scan again in colour at 200 dpi or more, then replace it from the document's history.",
    ),
    "and_more": ("ほか {n} 件", "and {n} more"),
    "stamp_waits_until": ("タイムスタンプ待ち（期限 {day}）", "Timestamp due by {day}"),
    # days of receipt
    "confirm_all": ("{n} 件すべて、表示の日付で確認する", "Confirm all {n} as shown"),
    "confirm_all_more": ("表示している {n} 件を、表示の日付で確認する", "Confirm these {n} as shown"),
    "confirm_chosen": ("選んだ書類だけ記録", "Record those chosen"),
    "assumed_notice": (
        "受領日が仮の書類が {n} 件あります。確認するまで法令の要件は満たされません。",
        "{n} documents have assumed days of receipt: the law's conditions stay open until confirmed.",
    ),
}
