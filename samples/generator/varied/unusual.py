"""Forms that say the same in places and words that offices meet less often.

Numbers without labels, days in boxes, accounts beside the sums, times to pay in sentences.
"""

from __future__ import annotations

import random
from typing import Any, cast

from domain.fields import DocumentType
from samples.generator.facts import Facts, nfkc
from samples.generator.forms import make_form
from samples.generator.seals import draw_seal
from samples.generator.varied.blocks import View, div, esc, issuer_block, recipient_block, total_block
from samples.generator.varied.forms import STYLE
from samples.generator.varied.tables import sums_block, tax_block
from samples.generator.varied.unusual_goods import goods_table
from samples.generator.varied.words import DECOYS, VARIED
from samples.generator.vocabulary import Vocabulary

_T = DocumentType
_LABELS: dict[DocumentType, tuple[str, ...]] = {
    _T.INVOICE: ("請求ID", "ご請求書No.", "請求管理番号", "文書番号", "通し番号", "証憑番号", "請求伝票No.", "発行No", "照会番号", "作成番号", "帳票No.", "Invoice No."),
    _T.QUOTATION: ("見積ID", "お見積書番号", "Quote No.", "積算番号", "提案番号", "文書No."),
    _T.PURCHASE_ORDER: ("発注ID", "注文伝票番号", "P/O No.", "購買番号", "手配番号", "Order No."),
    _T.DELIVERY_NOTE: ("納入番号", "納入書No.", "送り状番号", "出荷No.", "出荷伝票番号", "受渡番号", "お届け番号", "配送番号", "送付番号", "納品ID", "納入伝票番号"),
    _T.INSPECTION: ("検査番号", "受入番号", "検収伝票番号", "検収管理No.", "報告書番号"),
    _T.PAYMENT_STATEMENT: ("支払ID", "お支払通知番号", "支払管理番号", "送金番号", "通知No."),
    _T.CREDIT_NOTE: ("訂正番号", "返品伝票No.", "値引番号", "CN No.", "返金番号"),
}  # fmt: skip
_OTHERS = ("貴社注文番号", "ご注文No.", "お客様番号", "会員番号", "担当者コード", "案件No.", "契約番号", "部門コード", "仕入先コード", "電話番号", "店舗コード")  # fmt: skip
_DAY_LABELS = ("発行日", "日付", "作成日", "年月日", "発行年月日")
_DUE_SENTENCES = (
    "お支払いは{}までにお願いいたします。",
    "{}までに下記口座へお振込みくださいますようお願い申し上げます。",
    "お振込期限:{}",
    "支払条件:月末締め翌月末払い(お支払日 {})",
    "※{}までに下記の口座にお支払いください。",
    "お支払期限は{}です。",
)
_HOLDERS = ("口座名義(カナ)", "ご名義", "口座名義人名", "受取人", "口座名", "名義人")
_BRANCHES = ("本店営業部", "ビジネス営業部", "第二支店", "本店", "法人営業部")


def make_unusual_form(rng: random.Random, _: Vocabulary, document_type: DocumentType) -> Facts:
    """A form of the given class in an arrangement of its own."""
    facts = make_form(rng, VARIED, document_type)
    view = facts.view
    _renumber(rng, facts)
    bank = cast("dict[str, Any] | None", view["bank"])
    if bank and rng.random() < 0.3:
        bank["branch"] = rng.choice(_BRANCHES)
    seal = draw_seal(rng, str(view["seal_text"])) if view["seal"] else ""
    goods, carried = goods_table(rng, view, facts)
    view["body"] = _arranged(rng, document_type, view, seal, goods, carried=carried)
    view["css"] = STYLE + ".box td { border: .2mm solid #444; padding: .8mm 2.2mm } .sum td { padding: 1mm 2mm }"
    view["seal"] = False
    return facts


def _renumber(rng: random.Random, facts: Facts) -> None:
    """Numbers of more makes."""
    if not facts.view["number"] or rng.random() < 0.4:
        return
    n, year = rng.randrange(1, 9999), rng.randrange(24, 27)
    number = rng.choice(
        (
            f"S{n:07d}",
            f"{year}A-{n:04d}",
            f"20{year}{n:06d}",
            f"R{year - 18}-{n:04d}",
            f"{rng.choice('営経総購工')}-20{year}-{n:03d}",
            f"20{year}/{n:04d}",
            f"{rng.choice('KTUX')}{n % 100:02d}.{year}.{n:04d}",
            f"{n:04d}-{rng.randrange(1, 9)}",
            str(n + 10000),
        )
    )
    facts.view["number"] = number
    facts.fields["document_number"] = nfkc(number)
    facts.printed["document_number"] = number


