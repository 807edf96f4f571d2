"""Blocks of composed pages as HTML: each draws itself in one of many ways, in the order in which it is spoken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from samples.generator.composed.words import Words

if TYPE_CHECKING:
    import random

RULES = (".2mm solid #333", ".15mm solid #888", ".3mm solid #111", ".1mm solid #aaa", ".2mm dotted #666")


@dataclass(frozen=True, slots=True)
class Blocks:
    """Draws blocks with the words of one page."""

    words: Words
    rule: str
    """The page's usual ruled line, in CSS."""

    @property
    def rng(self) -> random.Random:
        """The page's own."""
        return self.words.rng

    def pick(self, *options: str) -> str:
        """One of them."""
        return self.rng.choice(options)

    def mm(self, low: float, high: float) -> str:
        """A length."""
        return f"{self.rng.uniform(low, high):.1f}mm"

    def chance(self, share: float) -> bool:
        """True with this probability."""
        return self.rng.random() < share


def div(*inner: str, style: str = "") -> str:
    """A block around blocks."""
    return f'<div style="{style}">' + "".join(inner) + "</div>" if style else "<div>" + "".join(inner) + "</div>"


def lines(*texts: str, style: str = "") -> str:
    """One block per line."""
    return div(*(div(text) for text in texts if text), style=style)


def heading(b: Blocks) -> str:
    """The page's title."""
    size, align = b.rng.randint(13, 22), b.pick("center", "center", "left", "right")
    frame = b.pick("", "", f"border-bottom:{b.rule};", f"border:{b.rule};padding:1mm 6mm;", "background:#eee;")
    width = b.pick("", "", "width:70mm;margin-left:auto;margin-right:auto;") if align == "center" else ""
    spread = b.pick("0", "0", ".3em", ".5em")
    style = f"font-size:{size}pt;text-align:{align};letter-spacing:{spread};margin-bottom:{b.mm(1, 6)};{frame}{width}"
    return f'<h1 style="{style}">{b.words.title()}</h1>'


def recipient(b: Blocks) -> str:
    """Postcode, address and name of who is written to."""
    c = b.words.company()
    honorific = b.pick("御中", "様", "殿")
    name = b.pick(c.name, b.words.ours(), b.words.person())
    parts = [f"〒{c.zip_code}" if b.chance(0.8) else "", c.address if b.chance(0.9) else "", c.building]
    named = div(f"{name} {honorific}", style=f"font-size:{b.rng.uniform(1, 1.5):.2f}em;margin-top:{b.mm(0, 3)}")
    extra = [b.pick("経理部", "購買課 御中", "ご担当者様")] if b.chance(0.25) else []
    body = lines(*parts) + named + lines(*extra)
    if b.chance(0.2):
        body = named + lines(*parts, *extra)
    return div(body, style=b.pick("", "", f"border:{b.rule};padding:3mm 4mm", "padding:4mm 6mm"))


def sender(b: Blocks) -> str:
    """Name, address and numbers of who writes."""
    c = b.words.company()
    joined = b.chance(0.4)
    place = [f"〒{c.zip_code} {c.address}"] if joined else [f"〒{c.zip_code}", c.address]
    phone = [f"TEL {c.phone} FAX {c.fax}"] if b.chance(0.5) else [f"TEL {c.phone}", f"FAX {c.fax}"]
    rest = [
        *place,
        c.building,
        *(phone if b.chance(0.9) else []),
        f"登録番号 {b.words.registration()}",
        f"担当 {c.person}",
    ]
    kept = [text for text in rest if text and b.chance(0.85)]
    named = div(c.name, style=f"font-size:{b.rng.uniform(1, 1.35):.2f}em")
    align = b.pick("left", "left", "left", "right")
    return div(named, lines(*kept), style=f"text-align:{align};font-size:{b.rng.uniform(0.82, 1):.2f}em")


