"""Tables of goods as few offices set them: side headings, sums within, remarks under a name, goods without a price each."""

from __future__ import annotations

import random
from typing import Any, cast

from samples.generator.facts import Facts
from samples.generator.varied.blocks import View, esc

_HEADS = {
    "name": ("品目・内容", "商品明細", "ご利用内容", "請求内容", "件名・内容", "作業項目", "業務名", "役務内容", "費目", "明細内容", "品名・型式", "商 品 名"),
    "quantity": ("員数", "数量(個)", "点数", "QTY", "個数", "数 量", "数量", "納入数", "口数"),
    "unit": ("単位", "呼称", "単 位"),
    "price": ("@", "@単価", "税抜単価", "単価¥", "単 価", "単価(円)", "価格", "基本単価"),
    "amount": ("金額(税別)", "合計金額", "税抜額", "代金", "金額 (円)", "本体金額", "価額", "金 額", "小計", "計"),
    "rate": ("税率", "税区分", "消費税率", "税%"),
    "no": ("No.", "項", "番号", "項番", "行番"),
    "day": ("月/日", "納品日", "日 付", "ご利用日"),
    "code": ("品番", "管理No.", "製品コード", "図番"),
}  # fmt: skip
_ORDERS = (
    ("name", "quantity", "unit", "price", "amount"),
    ("no", "name", "quantity", "price", "amount"),
    ("day", "name", "quantity", "price", "amount"),
    ("code", "name", "price", "quantity", "unit", "amount"),
    ("name", "price", "quantity", "amount"),
    ("no", "code", "name", "quantity", "unit", "price", "amount"),
    ("quantity", "unit", "name", "price", "amount"),
    ("day", "no", "name", "quantity", "unit", "price", "amount"),
)
_SIDE = ("【{}月分】", "■ 本社ビル", "< A棟 >", "{}. 機器費", "◆{}月ご利用分", "({}) 作業費", "第{}工区")
_REMARKS = ("({}月分)", "型式 AX-{}00", "納入先:第{}倉庫", "納期 {}月末", "規格 {}00mm", "担当 森下")
_FULL = 25
"""Rows from which a table goes over the page, with a head of its own on each."""


def goods_table(rng: random.Random, view: View, facts: Facts) -> tuple[str, bool]:
    """The goods, and whether the sums stand in the table itself."""
    rows = cast("list[dict[str, Any]]", view["rows"])
    truth = cast("list[dict[str, object]]", facts.fields["line_items"])
    priced = not view["unpriced"]
    lump = priced and rng.random() < 0.15  # goods and amounts only
    order = [c for c in rng.choice(_ORDERS) if priced or c not in {"price", "amount", "rate"}]
    if lump:
        order = [c for c in order if c not in {"quantity", "unit", "price"}]
        for item in truth:
            item["quantity"] = item["unit"] = item["unit_price"] = None
    if priced and view["rates_shown"] and not any(r["mark"] for r in rows):
        order.insert(len(order) - 1, "rate")
    heads = {c: rng.choice(_HEADS[c]) for c in order}
    if heads.get("price") == "価格" and heads.get("amount") in {"価額", "代金"}:
        heads["amount"] = "金額"
    remark = rng.random() < 0.25
    side = rng.random() < 0.25 and len(rows) > 1
    sums_inside = priced and rng.random() < 0.25
    align = rng.choice(("left", "center", "right"))
    head = (
        "<tr>"
        + "".join(
            f'<th style="text-align:{align};{"width:36%" if c == "name" else ""}">{esc(heads[c])}</th>' for c in order
        )
        + "</tr>"
    )
    ranged = rng.choice(("n", "n", "n", "c"))
    body: list[str] = []
    for index, row in enumerate(rows):
        if side and index in {0, len(rows) // 2}:
            title = rng.choice(_SIDE).format(rng.randrange(1, 10))
            at = order.index("name")
            body.append(f'<tr>{"<td></td>" * at}<td colspan="{len(order) - at}">{esc(title)}</td></tr>')
        cells = _cells(rng, row, order, index)
        if remark and rng.random() < 0.6:
            more = rng.choice(_REMARKS).format(rng.randrange(1, 10))
            truth[index]["description"] = f"{truth[index]['description']} {more}"
            cells["name"] = f"{cells['name']}<br>{esc(more)}"
        body.append(
            "<tr>"
            + "".join(
                f'<td class="{"" if c in {"name", "code"} else ranged if c != "amount" else "n"}">{cells[c]}</td>'
                for c in order
            )
            + "</tr>"
        )
        if index and index % _FULL == 0:
            body.append(f"{head}")
    inside = ""
    if sums_inside:
        rows_of = [
            *view["summary"],
            *([(view["sum_label"], view["sum"])] if view["sum"] else []),
            *([(view["final_label"], view["final"])] if view["final"] else []),
        ]
        at = order.index("name")
        span = len(order) - at - 1
        inside = "".join(
            f'<tr>{"<td></td>" * at}<td colspan="{span}" class="{rng.choice(("", "c", "n"))}">{esc(str(a))}</td><td class="n">{esc(str(b))}</td></tr>'
            for a, b in rows_of
        )
    empty = "<tr>" + "<td>&nbsp;</td>" * len(order) + "</tr>"
    look = rng.choice(("ruled", "ruled", "lined", "plain"))
    start = f'<table class="items {look}" style="width:100%"><thead>{head}</thead><tbody>'
    return f"{start}{''.join(body)}{empty * rng.choice((0, 0, 1, 3))}{inside}</tbody></table>", sums_inside


def _cells(rng: random.Random, row: dict[str, Any], order: list[str], index: int) -> dict[str, str]:
    mark = str(row["mark"])
    plain = {
        "no": str(index + 1),
        "day": str(row["day"]),
        "code": f"{rng.choice('ABCK')}{rng.randrange(100, 999)}-{rng.randrange(10, 99)}",
        "name": f"{mark}{row['name']}" if mark and rng.random() < 0.4 else f"{row['name']}{mark}",
        "quantity": str(row["quantity"])
        if "unit" in order
        else f"{row['quantity']}{rng.choice(('', ' '))}{row['unit']}",
        "unit": str(row["unit"]),
        "price": str(row["price"]),
        "amount": str(row["amount"]),
        "rate": str(row["rate"]),
    }
    return {column: esc(text) for column, text in plain.items()}
