"""Words of the login and of accounts: (Japanese, English)."""

from __future__ import annotations

from app.web.texts_desk import DESK
from domain.labels import Label

PEOPLE: dict[str, Label] = {
    "login_name": ("ログイン名", "Login"),
    "login_code": ("確認コード（設定している人だけ）", "Code (if you use one)"),
    "login_code_hint": ("認証アプリの6桁、または回復コード", "6 digits of your app, or a recovery code"),
    "login_wrong": (
        "ログイン名・パスワード・確認コードのいずれかが違います",
        "Login, password or code is wrong",
    ),
    "login_locked": (
        "続けて間違えたため、しばらくログインできません。15分ほど待つか、管理者に連絡してください",
        "Too many wrong tries. Wait about 15 minutes, or ask an administrator",
    ),
    "forbidden": (
        "この操作をする権限がありません。必要な場合は管理者に依頼してください",
        "You may not do this. Ask an administrator if you need to",
    ),
    "must_change": (
        "最初に、アカウントの画面でパスワードを自分のものに変更してください",
        "First change your password on the account page",
    ),
    "account": ("アカウント", "Account"),
    "alone": ("1人モード", "Single-person mode"),
    "alone_help": (
        "利用者を登録していないため、このパソコンを使う人は誰でもすべての操作ができます。担当者名は操作のたびに本人が入力します。",
        "Nobody has an account: whoever uses this machine may do everything, and says who they are each time.",
    ),
    "alone_how": (
        "利用者を分けるには、次のコマンドで最初の管理者を登録してください。登録した時からログインが必要になり、共有のパスワード（SHOKO_WEB_TOKEN）は使えなくなります。",
        "Begin by adding an administrator. From then on the page asks for a login; SHOKO_WEB_TOKEN opens nothing.",
    ),
    "role": ("役割", "Roles"),
    "departments": ("部門", "Departments"),
    "password_change": ("パスワードの変更", "Change password"),
    "password_old": ("今のパスワード", "Present password"),
    "password_new": ("新しいパスワード", "New password"),
    "password_again": ("新しいパスワード（もう一度）", "New password again"),
    "password_rules": (
        "12文字以上。ログイン名を含むもの、よく使われるもの、単純な繰り返しは使えません。変更すると、ほかの端末のログインは終了します。",
        "At least 12 characters, without your login; no common ones. Your other sessions end.",
    ),
    "password_do": ("変更する", "Change"),
    "password_differs": ("新しいパスワードが2回で一致していません", "The two new passwords differ"),
    "password_wrong": ("今のパスワードが違います", "The present password is wrong"),
    "mail_title": ("知らせのメール", "Mail to you"),
    "mail_means": (
        "期限の来た承認や確認待ちなどを、1日に1通までこのアドレスに知らせます。ログインには使いません。",
        "At most one mail a day about what is due. It is not used for logging in.",
    ),
    "mail_now": ("今の送り先", "Goes to"),
    "mail_by_settings": ("管理者の設定", "by the settings"),
    "mail_by_sign_on": ("シングルサインオン", "single sign-on"),
    "mail_off": (
        "メールサーバーがまだ設定されていないため、今は送りません。登録したアドレスは、設定されてから使います。",
        "No mail server is set yet: the address is kept and used once there is one.",
    ),
    "mail_address": ("メールアドレス", "Address"),
    "mail_send": ("確認のメールを送る", "Send a mail with a code"),
    "mail_save": ("登録する", "Save"),
    "mail_waits": (
        "{address} に8桁の番号を送りました。30分以内に入れてください。",
        "A code of 8 digits went to {address}: enter it within 30 minutes.",
    ),
    "mail_code": ("メールの8桁", "8 digits of the mail"),
    "mail_confirm": ("このアドレスにする", "Use this address"),
    "mail_forget": ("登録したアドレスを消す", "Take the address away"),
    "done_mail_set": ("メールアドレスを登録しました", "The address is kept"),
    "done_mail_sent": ("確認のメールを送りました", "A mail is on its way"),
    "done_mail_gone": ("メールアドレスを消しました", "The address is gone"),
    "done_password": ("パスワードを変更しました。ほかの端末のログインは終了しました", "The password is changed"),
    "done_totp_off": ("2段階認証を解除しました", "The second factor is off"),
    "totp": ("2段階認証", "Second factor"),
    "totp_is_on": ("設定済み。回復コードは残り {n} 個です。", "On. {n} recovery codes are left."),
    "totp_is_off": (
        "認証アプリで下のQRコードを読み取り、表示された6桁を入れてください。読み取れない場合は鍵を手で入れます。",
        "Scan the code with an authenticator app and type the 6 digits, or type the key by hand.",
    ),
    "totp_scan": ("認証アプリで読み取るQRコード", "QR code for an authenticator app"),
    "totp_key": ("鍵", "Key"),
    "totp_open": ("この端末のアプリで開く", "Open in an app on this device"),
    "totp_code": ("アプリの6桁", "6 digits of the app"),
    "totp_on": ("2段階認証を設定", "Switch on"),
    "totp_off": ("2段階認証を解除", "Switch off"),
    "code_wrong": (
        "確認コードが違います。時計が合っているか確かめ、新しい6桁を入れてください",
        "The code is wrong. Check the clock, and type the next 6 digits",
    ),
    "codes_title": ("回復コード", "Recovery codes"),
    "codes_help": (
        "2段階認証を設定しました。認証アプリを使えないときに、確認コードの代わりに1回ずつ使えます。この画面を閉じると二度と表示されません。印刷するか安全な場所に控えてください。",
        "The second factor is on. Each code works once in place of the app's. Keep them safe: they are shown only now.",
    ),
    "codes_done": ("控えました", "I kept them"),
    "sessions": ("ログイン中の端末", "Where you are logged in"),
    "session_this": ("この端末", "this one"),
    "session_started": ("ログイン", "Since"),
    "session_seen": ("最後の操作", "Last used"),
    "session_from": ("接続元", "From"),
    "session_end": ("終了", "End"),
    "sessions_end": ("この端末以外をすべて終了", "End all others"),
    "tokens": ("APIトークン", "API tokens"),
    "token_expires": ("期限", "Until"),
    "token_used": ("最後の使用", "Last used"),
    "tokens_how": (
        "発行と失効は管理者が shoko users token で行います。",
        "Administrators issue them with shoko users.",
    ),
    "people": ("利用者", "People"),
    "people_how": (
        "追加・役割の変更・停止・パスワードの再設定は、サーバーで shoko users を使います。変更はすべてログに残ります。",
        "Add, change and disable people with shoko users on the server. Every change is in the log.",
    ),
    "person_name": ("氏名", "Name"),
    "person_state": ("状態", "State"),
    "person_disabled": ("停止中", "disabled"),
    "person_active": ("有効", "active"),
    "person_waits": ("初回の変更待ち", "password to be changed"),
}

PEOPLE_AND_DESK = PEOPLE | DESK