def _arranged(rng: random.Random, kind: DocumentType, view: View, seal: str, goods: str, *, carried: bool) -> str:
    title, top, meta, foot = _numbers(rng, kind, view)
    to, sender = recipient_block(rng, view), issuer_block(rng, view, seal)
    total = total_block(rng, view)
    due, rest = _due(rng, view)
    lead = div(str(view["lead"])) + (div(due) if due and rng.random() < 0.5 else "")
    note = div(due) if due and due not in lead else ""
    meta += "".join(div(f"{label}{rng.choice((':', ' ', '  '))}{day}") for label, day in rest)
    sums = "" if carried else sums_block(rng, view)
    bank, taxes = _bank(rng, view), tax_block(rng, view)
    low = (
        f'<div class="two"><div>{bank}</div><div>{sums}{taxes}</div></div>'
        if bank and rng.random() < 0.5
        else f"{sums}{taxes}{bank}"
    )
    if view["reduced"] and not view["unpriced"]:
        low += div(str(view["reduced_note"]), "font-size:.85em")
    heads = (
        f'{top}{title}<div class="two"><div>{to}{lead}{total}</div><div>{meta}{sender}</div></div>',
        f'<div class="two"><div>{to}</div><div style="text-align:right">{top}{meta}</div></div>{title}<div class="two"><div>{lead}{total}</div>{sender}</div>',
        f'<div class="two"><div>{title}{meta}</div>{sender}</div>{top}{to}{lead}{total}',
        f'{top}{title}{to}<div class="two"><div>{lead}{meta}</div>{sender}</div>{total}',
    )
    return f"{rng.choice(heads)}{goods}{low}{note}{foot}"


def _numbers(rng: random.Random, kind: DocumentType, view: View) -> tuple[str, str, str, str]:
    """Title, what stands above it, the block of days and numbers, and what stands at the foot."""
    number, name = view["number"], str(view["title"])
    label = rng.choice((*_LABELS[kind], str(view["number_label"])))
    top, meta, foot, in_title = "", "", "", ""
    pairs: list[tuple[str, str]] = []
    if number:
        place = rng.randrange(8)
        if place == 0:
            top = div(f"{rng.choice(('No.', '№', 'NO.', 'No'))}{rng.choice((' ', ''))}{number}", "text-align:right")
        elif place == 1:
            top = div(str(number), "text-align:right")
        elif place == 2:
            in_title = f"{rng.choice(('(No.', '  No.', ' №'))}{number}"
            in_title += ")" if in_title.startswith("(") else ""
        elif place == 3:
            foot = div(f"{label} {number}", "font-size:.85em;text-align:right;margin-top:4mm")
        else:
            pairs.append((label, str(number)))
    for _ in range(rng.choice((0, 1, 1, 2))):
        other = rng.choice((*_OTHERS, *DECOYS))
        value = (
            "03-0000-1234" if other == "電話番号" else "1/1" if other == "ページ" else str(rng.randrange(1000, 999999))
        )
        pairs.append((other, value))
    meta += _day(rng, view, pairs)
    rng.shuffle(pairs)
    if pairs and rng.random() < 0.4:
        heads = "".join(f"<td>{esc(a)}</td>" for a, _ in pairs)
        meta += f'<table class="box"><tr>{heads}</tr><tr>{"".join(f"<td>{esc(b)}</td>" for _, b in pairs)}</tr></table>'
    elif pairs and rng.random() < 0.5:
        meta += (
            '<table class="box">'
            + "".join(f"<tr><td>{esc(a)}</td><td>{esc(b)}</td></tr>" for a, b in pairs)
            + "</table>"
        )
    else:
        meta += "".join(div(f"{a}{rng.choice((':', ' ', ' : '))}{b}") for a, b in pairs)
    size = f"font-size:{rng.uniform(1.5, 2.2):.2f}em;text-align:{rng.choice(('center', 'left', 'right'))};margin:2mm 0"
    inner = f"{esc(name)}<span style='font-size:.55em'>{esc(in_title)}</span>"
    return f'<div style="{size}">{inner}</div>', top, meta, foot


