"""The words by which a sentence of a search is understood (``domain.sentence``)."""

from __future__ import annotations

import re

from domain.fields import DocumentType
from domain.ids import Origin
from domain.record import DocumentState

_T, _S, _O = DocumentType, DocumentState, Origin
_CONTRACTS = (
    "業務委託|秘密保持|機密保持|売買|賃貸借|雇用|労働|請負|工事|取引基本|基本|保守|リース|代理店|使用許諾|委任|年間"
)
TYPES: tuple[tuple[str, DocumentType], ...] = (
    ("返還請求書|返還インボイス|赤伝票?|クレジットノート", _T.CREDIT_NOTE),
    ("支払通知書?|支払明細書?", _T.PAYMENT_STATEMENT),
    ("適格請求書|インボイス|御?請求書|ご請求書|請求(?!日|番号|額|金額|先|元|期間)", _T.INVOICE),
    ("領収[書証]|領収|レシート", _T.RECEIPT),
    (
        rf"(?:{_CONTRACTS})?契約書|契約(?!日|終了|期間|金額|番号|更新|社員)|覚書",
        _T.CONTRACT,
    ),
    ("御?見積書|お見積書?|見積もり?|見積", _T.QUOTATION),
    ("注文書|発注書|注文請書", _T.PURCHASE_ORDER),
    ("納品書|送り状", _T.DELIVERY_NOTE),
    ("検収書|検収通知書?", _T.INSPECTION),
    ("その他の?(?=書類|文書|$)|種類(?:が|の)(?:不明|分からない)な?", _T.OTHER),
)
STATES: tuple[tuple[str, tuple[DocumentState, ...]], ...] = (
    ("確認待ち|要確認|未確認|レビュー待ち|確認が必要な?|確認していない|まだ確認してい?ない", (_S.NEEDS_REVIEW,)),
    ("承認待ち|未承認|承認前|承認されていない|まだ承認していない", (_S.FILED,)),
    ("(?:保管|保存|確認)(?:済み?|された|した)", (_S.FILED, _S.APPROVED)),
    ("承認済み?|承認された|承認した", (_S.APPROVED,)),
    ("削除済み?|削除された|削除した|消された|消した", (_S.TOMBSTONED,)),
    ("廃棄済み?|廃棄された", (_S.DESTROYED,)),
)
ORIGINS: tuple[tuple[str, Origin], ...] = (
    (r"紙で(?:受領した|受領|受け取った|もらった|届いた)|紙の(?=[一-鿿])", _O.PAPER_RECEIVED),
    (
        r"(?:電子|データ|メール|PDF)で(?:受領した|受領|受け取った|もらった|届いた|来た)|電子取引の?|電子データの?",
        _O.ELECTRONIC_RECEIVED,
    ),
    (r"(?:電子|データ|メール|PDF)で(?:送付した|送付|送った|出した)", _O.ELECTRONIC_SENT),
    (r"(?:紙で発行した)?控え|紙で(?:発行した|送った|出した)", _O.PAPER_ISSUED_COPY),
    (r"自社作成|自社で作成した|自社で作った", _O.SELF_GENERATED),
    (r"受領方法(?:が|の)?不明な?", _O.UNKNOWN),
)
RECEIVED_WAYS = (_O.PAPER_RECEIVED, _O.ELECTRONIC_RECEIVED)
ISSUED_WAYS = (_O.PAPER_ISSUED_COPY, _O.ELECTRONIC_SENT)
_WITHOUT = (
    r"(?:が|の)?(?:入って|書かれて|記載されて)?"
    r"(?:ない|いない|無い|なし|無し|空白|空欄|空|不明|未入力|未記入|未記載|抜けている|読めない|読めなかった|読み取れ(?:て)?(?:い)?な(?:い|かった))な?"
)
BLANKS: tuple[tuple[str, str], ...] = (
    (rf"(?:登録番号|インボイス番号|T番号){_WITHOUT}|適格でない|インボイスでない", "registration_blank"),
    (rf"(?:取引先|相手先|会社名){_WITHOUT}", "counterparty_blank"),
    (rf"(?:合計|取引)?金額{_WITHOUT}", "amount_blank"),
    (rf"(?:取引年月日|取引日|日付){_WITHOUT}", "date_blank"),
    (r"受領日(?:が|の)?(?:未確認|仮|不明)な?|受領日を?確認していない|仮の?受領日", "received_on_assumed"),
)
_MOST = r"(?:一番|いちばん|1番|最も|もっとも)(?:金額の|金額が|日付の|日付が)?"
ORDERS: tuple[tuple[str, str], ...] = (
    (rf"{_MOST}(?:高い|高額な?|大きい|多い)|最高額の|最も高額な", "-total_amount"),
    (rf"{_MOST}(?:安い|小さい|少ない|低い)|最低額の", "total_amount"),
    (
        rf"{_MOST}(?:新しい|最近の)|最新の|最新(?=[一-鿿])|直近の(?![\d一二三四五六七八九十半数])",
        "-transaction_date",
    ),
    (rf"{_MOST}古い|最古の|最古(?=[一-鿿])", "transaction_date"),
    (r"(?:金額の|金額が)?(?:高い|大きい|多い)順", "-total_amount"),
    (r"(?:金額の|金額が)?(?:安い|小さい|少ない|低い)順", "total_amount"),
    (r"(?:日付の|日付が)?古い順", "transaction_date"),
    (r"(?:日付の|日付が)?新しい順", "-transaction_date"),
    (r"取引先(?:名|の名前)?順|五十音順|あいうえお順", "counterparty"),
    (r"(?:届いた|受領(?:した|日の?)?|受け取った)順", "-received_on"),
    (r"(?:登録|保存|保管)(?:した)?順", "-recorded_at"),
)
DELETED = re.compile(r"削除(?:済み|された(?:もの|書類|の)?|したもの)?(?:も含め(?:て|る|た)?|を?含む|も)")
OTHERS = re.compile(r"(?:以外|を除く|を除いた|ではない|じゃない|でない)(?:の|な)?")
DUE = re.compile(r"(?:お?支払い?|入金|振込み?|払込み?)の?(?:期限|期日)(?:が|の|は|に|を)?")
DUE_PAST = re.compile(
    r"(?:を|が|の)?(?:過ぎ(?:て(?:しまって)?い?(?:る|た)|た|ました)?|切れ(?:て(?:い)?る|た)?|超過(?:して(?:い)?る|した|の)?|経過した)(?:の|もの)?"
)
DUE_NEAR = re.compile(r"(?:が|の)?(?:近い|近く|近づいた|近づいている|間近な?|迫って(?:いる|る)|迫る|もうすぐ|すぐ)")
DUE_AFTER = re.compile(
    r"(?:に|中に|まで(?:に)?|が|の|で)?"
    r"(?:支払う|払う|(?:お?支払い?|入金|振込み?)の?(?:期限|期日|予定)|(?:お?支払い?|払い)(?![込過出戻期予済通明方先日手調])|期日(?!前))(?:べき|予定の?)?"
)
"""Behind a period: 来週払いの, 今月末に支払う, 来週が支払期限の."""
PAID = re.compile(r"(?:に|中に|まで(?:に)?)?(?:支払(?:った|いました|い済み?|済み?)|払った)")
ACTED = re.compile(
    r"(?:に|中に|、)?(?=(?:承認|訂正|修正|確認|削除|廃棄|申請|差し?戻|取り?消)(?:した|された|し(?:た|ました)|しに|さ|済))"
)
"""Behind a period that is the day of an act: which acts were done when is not searched for."""
AS_OF = re.compile(r"(?:の)?(?:時点|現在)(?:で|の|に)?")
UNSUPPORTED = re.compile(
    r"(?:お?支払(?:い)?(?:期限|期日|日)|納期|有効期限|契約終了日?|契約期間|保存期限|更新日|締め?日)(?:が|の|は)?"
    r"(?:(?!請求|領収|契約書|見積|納品|注文|書類|もの)[^のをはがで、。\s]){0,14}(?:まで|以内|以降|以前|中|間近|切れ)?(?:の|な)?"
    r"|(?:登録番号|インボイス番号|支払期限|取引先|金額|日付)(?:が|の)(?:ある|入って(?:い)?る|書かれて(?:い)?る|読めて(?:い)?る)(?:の)?"
    r"|[^\s、。のをはが]{1,20}(?:以外|を除く|を除いた|ではない|じゃない)(?:の|な)?"
    r"|[^\s、。のをにはがで]{1,12}が(?:登録|入力|訂正|修正|承認|確認|削除|取り?込|スキャン|申請|投入|担当)(?:んだ|した|し|された)(?:の)?"
    r"|[¥$€]?[\d,.]+(?:億|万|千)?(?:米?ドル|USD|ユーロ|EUR|ポンド|GBP|人民元|ウォン)(?:以上|以下|未満|超|を超える|以内|前後|くらい)?(?:の)?"
    r"|(?:USD|EUR|GBP|US\$|\$|€)\s?[\d,.]+(?:以上|以下|未満|超|を超える|以内|前後|くらい)?(?:の)?"
    r"|未払い?の?|支払(?:い)?済み?の?|支払って(?:い)?ない|未入金の?|入金済み?の?"
)
"""Understood and not kept, or not searched for; whether something was paid is not known here."""
NOT_TOTAL = re.compile(
    r"(?:税抜き?(?:金額)?|税別|消費税額?|税額|小計|単価|値引き?|源泉徴収税?額?|手数料|送料)(?:が|は|の|で)?(?=[\d¥約一二三四五六七八九十百千])"
)
"""Amounts that are printed and not searched for: 税抜10万円以上, 消費税が1万円以上."""
WITHOUT_TAX = re.compile(r"\(?(?:税抜き?|税別)\)?(?:で)?(?:以上|以下|未満|超|以内)?")
ANOTHER_PERIOD = re.compile(
    r"(?:第\d{1,3}期|\d{1,3}期目?|[\d./年RHS令和平成昭和元]*\d{1,2}月期|前年同期|昨年同期)(?![間限日])(?:の)?"
)
"""A year of the company that its settings do not tell."""
WAYS = (
    (re.compile(r"(?:届いた|受け取った|受取った|受領した|もらった|頂いた)(?=[一-鿿ァ-ヶ])"), RECEIVED_WAYS),
    (re.compile(r"(?:発行した|送った|送付した|発送した)(?=[一-鿿ァ-ヶ])"), ISSUED_WAYS),
)
RECEIVED = re.compile(
    r"(?:に|中に|から|まで|以降|以前)?(?:、)?"
    r"(?:届いた|届いて|着いた|到着した|受け取った|受取った|受領した|受領の?|もらった|頂いた|いただいた|来た)"
)
FILED = re.compile(
    r"(?:に|中に|から|まで|以降|以前)?(?:、)?"
    r"(?:(?:取り込|取込)(?:んだ|まれた)|(?:スキャン|登録|保存|保管|アップロード|投入)(?:した|された)|撮った|撮影した)"
)
ISSUED = re.compile(r"(?:付け?の?|に発行(?:された|した)|発行の?|に出た|の取引の?|に買った|に購入した|分の?)")
TO = re.compile(r"\s*(?:から|~|〜|-|ー|より)\s*")
"""Between the two ends of a range."""
AND = re.compile(r"\s*(?:と|、|,|・|や|および|及び)\s*")
"""Between two that are both meant."""
UNTIL = re.compile(r"まで|の間|間")
SINCE = re.compile(r"以降|以後|以来|から(?!の?(?:請求|領収|見積|納品|注文|届|来|もら|受))|より後|より新しい|後")
BEFORE = re.compile(r"以前|まで|より前|より古い|前(?!後)")
ABOUT = re.compile(r"頃|ごろ|あたり|中(?!旬)")
_COMPANY = (
    r"(?:株式会社|有限会社|合同会社|合名会社|合資会社|一般社団法人|一般財団法人|社団法人|財団法人|医療法人|学校法人"
    r"|\(株\)|\(有\)|\(同\))"
)
COMPANY = re.compile(_COMPANY)
_WHOSE = (
    r"(?:(?P<{n}_from>から(?:届いた|来た|もらった|受け取った|の)?)|(?:への?|に)(?=支払|振込|振り込)"
    r"|(?P<{n}_to>への?|宛ての?|宛の?|に(?:送った|送付した|発行した|出した|請求した))|との|に対する|の)?"
)
WHOSE = re.compile(_WHOSE.format(n="k"))
PARTY = re.compile(
    rf"(?P<whole>{_COMPANY}[^\s、。のからをにはが宛]{{1,30}}|[^\s、。のをにはがで]{{1,30}}{_COMPANY})(?:様|さん|御中|殿)?{_WHOSE.format(n='w')}"
    rf"|(?P<polite>[^\s、。のをにはがで]{{1,30}}?)(?:様|さん|御中|殿){_WHOSE.format(n='p')}"
    r"|(?P<sender>[^\s、。のをにはがで\d]{2,30}?)"
    r"(?:(?P<s_from>から(?:届いた|来た|もらった|受け取った|の))|(?P<s_to>宛ての?|宛の?)|との(?=取引|[契見請領納注]))"
)
TWO_PARTIES = re.compile(rf"(?P<first>[^と]*{_COMPANY}[^と]*|.+?)(?=[とや].*{_COMPANY})")
"""A company, and another one behind it."""
PARTY_SAID = re.compile(
    r"(?:取引先|相手先|相手|発行元|発行者|会社)(?P<is>が|は|の|:|=|名が|名は)?(?P<name>[^\s、。のをにはがで]{2,30})"
)
NUMBER_SAID = re.compile(
    r"(?:登録|インボイス|請求書?|書類|伝票|注文書?|見積書?|領収書?|管理)番号(?:が|は|:|の)?\s*(?=[A-Z]{0,6}-?\d)",
    re.IGNORECASE,
)
"""Before a number that is looked for as it stands."""
US = re.compile(
    r"(?P<us>自社|当社|弊社|我が社|わが社|うちの?会社)(?:(?P<to>宛ての?|宛の?|への?|に届いた)|(?:が|で|から|の)?(?:発行した|送った|出した)?(?:の)?)"
)
WHOSE_OURS = re.compile(
    r"(?:(?P<to>宛ての?|宛の?|への?|に届いた)|(?:が|で|から|の)?(?:発行した|送った|出した)?(?:の)?)"
)
WORD = re.compile(r"(?:[^\s、。,「」『』\"'?!・]|(?<=[A-Za-z])'(?=[A-Za-z]))+")
QUOTED = re.compile(
    r"[「『\"](?P<words>[^」』\"]{1,60})[」』\"](?:という|を含む|と書かれた|が書かれた|の入った|が入った)?"
)
PARTICLE = "のをはがでにとへもなかや"
NOISE = re.compile(
    r"(?:(?:全部|全て|すべて|一覧|ぜんぶ|書類|文書|資料|伝票|証憑|データ|もの|やつ|分|件|ファイル|全件|取引|金額|合計|まとめて|これまで|今まで|全期間|だけ|のみ"
    r"|を?検索して|を?検索|を?探して|を?さがして|を?見せて|を?表示して|を?表示|を?出して|を?教えて|が?見たい|が?ほしい"
    r"|を?ください|を?下さい|をお願いします?|はどれ|はどこ|はある|はいくら|ですか|ますか|について|に関する)(?=$|[\s、。?!]|[のをはがでにとへも]))+"
    r"|(?:買った|購入した)(?:とき|時)?の?"
    rf"|(?:[{PARTICLE}]|した|する|ある|あった|いる){{1,3}}(?=$|[^ぁ-ん])"
)
