"""Japanese text made comparable: what is printed, typed and misread in several ways becomes one key.

``search_key`` is applied to the index and to the query alike, so folding costs precision and never a find. When
its output changes, raise ``SEARCH_KEY_VERSION``: an archive that was indexed under another version is indexed anew.
"""

from __future__ import annotations

import re
import unicodedata

SEARCH_KEY_VERSION = 3
"""Raise it with every change of ``search_key`` or of ``domain.grams``."""

_VARIANTS = (
    "髙高 﨑崎 嵜崎 碕崎 濵浜 濱浜 邊辺 邉辺 齋斉 齊斉 斎斉 澤沢 廣広 國国 圀国 圓円 學学 會会 榮栄 櫻桜 "
    "實実 眞真 德徳 嶋島 嶌島 冨富 峯峰 𠮷吉 靑青 淸清 黑黒 鷗鴎 瀨瀬 賴頼 曻昇 栁柳 桒桑 𣘺橋 亞亜 惠恵 "
    "壽寿 藏蔵 龍竜 瀧滝 萬万 與与 豐豊 寬寛 關関 鐵鉄 鉃鉄 縣県 圖図 團団 號号 總総 聲声 體体 寫写 證証 "
    "處処 變変 讀読 賣売 勞労 區区 醫医 驛駅 藥薬 餘余 應応 經経 濟済 遲遅 傳伝 燈灯 獨独 發発 佛仏 龜亀 "
    "檜桧 籔薮 藪薮 礒磯 條条 淺浅 渕淵 渊淵 舘館 靜静 彌弥 彥彦 晉晋 曾曽 增増 槇槙 橫横 步歩 每毎 燒焼 "
    "狹狭 產産 當当 盡尽 禮礼 祿禄 稻稲 穗穂 綠緑 緖緒 莊荘 萠萌 豬猪 遙遥 鄕郷 鎭鎮 隱隠 雜雑 靈霊 鷄鶏 "
    "鹽塩 麥麦 默黙 齡齢 來来 倂併 假仮 價価 兒児 兩両 册冊 凜凛 劍剣 勳勲 卷巻 參参 嚴厳 圍囲 壯壮 奧奥 "
    "寶宝 將将 專専 尙尚 屆届 戶戸 拂払 收収 敎教 數数 晝昼 曉暁 樂楽 樣様 樞枢 樓楼 檢検 權権 歐欧 歸帰 "
    "殘残 氣気 淨浄 滿満 濕湿 灣湾 爲為 爭争 狀状 畫画 畵画 眾衆 稅税 穰穣 竊窃 粹粋 絲糸 續続 繪絵 缺欠 "
    "腦脳 臺台 舊旧 莖茎 藝芸 觀観 觸触 譯訳 譽誉 貳弐 轉転 辭辞 遞逓 醉酔 釋釈 錢銭 鑛鉱 陷陥 顯顕 飮飲 "
    "髮髪 鬪闘 鬭闘 戾戻 吞呑 俠侠 噓嘘 嚙噛 塡填 姸妍 屛屏 幷并 摑掴 搔掻 攢攅 杮柿 瘦痩 繫繋 繡繍 萊莱 "
    "蔣蒋 蠟蝋 醬醤 頰頬 顚顛 驒騨 鷏鷆 麴麹 黃黄"
)
"""Old or variant character followed by the one that stands for both."""

_LOOK_ALIKES = "口ロ 囗ロ 力カ 二ニ 卜ト 工エ 夕タ 八ハ 千チ 才オ ヵカ ヶケ 一ー"
"""Characters that scans and their readers mistake for one another: kanji, then the katakana that stands for both."""

_DASHES = "-‐‑‒–—―−─━﹘﹣－ｰーｰ˗⁃₋"
"""Dashes, minus signs and rules that stand in for the long-vowel mark and the other way round."""

_SMALL_KANA = "ァア ィイ ゥウ ェエ ォオ ッツ ャヤ ュユ ョヨ ヮワ"
"""キヤノン is written with a large ヤ and read with a small one."""

_COMPANY_FORMS = (
    ("(株)", "株式会社"),
    ("(有)", "有限会社"),
    ("(合)", "合同会社"),
    ("(同)", "合同会社"),
    ("(名)", "合名会社"),
    ("(資)", "合資会社"),
    ("(財)", "財団法人"),
    ("(社)", "社団法人"),
    ("(医)", "医療法人"),
    ("(学)", "学校法人"),
    ("(福)", "社会福祉法人"),
    ("(独)", "独立行政法人"),
    ("株式會社", "株式会社"),
    ("有限會社", "有限会社"),
)
"""Abbreviations as NFKC leaves them (㈱ becomes (株)) and what they stand for."""

_DROPPED = (
    "0000-0020 007F-00A0 00AD-00AD 0600-0605 061C-061C 06DD-06DD 070F-070F 0890-0891 08E2-08E2 1680-1680 180E-180E "
    "2000-200F 2028-202F 205F-2064 2066-206F 3000-3000 D800-DFFF FE00-FE0F FEFF-FEFF FFF9-FFFB 110BD-110BD "
    "110CD-110CD 13430-1343F 1BCA0-1BCA3 1D173-1D17A E0001-E0001 E0020-E007F E0100-E01EF"
)
"""Spaces, controls, formats, lone surrogates and variation selectors carry nothing that anyone searches for."""

_HIRAGANA = {code: chr(code + 0x60) for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_IGNORED = dict.fromkeys(("・", "·", "‧", "゠"))


def _ranges(table: str) -> dict[int, None]:
    bounds = (pair.split("-") for pair in table.split())
    return {code: None for first, last in bounds for code in range(int(first, 16), int(last, 16) + 1)}


def _pairs(table: str) -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in table.split()}


_SPACES = _ranges(_DROPPED)
_FOLDS: dict[int, str | None] = {
    **{ord(dash): "ー" for dash in _DASHES},
    ord("〜"): "~",
    **{ord(mark): None for mark in _IGNORED},
    **_HIRAGANA,
    **_pairs(_VARIANTS),
    **_SPACES,
}
_LATE_FOLDS = {**_pairs(_SMALL_KANA), **_pairs(_LOOK_ALIKES)}
_UNPRINTABLE = re.compile("[\x00\ud800-\udfff]")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3})")


def nfkc(text: str) -> str:
    """Compatibility forms made one: full width to half width, half-width kana to full width, ㈱ to (株)."""
    return unicodedata.normalize("NFKC", text)


def search_key(text: str) -> str:
    """The form in which text is indexed and searched.

    NFKC; no spaces, controls or middle dots; case folded; variant kanji, company forms, dashes, small and large kana,
    hiragana and katakana, and OCR look-alikes folded; no commas between digits. Idempotent.
    """
    key = _folded(text)
    while (again := _folded(key)) != key:
        key = again
    return key


def _folded(text: str) -> str:
    # Removing a space can leave a voiced mark behind its kana: compose again.
    key = nfkc(nfkc(text).translate(_SPACES).casefold()).translate(_FOLDS)
    for short, full in _COMPANY_FORMS:
        key = key.replace(short, full)
    return _THOUSANDS.sub("", key.translate(_LATE_FOLDS))


def printable(text: str) -> str:
    """Text that every database and every JSON reader takes: NUL and lone surrogates become U+FFFD."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
