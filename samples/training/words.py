"""Texts of single lines as business paper prints them: words, numbers, addresses, sentences, look-alikes. Seeded.

Names come from the development vocabulary and from the word list of GiNZA's model; nothing of the held-back half.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from samples.generator.printing import DAY_PRINTERS, kanji_number, wide
from samples.generator.vocabulary import DEVELOPMENT, make_company, person
from samples.training import sources

_HALF_KANA = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝｯｬｭｮｧｨｩｪｫｦ"
_TO_HALF = {unicodedata.normalize("NFKC", c): c for c in _HALF_KANA} | {"ー": "ｰ"}
_MARKS = {"\u3099": "ﾞ", "\u309a": "ﾟ"}
_DIGITS = "0123456789"
_CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/"
_WEEKDAYS = "月火水木金土日"
_FIRST_DAY = date(2015, 1, 1)
_LONGEST = 34
"""Characters; a longer text is cut to a part of it, as a line on paper is."""
_ROUND = 0.4
"""Share of amounts that are round: 1,200,000 rather than 1,204,318."""
_FULL_WIDTH = 0.06
_OF_NAMES = "髙﨑澤邊邉齋齊廣國櫻龍惠眞濵濱嶋冨德瀨桑祐彌壽榮"
_LOOK_ALIKES = (
    "甲乙丙丁一二三十千万土士工力口夕卜トー一―-ミ三ロ口カ力タ夕エ工ニ二ハ八つっッツやゃヨョア了千干チ手日曰目人入未末"
    "己巳大太犬間問聞体休待持侍料科住往徒綱網縁緑録抜拔号数単蔵検険冊減処変対区医売読続図囲国会経済様総済斉"
    "払仏広拡弁予与当点党独触価仮応実宝歯齢竜滝産顔巻圏勧歓歩頻渉毎海収状将装壮荘庁県真慎乗剰両満隣麦来楽薬"
    "辺込達逓遅遍"
)


def half_width(text: str) -> str:
    """Katakana in half width, voicing marks as characters of their own."""
    out = []
    for character in text:
        base, *marks = list(unicodedata.normalize("NFD", character))
        found = _TO_HALF.get(base)
        out.append(character if found is None else found + "".join(_MARKS.get(mark, "") for mark in marks))
    return "".join(out)


def _digits(rng: random.Random, count: int) -> str:
    """Digits; often few different ones, because repeated digits are what a network drops."""
    pool = rng.choice((_DIGITS, _DIGITS, "0", "01", "0009", rng.choice(_DIGITS) * 3 + _DIGITS))
    return "".join(rng.choice(pool) for _ in range(count))


def _amount(rng: random.Random) -> str:
    amount = int(10 ** rng.uniform(1, 7.5))
    if rng.random() < _ROUND:
        amount = int(float(f"{amount:.{rng.randrange(1, 4)}g}"))
    shown = f"{amount:,}"
    forms = (
        ("¥{}", 30),
        ("¥{}-", 8),
        ("￥{}", 4),
        ("{}円", 10),
        ("金{}円", 4),
        ("金{}円也", 4),
        ("-{}", 5),
        ("▲{}", 4),
        ("−{}", 4),
        ("△{}", 3),
        ("\\{}", 3),
        ("{}.00", 2),
        ("{}.5", 1),
        ("¥{}※", 1),
        ("¥{}*", 1),
        ("¥{}軽", 1),
        ("¥{}内", 1),
        ("({})", 2),
        ("¥{}―", 1),
        ("{}", 11),
    )
    return rng.choices([form for form, _ in forms], [weight for _, weight in forms])[0].format(shown)


def _clock(rng: random.Random) -> str:
    return f"{rng.randrange(24)}:{rng.randrange(60):02d}"


def _day(rng: random.Random) -> str:
    day = _FIRST_DAY + timedelta(rng.randrange(4600))
    if rng.random() < 0.35:
        return rng.choice(list(DAY_PRINTERS.values()))(day)
    era = max(1, day.year - 2018)
    shown = rng.choice(
        (
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}年{day.month}月{day.day}日",
            f"{day.year}年{day.month:2d}月{day.day:2d}日",
            f"{day.year}-{day.month:02d}-{day.day:02d}",
            f"{day.year}.{day.month:02d}.{day.day:02d}",
            f"{day.year % 100:02d}/{day.month:02d}/{day.day:02d}",
            f"令和{era}年{day.month}月{day.day}日",
            f"R{era}.{day.month}.{day.day}",
            f"令和{kanji_number(era)}年{kanji_number(day.month)}月{kanji_number(day.day)}日",
        )
    )
    weekday = _WEEKDAYS[day.weekday()]
    if rng.random() < 0.5:
        shown += rng.choice((f"({weekday})", f"（{weekday}）"))
    return shown + rng.choice(("", "", " " + _clock(rng), _clock(rng)))


def _address(rng: random.Random) -> str:
    company = make_company(rng, DEVELOPMENT)
    kanji, katakana, _, _ = sources.dictionary()
    shown = company.address
    if rng.random() < 0.5:
        city = rng.choice(sources.parts("prefectures")) + rng.choice(kanji)[:3] + rng.choice("市区郡町")
        place = city + rng.choice(kanji)[:3]
        first, second, third = rng.randrange(1, 9), rng.randrange(1, 40), rng.randrange(1, 30)
        number = rng.choice(
            (
                f"{first}-{second}-{third}",
                f"{first}丁目{second}番{third}号",
                f"{rng.randrange(1, 900)}番地",
                f"{wide(str(first))}−{wide(str(second))}",
            )
        )
        shown = place + rng.choice(("町", "", "台", "丘", "本町", "ヶ丘")) + number
    if rng.random() < 0.3:
        shown += " " + (company.building or f"{rng.choice(katakana)}ビル{rng.randrange(1, 30)}F")
    zip_code = company.zip_code if rng.random() < 0.5 else f"{_digits(rng, 3)}-{_digits(rng, 4)}"
    return rng.choice((f"〒{zip_code} {shown}", f"〒{zip_code}", shown, shown, f"〒{zip_code}{shown}"))


def _company(rng: random.Random) -> str:
    name = make_company(rng, DEVELOPMENT).name
    if rng.random() < 0.6:
        kanji, katakana, hiragana, latin = sources.dictionary()
        stems = (
            rng.choice(kanji)[:4],
            rng.choice(katakana),
            rng.choice(hiragana),
            rng.choice(latin).upper(),
            rng.choice(latin).capitalize(),
        )
        name = rng.choice(sources.parts("companies")).format(rng.choice(stems) + rng.choice(sources.parts("trades")))
    return name + (rng.choice((" 御中", "御中", " 様", "様", " 殿")) if rng.random() < 0.35 else "")


def _katakana(rng: random.Random) -> str:
    words = sources.dictionary()[1]
    run = "".join(rng.choice(words) for _ in range(rng.choice((1, 1, 1, 2))))
    return run + rng.choice(("", "", "・" + rng.choice(words), "ー"))


def _latin(rng: random.Random) -> str:
    words = sources.dictionary()[3]
    kind = rng.random()
    if kind < 0.3:
        cases = (str.lower, str.capitalize, str.upper)
        return " ".join(rng.choice(cases)(rng.choice(words)) for _ in range(rng.randrange(1, 4)))
    if kind < 0.4:
        return f"{rng.choice(words)}@{rng.choice(words)}.{rng.choice(('co.jp', 'com', 'jp', 'ne.jp'))}".lower()
    if kind < 0.5:
        start = rng.choice(("https://www.", "http://", "www."))
        return start + rng.choice(words).lower() + rng.choice((".co.jp", ".com", ".jp/"))
    if kind < 0.6:
        start = rng.choice(("TEL ", "TEL:", "Tel.", "FAX ", "FAX:", "電話 ", "TEL．"))
        return f"{start}0{rng.randrange(1, 99)}-{rng.randrange(1, 9999)}-{_digits(rng, 4)}"
    if kind < 0.75:
        start = rng.choice(("No.", "№", "No ", "INV-", "PO-", "Q", "#", "伝票No.", "A", "B-", "レジNo."))
        return start + _digits(rng, rng.randrange(2, 9))
    if kind < 0.87:
        start = rng.choice(("登録番号 ", "登録番号:", "登録番号：", "", "事業者登録番号 ", "T番号 "))
        return f"{start}T{_digits(rng, 13)}"
    return "".join(rng.choice(_CODE) for _ in range(rng.randrange(3, 12)))


@lru_cache(maxsize=1)
def _goods() -> tuple[str, ...]:
    groups = (*DEVELOPMENT.business_goods, *DEVELOPMENT.shop_goods.values())
    return tuple(article.name for group in groups for article in group)


def _item(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.4:
        name = rng.choice(_goods())
    elif kind < 0.7:
        name = _katakana(rng) + rng.choice(sources.parts("sizes"))
    else:
        name = rng.choice(sources.dictionary()[0]) + rng.choice(
            ("", "料", "費", "代", "一式", "作業", "セット", "用品")
        )
    if rng.random() < 0.15:
        name = rng.choice(sources.parts("bullets")) + name
    return name + (rng.choice(("※", " ※", "*", "軽", " 軽", " 8%")) if rng.random() < 0.1 else "")


def _sentence(rng: random.Random) -> str:
    kanji, katakana, hiragana, _ = sources.dictionary()
    out = []
    for _ in range(rng.randrange(2, 7)):
        out.append(rng.choice(rng.choice((kanji, kanji, katakana, hiragana))))
        out.append(rng.choice("のをにはがともでや、") + rng.choice(("", "", "", "。")))
    return "".join(out) + rng.choice(("する", "した。", "である。", "ください。", "します", "とする。", ""))


def _rare(rng: random.Random) -> str:
    """Any kanji of JIS X 0208: what no word list brings must not be forgotten."""
    kind = rng.random()
    if kind < 0.6:
        return "".join(rng.choice(sources.level_1()) for _ in range(rng.randrange(2, 8)))
    if kind < 0.8:
        return "".join(rng.choice(sources.level_2()) for _ in range(rng.randrange(2, 6)))
    count = rng.randrange(2, 5)
    return "".join(
        (rng.choice(_OF_NAMES) if rng.random() < 0.5 else "") + rng.choice(sources.level_1()) for _ in range(count)
    )


def _look_alikes(rng: random.Random) -> str:
    """Where the published network errs: 乙 in contracts, 土 in brackets, ー between katakana, ※, 〒, ㎡, old forms."""
    words = sources.dictionary()[0]
    kind = rng.random()
    if kind < 0.25:
        first = rng.choice("甲乙丙") + rng.choice(("は、", "の", "が", "に対し", "及び", "又は", "、", "と", "を"))
        return first + rng.choice("甲乙丙") + rng.choice(("は、", "の", "が", "に", "を", "と")) + rng.choice(words)
    if kind < 0.4:
        weekday = rng.choice(_WEEKDAYS + "土土祝")
        brackets = rng.choice((f"({weekday})", f"（{weekday}）"))
        return _day(rng).split("(")[0] + brackets + rng.choice(("", _clock(rng), " " + _clock(rng)))
    if kind < 0.5:
        return rng.choice(sources.parts("long_vowels")) + _katakana(rng)
    if kind < 0.6:
        unit = rng.choice(("m²", "m³", "㎡", "m2", "m", "m3", "㎥", "cm²"))
        return f"{rng.randrange(1, 500)}{unit}" + rng.choice(("", f" {rng.randrange(100, 9999):,}"))
    if kind < 0.7:
        mark = rng.choice(("※", "※1", "※印", "(※)", "※※"))
        return mark + rng.choice(("", rng.choice(words), rng.choice(sources.prose())[:12]))
    count = rng.randrange(1, 4)
    return "".join(rng.choice(_LOOK_ALIKES) + (rng.choice(words) if rng.random() < 0.5 else "") for _ in range(count))


def _half_kana(rng: random.Random) -> str:
    words = sources.dictionary()[1]
    kind = rng.random()
    if kind < 0.4:
        return half_width(make_company(rng, DEVELOPMENT).kana)
    if kind < 0.7:
        return half_width(_katakana(rng)) + rng.choice(("", " " + half_width(rng.choice(words))))
    text = half_width(rng.choice(sources.parts("till_words"))) + half_width(rng.choice(words))
    return text + rng.choice(("", f" {rng.randrange(1, 9999)}"))


def _number(rng: random.Random) -> str:
    rate = rng.choice((8, 10))
    return rng.choice(
        (
            str(rng.randrange(1, 100)),
            f"{rng.randrange(1, 100)}.{rng.randrange(10)}",
            f"{rng.randrange(1, 9999):,}",
            f"{rate}%",
            f"({rate}%対象)",
            f"×{rng.randrange(1, 30)}",
            f"{rng.randrange(1, 50)}{rng.choice('点個本枚箱冊式回台月袋')}",
            f"@{rng.randrange(10, 9999)}",
            f"{rng.randrange(24):02d}:{rng.randrange(60):02d}",
            f"{rng.randrange(1, 30)}/{rng.randrange(1, 30)}",
            wide(str(rng.randrange(1, 99999))),
        )
    )


def _label(rng: random.Random) -> str:
    word = rng.choice(sources.words())
    kind = rng.random()
    if kind < 0.45:
        return word
    if kind < 0.6:
        return word + rng.choice((":", "：", " ", ": ")) + rng.choice((_amount, _day, _item, _number))(rng)
    if kind < 0.7:
        return word + rng.choice(sources.words())
    if kind < 0.8:
        start, end = rng.choice(("()", "（）", "【】", "[]", "「」"))
        return start + word + end
    if kind < 0.9:
        return word + rng.choice(sources.parts("endings"))
    return " ".join(word)


def _name(rng: random.Random) -> str:
    words = sources.dictionary()[0]
    name = person(rng, DEVELOPMENT)[0]
    if rng.random() < 0.6:
        name = rng.choice(words)[:2] + rng.choice((" ", "")) + rng.choice(words)[:2]
    return rng.choice(sources.parts("roles")) + name + rng.choice(("", "", " 様", "様", " 印"))


def _from_prose(rng: random.Random) -> str:
    return rng.choice(sources.prose())


def _figures(rng: random.Random) -> str:
    """Amounts, telephones, codes, clocks: runs of digits, round and repeated."""
    kind = rng.random()
    if kind < 0.4:
        return rng.choice(("", "", "合計 ", "金額 ", "小計", "単価 ")) + _amount(rng)
    if kind < 0.55:
        area = rng.choice(("0", "03-", "06-", "090-", "0120-", "(03)", "045("))
        return rng.choice(("TEL ", "TEL:", "電話 ", "FAX ", "")) + area + f"{_digits(rng, 3)}-{_digits(rng, 4)}"
    if kind < 0.7:
        return rng.choice(("T", "登録番号 T", "登録番号:T", "No.", "伝票No.", "")) + _digits(rng, rng.randrange(4, 14))
    if kind < 0.85:
        return f"{_amount(rng)} {_amount(rng)}"
    return rng.choice(
        (f"{_digits(rng, 2)}:{_digits(rng, 2)}", f"{_digits(rng, 3)}ml", f"{_digits(rng, 2)}点×{_amount(rng)}")
    )


_MAKERS: tuple[tuple[Callable[[random.Random], str], int], ...] = (
    (_amount, 12),
    (_figures, 25),
    (_day, 8),
    (_address, 8),
    (_company, 8),
    (_katakana, 4),
    (_latin, 8),
    (_item, 10),
    (_sentence, 10),
    (_rare, 7),
    (_look_alikes, 10),
    (_half_kana, 4),
    (_number, 5),
    (_label, 14),
    (_name, 4),
    (_from_prose, 10),
)
"""Makers and how often each comes."""


def make_text(rng: random.Random) -> str:
    """The text of one line; single spaces only, and never empty."""
    text = rng.choices([maker for maker, _ in _MAKERS], [weight for _, weight in _MAKERS])[0](rng)
    for key in ("{subject}", "{price}", "{first}", "{second}"):
        text = text.replace(key, rng.choice(DEVELOPMENT.subjects))
    if len(text) > _LONGEST:
        start = rng.randrange(0, len(text) - 20)
        text = text[start : start + rng.randrange(12, _LONGEST)]
    if text.isascii() and rng.random() < _FULL_WIDTH:
        text = wide(text)
    return " ".join(text.split()) or "請求書"
