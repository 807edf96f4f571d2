"""Tables of goods and the sums under them, in many orders of columns and with many heads."""

from __future__ import annotations

import random
from typing import Any

from samples.generator.varied.blocks import View, esc
from samples.generator.varied.words import HEADS

_ORDERS = (
    ("name", "quantity", "unit", "price", "amount"),
    ("name", "quantity", "price", "amount"),
    ("no", "name", "quantity", "price", "amount"),
    ("day", "name", "quantity", "unit", "price", "amount"),
    ("no", "name", "price", "quantity", "amount"),
    ("code", "name", "quantity", "price", "amount"),
    ("name", "price", "quantity", "rate", "amount"),
    ("name", "quantity", "price", "amount", "rate"),
    ("day", "code", "name", "quantity", "price", "amount"),
    ("name", "quantity", "unit", "price", "amount", "note"),
    ("no", "name", "quantity", "unit", "price", "rate", "amount"),
)
_PRICED = frozenset({"price", "amount", "rate"})
_LEFT = frozenset({"name", "code", "note"})


def items_table(rng: random.Random, view: View) -> str:
    """The goods: heads, rows, sometimes empty rows and a head on each page."""
    order = [c for c in rng.choice(_ORDERS) if not (view["unpriced"] and c in _PRICED)]
    if (
        view["rates_shown"]
        and "rate" not in order
        and not any(r["mark"] for r in view["rows"])
        and not view["unpriced"]
    ):
        order.insert(len(order) - 1, "rate")
    if not view["rates_shown"] and "rate" in order:
        order.remove("rate")
    heads = {c: rng.choice(HEADS[c]) for c in order}
    if heads.get("amount") == "小計" and rng.random() < 0.7:
        heads["amount"] = "金額"
    if view["unpriced"] and "quantity" not in order:
        order.append("quantity")
        heads["quantity"] = "数量"
    spread = rng.random() < 0.15  # heads with spaces between their characters
    wide = rng.choice((30, 36, 44))
    ruled = rng.choice(("ruled", "ruled", "lined", "plain", "banded"))
    out = [f'<table class="items {ruled}" style="width:100%"><thead><tr>']
    for column in order:
        head = heads[column]
        if spread and len(head) == 2 and not head.isascii():
            head = "  ".join(head)
        style = f' style="width:{wide}%"' if column == "name" else ""
        out.append(f"<th{style}>{esc(head)}</th>")
    out.append("</tr></thead><tbody>")
    for index, row in enumerate(view["rows"]):
        cells = _cells(rng, row, order, index)
        out.append(
            "<tr>" + "".join(f'<td class="{"" if c in _LEFT else "n"}">{esc(cells[c])}</td>' for c in order) + "</tr>"
        )
    empty = "<tr>" + "<td>&nbsp;</td>" * len(order) + "</tr>"
    out.append(empty * rng.choice((0, 0, 0, 2, 4)))
    if rng.random() < 0.12:
        out.append(f'<tr><td colspan="{len(order)}" style="text-align:center">以下余白</td></tr>')
    if view.get("inside_table"):
        for label, amount in view["inside_table"]:
            out.append(
                f'<tr><td colspan="{len(order) - 1}" class="n">{esc(label)}</td><td class="n">{esc(amount)}</td></tr>'
            )
    return "".join(out) + "</tbody></table>"


def _cells(rng: random.Random, row: dict[str, Any], order: list[str], index: int) -> dict[str, str]:
    separate = "unit" in order
    mark = str(row["mark"])
    return {
        "no": str(index + 1),
        "day": str(row["day"]),
        "code": f"{rng.choice('ABCK')}{rng.randrange(100, 999)}-{rng.randrange(10, 99)}",
        "name": f"{row['name']}{' ' if mark and rng.random() < 0.3 else ''}{mark}",
        "quantity": str(row["quantity"]) if separate else f"{row['quantity']}{rng.choice(('', ' '))}{row['unit']}",
        "unit": str(row["unit"]),
        "price": str(row["price"]),
        "amount": str(row["amount"]),
        "rate": str(row["rate"]),
        "note": "",
    }


