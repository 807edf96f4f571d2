"""Words of the pages on who may see what, and of single sign-on: (Japanese, English)."""

from __future__ import annotations

from domain.labels import Label

ACCESS: dict[str, Label] = {
    "sso_failed": (
        "シングルサインオンの有効時間が過ぎたか、このブラウザで始めたものではありません。ログイン画面からやり直してください",
        "The sign-on took too long or was not begun in this browser. Begin again at the login page",
    ),
    "sso_unknown": (
        "このアカウントは書庫の利用者に登録されていません。管理者に連絡してください",
        "No account here is linked to this identity. Ask an administrator",
    ),
    "access_title": ("部門と閲覧制限", "Department and who may see it"),
    "access_help": (
        "部門の書類は、その部門の人と部門に属さない人に見えます。閲覧制限を付けると、選んだ部門・利用者だけに見えます。変更はログに残ります。",
        "Its department's people see a document; a confidential one is seen by those named alone. Changes are logged.",
    ),
    "access_choose": (
        "検索画面で書類を選び、「部門と閲覧制限」を押してください。",
        "Choose documents in the search and press Department and access.",
    ),
    "access_to_search": ("書類を選ぶ", "Choose documents"),
    "access_documents": ("対象の書類", "Documents"),
    "access_department": ("部門", "Department"),
    "access_no_department": ("部門なし（全社）", "None (whole company)"),
    "access_keep": ("変更しない", "Leave as it is"),
    "access_confidential": ("閲覧制限", "Confidential"),
    "access_public": ("制限なし", "Not confidential"),
    "access_secret": ("下で選んだ部門・利用者だけ", "Only those named below"),
    "access_only_departments": ("見せる部門", "Departments that see them"),
    "access_only_people": ("見せる利用者", "People who see them"),
    "access_no_departments": (
        "部門はまだ登録されていません（shoko departments set コード 名前）",
        "No departments yet (shoko departments set CODE NAME)",
    ),
    "access_save": ("この内容で記録する", "Record this"),
    "access_nothing": ("変更する項目を選んでください", "Choose what to change"),
    "access_gone": (
        "この指定で記録すると、あなた自身には見えなくなることがあります。",
        "What you record here may hide the document from yourself.",
    ),
}
