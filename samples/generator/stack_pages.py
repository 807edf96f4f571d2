"""What documents carry besides themselves: page numbers, repeated heads, attached lists and printed terms."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

PageNumber = Callable[[int, int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackWords:
    """Wordings; one set for development, one held back."""

    numbers: tuple[PageNumber, ...]
    """Page and number of pages → text at the foot or head."""
    onward: tuple[str, ...]
    """At the foot of a page that is not the last."""
    brought: tuple[str, ...]
    """At the head of a page that is not the first."""
    lists: tuple[str, ...]
    """Headings of attached lists."""
    terms: tuple[str, ...]
    """Headings of printed terms."""
    clauses: tuple[str, ...]
    goods: tuple[str, ...]


DEVELOPMENT_WORDS = StackWords(
    numbers=(
        lambda n, m: f"{n}/{m}",
        lambda n, m: f"{n} / {m}",
        lambda n, _: f"- {n} -",
        lambda n, m: f"{n} / {m} ページ",
        lambda n, m: f"Page {n} of {m}",
        lambda n, _: f"{n}",
        lambda n, _: f"P.{n}",
        lambda n, m: f"({n}/{m})",
    ),
    onward=("次頁へ続く", "次ページへ", "(次頁へ)", "小計 次頁へ繰越"),
    brought=("前頁より繰越", "前ページより", "(続き)"),
    lists=("別紙 明細書", "内訳明細書", "別紙1", "ご利用明細", "添付資料 明細一覧"),
    terms=("取引条件", "お取引約款", "ご注意事項", "【裏面】 取引基本条件", "販売条件"),
    clauses=(
        "本書に記載の金額は、特に定めのない限り消費税を含みません。",
        "検査の結果不合格となった物品は、当社の費用により速やかに交換するものとします。",
        "代金の支払が遅れたときは、年14.6%の割合による遅延損害金を申し受けます。",
        "天災その他の不可抗力による納入の遅延について、当社は責任を負いません。",
        "所有権は、代金の完済をもって買主に移転するものとします。",
        "本取引により知り得た相手方の秘密を第三者に開示してはなりません。",
        "本条件に定めのない事項は、双方が誠意をもって協議し解決します。",
        "納入後7日以内にお申し出のないときは、検収が完了したものとみなします。",
    ),
    goods=("部材A", "部材B", "加工費", "運搬費", "梱包材", "調整作業", "出張費", "消耗品", "現場管理費", "交換部品"),
)
HELD_BACK_WORDS = StackWords(
    numbers=(
        lambda n, m: f"{n}/{m}頁",
        lambda n, _: f"- {n} -",
        lambda n, m: f"{n}ページ({m}ページ中)",
        lambda n, m: f"頁 {n} / {m}",
        lambda n, m: f"{n} of {m}",
        lambda n, _: f"‐{n}‐",
        lambda n, _: f"{n}頁",
        lambda n, m: f"Page {n}/{m}",
    ),
    onward=("次ページに続きます", "以下次頁", "次葉へ続く", "次頁繰越"),
    brought=("前頁から続く", "前葉より繰越", "続紙"),
    lists=("明細内訳", "別添 内訳書", "別表1 明細", "請求内訳明細", "作業明細一覧"),
    terms=("基本取引条項", "ご利用にあたって", "お支払いに関するご注意", "約款(抜粋)", "その他の条件"),
    clauses=(
        "お支払いが期日を過ぎた場合、所定の手数料を加算することがあります。",
        "不良品は到着後10日以内にご連絡のうえご返送ください。",
        "記載内容に相違がある場合は、担当者までお問い合わせください。",
        "運送中の事故による損害の負担は、別に定めるところによります。",
        "当社は、事前の承諾なく業務を第三者に委託することがあります。",
        "注文の取消しは、書面により出荷前にお申し出ください。",
        "裁判上の紛争については、当社本店所在地の裁判所を管轄とします。",
    ),
    goods=("資材一式", "組立作業", "塗装", "基材", "設置調整", "保守部品", "諸経費", "交通費", "塗料", "配線材"),
)


def _page(font: str, body: str, *, size: float = 10, paper: tuple[float, float] = (210, 297)) -> str:
    width, height = paper
    style = (
        f"@page {{ size: {width}mm {height}mm; margin: 0 }}"
        f"html, body {{ margin: 0; font-family: '{font}'; font-size: {size}pt; line-height: 1.5 }}"
        ".sheet { padding: 16mm } h1 { font-size: 14pt; text-align: center; font-weight: normal } "
        "table { border-collapse: collapse; width: 100% } "
        "td, th { border: .3mm solid #555; padding: 1mm 2mm; font-weight: normal } .n { text-align: right } "
        ".leaf { position: relative; break-after: page; overflow: hidden } .leaf:last-child { break-after: auto }"
        ".mark { position: absolute; white-space: nowrap }"
    )
    head = f"<head><meta charset='utf-8'><style>{style}</style></head>"
    return f"<!doctype html><html lang='ja'>{head}<body>{body}</body></html>"


def terms(rng: random.Random, words: StackWords, *, font: str) -> str:
    """A page of printed terms, with or without numbered articles."""
    clauses = rng.sample(words.clauses, rng.randint(4, len(words.clauses)))
    numbering = rng.choice(("第{}条 ", "{}. ", "({}) ", "・"))
    heading = f"<h1>{rng.choice(words.terms)}</h1>" if rng.random() < 0.75 else ""
    lines = "".join(f"<p>{numbering.format(n)}{clause}</p>" for n, clause in enumerate(clauses, start=1))
    return _page(font, f"<div class='sheet'>{heading}{lines}</div>", size=rng.uniform(8, 10.5))


def attachment(rng: random.Random, words: StackWords, *, number: str, font: str) -> str:
    """A list that belongs to a document, on one page or two."""
    rows, total = [], 0
    for n in range(rng.randint(8, 45)):
        count, price = rng.randint(1, 20), rng.randint(3, 400) * 100
        total += count * price
        rows.append(
            f"<tr><td>{n + 1}</td><td>{rng.choice(words.goods)}</td><td class='n'>{count}</td>"
            f"<td class='n'>{price:,}</td><td class='n'>{count * price:,}</td></tr>"
        )
    head = f"<h1>{rng.choice(words.lists)}</h1>"
    if number and rng.random() < 0.4:
        head += f"<p>No. {number}</p>"
    close = f"<p class='n'>合計 {total:,}</p>" if rng.random() < 0.6 else ""
    names = "<tr><th>No</th><th>品名</th><th>数量</th><th>単価</th><th>金額</th></tr>"
    return _page(font, f"<div class='sheet'>{head}<table><thead>{names}</thead>{''.join(rows)}</table>{close}</div>")


def full_head(rng: random.Random, *, title: str, number: str, day: str, recipient: str, issuer: str) -> str:
    """Everything that the first page says at its head, small at the head of a later page."""
    honour = rng.choice((" 御中", "御中", " 様"))
    left = f"<div class='mark' style='top:4mm;left:12mm'>{recipient}{honour if recipient else ''}</div>"
    middle = f"<div class='mark' style='top:3mm;left:0;width:100%;text-align:center;font-size:12pt'>{title}</div>"
    named = rng.choice(("No. {}", "番号 {}", "No.{}")).format(number) if number else ""
    right = f"<div class='mark' style='top:4mm;right:30mm'>{named}</div>"
    below = f"<div class='mark' style='top:9mm;right:12mm'>{rng.choice((day, ''))} {rng.choice((issuer, ''))}</div>"
    return left + middle + right + below


def marks(
    rng: random.Random,
    words: StackWords,
    *,
    pages: int,
    number: str,
    issuer: str,
    full_head: str,
    paper: tuple[float, float | None],
    font: str,
) -> str | None:
    """What is printed at the edges of a document's pages, as a layer over them; None where nothing is."""
    width, height = paper[0], paper[1] or 297
    numbered = rng.random() < (0.7 if pages > 1 else 0.25)
    headed = pages > 1 and rng.random() < 0.35
    flowing = pages > 1 and rng.random() < 0.25
    full = pages > 1 and bool(full_head) and rng.random() < 0.3
    if not (numbered or headed or flowing or full):
        return None
    show = rng.choice(words.numbers)
    place = rng.choice(
        ("bottom:5mm;left:0;width:100%;text-align:center", "bottom:5mm;right:10mm", "top:4mm;right:10mm")
    )
    running = " ".join(part for part in (rng.choice((issuer, "")), f"No.{number}" if number else "") if part)
    onward, brought = rng.choice(words.onward), rng.choice(words.brought)
    leaves = []
    for n in range(1, pages + 1):
        inner = f"<div class='mark' style='{place}'>{show(n, pages)}</div>" if numbered else ""
        if full and n > 1:
            inner += full_head
        elif headed and n > 1 and running:
            inner += f"<div class='mark' style='top:4mm;left:12mm'>{running}</div>"
        if flowing and n < pages:
            inner += f"<div class='mark' style='bottom:9mm;right:14mm'>{onward}</div>"
        if flowing and n > 1:
            inner += f"<div class='mark' style='top:8mm;left:14mm'>{brought}</div>"
        leaves.append(f"<div class='leaf' style='width:{width}mm;height:{height - 0.3}mm'>{inner}</div>")
    return _page(font, "".join(leaves), size=9, paper=(width, height))
