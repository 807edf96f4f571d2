"""The words by which a question is known to be about the law's own numbers, or about one value of a document."""

from __future__ import annotations

import re

_NO_NUMBER = (
    r"(?:免税事業者|(?:登録番号|インボイス|適格請求書)(?:が|の|で)?(?:ない|無い|なし|でない|もらえない|発行できない))"
)
TOPICS: dict[str, str] = {
    "transition": rf"経過措置|{_NO_NUMBER}[^。]*?(?:控除|割|%|パーセント)|控除[^。]{{0,8}}免税事業者",
    "small_amount": (
        r"少額特例|(?:インボイス|適格請求書|領収書)(?:が|は)?(?:いらない|要らない|不要|なくて(?:も|い))|帳簿(?:だけ|のみ)"
    ),
    "book_only": (
        r"自動?販(?:売)?機|(?:公共)?交通(?:機関|費)[^。]{0,12}(?:特例|インボイス|領収書|不要)|出張[^。]{0,6}特例"
        r"|帳簿(?:だけ|のみ)"
        r"|(?:インボイス|適格請求書)(?:が|は)?(?:いらない|要らない|不要|なくて(?:も|い))"
    ),
    "return": r"返還インボイス[^。]*?(?:いくら|不要|要る|いる|要ら|いら|円|必要)|振込手数料[^。]{0,10}返還",
    "rates": r"(?:消費税|軽減)税率|税率(?:は|って)",
    "scan_input": (
        r"(?:入力|スキャン|タイムスタンプ)[^。]{0,8}(?:何日|何[かヶケカ]月|いつまでに|日以内)"
        r"|入力期[間限](?:は|とは|って|を|の計算|$|\?)|早期入力|業務(?:処理)?サイクル"
    ),
    "resolution": r"解像度|dpi|DPI|カラー(?:で|じゃ)|白黒(?:で|スキャン)|グレー(?:スケール)?(?:で|は)|階調",
    "data": (
        r"(?:電子(?:取引|データ)?|メール|PDF|データ)[^。]{0,14}(?:印刷|紙)[^。]{0,8}(?:保存|保管|残)"
        r"|電子取引(?:の|は)?データ保存"
    ),
    "search_exempt": r"検索要件|検索(?:機能)?[^。]{0,6}(?:不要|免除|いらない)",
    "penalty": r"重加算税|罰則|ペナルティ",
}
"""Topic and what people write of it; the numbers come from the rule packs."""

FIELDS_ASKED: tuple[tuple[str, str], ...] = (
    ("due_date", r"お?支払い?(?:期限|期日|日)|振込(?:期限|期日)"),
    ("received_on", r"受領日|受け取った日|届いた日"),
    ("transaction_date", r"取引(?:年月)?日|日付|発行日|請求日|契約日|領収日"),
    ("tax_total", r"消費税額?|税額"),
    ("subtotal", r"小計|税抜き?(?:金額|価格|額)?"),
    ("total_amount", r"(?:取引|請求|合計|税込|支払|契約)?金?額|合計|総額|税込(?:金額|価格)"),
    ("registration_number", r"登録番号|インボイス番号|T番号"),
    ("document_number", r"(?:書類|請求書?|見積書?|注文書?|伝票|領収書?)?番号|No\.?"),
    ("counterparty", r"取引先(?:名)?|相手(?:先|方)?|会社(?:名)?|発行元"),
    ("issuer", r"発行者"),
    ("recipient", r"宛先|宛名"),
    ("bank_account", r"振込先|口座(?:番号)?"),
    ("currency", r"通貨"),
    ("type", r"種類|書類の種類"),
    ("state", r"状態|ステータス"),
    ("origin", r"受領方法"),
)
"""Value of the document that lies open, and how it is asked for."""
_OF_THIS = (
    r"(?:(?:この|これの|こちらの|本)(?:書類|文書|請求書|領収書|レシート|契約書|見積書|納品書|注文書|ファイル|紙)?の?)?"
)
_FIELD_ASKED = tuple(
    (
        name,
        re.compile(
            rf"{_OF_THIS}(?:{words})(?:は|って|を)?(?:いつ|いくら|何(?:番|日|円)?|なに|どこ|誰|だれ|どれ)?(?:まで)?"
            r"(?:教えて|見せて)?(?:です|でしょう)?か?(?:ください|下さい)?[?。]*"
        ),
    )
    for name, words in FIELDS_ASKED
)


def field_asked(plain: str) -> str | None:
    """The value that a question asks for and nothing else: 支払期限は？, この請求書の登録番号は？; None for others."""
    return next((name for name, pattern in _FIELD_ASKED if pattern.fullmatch(plain)), None)


def topics_of(plain: str) -> tuple[str, ...]:
    """Topics of the law that the sentence speaks of."""
    return tuple(name for name, pattern in TOPICS.items() if re.search(pattern, plain))
