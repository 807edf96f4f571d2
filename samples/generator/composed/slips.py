"""Families of composed pages: slips, receipts, tables, forms. The order of the source is the order of speech."""

from __future__ import annotations

from samples.generator.composed import blocks as x
from samples.generator.composed.arranging import boxed, side, stack, stub
from samples.generator.composed.blocks import Blocks, div, lines
from samples.generator.composed.heads import above, row


def cheque_slip(b: Blocks) -> str:
    """A slip with a stub at its left or right: the same facts twice."""
    style = f"border:{b.rule};padding:3mm"
    small = stack(
        b,
        lines(b.words.title(), style="text-align:center"),
        x.pairs(b, b.rng.randint(3, 5)),
        b.rng.choice((x.stamps, x.dates))(b),
    )
    large = stack(
        b,
        side(b, lines(b.words.title(), style="font-size:1.3em;letter-spacing:.3em"), x.dates(b)),
        x.total(b),
        b.rng.choice((lines(b.words.sentence()), x.pairs(b, 3))),
        side(b, b.rng.choice((x.bank, x.dates, x.stamps))(b), x.sender(b)),
    )
    dash = "border-right:.3mm dashed #555" if b.chance(0.6) else ""
    narrow = div(small, style=f"width:{b.rng.randint(48, 64)}mm;padding-right:4mm;{dash}")
    wide = div(large, style="flex:1;padding-left:4mm")
    parts = [narrow, wide] if b.chance(0.6) else [wide, narrow]
    slips = [div(*parts, style=f"display:flex;{b.pick(style, '')}") for _ in range(b.rng.choice((1, 1, 2)))]
    return stack(b, *slips)


def cheque(b: Blocks) -> str:
    """One large sum, whom to pay, a line of numbers, and signatures at the right."""
    name, branch, *_ = b.words.bank()
    number = lines(b.words.code(), style="text-align:right")
    left = stack(b, lines(f"支払地 {b.words.company().address}", f"{name} {branch}"))
    head = b.rng.choice(
        (
            side(b, lines(b.words.title(), style="font-size:1.4em"), number),
            side(b, lines(b.pick("小切手", "約束手形", "為替手形")), left, number),
        )
    )
    total = div(
        b.words.big_yen(),
        style=f"font-size:1.8em;border:{b.rule};padding:2mm;text-align:center;width:{b.rng.randint(100, 140)}mm",
    )
    lead = lines("上記の金額をこの小切手と引替えに", "持参人へお支払いください", style="font-size:.9em")
    foot = side(b, lines(f"振出日 {b.words.day()}", f"振出地 {b.words.company().address}"), x.sender(b))
    code = lines(f"{b.words.code()} : {b.words.code()} {b.words.code()}", style="letter-spacing:.3em;text-align:center")
    body = boxed(
        b,
        head,
        *(b.rng.sample([left, total], 2) if b.chance(0.5) else [total]),
        lead,
        foot,
        code if b.chance(0.6) else "",
    )
    return stack(b, body, cheque_slip(b) if b.chance(0.4) else "")


def receipt_columns(b: Blocks) -> str:
    """Two receipts or a receipt and its copy side by side."""

    def one() -> str:
        rows = "".join(
            f"<tr><td>{n}</td><td style='text-align:right'>{a}</td></tr>"
            for n, _, _, _, a in b.words.goods(b.rng.randint(2, 5))
        )
        return stack(
            b,
            lines(b.words.company().name, b.words.day(), style="text-align:center"),
            f'<table style="width:100%">{rows}</table>',
            x.sums(b),
            x.dates(b),
        )

    dash = "border-right:.3mm dashed #555;padding-right:3mm"
    return stack(
        b,
        x.heading(b) if b.chance(0.4) else "",
        side(b, div(one(), style=b.pick("", dash)), one(), even=True),
        x.notes(b) if b.chance(0.5) else "",
    )


def copies(b: Blocks) -> str:
    """A voucher and its copy side by side on one sheet."""

    def one() -> str:
        top = stack(b, lines(b.words.title(), style="text-align:center;font-size:1.2em"), x.recipient(b))
        rows = "".join(
            f'<tr><td style="border:{b.rule}">{n}</td><td style="border:{b.rule};text-align:right">{q}</td>'
            f'<td style="border:{b.rule};text-align:right">{a}</td></tr>'
            for n, q, _, _, a in b.words.goods(b.rng.randint(2, 4))
        )
        return stack(
            b,
            top,
            f'<table style="width:100%;font-size:.85em">{rows}</table>',
            x.sums(b),
            lines(b.words.company().name, b.words.company().phone, style="font-size:.85em"),
        )

    return side(b, div(one(), style=b.pick("border-right:.3mm dashed #555;padding-right:4mm", "")), one(), even=True)


