"""Facts of contracts, and of letters and minutes that are none of the other classes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.fields import DocumentType
from samples.generator.facts import Facts, a_day, blank_fields, nfkc
from samples.generator.printing import BUSINESS_DAYS, CONTRACT_DAYS, DAY_PRINTERS, kanji_number, wide
from samples.generator.vocabulary import Vocabulary, make_company, person


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of contract."""

    titles: tuple[str, ...]
    roles: tuple[str, str]
    purpose: str
    articles: tuple[tuple[str, str], ...]
    """(heading, text) of the articles that belong to its kind; {price} and {first}, {second} are filled in."""
    priced: bool = True
    stamped: bool = False
    """A revenue stamp is due (work contracts)."""


KINDS: tuple[Kind, ...] = (
    Kind(
        titles=("業務委託契約書", "業務委託基本契約書"),
        roles=("委託者", "受託者"),
        purpose="業務の委託",
        articles=(
            ("委託業務", "甲は、乙に対し、甲の{subject}に関する業務を委託し、乙はこれを受託する。"),
            ("委託料", "甲は、乙に対し、本業務の対価として{price}を支払う。"),
            (
                "再委託",
                "乙は、甲の書面による事前の承諾を得た場合を除き、本業務の全部又は一部を第三者に再委託してはならない。",
            ),
        ),
    ),
    Kind(
        titles=("請負契約書", "工事請負契約書", "制作請負契約書"),
        roles=("注文者", "請負人"),
        purpose="仕事の請負",
        articles=(
            (
                "請負",
                "乙は、甲の注文により{subject}に係る仕事を完成することを約し、甲はこれに対して報酬を支払うことを約する。",
            ),
            ("請負代金", "請負代金は、{price}とする。"),
            ("引渡し", "乙は、仕事の完成後、遅滞なく成果物を甲に引き渡し、甲の検査を受けるものとする。"),
        ),
        stamped=True,
    ),
    Kind(
        titles=("秘密保持契約書", "機密保持契約書"),
        roles=("甲", "乙"),
        purpose="秘密情報の取扱い",
        articles=(
            ("秘密情報", "本契約において秘密情報とは、{subject}の検討に関し、相手方から開示された一切の情報をいう。"),
            (
                "秘密保持",
                "甲及び乙は、秘密情報を善良な管理者の注意をもって管理し、第三者に開示又は漏えいしてはならない。",
            ),
            ("返還", "甲及び乙は、相手方から求められたときは、秘密情報を直ちに返還又は廃棄する。"),
        ),
        priced=False,
    ),
    Kind(
        titles=("売買契約書", "物品売買契約書", "取引基本契約書"),
        roles=("買主", "売主"),
        purpose="物品の売買",
        articles=(
            ("売買", "乙は、{subject}に係る物品を甲に売り渡し、甲はこれを買い受ける。"),
            ("売買代金", "売買代金は、{price}とし、甲は乙の指定する口座に振り込む方法により支払う。"),
            ("所有権の移転", "物品の所有権は、代金の支払が完了した時に乙から甲に移転する。"),
        ),
    ),
    Kind(
        titles=("賃貸借契約書", "建物賃貸借契約書", "機器賃貸借契約書"),
        roles=("賃借人", "賃貸人"),
        purpose="賃貸借",
        articles=(
            ("賃貸借", "乙は、本件物件を甲に賃貸し、甲はこれを{subject}のために賃借する。"),
            ("賃料", "本件物件の賃料は、総額{price}とする。"),
            ("修繕", "本件物件の維持保全に必要な修繕は、乙の負担において行う。"),
        ),
    ),
    Kind(
        titles=("保守契約書", "システム保守契約書"),
        roles=("甲", "乙"),
        purpose="保守",
        articles=(
            ("保守業務", "乙は、甲に対し、{subject}に関する保守業務を行う。"),
            ("保守料", "甲は、乙に対し、保守料として{price}を支払う。"),
            ("障害対応", "乙は、障害の通知を受けた場合、速やかに原因を調査し復旧に努める。"),
        ),
    ),
)

COMMON = (
    (
        "権利義務の譲渡禁止",
        "甲及び乙は、相手方の書面による承諾なく、本契約上の権利義務を第三者に譲渡し、又は担保に供してはならない。",
    ),
    (
        "解除",
        "甲又は乙は、相手方が本契約に違反し、相当の期間を定めた催告後も是正されないときは、本契約を解除することができる。",
    ),
    ("損害賠償", "甲及び乙は、本契約に違反して相手方に損害を与えたときは、その損害を賠償する責任を負う。"),
    (
        "反社会的勢力の排除",
        "甲及び乙は、自らが反社会的勢力に該当しないことを表明し、将来にわたっても該当しないことを確約する。",
    ),
    ("協議", "本契約に定めのない事項又は疑義が生じたときは、甲乙誠意をもって協議し解決する。"),
)
_DIGITS: tuple[Callable[[int], str], ...] = (str, lambda n: wide(str(n)), kanji_number)
COURTS = ("東京地方裁判所", "大阪地方裁判所", "名古屋地方裁判所", "福岡地方裁判所", "札幌地方裁判所", "横浜地方裁判所")


