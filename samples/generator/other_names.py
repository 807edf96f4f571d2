"""Invented company names by the thousand: whom a reading could be mistaken for."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from domain.companies import split_company

FAMILIES = [
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "伊藤",
    "渡辺",
    "山本",
    "中村",
    "小林",
    "加藤",
    "吉田",
    "山田",
    "佐々木",
    "山口",
    "松本",
    "井上",
    "木村",
    "林",
    "斎藤",
    "清水",
    "山崎",
    "森",
    "池田",
    "橋本",
    "阿部",
    "石川",
    "山下",
    "中島",
    "石井",
    "小川",
    "前田",
    "岡田",
    "長谷川",
    "藤田",
    "後藤",
    "近藤",
    "村上",
    "遠藤",
    "青木",
    "坂本",
    "福田",
    "太田",
    "西村",
    "藤井",
    "金子",
    "岡本",
    "藤原",
    "三浦",
    "中野",
    "原田",
    "松田",
    "竹内",
    "小野",
    "田村",
    "中山",
    "和田",
    "石田",
    "森田",
    "上田",
    "柴田",
    "酒井",
    "宮崎",
    "横山",
    "高木",
    "安藤",
    "宮本",
    "大野",
    "小島",
    "工藤",
    "谷口",
    "今井",
    "高田",
    "増田",
    "丸山",
    "杉山",
    "村田",
    "大塚",
    "新井",
    "小山",
    "平野",
    "藤本",
    "河野",
    "上野",
    "野口",
    "武田",
    "松井",
    "千葉",
    "岩崎",
    "菅原",
    "木下",
    "久保",
    "佐野",
    "野村",
    "松尾",
    "市川",
    "菊地",
    "杉本",
    "古川",
    "大西",
    "島田",
    "水野",
    "桜井",
    "高野",
    "渡部",
    "吉川",
    "山内",
    "西田",
    "飯田",
    "菊池",
    "西川",
    "小松",
    "北村",
    "安田",
    "五十嵐",
]
PLACES = [
    "東京",
    "大阪",
    "京都",
    "名古屋",
    "横浜",
    "神戸",
    "札幌",
    "仙台",
    "広島",
    "福岡",
    "北海道",
    "東北",
    "関東",
    "中部",
    "近畿",
    "中国",
    "四国",
    "九州",
    "埼玉",
    "千葉",
    "静岡",
    "新潟",
    "長野",
    "岐阜",
    "三重",
    "和歌山",
    "奈良",
    "岡山",
    "山口",
    "熊本",
    "鹿児島",
    "沖縄",
    "日本",
    "東日本",
    "西日本",
    "新日本",
    "大和",
    "富士",
    "三河",
    "尾張",
    "湘南",
    "多摩",
    "武蔵",
    "丹波",
    "播磨",
]
TRADES = [
    "商事",
    "商会",
    "商店",
    "工業",
    "産業",
    "製作所",
    "電機",
    "電気",
    "電設",
    "建設",
    "工務店",
    "運輸",
    "運送",
    "物流",
    "倉庫",
    "印刷",
    "紙業",
    "化学",
    "化成",
    "製薬",
    "薬品",
    "食品",
    "水産",
    "青果",
    "酒造",
    "製菓",
    "繊維",
    "服飾",
    "家具",
    "機工",
    "精機",
    "鉄工",
    "金属",
    "鋼材",
    "塗装",
    "塗料",
    "硝子",
    "自動車",
    "モータース",
    "整備",
    "石油",
    "燃料",
    "ガス",
    "水道",
    "設備",
    "通信",
    "情報システム",
    "ソフトウェア",
    "システムズ",
    "ソリューションズ",
    "サービス",
    "企画",
    "広告",
    "出版",
    "不動産",
    "リース",
    "ファイナンス",
    "警備",
    "清掃",
    "フーズ",
    "トレーディング",
    "ロジスティクス",
    "エンジニアリング",
    "テクノロジー",
    "デザイン",
    "コンサルティング",
    "スタッフ",
    "マーケティング",
    "会計事務所",
    "貿易",
    "環境",
    "リサイクル",
    "造園",
    "園芸",
    "畜産",
    "農園",
    "旅行",
    "観光",
    "ホテル",
    "交通",
    "タクシー",
]
FORMS = (
    "株式会社{}",
    "株式会社{}",
    "株式会社{}",
    "{}株式会社",
    "{}株式会社",
    "有限会社{}",
    "{}有限会社",
    "合同会社{}",
    "{}",
)
NEAR_BUSINESS = 0.02
"""Share with the beginning of a real name and another line of business behind it."""
NEAR_CHARACTER = 0.001
"""Share that differs from a real name in one character."""
_KANJI = (
    "三和東西南北大小中上新光明栄昭日月星山川海富士松竹梅桜藤井田村木林森石金銀丸高長安平正成清真弘信義友共協進興拓"
)
_KANA = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンー"
    "ガギグゲゴザジダデドバビブベボパピプペポッャュョ"
)
_TAILS = [
    "ックス",
    "ティア",
    "ワークス",
    "ネット",
    "テック",
    "リンク",
    "プラス",
    "ジャパン",
    "ホーム",
    "ライフ",
    "スター",
    "ウェル",
    "ナビ",
    "コム",
    "ラボ",
]


def other_names(rng: random.Random, *, count: int, real: Sequence[str]) -> tuple[str, ...]:
    """That many different names, none of them among ``real``.

    Some are near relatives of real ones, as a master of ten thousand companies has them.
    """
    taken = set(real)
    made: dict[str, None] = {}
    makers = _makers(rng, real)
    while len(made) < count:
        name = next(makers)
        if name not in taken:
            made[name] = None
    return tuple(made)


def _makers(rng: random.Random, real: Sequence[str]) -> Iterator[str]:
    while True:
        kind = rng.random()
        if kind < NEAR_BUSINESS and real:
            yield _other_business(rng, rng.choice(real))
        elif kind < NEAR_BUSINESS + NEAR_CHARACTER and real:
            yield _one_character(rng, rng.choice(real))
        else:
            yield rng.choice(FORMS).format(_core(rng))


def _core(rng: random.Random) -> str:
    kind = rng.random()
    trade = rng.choice(TRADES)
    if kind < 0.25:
        return rng.choice(FAMILIES) + trade
    if kind < 0.45:
        return rng.choice(PLACES) + rng.choice(("", "", rng.choice(_KANJI) + rng.choice(_KANJI))) + trade
    if kind < 0.7:
        return "".join(rng.choice(_KANJI) for _ in range(2)) + trade
    kana = rng.choice(_KANA[:46].replace("ー", "").replace("ン", "")) + "".join(
        rng.choice(_KANA) for _ in range(rng.randrange(1, 5))
    )
    return kana + rng.choice((rng.choice(_TAILS), trade, ""))


def _other_business(rng: random.Random, name: str) -> str:
    core = split_company(name).core
    kept = core[: max(1, len(core) // 2)]
    return name.replace(core, kept + rng.choice(TRADES)) if core else rng.choice(TRADES)


def _one_character(rng: random.Random, name: str) -> str:
    core = split_company(name).core
    if not core:
        return rng.choice(TRADES)
    place = rng.randrange(len(core))
    pool = _KANA if "ァ" <= core[place] <= "ー" else _KANJI
    return name.replace(core, core[:place] + rng.choice(pool) + core[place + 1 :])