def receipt(b: Blocks) -> str:
    """A till's receipt on a narrow part of the page."""
    c = b.words.company()
    rows = []
    for name, count, unit, price, amount in b.words.goods(b.rng.randint(2, 6)):
        under = b.chance(0.3)
        rows.append(f"<tr><td>{name}</td><td style='text-align:right'>{'' if under else amount}</td></tr>")
        if under:
            rows.append(
                f"<tr><td style='padding-left:4mm'>{count}{unit} × {price}</td>"
                f"<td style='text-align:right'>{amount}</td></tr>"
            )
    rows.extend(
        f"<tr><td>{name}</td><td style='text-align:right'>{b.words.yen()}</td></tr>"
        for name in b.words.sums(b.rng.randint(2, 5))
    )
    head = lines(
        c.name,
        c.address,
        f"TEL {c.phone}",
        f"登録番号 {b.words.registration()}",
        style=f"text-align:{b.pick('center', 'left')}",
    )
    meta = div(
        f"<span>{b.words.day()}</span><span>{b.rng.randint(8, 21)}:{b.rng.randint(10, 59)}</span>",
        style="display:flex;justify-content:space-between",
    )
    more = (
        div(
            f"<span>レジ{b.words.code()[:4]}</span><span>担当 {b.words.person()}</span>",
            style="display:flex;justify-content:space-between",
        )
        if b.chance(0.5)
        else ""
    )
    body = stack(
        b, head, meta + more, f'<table style="width:100%">{"".join(rows)}</table>', x.notes(b) if b.chance(0.5) else ""
    )
    return div(body, style=f"width:{b.rng.randint(64, 110)}mm")


def transfer_form(b: Blocks) -> str:
    """A form to fill in: cells with their label small in a corner, over the value; cells of several rows."""

    def cell(span: int) -> str:
        label = b.words.labels(1)[0]
        named = f'<div style="font-size:.7em">{label}</div><div>{b.words.value(label)}</div>'
        return f'<td colspan="{span}" style="border:{b.rule};padding:.8mm 1.5mm;vertical-align:top">{named}</td>'

    spans = ((3, 3), (2, 2, 2), (4, 2), (2, 4), (6,), (1, 5), (3, 1, 2))
    rows = ["<tr>" + "".join(cell(s) for s in b.rng.choice(spans)) + "</tr>" for _ in range(b.rng.randint(4, 8))]
    grid = f'<table style="width:100%">{"".join(rows)}</table>'
    merged = "".join(
        f'<tr><td rowspan="3" style="border:{b.rule};'
        f'padding:1mm 2mm">{b.pick("ご依頼人", "お受取人", "請求先", "振込先", "届出者")}</td>'
        + "</tr><tr>".join(
            f'<td style="border:{b.rule};padding:1mm 2mm">{k}</td>'
            f'<td style="border:{b.rule};padding:1mm 2mm">{b.words.value(k)}</td>'
            for k in b.words.labels(3)
        )
        + "</tr>"
        for _ in range(b.rng.randint(1, 3))
    )
    parts = [grid, f'<table style="width:100%">{merged}</table>']
    b.rng.shuffle(parts)
    return stack(
        b,
        side(b, x.heading(b), x.dates(b)),
        *parts[: b.rng.randint(1, 2)],
        x.notes(b),
        stub(b) if b.chance(0.4) else "",
    )


def lists_side_by_side(b: Blocks) -> str:
    """Two price lists or tables beside each other, each read on its own."""

    def one() -> str:
        name = b.pick("収入の部", "支出の部", "借方", "貸方", "A 商品", "B 商品", "前期", "当期")
        rows = [_pair(b, b.words.goods(1)[0][0], b.words.yen()) for _ in range(b.rng.randint(4, 9))]
        return stack(b, lines(name, style="text-align:center"), f'<table style="width:100%">{"".join(rows)}</table>')

    both = [one() for _ in range(2)]
    return stack(b, x.heading(b), x.dates(b), side(b, *both, even=True), x.notes(b))


def _pair(b: Blocks, label: str, value: str) -> str:
    rule = b.rule if b.chance(0.9) else "0"
    style = f"border-bottom:{rule};padding:.8mm"
    return f'<tr><td style="{style}">{label}</td><td style="{style};text-align:right">{value}</td></tr>'


