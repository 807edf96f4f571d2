"""Tills with other words for number, day, time and cash, and names that look like labels."""

from __future__ import annotations

import random

from domain.fields import DocumentType
from samples.generator.facts import Facts
from samples.generator.receipts import make_register
from samples.generator.varied.blocks import View, div, esc
from samples.generator.varied.slips import STYLE
from samples.generator.varied.words import VARIED
from samples.generator.vocabulary import Vocabulary

_NUMBERS = ("レシートNo.", "伝票番号", "取引番号", "会計No.", "通番", "領収No.", "ジャーナルNo.", "発行番号", "No.", "取引通番", "精算番号", "R-No.", "お会計番号", "#")  # fmt: skip
_OTHERS = ("レジNo.", "担当No.", "責No.", "店No.", "会員番号", "端末番号", "テーブルNo.", "伝票枚数", "席番", "承認番号", "お客様数")  # fmt: skip
_BRANCHES = ("自由が丘店", "から揚げ横丁店", "至誠堂ビル店", "自動車道北店", "期間限定ショップ")
_SPOKEN = ("お買上日", "会計日時", "ご利用日", "売上日", "取引日時", "日時", "", "", "")
_PLAIN = 3


def _row(left: str, right: str, style: str = "") -> str:
    return f'<div class="row" style="{style}"><span>{esc(left)}</span><span>{esc(right)}</span></div>'


def make_unusual_till(rng: random.Random, _: Vocabulary, __: DocumentType) -> Facts:
    """A till receipt."""
    facts = make_register(rng, VARIED)
    view = facts.view
    if rng.random() < 0.3:
        view["branch"] = facts.fields["issuer_branch"] = rng.choice(_BRANCHES)
    centre = rng.choice(("text-align:center", "text-align:left"))
    rule = '<div class="rule"></div>'
    head = [
        div(str(view["shop"]), f"{centre};font-size:1.4em"),
        div(str(view["branch"]), centre),
        div(str(view["company"] or ""), centre),
        div(str(view["address"]), centre),
        div(f"TEL {view['phone']}", centre),
        div(f"{view['number_label']} {view['number']}" if view["number"] else "", centre),
    ]
    body = [*head, div(str(view["title"]), f"{centre};font-size:1.2em"), *_when(rng, view), *_numbers(rng, view), rule]
    for row in view["rows"]:  # type: ignore[attr-defined]
        name = f"{row['mark']}{row['name']}"
        if row["quantity"] == "1":
            body.append(_row(name, row["amount"]))
        elif rng.random() < 0.5:
            body += [div(name), _row(f"  @{row['price'].lstrip(chr(165))} x {row['quantity']}個", row["amount"])]
        else:
            body += [_row(f"{name}", row["amount"]), div(f"   ({row['quantity']}個 @{row['price'].lstrip(chr(165))})")]
    body += [rule, *_sums(rng, facts), rule]
    body += [div(str(view["reduced_note"]))] if view["reduced"] else []
    body.append(div(str(view["greeting"]), centre))
    view["body"], view["css"] = "".join(body), STYLE
    return facts


def _when(rng: random.Random, view: View) -> list[str]:
    day, time = str(view["day"]), str(view["time"])
    label = rng.choice(_SPOKEN)
    hour, minute = time.split(":")
    shown = rng.choice((time, time, f"{hour}時{minute}分", f"{hour}:{minute}", time.rjust(5)))
    if rng.random() < 0.6:
        return [div(f"{label} {day}{rng.choice((' ', '  '))}{shown}")]
    return [_row(label or "日付", day), _row(rng.choice(("時刻", "時間", "会計時刻")), shown)]


def _numbers(rng: random.Random, view: View) -> list[str]:
    out = [f"{rng.choice(_OTHERS)}{rng.choice((' ', ''))}{rng.randrange(1, 9999):04d}" for _ in range(rng.randrange(3))]
    if view["slip"]:
        out.append(f"{rng.choice(_NUMBERS)}{rng.choice((' ', '', ':'))}{view['slip']}")
    rng.shuffle(out)
    if len(out) > 1 and rng.random() < 0.6:
        return [_row(out[0], out[1]), *map(div, out[2:])]
    return [div(text) for text in out]


def _sums(rng: random.Random, facts: Facts) -> list[str]:
    view, truth = facts.view, facts.fields
    out = [_row(str(view["subtotal_label"]), str(view["subtotal"]))] if view["subtotal"] else []
    for row in view["tax_rows"]:  # type: ignore[attr-defined]
        base, tax = str(view["taxable_label"]).format(row["rate"]), str(view["tax_label"])
        out += [_row(base, row["taxable"]), _row(f"{tax} {row['rate']}%", row["tax"])]
    out.append(_row(str(view["total_label"]), str(view["total"]), "font-size:1.4em"))
    if view["received"] and rng.random() < 0.4:  # paid to the yen: no change
        truth["cash_received"] = truth["change"] = None
        out.append(_row(rng.choice(("現金", "現金支払", "お支払(現金)", "現計")), str(view["total"])))
    elif view["received"]:
        out += [_row(str(view["received_label"]), str(view["received"])), _row("お釣", str(view["change"]))]
        out.insert(-_PLAIN + 1, _row("お支払方法", "現金"))
    else:
        out.append(_row(str(view["method"]), str(view["total"])))
    return out
