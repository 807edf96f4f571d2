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
    columns: tuple[tuple[str, ...], ...] = ()
    """Heads of other lists than those of goods with their prices; the last column holds numbers."""
    closings: tuple[str, ...] = ()
    """Under printed terms."""


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
VARIED_WORDS = StackWords(
    numbers=(
        *DEVELOPMENT_WORDS.numbers,
        lambda n, m: f"ページ: {n} / {m}",
        lambda n, m: f"{m}枚中{n}枚目",
        lambda n, m: f"全{m}頁 {n}頁",
        lambda n, _: f"[{n}]",
        lambda n, _: f"第{n}頁",
        lambda n, _: f"Page {n}",
        lambda n, m: f"{n:02}/{m:02}",
    ),
    onward=("裏面に続く", "(つづく)", "→ 次頁", "続きは次頁をご覧ください", "continued on next page"),
    brought=("前頁からの続き", "つづき", "前頁計", "前頁小計", "continued"),
    lists=(
        "品目一覧表",
        "使用材料一覧",
        "運賃計算書",
        "数量計算書",
        "稼働実績表",
        "出荷実績",
        "タイムシート",
        "参考資料",
        "補足資料 1",
        "Appendix A",
        "積算表",
        "ご利用状況のご報告",
        "工程表",
        "別冊 部品表",
        "",
    ),
    terms=(
        "売買に関する規定",
        "免責事項",
        "個人情報の取扱いについて",
        "特記事項",
        "お取引に際して",
        "ご確認ください",
        "重要事項",
        "保証規定",
        "備考",
        "Terms and Conditions",
        "返品・交換について",
        "共通仕様",
        "お客様へのお願い",
    ),
    clauses=(
        "納入場所までの運賃および荷造費は、別に定める場合を除き当社の負担とします。",
        "仕様の変更に伴い納期または価格に影響が生じる場合は、あらかじめ協議のうえ決定します。",
        "お客様の責めに帰すべき事由による追加作業は、別途費用を申し受けます。",
        "保証期間は、引渡しの日から1年間とします。ただし消耗品を除きます。",
        "知的財産権は、別段の合意がない限り当社に帰属します。",
        "反社会的勢力に該当することが判明したときは、催告なしに取引を解除できます。",
        "梱包を解いたのちの返品は、お受けいたしかねますのでご了承ください。",
        "作業時間は平日9時から17時までとし、時間外は割増料金を申し受けます。",
        "取得した個人情報は、取引の履行およびご連絡の目的に限り利用します。",
        "価格は市況により改定することがあります。",
        "損害賠償の額は、当該取引の代金の額を上限とします。",
    ),
    goods=(
        "型番 KX-200",
        "基板組立",
        "検品作業",
        "切削加工",
        "デザイン制作",
        "撮影",
        "翻訳",
        "警備業務",
        "清掃",
        "配送 1便",
    ),
    columns=(
        ("日付", "作業内容", "担当", "時間"),
        ("No.", "品番", "名称", "数量"),
        ("日付", "発地", "着地", "運賃"),
        ("区分", "項目", "単位", "数量"),
        ("拠点", "内容", "金額"),
    ),
    closings=("制定 令和4年4月1日", "お問い合わせ お客様窓口 0120-000-000", "2024年10月改定", "以上"),
)
"""More of it, for lists and terms of many kinds."""
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
    if words.closings and rng.random() < 0.4:
        lines += f"<p class='n'>{rng.choice(words.closings)}</p>"
    return _page(font, f"<div class='sheet'>{heading}{lines}</div>", size=rng.uniform(8, 10.5))


def attachment(rng: random.Random, words: StackWords, *, number: str, font: str) -> str:
    """A list that belongs to a document, on one page or two."""
    if words.columns and rng.random() < 0.6:
        return _page(font, f"<div class='sheet'>{_list(rng, words, number=number)}</div>", size=rng.uniform(8, 11))
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


def _list(rng: random.Random, words: StackWords, *, number: str) -> str:
    """A list of other things than goods with their prices."""
    columns = rng.choice(words.columns)
    first = rng.choice((1, 3, 11))
    rows = []
    for n in range(rng.randint(6, 50)):
        cells = [f"{first}/{n % 28 + 1}" if columns[0] == "日付" else str(n + 1)]
        cells += [rng.choice(words.goods) for _ in columns[1:-1]]
        cells.append(f"{rng.randint(1, 90) * rng.choice((1, 1, 250)):,}")
        rows.append("".join(f"<td{' class=n' if c is cells[-1] else ''}>{c}</td>" for c in cells))
    heading = rng.choice(words.lists)
    head = f"<h1>{heading}</h1>" if heading else ""
    if number and rng.random() < 0.4:
        head += f"<p>{rng.choice(('No. {}', '管理番号 {}', '({})')).format(number)}</p>"
    names = "".join(f"<th>{name}</th>" for name in columns)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"{head}<table><thead><tr>{names}</tr></thead>{body}</table>"


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
