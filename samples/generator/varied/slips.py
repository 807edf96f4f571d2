"""Receipts: tills of many makes, and forms with 但し書き, arranged anew for each document."""

from __future__ import annotations

import random

from domain.fields import DocumentType
from samples.generator.facts import Facts
from samples.generator.receipts import make_register, make_written
from samples.generator.seals import draw_seal
from samples.generator.varied.blocks import View, div, esc
from samples.generator.varied.words import TAGLINES, VARIED
from samples.generator.vocabulary import Vocabulary

STYLE = """
.row { display: flex; justify-content: space-between; gap: 2mm } .rule { border-top: .2mm dashed #333; margin: 1.2mm 0 } .solid { border-top: .3mm solid #222; margin: 1.2mm 0 }
.ruled td, .ruled th { border: .2mm solid #444; padding: .7mm 2mm } .from { position: relative; min-width: 70mm } .two { display: flex; justify-content: space-between; gap: 8mm; margin-top: 3mm }
"""
_PAYMENTS = {"現金": ("現金", "現計", "お預り現金"), "クレジット": ("クレジット売上", "クレジット支払", "カード")}


def _row(left: str, right: str, style: str = "") -> str:
    return f'<div class="row" style="{style}"><span>{esc(left)}</span><span>{esc(right)}</span></div>'


def make_varied_till(rng: random.Random, _: Vocabulary, __: DocumentType) -> Facts:
    """A till receipt."""
    facts = make_register(rng, VARIED)
    view = facts.view
    rule = f'<div class="{rng.choice(("rule", "solid"))}"></div>'
    centre = rng.choice(("text-align:center", "text-align:center", ""))
    shop = [
        div(str(view["shop"]), f"{centre};font-size:{rng.uniform(1.1, 1.7):.2f}em"),
        div(str(view["branch"]), centre),
    ]
    company = div(str(view["company"] or ""), centre)
    where = [
        div(str(view["address"]), centre),
        div(f"{rng.choice(('TEL', 'TEL:', '電話', '℡'))} {view['phone']}", centre),
    ]
    number = div(f"{view['number_label']} {view['number']}" if view["number"] else "", centre)
    top = rng.randrange(4)
    head = (
        [*shop, company, *where, number],
        [company, *shop, *where, number],
        [*shop, *where, company, number],
        [div(rng.choice(TAGLINES), f"{centre};font-size:.8em"), *shop, *where],
    )[top]
    foot = [company, number] if top == 3 else []
    title = div(str(view["title"]), f"{centre};font-size:1.2em;margin:1mm 0")
    slip = f"{rng.choice(('No.', '伝票No.', 'レシートNo.', '取引No.'))}{view['slip']}" if view["slip"] else ""
    when = rng.choice((_row(str(view["day"]), str(view["time"])), div(f"{view['day']} {view['time']}")))
    register = _row(str(view["register"]), slip)
    body = [*head, title, when, register, rule] if rng.random() < 0.7 else [title, *head, rule, register, when, rule]
    body += [*_items(rng, view), rule, *_sums(rng, view), rule]
    body += [div(f"{view['count_label']} {view['count']}点")] if rng.random() < 0.7 else []
    body += [div(str(view["reduced_note"]))] if view["reduced"] else []
    if rng.random() < 0.3:
        points = rng.randrange(1, 400)
        body += [
            rule,
            _row("前回ポイント", f"{points}P"),
            _row("今回ポイント", f"{rng.randrange(1, 40)}P"),
            _row("ポイント残高", f"{points + 7}P"),
        ]
    body += [*foot, div(str(view["greeting"]), centre)]
    view["body"], view["css"] = "".join(body), STYLE
    return facts


def _items(rng: random.Random, view: View) -> list[str]:
    kind = rng.randrange(4)
    out = []
    for row in view["rows"]:
        name = f"{row['mark']}{row['name']}" if kind == 1 else f"{row['name']}{row['mark']}"
        if row["quantity"] == "1":
            out.append(_row(name, row["amount"]))
        elif kind == 0:
            out += [div(name), _row(f"  {row['quantity']}点 × 単{row['price'].lstrip('¥')}", row["amount"])]
        elif kind == 2:
            out.append(_row(name, row["amount"]))
            out.append(div(f"  @{row['price'].lstrip(chr(165))} × {row['quantity']}"))
        else:
            out += [div(name), _row(f"  {row['price']}x{row['quantity']}", row["amount"])]
    return out


def _sums(rng: random.Random, view: View) -> list[str]:
    big = f"font-size:{rng.uniform(1.2, 1.7):.2f}em"
    subtotal = [_row(str(view["subtotal_label"]), str(view["subtotal"]))] if view["subtotal"] else []
    taxes: list[str] = []
    kind = rng.randrange(3)
    for row in view["tax_rows"]:
        base, tax = str(view["taxable_label"]).format(row["rate"]), str(view["tax_label"])
        if kind == 0:
            taxes += [_row(base, row["taxable"]), _row(f"{tax} {row['rate']}%", row["tax"])]
        elif kind == 1:
            taxes.append(_row(f"{base} {row['taxable']}", f"{tax} {row['tax']}"))
        else:
            taxes += [_row(base, row["taxable"]), _row(f" ({tax.strip('(')}", f"{row['tax']})")]
    total = [_row(str(view["total_label"]), str(view["total"]), big)]
    paid = [
        _row(f"{view['method']}", str(view["received"])),
        _row(rng.choice(("お釣り", "おつり", "釣銭", "お釣")), str(view["change"])),
    ]
    if not view["received"]:
        paid = [_row(str(view["method"]), str(view["total"]))]
    elif rng.random() < 0.5:
        paid[0] = _row(str(view["received_label"]), str(view["received"]))
        paid.insert(0, _row("現金", ""))
    if view["card"]:
        paid += [div(f"カード番号 {view['card']}"), div(f"承認番号 {rng.randrange(100000, 999999)}")]
    after = rng.random() < 0.5
    return [*subtotal, *([] if after else taxes), *total, *(taxes if after else []), *paid]