def dates(b: Blocks) -> str:
    """Some short labelled lines: date, number."""
    count = b.rng.randint(1, 3)
    gap = b.pick(": ", " ", "　")
    align = b.pick("left", "right", "right")
    texts = [f"{label}{gap}{b.words.value(label)}" for label in b.words.labels(count)]
    if b.chance(0.3):
        texts = [b.words.day()]
    return lines(*texts, style=f"text-align:{align};font-size:{b.rng.uniform(0.85, 1):.2f}em")


def pairs(b: Blocks, count: int = 0) -> str:
    """Labels with their values: as table, as flowing rows, as list or as cells side by side."""
    labels = b.words.labels(count or b.rng.randint(2, 6))
    rows = [(label, b.words.value(label)) for label in labels]
    style = b.rng.randrange(5)
    if style == 0:
        rule = b.pick(f"border:{b.rule}", f"border-bottom:{b.rule}", "")
        ground = b.pick("", "background:#eee")
        wide = b.pick("", "width:100%")
        cells = "".join(
            f'<tr><td style="{rule};{ground};padding:1mm 2mm;white-space:nowrap">{k}</td>'
            f'<td style="{rule};padding:1mm 3mm">{v}</td></tr>'
            for k, v in rows
        )
        return f'<table style="{wide}">{cells}</table>'
    if style == 1:
        keep = b.pick("flex-start", "space-between")
        return div(
            *(
                div(
                    f'<span style="min-width:{b.rng.randint(16, 34)}mm">{k}</span><span>{v}</span>',
                    style=f"display:flex;justify-content:{keep};{b.pick('', f'border-bottom:{b.rule}')}",
                )
                for k, v in rows
            )
        )
    if style == 2:
        return lines(*(f"{k}: {v}" for k, v in rows), style=b.pick("", f"border:{b.rule};padding:2mm 3mm"))
    if style == 3:
        inner = "".join(f"<dt>{k}</dt><dd style='margin:0'>{v}</dd>" for k, v in rows)
        return (
            f'<dl style="display:grid;grid-template-columns:{b.rng.randint(20, 34)}mm auto;gap:{b.mm(0.5, 2)} 3mm;'
            f'margin:0">{inner}</dl>'
        )
    across = b.rng.choice((2, 2, 3))
    both = [
        f'<td class="k" style="{_cell(b)};background:#eee">{k}</td><td style="{_cell(b)}">{v}</td>' for k, v in rows
    ]
    body = "".join("<tr>" + "".join(both[i : i + across]) + "</tr>" for i in range(0, len(both), across))
    return f'<table style="width:100%;font-size:.9em">{body}</table>'


def _cell(b: Blocks) -> str:
    return f"border:{b.rule};padding:1mm 2mm"


