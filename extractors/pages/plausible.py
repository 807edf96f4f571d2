"""Whether characters of a text layer can be what is printed, or are bytes read in the wrong encoding."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import pairwise

_ODD_SHARE = 0.15
"""More characters than this that neither Japanese business paper nor European text has, and the layer is rubbish."""
_FOREIGN_SHARE = 0.4
"""Of letters. Vietnamese, the densest user of accents, has about 0.25; Japanese decoded as Latin-1 has 0.6 and more."""
_KANA_SHARE = 0.5
_FEW = 8
"""Fewer characters than this say nothing."""


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(0, len(text), 2))


_JAPANESE_PAIRS = _pairs(
    "ありあるいいいしいたいていはいまいるい合うこうごうとおいおけおりお問お振お支お買お願かにからがとくおくだけるげまことこのござご請ご負さいさんざいしくしたしてしまし上するせはせるそのたしただためたりださだしった"
    "ってついていてはでおですでにでのではとうとおとがときとしとすとはともとをないなどにおにはに関のとのはのをの通は担は期は軽へのましますまでものもよようよりよるよろられりがり御るおるもれるろしわせイトインカークス"
    "コーショソリックットヒービルューョンリュレジンズヶ丘ーシードーヒ上げ上記下京下記中央乙は事業事項京区京都今後他の令和以下仮小件名会社伝票位単作所価金保存保守備考内容内消利用前項務用北区北海北見区仮区例区北区架"
    "区見区試単位単価博多又は及び収書口座台製合わ合計同じ名数名義品名商品問い営業場合多区大阪央区契約定期容数対象小計小路小野岡市岡県市下市中市北市博幌市平成年度年月店普府京府大座名式会当ま当該後と御中御請所御手数"
    "払い払期担当振込支店支払数料数量料は方法日ま日付日令昭和普通書に書類月日期保期日期間期限本契本店本書本条本橋本町本社札幌条第東京架空株式案件業者業部求日求書求申求金求額法律海道消費減税灯台率対率金理部甲は甲乙"
    "申し番号発行登録県福社灯福岡税抜税率税等税込税額第三第二管理約の経理者が者の者は者登行日製作見本規定記の試通請求負担買上費税路町軽減込先込手込期通り運輸道札都千都市都府野寺量単量税金額銀行録番関す阪市阪府電話"
    "項の項目領収願い高梨"
)
"""Pairs of neighbours that are common in Japanese business paper and prose."""
_LATIN_PAIRS = _pairs(
    "thheineranreonatenndtiesorteofedisitalarsttontngsehaasouiolevecomedehiriroicneearacelichllbemasiomurelge"
    "ieeiunsceuauuehtdiustrprtanolailnsecemachowiidctotadutponaeteeamagopcakeulirnipeaiab"
)
"""The same for European languages."""
_LEAST_JAPANESE, _LEAST_LATIN = 0.08, 0.42
"""Share of a page's pairs that are common ones. Measured: Japanese pages 0.13 and more (the lowest a page of tax law),
with their characters shuffled 0.03 at most; European pages 0.55 and more, shuffled 0.32 at most."""
_PAIRS_NEEDED = 40


def reads_as_language(text: str) -> bool:
    """False where characters follow each other as in no language that is expected: the mapping may be wrong.

    A page with too little text to say stands.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    japanese = [a + b for a, b in pairwise(folded) if _is_japanese(a) and _is_japanese(b)]
    latin = [a + b for a, b in pairwise(folded) if _is_latin(a) and _is_latin(b)]
    pairs, known, least = japanese, _JAPANESE_PAIRS, _LEAST_JAPANESE
    if len(latin) > len(japanese):
        pairs, known, least = latin, _LATIN_PAIRS, _LEAST_LATIN
    return len(pairs) < _PAIRS_NEEDED or sum(pair in known for pair in pairs) >= least * len(pairs)


def _is_japanese(character: str) -> bool:
    return "\u3040" <= character <= "\u30ff" or "\u4e00" <= character <= "\u9fff"


def _is_latin(character: str) -> bool:
    return "a" <= character <= "z"


def is_text(text: str) -> bool:
    """False for what no one prints: mojibake, symbols at random, control characters."""
    printed = [c for c in text if not c.isspace()]
    if not printed:
        return False
    if len(printed) < _FEW:
        return True
    odd = sum(_kind(c) == "odd" for c in printed)
    letters = sum(c.isalpha() for c in printed)
    foreign = sum(_kind(c) == "accented" for c in printed)
    narrow = sum("\uff61" <= c <= "\uff9f" for c in printed)
    breaks = sum(_kind(a) != _kind(b) for a, b in pairwise(printed) if "narrow" in {_kind(a), _kind(b)})
    return (
        odd <= _ODD_SHARE * len(printed)
        and foreign <= _FOREIGN_SHARE * max(letters, 1)
        # Half-width kana run in words; where they alternate with other characters, bytes were read as kana.
        and not (narrow > _FEW and breaks > _KANA_SHARE * 2 * narrow)
    )


@lru_cache(maxsize=8192)
def _kind(character: str) -> str:
    if character.isascii():
        return "ascii"
    if "\uff61" <= character <= "\uff9f":
        return "narrow"
    category = unicodedata.category(character)
    if "\u0080" <= character <= "\u024f" or "\u1e00" <= character <= "\u1eff":
        return "accented" if category.startswith("L") else "sign"
    try:
        character.encode("euc_jis_2004")
    except UnicodeEncodeError:
        return "odd" if category[0] in "CLM" else "sign"
    return "odd" if "\u0370" <= character <= "\u04ff" else "japanese"