def _duty(price: int) -> int:
    """Stamp duty of a work contract in yen (law: section on contracts and stamp duty)."""
    steps = ((1_000_000, 200), (2_000_000, 400), (3_000_000, 1_000), (5_000_000, 2_000), (10_000_000, 10_000))
    return next(duty for limit, duty in steps if price <= limit)


def _last_day(start: date, years: int) -> date:
    """The last day of the N years (DESIGN §6.3)."""
    year = start.year + years
    day = start.replace(year=year, day=28) if (start.month, start.day) == (2, 29) else start.replace(year=year)
    return day - timedelta(days=1)


def make_contract(rng: random.Random, vocabulary: Vocabulary) -> Facts:
    """A contract between our company and another."""
    truth = blank_fields(DocumentType.CONTRACT)
    kind = rng.choice(KINDS)
    other, us = make_company(rng, vocabulary), make_company(rng, vocabulary)
    we_first = rng.random() < 0.5
    day = a_day(rng)
    show = DAY_PRINTERS[rng.choice(CONTRACT_DAYS)]
    first, second = (vocabulary.our_company, other.name) if we_first else (other.name, vocabulary.our_company)
    plain_roles = rng.random() < 0.6
    roles = ("甲", "乙") if plain_roles else (f"甲({kind.roles[0]})", f"乙({kind.roles[1]})")
    if kind.roles[0] == "甲":
        roles = ("甲", "乙")
    price = rng.randrange(20, 900) * 11_000 if kind.priced else None
    title = rng.choice(kind.titles)
    printed = {"transaction_date": show(day), "issuer": first, "recipient": second}
    truth |= {
        "title": title,
        "transaction_date": day.isoformat(),
        "concluded_on": day.isoformat(),
        "total_amount": price,
        "amount": price,
        "currency": "JPY" if price else None,
        "counterparty": nfkc(other.name),
        "parties": [{"role": nfkc(roles[0]), "name": nfkc(first)}, {"role": nfkc(roles[1]), "name": nfkc(second)}],
    }
    money = rng.choice(("金{:,}円(消費税込)".format, "金{:,}円(税込)".format, "{:,}円(税込)".format))
    articles = [
        (heading, text.format(subject=rng.choice(vocabulary.subjects), price=money(price or 0)))
        for heading, text in kind.articles
    ]
    if price:
        printed["total_amount"] = f"{price:,}"
    articles.append(_term(rng, truth, day, show))
    articles += rng.sample(COMMON[:4], rng.randint(2, 4))
    if rng.random() < 0.8:
        court = rng.choice(COURTS)
        articles.append(("合意管轄", f"本契約に関する紛争は、{court}を第一審の専属的合意管轄裁判所とする。"))
        truth["jurisdiction"] = court
    articles.append(COMMON[4])
    stamp = _duty(price) if kind.stamped and price and rng.random() < 0.7 else None
    truth["stamp_duty"] = stamp
    numbering = rng.choice(("第{}条", "第{}条", "第 {} 条"))
    digits = rng.choice(_DIGITS)
    view: dict[str, object] = {
        "title": title,
        "first": {
            "role": roles[0],
            "name": first,
            "address": (us if we_first else other).address,
            "person": (us if we_first else other).person,
        },
        "second": {
            "role": roles[1],
            "name": second,
            "address": (other if we_first else us).address,
            "person": (other if we_first else us).person,
        },
        "plain_roles": plain_roles or kind.roles[0] == "甲",
        "role_names": kind.roles,
        "purpose": kind.purpose,
        "day": show(day),
        "day_label": rng.choice(("契約締結日", "締結日")),
        "articles": [
            {"number": numbering.format(digits(index)), "heading": heading, "text": text}
            for index, (heading, text) in enumerate(articles, start=1)
        ],
        "closing": rng.choice(
            (
                "本契約の成立を証するため、本書2通を作成し、甲乙記名押印のうえ、各1通を保有する。",
                "以上、本契約締結の証として本書二通を作成し、甲乙各自記名押印の上、各一通を保有する。",
            )
        ),
        "price": money(price) if price else None,
        "stamp": f"{stamp:,}円" if stamp else None,
        "seal": True,
        "seal_text": first,
        "seal_text_2": second,
        "office": rng.choice(("代表取締役", "代表取締役社長", "代表者")),
    }
    return Facts(document_type=DocumentType.CONTRACT, fields=truth, printed=printed, view=view)