def balances(b: Blocks, count: int = 0) -> str:
    """Sums of a statement side by side: a table with a row of labels, or boxes each with its label above its sum."""
    count = count or b.rng.randint(3, 7)
    labels = b.words.balances(count)
    sums = [b.words.yen() for _ in labels]
    style = b.rng.choice((0, 0, 0, 1, 2, 2, 4))
    size = b.rng.uniform(0.75, 1.0)
    align = b.pick("right", "right", "center")
    if style <= 1:
        rule = b.pick(f"border:{b.rule}", f"border:{b.rule}", "")
        head = "".join(
            f'<th style="{rule};padding:1mm;font-size:{size:.2f}em;{b.pick("", "background:#e8eef6")}">{x}</th>'
            for x in labels
        )
        body = "".join(f'<td style="{rule};padding:1.5mm;text-align:{align}">{x}</td>' for x in sums)
        more = ""
        for _ in range(b.rng.choice((0, 0, 0, 1, 2))):
            more += (
                "<tr>"
                + "".join(f'<td style="{rule};padding:1.5mm;text-align:{align}">{b.words.yen()}</td>' for _ in sums)
                + "</tr>"
            )
        return f'<table style="width:100%;margin:3mm 0"><tr>{head}</tr><tr>{body}</tr>{more}</table>'
    if style <= 3:
        frame = b.pick(f"border:{b.rule}", f"border:{b.rule};border-radius:1.5mm", f"border-left:{b.rule}", "")
        close = b.chance(0.3) and bool(frame)
        gap = "0" if close else b.mm(1.5, 5) if frame else b.mm(3, 8)
        under = "" if close else b.pick("", "", f"border-bottom:{b.rule}", "background:#eee")
        boxes = [
            div(
                div(x, style=f"font-size:{size:.2f}em;padding:.6mm 1mm;text-align:{b.pick('center', 'left')};{under}"),
                div(y, style=f"padding:1mm;text-align:{align}"),
                style=f"flex:1;{frame}",
            )
            for x, y in zip(labels, sums, strict=True)
        ]
        return div(*boxes, style=f"display:flex;gap:{gap};margin:3mm 0")
    cells = "".join(
        f'<td style="{_cell(b)};text-align:{b.pick("center", "left")}">{x}<br>{y}</td>'
        for x, y in zip(labels, sums, strict=True)
    )
    return f'<table style="width:100%;margin:3mm 0"><tr>{cells}</tr></table>'