def make_varied_written(rng: random.Random, _: Vocabulary, __: DocumentType) -> Facts:
    """A receipt form, with or without a stub that repeats it."""
    facts = make_written(rng, VARIED)
    view: View = facts.view
    seal = draw_seal(rng, str(view["seal_text"])) if view["seal"] else ""
    view["seal"] = False
    title = div(
        str(view["title"]), f"font-size:{rng.uniform(1.5, 2.2):.2f}em;text-align:{rng.choice(('center', 'left'))}"
    )
    number = div(f"{view['number_label']}{rng.choice((' ', ''))}{view['slip']}" if view["slip"] else "")
    day = div(f"{view['day_label']} {view['day']}")
    to = f'<div style="font-size:1.3em;border-bottom:.3mm solid #333;width:95mm;margin:3mm 0">{esc(str(view["recipient"]))}  {esc(str(view["honorific"]))}</div>'
    label = str(view["total_words"])
    total = (
        f'<div style="font-size:1.8em;background:#eee;padding:2mm 6mm;display:inline-block">{esc(label)} {esc(str(view["total"]))}</div>'
        if rng.random() < 0.6
        else f'<table class="ruled"><tr><th>{esc(label or "金額")}</th><td style="font-size:1.7em">{esc(str(view["total"]))}</td></tr></table>'
    )
    purpose = div(f"{rng.choice(('但し', '但', 'ただし'))} {view['purpose']}") + div(str(view["lead"]))
    method = (
        div(f"{rng.choice(('お支払方法', '支払方法', '入金方法', '内訳'))} {view['method']}") if view["method"] else ""
    )
    base = "税込金額" if view["inside"] else "税抜金額"
    words = rng.choice(
        ((f"{base}({{}}%)", "消費税額等({}%)"), ("{}%対象", "消費税({}%)"), (f"{{}}%対象 {base}", "消費税額 {}%"))
    )
    taxes = "".join(
        f"<tr><td>{words[0].format(r['rate'])}</td><td>{esc(r['taxable'])}</td></tr><tr><td>{words[1].format(r['rate'])}</td><td>{esc(r['tax'])}</td></tr>"
        for r in view["tax_rows"]
    )
    table = f'<table class="ruled" style="font-size:.85em">{taxes}</table>' if taxes else ""
    sender = _sender(rng, view, seal)
    stamp = (
        f'<div style="border:.2mm dashed #999;width:20mm;height:22mm;font-size:.7em;text-align:center">収入印紙<br>{esc(str(view["stamp"]))}</div>'
        if view["stamp"]
        else ""
    )
    view["stamp"] = None
    kind = rng.randrange(4)
    parts = (
        f'{title}<div style="text-align:right">{number}{day}</div>{to}{total}{purpose}<div class="two"><div>{stamp}{method}{table}</div>{sender}</div>',
        f'<div class="two">{title}<div>{number}{day}</div></div>{to}<div>{total}</div>{purpose}{method}{table}<div class="two">{stamp or "<div></div>"}{sender}</div>',
        f'{sender}{title}{to}{total}{purpose}<div class="two"><div>{day}{number}{method}</div><div>{table}{stamp}</div></div>',
        f'<div class="two"><div>{to}</div><div>{title}{number}</div></div>{total}{purpose}{day}<div class="two"><div>{table}{method}</div>{sender}{stamp}</div>',
    )[kind]
    if rng.random() < 0.2:  # the stub that stays in the book repeats number, day and amount
        stub = f'<div style="border-left:.3mm dashed #888;padding-left:4mm;width:52mm;font-size:.85em">{div("控")}{number}{day}{div(str(view["recipient"]))}{div(str(view["total"]))}</div>'
        parts = f'<div style="display:flex;gap:5mm"><div style="flex:1">{parts}</div>{stub}</div>'
    view["body"], view["css"] = parts, STYLE
    return facts


def _sender(rng: random.Random, view: View, seal: str) -> str:
    rows = [
        div(str(view["seller"]), f"font-size:{rng.uniform(1.0, 1.4):.2f}em"),
        div(f"〒{view['zip']} {view['address']}"),
        div(f"TEL {view['phone']}"),
    ]
    if view["number"]:
        rows.insert(rng.choice((1, 3)), div(f"登録番号{rng.choice((' ', ':', ''))}{view['number']}"))
    if rng.random() < 0.3:
        rows.append(div(f"取扱者 {view['person']}"))
    image = f'<img class="seal" src="{seal}" style="right:2mm;top:{rng.choice((-4, 0))}mm">' if seal else ""
    return f'<div class="from">{"".join(rows)}{image}</div>'