def _term(rng: random.Random, truth: dict[str, object], day: date, show: object) -> tuple[str, str]:
    """The clause on the term; sets the truth that it states."""
    printer = show if callable(show) else str
    start = day if rng.random() < 0.4 else (day.replace(day=1) + timedelta(days=40)).replace(day=1)
    years = rng.choice((1, 1, 2, 3, 5))
    end = _last_day(start, years)
    truth |= {"effective_from": start.isoformat(), "effective_to": end.isoformat(), "auto_renewal": False}
    form = rng.randrange(3)
    text = (
        f"本契約の有効期間は、{printer(start)}から{printer(end)}までとする。",
        f"本契約の有効期間は、{printer(start)}から{years}年間とする。",
        f"本契約の契約期間は、{printer(start)}より{printer(end)}までの{years}年間とする。",
    )[form]
    if rng.random() < 0.6:
        notice = rng.choice(("1か月前", "3か月前", "2ヶ月前", "30日前"))
        text += (
            f"ただし、期間満了の{notice}までに甲乙いずれからも書面による申出がないときは、"
            "同一条件で更に1年間更新するものとし、以後も同様とする。"
        )
        truth["auto_renewal"] = True
        truth["renewal_notice"] = notice
    elif rng.random() < 0.4:
        text += "期間満了後の更新については、甲乙別途協議して定めるものとし、自動更新は行わない。"
    return rng.choice(("有効期間", "契約期間", "期間")), text


LETTERS = (
    (
        "送付状",
        (
            "拝啓 時下ますますご清栄のこととお慶び申し上げます。"
            "下記の書類をお送りいたしますので、ご査収くださいますようお願い申し上げます。"
        ),
    ),
    (
        "年末年始休業のお知らせ",
        "平素は格別のお引き立てを賜り厚く御礼申し上げます。誠に勝手ながら、下記の期間を休業とさせていただきます。",
    ),
    ("事務所移転のご案内", "拝啓 このたび弊社は業務拡大に伴い、下記へ移転する運びとなりましたのでご案内申し上げます。"),
    (
        "価格改定のお願い",
        "昨今の原材料費高騰を受け、誠に心苦しいお願いではございますが、製品価格を改定させていただきたく存じます。",
    ),
    (
        "担当者変更のご挨拶",
        "このたび人事異動により、貴社の担当を変更させていただくこととなりました。何卒よろしくお願い申し上げます。",
    ),
)
MINUTES = (
    ("議事録", ("前回議事録の確認", "新製品の進捗について報告があった。", "次回開催日の調整を行うこととした。")),
    (
        "打合せ議事録",
        ("仕様の確認を行った。", "納入時期について意見交換を行った。", "懸案事項を一覧にまとめることとした。"),
    ),
    ("業務日報", ("午前: 倉庫の整理", "午後: 来客対応、資料作成", "明日の予定: 在庫確認")),
)


def make_other(rng: random.Random, vocabulary: Vocabulary, *, letter: bool | None = None) -> Facts:
    """A letter, notice or minutes: none of the nine classes."""
    truth = blank_fields(DocumentType.OTHER)
    company = make_company(rng, vocabulary)
    day = a_day(rng)
    show = DAY_PRINTERS[rng.choice(BUSINESS_DAYS)]
    letter = rng.random() < 0.6 if letter is None else letter
    truth["transaction_date"] = day.isoformat()
    printed = {"transaction_date": show(day)}
    view: dict[str, object] = {
        "letter": letter,
        "day": show(day),
        "seal": letter and rng.random() < 0.4,
        "seal_text": company.name,
    }
    if letter:
        title, lead = rng.choice(LETTERS)
        truth |= {"issuer": nfkc(company.name), "counterparty": nfkc(company.name), "recipient": vocabulary.our_company}
        view |= {"title": title, "lead": lead, "issuer": company.name, "recipient": vocabulary.our_company}
        view["address"], view["phone"] = company.address, company.phone
        view["points"] = rng.sample(
            ("カタログ 1部", "会社案内 1部", "図面 2枚", "取扱説明書 1冊", "見本 3点", "名刺 1枚"), 3
        )
    else:
        title, points = rng.choice(MINUTES)
        view |= {
            "title": title,
            "points": points,
            "place": "第2会議室",
            "people": [person(rng, vocabulary)[0] for _ in range(3)],
        }
    return Facts(document_type=DocumentType.OTHER, fields=truth, printed=printed, view=view)