def items(b: Blocks, count: int = 0, *, wrap: bool = False) -> str:
    """A table of goods or of movements; ``wrap`` makes the text cell narrow."""
    count = count or b.rng.randint(2, 7)
    rule = b.pick(f"border:{b.rule}", f"border-bottom:{b.rule}", f"border:{b.rule}", "")
    pad = f"padding:{b.rng.uniform(0.5, 1.6):.1f}mm {b.rng.uniform(1, 3):.1f}mm"
    at = b.pick("middle", "middle", "top")
    ground = b.pick("", "background:#eee", f"border-bottom:{b.rule}", f"border-top:{b.rule};border-bottom:{b.rule}")
    width = f"width:{b.rng.randint(22, 34)}mm" if wrap else b.pick("width:40%", "width:32%", "")
    kind = b.rng.randrange(5)
    if kind == 4:  # words in every cell
        rule = rule or f"border-bottom:{b.rule}"
        head = b.pick("項目|内容", "課題|対応", "質問|回答", "改定前|改定後", "区分|説明|備考").split("|")
        long = [b.rng.choice((6, 16, 24)) for _ in head]
        rows = [[b.words.sentence()[:most] for most in long] for _ in range(count)]
        texts = set(range(len(head)))
    elif kind == 3:  # what is delivered or checked has no price
        head = b.pick("品名|数量", "品名|数量|備考", "内容|金額", "No.|品名|数量").split("|")
        rows = [
            [{"品名": g, "内容": g, "数量": f"{q} {u}", "金額": a, "No.": b.words.code(), "備考": ""}[h] for h in head]
            for g, q, u, _, a in b.words.goods(count)
        ]
        texts = {i for i, h in enumerate(head) if h not in ("数量", "金額")}
    elif kind == 0:
        head = ["品名", "数量", "単位", "単価", "金額"]
        rows = [list(row) for row in b.words.goods(count)]
        texts = {0, 2}
    elif kind == 1:
        head = b.pick("日付|摘要|売上|入金|残高", "日付|摘要|借方|貸方|残高", "日付|伝票No.|品名|数量|金額").split("|")
        rows = []
        for _ in range(count):
            goods = b.words.goods(1)[0][0]
            if head[1] == "摘要":
                rows.append(
                    [
                        b.words.short_day(),
                        goods,
                        *(b.words.yen() if b.chance(0.6) else "" for _ in range(2)),
                        b.words.yen(),
                    ]
                )
            else:
                rows.append([b.words.short_day(), b.words.code(), goods, str(b.rng.randint(1, 90)), b.words.yen()])
        texts = {0, 1, 2} if head[1] != "摘要" else {0, 1}
    else:
        head = b.words.headers(b.rng.randint(3, 5))
        rows = [[b.words.value(h)[:14] if b.chance(0.85) else "" for h in head] for _ in range(count)]
        texts = set(range(len(head)))
    if wrap:
        spot = min(texts, key=lambda i: -len(rows[0][i]))
        for row in rows:
            row[spot] = row[spot] + b.pick("", "(" + b.words.goods(1)[0][0] + ")", " " + b.words.sentence())
    else:
        spot = 0
    if b.chance(0.3):
        head, texts, spot = ["No.", *head], {t + 1 for t in texts} | {0}, spot + 1
        rows = [[str(n), *row] for n, row in enumerate(rows, 1)]
    top = "".join(
        f'<th style="{rule};{ground};{pad};{width if i == spot else ""}">{h}</th>' for i, h in enumerate(head)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{rule};{pad};vertical-align:{at};'
            f'{"" if i in texts else "text-align:right;white-space:nowrap"}">{x}</td>'
            for i, x in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    blank = "".join(
        "<tr>" + f'<td style="{rule};{pad}">&nbsp;</td>' * len(head) + "</tr>"
        for _ in range(b.rng.choice((0, 0, 0, 2)))
    )
    shown = "" if b.chance(0.3 if kind == 4 else 0.05) else f"<tr>{top}</tr>"
    return f'<table style="width:100%;margin:2mm 0">{shown}{body}{blank}</table>'


def sums(b: Blocks) -> str:
    """Subtotal, tax and total, one below the other."""
    rule = b.pick(f"border:{b.rule}", f"border-bottom:{b.rule}", "")
    pad = f"{rule};padding:.8mm 3mm"
    rows = "".join(
        f'<tr><td style="{pad}">{label}</td>'
        f'<td style="{pad};text-align:right;white-space:nowrap">{b.words.yen()}</td></tr>'
        for label in b.words.sums(b.rng.randint(2, 4))
    )
    for rate in (10, 8):
        if b.chance(0.25):
            value = f'<td style="{pad};text-align:right">{{}}</td>'
            rows += f'<tr><td style="{pad}">{rate}%対象</td>{value.format(b.words.yen())}'
            rows += f'<td style="{pad}">消費税</td>{value.format(b.words.yen())}</tr>' if b.chance(0.6) else "</tr>"
    return f'<table style="min-width:{b.rng.randint(45, 75)}mm;{b.pick("", "margin-left:auto")}">{rows}</table>'


def bank(b: Blocks) -> str:
    """Where to pay."""
    name, branch, kind, number, holder = b.words.bank()
    label = b.pick("お振込先", "振込先", "【お振込先】", "お支払先口座")
    texts = b.rng.choice(
        (
            (label, f"{name} {branch}", f"{kind} {number}", holder),
            (f"{label} {name} {branch} {kind} {number}", f"口座名義 {holder}"),
            (f"{label}: {name}", f"{branch} {kind}預金 {number}", f"名義 {holder}", b.words.sentence()),
        )
    )
    frame = b.pick("", f"border:{b.rule};padding:2mm 3mm", f"border-left:{b.rule};padding-left:3mm")
    if b.chance(0.25):
        rows = zip(("金融機関", "支店", "種目", "口座番号", "名義"), (name, branch, kind, number, holder), strict=True)
        return (
            "<table>"
            + "".join(f'<tr><td style="{_cell(b)}">{k}</td><td style="{_cell(b)}">{v}</td></tr>' for k, v in rows)
            + "</table>"
        )
    return lines(*texts, style=frame)


def notes(b: Blocks) -> str:
    """Small print."""
    mark = b.pick("", "※", "・", "* ")
    texts = [mark + b.words.sentence() for _ in range(b.rng.randint(1, 4))]
    head = [b.pick("備考", "【ご注意】", "お願い", "摘要")] if b.chance(0.4) else []
    frame = b.pick("", "", f"border:{b.rule};padding:2mm 3mm;min-height:16mm")
    return lines(*head, *texts, style=f"font-size:{b.rng.uniform(0.75, 0.95):.2f}em;{frame}")


def stamps(b: Blocks) -> str:
    """Boxes for seals, with what they are for above them or inside."""
    names = b.rng.sample(
        ("承認", "確認", "担当", "部長", "課長", "係", "社長", "検印", "受付", "照査"), b.rng.randint(2, 4)
    )
    size = b.rng.randint(13, 18)
    place = b.pick("margin-left:auto", "float:right;margin:0 0 2mm 4mm", "")
    if b.chance(0.5):
        head = "".join(f'<td style="{_cell(b)};font-size:.75em;text-align:center">{n}</td>' for n in names)
        low = "".join(
            f'<td style="{_cell(b)};height:{size}mm;width:{size}mm;'
            f'text-align:center">{b.words.person()[:2] if b.chance(0.3) else ""}</td>'
            for _ in names
        )
        return f'<table style="{place}"><tr>{head}</tr><tr>{low}</tr></table>'
    cells = "".join(
        f'<td style="border:{b.rule};width:{size}mm;height:{size}mm;vertical-align:top;text-align:center;'
        f'font-size:.75em">{n}</td>'
        for n in names
    )
    return f'<table style="{place}"><tr>{cells}</tr></table>'


def prose(b: Blocks, sentences: int = 0) -> str:
    """A paragraph or two."""
    count = sentences or b.rng.randint(2, 6)
    indent = b.pick("", "text-indent:1em;")
    parts = [
        f'<p style="margin:0 0 {b.mm(0, 3)};{indent}">{b.words.prose(count)}</p>' for _ in range(b.rng.randint(1, 2))
    ]
    head = (
        f"<h3 style='margin:0 0 1mm;font-size:{b.rng.uniform(1, 1.3):.2f}em'>{b.words.sentence()[:12]}</h3>"
        if b.chance(0.3)
        else ""
    )
    return div(head, *parts)


def total(b: Blocks) -> str:
    """The one sum that matters, large."""
    label = b.pick("ご請求金額", "合計金額", "お支払金額", "今回ご請求額", "領収金額", "金額")
    size = f"font-size:{b.rng.uniform(1.2, 1.9):.2f}em"
    frame = b.pick(f"border-bottom:{b.rule}", f"border:{b.rule};padding:2mm 4mm", "background:#f2f2f2;padding:2mm")
    value = b.words.big_yen()
    if b.chance(0.3):
        return div(div(label, style="font-size:.85em"), div(value, style=size), style=f"{frame};min-width:50mm")
    keep = b.pick("display:flex;justify-content:space-between", "display:inline-block", "text-align:center")
    return div(
        f"<span>{label}</span> <span style='margin-left:{b.mm(1, 12)}'>{value}</span>",
        style=f"{frame};{size};{keep};min-width:70mm",
    )


def contact(b: Blocks) -> str:
    """A short block for footers."""
    c = b.words.company()
    texts = [
        b.pick("本社", "営業所", "お問い合わせ", "工場", "コールセンター"),
        c.address,
        f"TEL {c.phone}",
        b.pick("", "平日9:00〜17:30"),
    ]
    return lines(*texts, style=f"font-size:{b.rng.uniform(0.72, 0.9):.2f}em")


Block = Callable[[Blocks], str]
ANY: Sequence[Block] = (
    recipient,
    sender,
    dates,
    pairs,
    balances,
    items,
    sums,
    bank,
    notes,
    stamps,
    prose,
    total,
    contact,
)
NARROW: Sequence[Block] = (recipient, sender, dates, pairs, sums, bank, notes, stamps, prose, total, contact)
"""Those that fit into half a page."""
