"""Contracts and memoranda with other words for parties, days, term and renewal."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from domain.fields import DocumentType
from samples.generator.contracts import COMMON, COURTS, KINDS
from samples.generator.facts import Facts, a_day, blank_fields, nfkc
from samples.generator.printing import CONTRACT_DAYS, DAY_PRINTERS
from samples.generator.seals import draw_seal
from samples.generator.varied.blocks import div, esc
from samples.generator.varied.words import VARIED
from samples.generator.vocabulary import Vocabulary, make_company

STYLE = """
.sign { margin-top: 6mm; position: relative } .two { display: flex; gap: 12mm } .head { font-weight: bold; margin-top: 2mm } p { margin: 1mm 0; text-indent: 1em } h1 { font-size: 1.6em; text-align: center; margin-bottom: 6mm }
"""
_TITLES = ("{}", "{}", "{}の変更に関する覚書", "{}に関する覚書", "{}(個別契約)")
_ROLES = (("甲", "乙"), ("甲", "乙"), ("委託者", "受託者"), ("発注者", "受注者"), ("貸主", "借主"), ("売主", "買主"))
_RENEW = (
    "ただし、期間満了の{n}までに甲乙いずれからも別段の意思表示がないときは、本契約は同一条件にて更に1年間自動的に更新されるものとし、以後も同様とする。",
    "期間満了{n}までに相手方に対し書面による更新拒絶の通知がなされない場合は、本契約は自動的に1年間延長される。",
    "ただし、有効期間満了日の{n}までに当事者の一方から終了の申し出がない限り、同一の条件でさらに1年間継続し、その後も同様とする。",
)
_NO_RENEW = ("", "本契約は更新しない。", "期間満了後は、甲乙協議のうえ合意により更新することができる。", "")


def make_varied_contract(rng: random.Random, _: Vocabulary, __: DocumentType) -> Facts:
    """A contract between our company and one or two others."""
    truth = blank_fields(DocumentType.CONTRACT)
    kind = rng.choice(KINDS)
    roles = rng.choice(_ROLES)
    other, us = make_company(rng, VARIED), make_company(rng, VARIED)
    day, show = a_day(rng), DAY_PRINTERS[rng.choice(CONTRACT_DAYS)]
    names = [(VARIED.our_company, us), (other.name, other)]
    if rng.random() < 0.5:
        names.reverse()
    title = rng.choice(_TITLES).format(rng.choice(kind.titles))
    price = rng.randrange(20, 900) * 11_000 if kind.priced else None
    money = rng.choice(
        ("金{:,}円(消費税別)".format, "金{:,}円(税込)".format, "{:,}円(税込)".format, "月額金{:,}円".format)
    )
    first, second = roles

    def said(text: str) -> str:
        return text.replace("甲", first).replace("乙", second) if first != "甲" else text

    articles = [
        (h, said(t.format(subject=rng.choice(VARIED.subjects), price=money(price or 0)))) for h, t in kind.articles
    ]
    term, truth_term = _term(rng, day, show)
    articles.insert(rng.randrange(1, len(articles) + 1), (rng.choice(("有効期間", "契約期間", "期間")), said(term)))
    articles += [(h, said(t)) for h, t in rng.sample(COMMON, 3)]
    court = rng.choice(COURTS) if rng.random() < 0.7 else None
    if court:
        text = rng.choice(
            (
                f"本契約に関する一切の紛争については、{court}を第一審の専属的合意管轄裁判所とする。",
                f"本契約に関して訴訟の必要が生じたときは、{court}を専属的合意管轄裁判所とすることに合意する。",
            )
        )
        articles.append((rng.choice(("管轄裁判所", "合意管轄")), text))
    truth |= truth_term | {
        "title": title,
        "transaction_date": day.isoformat(),
        "concluded_on": day.isoformat(),
        "total_amount": price,
        "amount": price,
        "currency": "JPY" if price else None,
        "counterparty": nfkc(other.name),
        "parties": [{"role": role, "name": nfkc(name)} for role, (name, _) in zip(roles, names, strict=True)],
        "jurisdiction": court,
    }
    numbers = rng.choice(("第{}条({})", "第{}条 {}", "第{}条【{}】", "{}. {}"))
    body = [f"<h1>{esc(title)}</h1>", f"<p>{esc(_opening(rng, names, roles, title))}</p>"]
    body += [
        f'<div class="head">{esc(numbers.format(n, h))}</div><p>{esc(t)}</p>'
        for n, (h, t) in enumerate(articles, start=1)
    ]
    body.append(f"<p>本契約締結の証として本書2通を作成し、{first}{second}記名押印の上、各自1通を保有する。</p>")
    seals = [draw_seal(rng, name) for name, _ in names]
    body += _signatures(rng, names, roles, show(day), seals)
    printed = {"transaction_date": show(day), "issuer": names[0][0], "recipient": names[1][0]}
    if price:
        printed["total_amount"] = f"{price:,}"
    view: dict[str, object] = {"body": "".join(body), "css": STYLE, "seal": False}
    return Facts(document_type=DocumentType.CONTRACT, fields=truth, printed=printed, view=view)


def _opening(rng: random.Random, names: Sequence[tuple[str, object]], roles: tuple[str, str], title: str) -> str:
    (a, _), (b, _) = names
    x, y = roles
    return rng.choice(
        (
            f"{a}(以下「{x}」という。)と{b}(以下「{y}」という。)は、以下のとおり契約を締結する。",
            f"{a}(以下「{x}」という)及び{b}(以下「{y}」という)とは、次のとおり{title}(以下「本契約」という)を締結する。",
            f"{x} {a} と {y} {b} とは、本日、次の条項により契約を締結した。",
            f"{a}(以下、「{x}」と称する。)と、{b}(以下、「{y}」と称する。)との間において、次のとおり合意する。",
        )
    )


def _term(rng: random.Random, day: date, show: object) -> tuple[str, dict[str, object]]:
    printer = show if callable(show) else str
    start = day if rng.random() < 0.5 else (day.replace(day=1) + timedelta(days=40)).replace(day=1)
    years = rng.choice((1, 2, 3))
    end = start.replace(
        year=start.year + years, day=min(start.day, 28 if (start.month, start.day) == (2, 29) else start.day)
    ) - timedelta(days=1)
    text = rng.choice(
        (
            f"本契約の有効期間は、{printer(start)}から{printer(end)}までとする。",
            f"契約期間は{printer(start)}より{years}年間とする。",
            f"本契約は、{printer(start)}から効力を生じ、{printer(end)}をもって終了する。",
            f"本契約の期間は、自 {printer(start)} 至 {printer(end)} とする。",
            f"本契約の有効期間は{printer(start)}から起算して{years}年間とする。",
        )
    )
    truth: dict[str, object] = {
        "effective_from": start.isoformat(),
        "effective_to": end.isoformat(),
        "auto_renewal": False,
    }
    if rng.random() < 0.55:
        notice = rng.choice(("1か月前", "3ヶ月前", "2カ月前", "30日前", "60日前", "三か月前"))
        text += rng.choice(_RENEW).format(n=notice)
        truth |= {"auto_renewal": True, "renewal_notice": notice}
    else:
        text += rng.choice(_NO_RENEW)
    return text, truth


def _signatures(
    rng: random.Random, names: Sequence[tuple[str, object]], roles: tuple[str, str], day: str, seals: list[str]
) -> list[str]:
    def block(index: int) -> str:
        name, company = names[index]
        address, chief = getattr(company, "address", ""), getattr(company, "person", "")
        rows = rng_rows[style](roles[index], name, address, chief)
        return f'<div class="sign">{"".join(div(r) for r in rows)}<img class="seal" src="{seals[index]}" style="left:70mm;top:6mm"></div>'

    rng_rows = (
        lambda role, name, address, chief: (f"{role} {address}", f"   {name}", f"   代表取締役 {chief} 印"),
        lambda role, name, address, chief: (
            f"({role})",
            f"住所 {address}",
            f"商号 {name}",
            f"代表者 代表取締役 {chief} ㊞",
        ),
        lambda role, name, address, chief: (f"{role}:{name}", f"{address}", f"代表取締役社長 {chief}"),
        lambda role, name, address, chief: (f"【{role}】", f"所在地:{address}", f"会社名:{name}", f"氏名:{chief}"),
    )
    style = rng.randrange(len(rng_rows))
    both = f'<div class="two">{block(0)}{block(1)}</div>' if rng.random() < 0.3 else block(0) + block(1)
    return [div(day, "margin-top:5mm"), both]
