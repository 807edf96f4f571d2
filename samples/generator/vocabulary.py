"""Invented names: companies, people, shops, places, goods. None is meant to be real."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from domain.fields import DocumentType
from samples.generator.wordings import WORDINGS, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Something that is sold."""

    name: str
    unit: str
    low: int
    """Lowest unit price in yen, before tax."""
    high: int
    """Highest."""
    rate: int = 10
    """Consumption tax in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Everything names are put together from; one for development, one held back."""

    stems: tuple[tuple[str, str], ...]
    """First parts of company names with their reading in katakana."""
    trades: tuple[tuple[str, str], ...]
    """Last parts of company names with their reading."""
    families: tuple[tuple[str, str], ...]
    """Family names with their reading."""
    given: tuple[str, ...]
    places: tuple[str, ...]
    """Prefecture, city and quarter: the quarters do not exist."""
    banks: tuple[str, ...]
    branches: tuple[str, ...]
    shops: tuple[tuple[str, str], ...]
    """Names of shops and their kind (a key of ``shop_goods``)."""
    shop_goods: dict[str, tuple[Article, ...]]
    business_goods: tuple[tuple[Article, ...], ...]
    """One tuple per line of business."""
    subjects: tuple[str, ...]
    wordings: Mapping[DocumentType, Wording]
    """What forms call their parts."""
    our_company: str
    """The client whose records these are."""
    companies: tuple[Company, ...] = ()
    """Where given, every company is one of these: papers that come from the same sender."""
    long_share: float = 0.06
    """Forms with so many rows that they often need a second page."""
    long_times: tuple[int, int] = (3, 6)
    """How often such a form repeats all goods of its line of business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A made-up company as it prints itself."""

    name: str
    kana: str
    """Account holder in katakana as banks print it."""
    zip_code: str
    address: str
    building: str
    phone: str
    fax: str
    registration_number: str
    person: str
    stem: str


FORMS = (
    ("株式会社{}", "カ){}"),
    ("{}株式会社", "{}(カ"),
    ("株式会社{}", "カ){}"),
    ("{}株式会社", "{}(カ"),
    ("有限会社{}", "ユ){}"),
    ("合同会社{}", "ド){}"),
    ("株式会社 {}", "カ){}"),
    ("㈱{}", "カ){}"),
    ("(株){}", "カ){}"),
)


def check_digit(base: str) -> int:
    """Check digit of a corporate number from its last 12 digits (law: inv-checkdigit)."""
    total = sum(int(digit) * (1 if n % 2 else 2) for n, digit in enumerate(reversed(base), start=1))
    return 9 - total % 9


def registration_number(rng: random.Random) -> str:
    """``T`` and 13 digits with a valid check digit; the base starts with 9999, which no register office uses."""
    base = "9999" + "".join(str(rng.randrange(10)) for _ in range(8))
    return f"T{check_digit(base)}{base}"


def make_company(rng: random.Random, vocabulary: Vocabulary) -> Company:
    """Another company: name, address, telephone, number."""
    if vocabulary.companies:
        return rng.choice(vocabulary.companies)
    stem, stem_kana = rng.choice(vocabulary.stems)
    trade, trade_kana = rng.choice(vocabulary.trades)
    form, kana_form = rng.choice(FORMS)
    area = rng.choice(("03", "06", "052", "045", "092", "011"))
    exchange = "0000" if len(area) == 2 else "000"
    return Company(
        name=form.format(stem + trade),
        kana=kana_form.format(stem_kana + trade_kana),
        zip_code=f"{rng.randrange(100, 999)}-{rng.randrange(10000):04d}",
        address=f"{rng.choice(vocabulary.places)}{rng.randrange(1, 9)}-{rng.randrange(1, 30)}-{rng.randrange(1, 20)}",
        building=rng.choice(("", "", f"{stem}ビル{rng.randrange(2, 12)}階", f"第{rng.randrange(1, 5)}{stem}ビル")),
        phone=f"{area}-{exchange}-{rng.randrange(10000):04d}",
        fax=f"{area}-{exchange}-{rng.randrange(10000):04d}",
        registration_number=registration_number(rng),
        person=person(rng, vocabulary)[0],
        stem=stem,
    )


def person(rng: random.Random, vocabulary: Vocabulary) -> tuple[str, str]:
    """Full name and its family name's reading."""
    family, kana = rng.choice(vocabulary.families)
    return f"{family} {rng.choice(vocabulary.given)}", kana


def _a(name: str, unit: str, low: int, high: int, rate: int = 10) -> Article:
    return Article(name=name, unit=unit, low=low, high=high, rate=rate)


