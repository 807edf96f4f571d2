"""What to do about an error, and how to get away from its page: (Japanese, English)."""

from __future__ import annotations

from domain.labels import Label

ERRORS: dict[str, Label] = {
    "error_back": ("前の画面に戻る", "Back to where you were"),
    "error_home": ("ホームへ", "Home"),
    "error_login": ("ログインする", "Log in"),
    "error_newest": ("最新の内容を開く", "Open the newest version"),
    "error_kept": (
        "入力した内容は残っています。ブラウザの「戻る」で、入力した画面に戻れます。",
        "What you typed is not lost: the browser's Back button shows the form as you left it.",
    ),
    "error_typed": ("入力していた内容", "What you had typed"),
    "error_again": ("入力した内容で送り直す", "Send what you typed again"),
    "error_again_means": (
        "まだ何も記録していません。入力した内容は残っているので、そのまま送り直せます。",
        "Nothing was recorded. What you typed is kept and can be sent again as it is.",
    ),
    "error_again_login": (
        "入力した内容は残っています。別のタブでログインしてから、この画面に戻って送り直してください。",
        "What you typed is kept. Log in in another tab, come back to this page and send it again.",
    ),
    "csrf_again": ("画面が古くなっていたため、まだ送信していません", "The page was out of date: nothing was sent yet"),
    "error_number": ("管理者に伝える番号: {number}", "Tell the administrator this number: {number}"),
    "help_forbidden": (
        "あなたの役割は「{roles}」です。役割は管理者が「管理」の「利用者」で変更できます。",
        "Your role: {roles}. Administrators change roles under Administration, People.",
    ),
    "help_forbidden_no_roles": (
        "あなたにはまだ役割がありません。管理者が「管理」の「利用者」で付けられます。",
        "You have no role yet. Administrators give one under Administration, People.",
    ),
    "help_405": (
        "このアドレスは、画面のボタンを押したときに使うものです。再読み込みや、アドレスの直接入力では開けません。",
        "This address belongs to a button of a page: it cannot be opened or reloaded by itself.",
    ),
    "help_409": (
        "ほかの人が先に変更しました。あなたの入力はまだ記録していません。最新の内容を見てから、必要ならやり直してください。",
        "Somebody else was first; nothing of yours was recorded. Look at the newest version and repeat what is needed.",
    ),
    "form_too_large": ("送信する内容が大きすぎます（上限 {size}）", "What is sent is too large (at most {size})"),
    "form_too_large_help": (
        "まだ何も記録していません。前の画面に戻り、選ぶ件数や入力を減らして、何回かに分けて送ってください。",
        "Nothing was recorded. Go back, choose or type less, and send it in several parts.",
    ),
    "help_413": (
        "まだ何も受け付けていません。前の画面に戻り、ファイルを減らして送り直してください。上限は管理者が設定で変えられます。",
        "Nothing was taken in. Go back and send fewer or smaller files; an administrator can change the limit.",
    ),
    "help_422": (
        "まだ何も記録していません。前の画面に戻り、入力を直して送り直してください。",
        "Nothing was recorded. Go back, put it right and send it again.",
    ),
    "help_500": (
        "書類と記録は失われていません。時間をおいてやり直し、続くときは管理者に番号を伝えてください。",
        "No document is lost. Try again later; if it stays, tell an administrator the number.",
    ),
    "help_503": (
        "保存先やデータベースにつながらないときに出ます。書類は失われていません。数分おいて開き直してください。",
        "The store or the database does not answer. No document is lost: open the page again in some minutes.",
    ),
    "help_csrf": (
        "画面を開いたあとでログインし直したときなどに起こります。",
        "This happens for instance when you logged in again after the page was opened.",
    ),
    "help_unauthorized": (
        "一定の時間操作がないと、自動でログアウトします。",
        "Without any activity you are logged out after a while.",
    ),
    "login_to_go_on": (
        "続けるにはログインしてください。ログインすると、開こうとしていた画面に進みます。",
        "Log in to go on; the page that you wanted opens then.",
    ),
}