def sums_block(rng: random.Random, view: View) -> str:
    """Subtotal, tax and total: a small table to the right, rows, or a strip of boxes."""
    rows: list[tuple[str, str]] = list(view["summary"])
    if view["sum"]:
        rows.append((str(view["sum_label"]), str(view["sum"])))
    if view["final"]:
        rows.append((str(view["final_label"]), str(view["final"])))
    if not rows:
        return ""
    kind = rng.randrange(4)
    if kind == 0 and len(rows) <= 4:
        heads = "".join(f"<th>{esc(a)}</th>" for a, _ in rows)
        return (
            f'<table class="ruled strip"><tr>{heads}</tr>'
            f"<tr>{''.join(f'<td class=n>{esc(b)}</td>' for _, b in rows)}</tr></table>"
        )
    if kind == 1:
        place = rng.choice(("flex-end", "flex-end", "center"))
        cells = "".join(
            f'<div style="display:flex;justify-content:space-between;width:70mm"><span>{esc(a)}</span><span>{esc(b)}</span></div>'
            for a, b in rows
        )
        return f'<div style="display:flex;flex-direction:column;align-items:{place};margin-top:3mm">{cells}</div>'
    cells = "".join(f'<tr><th style="text-align:left">{esc(a)}</th><td class="n">{esc(b)}</td></tr>' for a, b in rows)
    look = "ruled" if kind == 2 else "lined"
    return f'<table class="{look}" style="margin:3mm 0 0 auto;min-width:66mm">{cells}</table>'


def tax_block(rng: random.Random, view: View) -> str:
    """Tax per rate: a table with heads, rows of words, or sentences."""
    rows = view["tax_rows"]
    if not rows:
        return ""
    inside = bool(view["inside"])
    kind = rng.randrange(5)
    base = "税込金額" if inside else "税抜金額"
    if kind == 0:
        heads = rng.choice((("税率", base, "消費税額"), ("税率区分", "対象金額", "消費税"), ("", "対象額", "税額")))
        body = "".join(
            f'<tr><td>{r["rate"]}%{rng.choice(("対象", "", "対象"))}</td><td class="n">{esc(r["taxable"])}</td><td class="n">{esc(r["tax"])}</td></tr>'
            for r in rows
        )
        return f'<table class="ruled tax"><tr>{"".join(f"<th>{h}</th>" for h in heads)}</tr>{body}</table>'
    words = view["tax_words"]
    if kind == 1:
        return "".join(
            f'<div class="tax">{r["rate"]}%対象 {esc(r["taxable"])}({"内" if inside else ""}消費税 {esc(r["tax"])})</div>'
            for r in rows
        )
    if kind == 2:
        return (
            '<table class="tax">'
            + "".join(
                f'<tr><td>{esc(words["taxable"].format(r["rate"]))}</td><td class="n">{esc(r["taxable"])}</td></tr>'
                f'<tr><td>{"内" if inside else ""}消費税({r["rate"]}%)</td><td class="n">{esc(r["tax"])}</td></tr>'
                for r in rows
            )
            + "</table>"
        )
    if kind == 3:
        return (
            '<table class="tax lined">'
            + "".join(
                f'<tr><td>{esc(words["taxable"].format(r["rate"]))}</td><td class="n">{esc(r["taxable"])}</td>'
                f'<td>{esc(words["tax"])}</td><td class="n">{esc(r["tax"])}</td></tr>'
                for r in rows
            )
            + "</table>"
        )
    return "".join(
        f'<div class="tax">({r["rate"]}%対象 {esc(r["taxable"])} {"うち" if inside else ""}消費税 {esc(r["tax"])})</div>'
        for r in rows
    )