DEVELOPMENT = Vocabulary(
    stems=(
        ("青空", "アオゾラ"),
        ("若葉", "ワカバ"),
        ("朝凪", "アサナギ"),
        ("三日月", "ミカヅキ"),
        ("白樺", "シラカバ"),
        ("北斗", "ホクト"),
        ("銀河", "ギンガ"),
        ("桜台", "サクラダイ"),
        ("千鳥", "チドリ"),
        ("緑ヶ丘", "ミドリガオカ"),
        ("日向", "ヒナタ"),
        ("藤代", "フジシロ"),
        ("髙瀬", "タカセ"),
        ("山﨑", "ヤマサキ"),
        ("渡辺", "ワタナベ"),
        ("大和田", "オオワダ"),
        ("アルカディア", "アルカディア"),
        ("サンライズ", "サンライズ"),
        ("ミナモ", "ミナモ"),
        ("プラネット", "プラネット"),
        ("ひだまり", "ヒダマリ"),
        ("つばめ", "ツバメ"),
        ("もみじ", "モミジ"),
        ("潮見", "シオミ"),
        ("瑞穂野", "ミズホノ"),
        ("富士見台", "フジミダイ"),
        ("伊吹", "イブキ"),
        ("朱雀", "スザク"),
        ("東雲", "シノノメ"),
        ("楓", "カエデ"),
        ("エムケー", "エムケー"),
        ("ノースウインド", "ノースウインド"),
    ),
    trades=(
        ("商事", "ショウジ"),
        ("物産", "ブッサン"),
        ("工業", "コウギョウ"),
        ("製作所", "セイサクショ"),
        ("印刷", "インサツ"),
        ("システム", "システム"),
        ("テクノ", "テクノ"),
        ("運輸", "ウンユ"),
        ("建設", "ケンセツ"),
        ("食品", "ショクヒン"),
        ("デザイン", "デザイン"),
        ("電機", "デンキ"),
        ("サービス", "サービス"),
        ("文具", "ブング"),
        ("企画", "キカク"),
        ("産業", "サンギョウ"),
        ("ソリューションズ", "ソリューションズ"),
        ("紙業", "シギョウ"),
    ),
    families=(
        ("佐伯", "サエキ"),
        ("高梨", "タカナシ"),
        ("水野", "ミズノ"),
        ("藤堂", "トウドウ"),
        ("早川", "ハヤカワ"),
        ("長谷部", "ハセベ"),
        ("宮本", "ミヤモト"),
        ("西園", "ニシゾノ"),
        ("小野寺", "オノデラ"),
        ("柏木", "カシワギ"),
        ("森下", "モリシタ"),
        ("吉澤", "ヨシザワ"),
    ),
    given=("健一", "美咲", "大輔", "由紀", "誠", "陽子", "拓也", "恵", "直樹", "さくら", "浩二", "千尋"),
    places=(
        "東京都千代田区北見本町",
        "東京都港区架空台",
        "大阪府大阪市北区見本橋",
        "愛知県名古屋市中区仮町",
        "神奈川県横浜市西区例町",
        "福岡県福岡市博多区試通",
        "北海道札幌市中央区見本条",
        "京都府京都市下京区仮小路町",
        "宮城県仙台市青葉区例ヶ丘",
        "広島県広島市南区架空町",
    ),
    banks=("みなも銀行", "東都中央銀行", "北見本銀行", "あけぼの銀行", "さざなみ信用金庫", "架空信託銀行"),
    branches=("本店営業部", "見本町支店", "駅前支店", "中央支店", "北支店", "法人営業部"),
    shops=(
        ("スーパーみかづき", "grocery"),
        ("フレッシュ若葉", "grocery"),
        ("ミニマート朝凪", "convenience"),
        ("エブリストップ", "convenience"),
        ("ドラッグ白樺", "drug"),
        ("文具のちどり", "stationery"),
        ("潮見書店", "stationery"),
        ("珈琲ひなた", "cafe"),
        ("そば処 藤代", "restaurant"),
        ("居酒屋つばめ", "restaurant"),
        ("ホームセンターもみじ", "hardware"),
    ),
    shop_goods={
        "grocery": (
            _a("牛乳 1L", "個", 168, 258, 8),
            _a("食パン 6枚切", "個", 118, 198, 8),
            _a("卵 10個入", "個", 198, 298, 8),
            _a("バナナ", "個", 98, 198, 8),
            _a("国産豚こま切れ", "個", 298, 598, 8),
            _a("緑茶 2L", "本", 118, 168, 8),
            _a("レジ袋 L", "枚", 5, 5),
            _a("台所用洗剤", "個", 128, 298),
            _a("キッチンペーパー", "個", 198, 348),
        ),
        "convenience": (
            _a("おにぎり 鮭", "個", 120, 170, 8),
            _a("サンドイッチ ハム", "個", 248, 330, 8),
            _a("ホットコーヒー R", "個", 110, 150, 8),
            _a("幕の内弁当", "個", 498, 648, 8),
            _a("ミネラルウォーター", "本", 98, 138, 8),
            _a("レジ袋", "枚", 3, 5),
            _a("単3電池 4本", "個", 398, 598),
            _a("ボールペン 黒", "本", 110, 150),
        ),
        "drug": (
            _a("マスク 30枚", "個", 398, 698),
            _a("のど飴", "個", 148, 228, 8),
            _a("ハンドソープ", "個", 248, 398),
            _a("栄養ドリンク 10本", "個", 798, 1280, 8),
            _a("ティッシュ 5箱", "個", 298, 428),
            _a("消毒用アルコール", "本", 498, 898),
        ),
        "stationery": (
            _a("A4コピー用紙 500枚", "冊", 398, 598),
            _a("クリアファイル 10枚", "袋", 198, 398),
            _a("油性マーカー", "本", 98, 180),
            _a("角2封筒 100枚", "袋", 598, 980),
            _a("付箋 75×75", "個", 198, 398),
            _a("ノート B5", "冊", 120, 280),
        ),
        "cafe": (
            _a("ブレンドコーヒー", "点", 400, 620),
            _a("カフェラテ", "点", 480, 680),
            _a("チーズケーキ", "点", 450, 720),
            _a("サンドセット", "点", 780, 1180),
            _a("持帰 焼菓子", "点", 220, 480, 8),
        ),
        "restaurant": (
            _a("天ざるそば", "点", 1180, 1680),
            _a("日替り定食", "点", 880, 1200),
            _a("生ビール 中", "点", 520, 650),
            _a("刺身盛合せ", "点", 1280, 2480),
            _a("枝豆", "点", 320, 420),
            _a("ウーロン茶", "点", 280, 380),
        ),
        "hardware": (
            _a("木ネジ 3.8×32", "箱", 298, 598),
            _a("養生テープ", "本", 198, 348),
            _a("延長コード 3m", "本", 798, 1480),
            _a("軍手 12双", "組", 298, 498),
            _a("LED電球 60形", "個", 598, 1280),
        ),
    },
    business_goods=(
        (
            _a("Webサイト保守料", "式", 30000, 120000),
            _a("システム開発費", "人日", 35000, 60000),
            _a("サーバー利用料", "月", 5000, 48000),
            _a("操作説明会", "回", 30000, 80000),
            _a("データ移行作業", "式", 50000, 300000),
            _a("ドメイン更新料", "年", 3000, 8000),
        ),
        (
            _a("A4コピー用紙", "箱", 1800, 3200),
            _a("トナーカートリッジ 黒", "本", 6800, 14800),
            _a("事務用チェア", "脚", 12800, 39800),
            _a("ホワイトボード", "台", 15800, 42000),
            _a("ファイルボックス", "個", 280, 680),
            _a("ラベルシール", "冊", 480, 1280),
            _a("来客用緑茶 ティーバッグ", "袋", 480, 980, 8),
        ),
        (
            _a("食パン業務用", "斤", 180, 320, 8),
            _a("小麦粉 25kg", "袋", 3800, 6200, 8),
            _a("無塩バター 450g", "個", 880, 1380, 8),
            _a("包装資材", "式", 3000, 15000),
            _a("冷蔵配送料", "回", 1200, 4500),
            _a("コーヒー豆 1kg", "袋", 1980, 3980, 8),
        ),
        (
            _a("アルミ板加工 t3.0", "枚", 1200, 5800),
            _a("ステンレスボルト M8×30", "本", 18, 65),
            _a("金型修理", "式", 80000, 450000),
            _a("治具製作", "台", 38000, 160000),
            _a("表面処理(アルマイト)", "個", 180, 980),
            _a("六角ナット M8", "個", 6, 20),
        ),
        (
            _a("会社案内パンフレット印刷", "部", 120, 480),
            _a("名刺印刷(両面カラー)", "箱", 1800, 4200),
            _a("ロゴデザイン制作", "式", 80000, 250000),
            _a("チラシ A4 両面", "枚", 4, 18),
            _a("撮影費", "日", 45000, 120000),
            _a("原稿料", "頁", 8000, 20000),
        ),
        (
            _a("定期清掃", "回", 18000, 65000),
            _a("産業廃棄物収集運搬", "㎏", 40, 90),
            _a("空調設備点検", "台", 8000, 22000),
            _a("蛍光灯交換", "本", 800, 1800),
            _a("ワックス掛け", "㎡", 180, 380),
        ),
    ),
    subjects=(
        "10月分ご利用料",
        "事務用品一式",
        "本社移転に伴う備品",
        "Webサイト改修",
        "展示会出展資材",
        "定期保守",
        "試作品加工一式",
        "秋季キャンペーン制作",
    ),
    wordings=WORDINGS,
    our_company="株式会社灯台製作所",
)