def _day(rng: random.Random, view: View, pairs: list[tuple[str, str]]) -> str:
    """The day of the paper: beside its label, spread over a line, in boxes, or by itself."""
    ((label, day),) = view["dates"]
    kind = rng.randrange(7)
    if kind < 2 and "年" in day:  # set wide, as on forms that are filled in
        gap = rng.choice((0.6, 1.0, 1.6, 2.2))
        for mark in "年月日":
            day = day.replace(mark, f" {mark} ")
        parts = "".join(f'<span style="margin-right:{gap}em">{esc(part)}</span>' for part in day.split())
        return f"<div>{esc(label) if kind else ''} {parts}</div>"
    if kind == 2 and "年" in day:
        for mark in "年月日":
            day = day.replace(mark, f" {mark} ")
        cells = "".join(f"<td>{esc(part)}</td>" for part in day.split())
        return f'<table class="box"><tr><td>{esc(label)}</td>{cells}</tr></table>'
    if kind == 3:
        return div(day)
    if kind == 4:
        return div(label, "font-size:.85em") + div(day)
    pairs.insert(0, (rng.choice((label, label, *_DAY_LABELS)) if "日付" in label else label, day))
    return ""


def _due(rng: random.Random, view: View) -> tuple[str, list[tuple[str, str]]]:
    """A sentence that says until when to pay, and the other dates."""
    rest = list(view["other_dates"])
    for index, (label, day) in enumerate(rest):
        if any(word in label for word in ("支払", "振込", "入金")) and view["kind"] == "invoice" and rng.random() < 0.6:
            return rng.choice(_DUE_SENTENCES).format(day), rest[:index] + rest[index + 1 :]
    return "", rest


def _bank(rng: random.Random, view: View) -> str:
    bank = cast("dict[str, Any] | None", view["bank"])
    if not bank:
        return ""
    name, branch, kind = str(bank["bank"]), str(bank["branch"]), str(bank["type"])
    number, holder = str(bank["number"]), str(bank["holder"])
    label = rng.choice(_HOLDERS)
    title = rng.choice(
        (
            "お振込先",
            "■お振込先口座",
            "<振込先>",
            "お振込は下記口座へお願いいたします。",
            "取引銀行",
            "振込口座のご案内",
        )
    )
    way = rng.randrange(9)
    if way == 0:
        rows = ((("銀行名", name), ("支店名", branch)), (("預金種目", kind), ("口座番号", number)))
        cells = "".join("<tr>" + "".join(f"<td>{a}</td><td>{esc(b)}</td>" for a, b in row) + "</tr>" for row in rows)
        return f'<div class="bank">{div(title)}<table class="box">{cells}<tr><td>{label}</td><td colspan="3">{esc(holder)}</td></tr></table></div>'
    if way == 1:
        lines = [
            f"{name}({rng.randrange(1, 9999):04d}) {branch}({rng.randrange(1, 999):03d})",
            f"{kind}預金 No. {number}",
            f"{label} {holder}",
        ]
    elif way == 2:
        lines = [f"{name} {branch}", f"種別:{kind}預金 番号:{number}", f"{label}:{holder}"]
    elif way == 3:
        lines = [f"{name}", f"{branch}", f"{kind} {number}", holder]
    elif way == 4:
        heads = ("金融機関・支店名", "種目", "口座番号", label)
        values = (f"{name} {branch}", kind, number, holder)
        return (
            f'<div class="bank">{div(title)}<table class="box"><tr>{"".join(f"<td>{h}</td>" for h in heads)}</tr>'
            f"<tr>{''.join(f'<td>{esc(v)}</td>' for v in values)}</tr></table></div>"
        )
    elif way == 5:
        lines = [f"{name} {branch} ({kind}) No.{number} 口座名義:{holder}"]
    elif way == 6:
        rows2 = (("振込先銀行", f"{name}/{branch}"), ("口座番号", f"({kind}){number}"), (label, holder))
        return (
            '<table class="box bank">'
            + "".join(f"<tr><td>{a}</td><td>{esc(b)}</td></tr>" for a, b in rows2)
            + "</table>"
        )
    elif way == 7:
        lines = [f"{label}: {holder}", f"{name} {branch}", f"{kind}口座 {number}"]
    else:
        lines = [f"振込先 {name}", f"   {branch} {kind} 口座番号 {number}", f"   {label} {holder}"]
    return f'<div class="bank">{div(title)}{"".join(map(div, lines))}</div>'
