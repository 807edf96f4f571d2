"""What tests of the store, reconciliations and the watch over timestamps find, and what a person does about it."""

from __future__ import annotations

import re

from domain.errors import label_of
from domain.labels import Label

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