def wrapped_table(b: Blocks) -> str:
    """Tables whose cells have several lines."""
    return stack(
        b,
        x.heading(b),
        x.dates(b),
        x.items(b, b.rng.randint(3, 8), wrap=True),
        x.items(b, 3, wrap=True) if b.chance(0.3) else x.notes(b),
    )


def ledger(b: Blocks) -> str:
    """A long table with little around it."""
    head = (
        side(b, x.heading(b), x.dates(b))
        if b.chance(0.4)
        else stack(b, x.heading(b), x.pairs(b, 3) if b.chance(0.5) else x.dates(b))
    )
    return stack(b, head, x.items(b, b.rng.randint(8, 22)), x.sums(b) if b.chance(0.4) else "")


def bilingual(b: Blocks) -> str:
    """Labels in Japanese and English."""
    names = b.words.bilingual(b.rng.randint(6, 10))
    style = b.rng.randrange(3)
    rule = b.pick(f"border:{b.rule}", f"border-bottom:{b.rule}", "")
    if style == 0:
        form = (
            "<table>"
            + "".join(
                f'<tr><td style="{rule};padding:1mm 2mm">{j} / {e}</td>'
                f'<td style="{rule};padding:1mm 2mm">{b.words.value(j)}</td></tr>'
                for j, e in names
            )
            + "</table>"
        )
    elif style == 1:
        form = (
            "<table>"
            + "".join(
                f'<tr><td style="{rule};padding:1mm 2mm">{j}<br><span style="font-size:.75em">{e}</span></td>'
                f'<td style="{rule};padding:1mm 2mm">{b.words.value(j)}</td></tr>'
                for j, e in names
            )
            + "</table>"
        )
    else:
        form = div(
            *(
                div(
                    div(f"{j} {e}", style="font-size:.75em;color:#444"),
                    div(b.words.value(j)),
                    style=f"width:48%;{rule};padding:1mm",
                )
                for j, e in names
            ),
            style="display:flex;flex-wrap:wrap;gap:1mm 3mm",
        )
    columns = b.words.bilingual(4)
    head = "".join(f'<th style="{rule};padding:1mm 3mm">{j}<br>{e}</th>' for j, e in columns)
    rows = "".join(
        "<tr>" + "".join(f'<td style="{rule};padding:1mm 3mm">{v}</td>' for v in (n, q, p, a)) + "</tr>"
        for n, q, _, p, a in b.words.goods(b.rng.randint(2, 5))
    )
    top = side(
        b,
        lines(b.words.title(), b.pick("INVOICE", "PACKING LIST", "STATEMENT", "RECEIPT"), style="font-size:1.4em"),
        x.sender(b),
    )
    tongues = side(b, x.notes(b), lines(*(b.words.english() for _ in range(3)), style="font-size:.85em"), even=True)
    return stack(
        b,
        top,
        form,
        f'<table style="width:100%">{"<tr>" + head + "</tr>"}{rows}</table>',
        tongues if b.chance(0.6) else x.sums(b),
    )


def form_with_cells(b: Blocks) -> str:
    """A short form: labels and values in one row, items, notes beside a table of sums with a row of labels."""
    names = b.words.sums(3)
    rule = f"border:{b.rule};padding:.8mm 2mm"
    cells = (
        "<tr>"
        + "".join(f'<th style="{rule};font-size:.85em">{n}</th>' for n in names)
        + "</tr><tr>"
        + "".join(f'<td style="{rule};text-align:right">{b.words.yen()}</td>' for _ in names)
        + "</tr>"
    )
    return stack(b, above(b), row(b), x.items(b), side(b, x.notes(b), f"<table>{cells}</table>"))


def order_boxes(b: Blocks) -> str:
    """Framed boxes of labels and values side by side."""

    def box() -> str:
        head = lines(
            b.pick("請求先", "納品先", "発注元", "出荷元", "ご契約内容", "お支払い"),
            style=f"{b.pick('background:#eee', f'border-bottom:{b.rule}', 'font-weight:bold')};padding:.5mm 1mm",
        )
        return div(
            head,
            div(b.rng.choice((x.pairs, x.recipient, x.sender, x.bank))(b), style="padding:1.5mm"),
            style=b.pick(f"border:{b.rule}", f"border:{b.rule}", ""),
        )

    rows = [side(b, box(), box(), *([box()] if b.chance(0.25) else []), even=True) for _ in range(b.rng.randint(1, 2))]
    return stack(
        b,
        x.heading(b) if b.chance(0.5) else above(b),
        *rows,
        x.items(b),
        side(b, x.notes(b), x.sums(b)) if b.chance(0.5) else x.total(b),
    )
