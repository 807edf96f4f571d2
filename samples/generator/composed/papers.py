"""Families of composed pages that explain: questions, answers, journal entries, formulas, diagrams, notes."""

from __future__ import annotations

from samples.generator.composed import blocks as x
from samples.generator.composed.arranging import side, stack
from samples.generator.composed.blocks import Blocks, div, lines
from samples.generator.composed.phrases import ACCOUNTS, STEPS

_SPREAD = "display:inline-block;text-align-last:justify;width:{}mm"
"""Names of accounts are spread over their column."""


def _account(b: Blocks, width: int) -> str:
    name = b.rng.choice(ACCOUNTS)
    return f'<span style="{_SPREAD.format(width)}">{name}</span>' if width else name


def journal(b: Blocks) -> str:
    """Entries of a journal: what is debited and credited, row by row."""
    width = b.rng.choice((0, 24, 28, 32))
    yen = b.pick(" 円", "円", "")
    frame = b.pick("", "", "", f"border:{b.rule}")
    pad = f"{frame};padding:{b.rng.uniform(0.3, 1.3):.1f}mm {b.rng.uniform(1, 4):.1f}mm"
    debit, credit = b.rng.choice((("(借方)", "(貸方)"), ("(借)", "(貸)"), ("借方", "貸方"), ("", "")))
    entries = []
    for name in b.rng.sample(STEPS, b.rng.randint(1, 3)):
        left, right = b.rng.choice(((1, 1), (1, 2), (2, 1), (2, 1), (2, 2), (3, 2), (3, 3)))
        rows = []
        for number in range(max(left, right)):
            cells = ""
            for count, side_name in ((left, debit), (right, credit)):
                filled = number < count
                amount = f"{b.words.amount(high=20_000_000):,}{yen}"
                cells += (
                    f'<td style="{pad};white-space:nowrap">{side_name if number == 0 else ""}</td>' if debit else ""
                )
                cells += f'<td style="{pad};white-space:nowrap">{_account(b, width) if filled else ""}</td>'
                cells += f'<td style="{pad};white-space:nowrap;text-align:right">{amount if filled else ""}</td>'
            rows.append(f"<tr>{cells}</tr>")
        if not debit:
            head = "".join(
                f'<td style="{pad}">{label}</td>'
                for label in ("借方科目", b.pick("金額", "借方金額"), "貸方科目", "金額")
            )
            rows.insert(0, f"<tr>{head}</tr>")
        wide = b.pick("width:100%", f"margin-left:{b.mm(0, 12)}")
        table = f'<table style="{wide}">{"".join(rows)}</table>'
        entries.append(lines(b.pick("〔{}〕", "[{}]", "・{}", "{}").format(name)) + table)
    return "".join(entries)


def _levels(b: Blocks) -> str:
    """A table with a head of two levels."""
    cell = f"border:{b.rule};padding:{b.rng.uniform(0.4, 1.4):.1f}mm 2mm;text-align:center"
    groups = [
        (name, b.rng.sample(("減", "増", "留保", "社外流出", "件数", "金額", "前期", "当期"), 2))
        for name in b.words.headers(3)
    ]
    top, low, columns = "", "", 1
    top += f'<td rowspan="2" style="{cell}">{b.pick("区分", "区　　分", "科目", "項目")}</td>'
    for name, parts in groups:
        if b.chance(0.5):
            top += f'<td rowspan="2" style="{cell}">{name if b.chance(0.7) else name + "<br>" + parts[0]}</td>'
            columns += 1
        else:
            top += f'<td colspan="2" style="{cell}">{name}</td>'
            low += "".join(f'<td style="{cell}">{part}</td>' for part in parts)
            columns += 2
    rows = ""
    for _ in range(b.rng.randint(1, 4)):
        name = b.rng.choice(ACCOUNTS) + b.pick("", "超過額", "限度額<br>の損金算入額")
        values = "".join(
            f'<td style="{cell};text-align:right">{b.words.yen() if b.chance(0.6) else ""}</td>'
            for _ in range(columns - 1)
        )
        rows += f'<tr><td style="{cell};text-align:left">{name}</td>{values}</tr>'
    return f'<table style="width:{b.rng.randint(80, 100)}%"><tr>{top}</tr><tr>{low}</tr>{rows}</table>'


def formula(b: Blocks) -> str:
    """A sum in words: terms in brackets or frames, fractions and signs side by side, each read wholly."""

    def term() -> str:
        texts = [b.rng.choice(ACCOUNTS) + b.pick("の額", "の合計額", "等に"), b.pick("係る金額", "対する税額", "")]
        frame = b.pick(
            f"border:{b.rule}", "border-left:.3mm solid #333;border-right:.3mm solid #333;border-radius:3mm", ""
        )
        return lines(*texts, style=f"{frame};padding:1mm 2mm;text-align:center")

    def fraction() -> str:
        above, below = b.rng.choice((("7.8", "110"), ("80", "100"), ("10", "110"), ("当期の日数", "365"), ("1", "12")))
        return div(div(above, style=f"border-bottom:{b.rule};padding:0 1mm"), div(below), style="text-align:center")

    parts = [term()]
    for _ in range(b.rng.randint(1, 3)):
        parts += [div(b.pick("×", "＋", "−", "÷")), (term if b.chance(0.4) else fraction)()]
    parts += [div("＝"), term()]
    return div(*parts, style=f"display:flex;align-items:center;gap:{b.mm(1, 5)};margin:{b.mm(0, 3)} {b.mm(0, 8)}")


def flow(b: Blocks) -> str:
    """Boxes with arrows between them; what stands in a box is read wholly."""
    sign = b.pick("→", "⇒", "▶", "")
    frame = b.pick(f"border:{b.rule}", f"border:{b.rule};border-radius:2mm", "background:#eee")
    boxes: list[str] = []
    for number in range(b.rng.randint(2, 4)):
        if number and sign:
            boxes.append(div(sign))
        texts = [b.rng.choice(STEPS), *(b.words.sentence()[: b.rng.randint(5, 14)] for _ in range(b.rng.randint(0, 2)))]
        boxes.append(lines(*texts, style=f"{frame};padding:1.5mm 2mm;text-align:center;flex:1"))
    align = b.pick("center", "stretch", "flex-start")
    return div(*boxes, style=f"display:flex;align-items:{align};gap:{b.mm(2, 6)};margin:{b.mm(1, 4)} 0")


def timeline(b: Blocks) -> str:
    """Days along a line, names of spans below them, and what holds in each."""
    count = b.rng.randint(3, 4)
    size = f"font-size:{b.rng.uniform(0.7, 0.95):.2f}em"
    dashed = f"border-left:{b.pick('.2mm dashed #555', b.rule, '0')}"

    def cells(texts: list[str], style: str) -> str:
        return div(*(div(text, style=f"flex:1;min-width:0;{style}") for text in texts), style=f"display:flex;{size}")

    days = cells([b.words.day() for _ in range(count)], "")
    bar = div("", style=f"border-top:.5mm solid #333;margin:{b.mm(1, 4)} 0")
    spans = cells([f"{b.rng.randint(2, 6)}年間" for _ in range(count)], "text-align:center")
    told = cells(
        [
            lines(
                b.words.sentence()[:12],
                b.words.sentence()[: b.rng.randint(4, 12)],
                b.pick("", f"{b.rng.randint(1, 9)}0%"),
            )
            for _ in range(count)
        ],
        f"{dashed};padding:0 1.5mm",
    )
    parts = [days, bar, spans, told] if b.chance(0.6) else [days, bar, told]
    if b.chance(0.3):
        parts.insert(0, cells([b.rng.choice(STEPS) for _ in range(count)], "padding:0 1mm"))
    return "".join(div(part, style=f"margin-bottom:{b.mm(0.5, 3)}") for part in parts)


def _frame(b: Blocks, *parts: str) -> str:
    rule = b.pick(f"border:{b.rule}", f"border:{b.rule}", "border:.2mm dashed #444", "")
    return div(stack(b, *parts), style=f"{rule};padding:{b.mm(2, 5)};margin-bottom:{b.mm(1, 5)}")


def questions(b: Blocks) -> str:
    """Questions in a frame, their entries and figures, answers and why."""
    number = b.rng.randint(1, 40)
    head = b.pick("問", "Q", "質問")
    asked = x.prose(b, b.rng.randint(2, 6))
    show = (journal, journal, formula, _levels, timeline, flow)
    parts = [
        _frame(
            b, lines(f"{head}{number}") if b.chance(0.5) else "", asked, b.rng.choice(show)(b) if b.chance(0.6) else ""
        )
    ]
    parts += [lines(b.pick("【回答】", "答", "A", "(回答)")), x.prose(b, b.rng.randint(1, 3))]
    for _ in range(b.rng.randint(0, 2)):
        parts += [lines(f"{b.pick('・', '(1) ', '図 ', '表 ')}{b.words.title()}"), b.rng.choice(show)(b)]
    parts += [lines(b.pick("【解説】", "(理由)", "※")), x.prose(b, b.rng.randint(2, 5))]
    if b.chance(0.3):
        parts.append(_frame(b, x.prose(b, 3), b.rng.choice(show)(b)))
    foot = div(b.pick("- {} -", "{}", "−{}−").format(number), style="text-align:center")
    return stack(b, *parts, foot if b.chance(0.6) else "")


def journal_slip(b: Blocks) -> str:
    """A voucher or a page of the journal."""
    top = b.rng.choice((lambda: side(b, x.heading(b), x.dates(b)), lambda: side(b, x.heading(b), x.stamps(b))))()
    low = x.notes(b) if b.chance(0.5) else x.prose(b, 2)
    return stack(b, top, journal(b), low, journal(b) if b.chance(0.4) else "")


def memo(b: Blocks) -> str:
    """A note within the house with a diagram between paragraphs."""
    draw = b.rng.sample((flow, timeline, formula, flow), 2)
    caption = div(f"図{b.rng.randint(1, 9)} {b.words.title()}", style=f"text-align:{b.pick('center', 'left')}")
    parts = [x.prose(b), *([caption, draw[0](b)] if b.chance(0.5) else [draw[0](b), caption]), x.prose(b)]
    if b.chance(0.4):
        parts += [draw[1](b), x.notes(b)]
    return stack(b, side(b, x.heading(b), x.dates(b)) if b.chance(0.5) else x.heading(b), *parts)


def notes_in_the_margin(b: Blocks) -> str:
    """Prose with words in its margin: what a paragraph is about, beside it, or notes in a column of their own."""
    width = b.rng.randint(22, 45)
    small = f"font-size:{b.rng.uniform(0.72, 0.95):.2f}em"
    if b.chance(0.55):  # each beside its paragraph
        rows = [
            div(
                div(b.words.sentence()[: b.rng.randint(3, 9)], style=f"width:{width}mm;flex:none;{small}"),
                div(x.prose(b, b.rng.randint(1, 4)), style="flex:1;min-width:0"),
                style=f"display:flex;gap:{b.mm(3, 9)};margin-bottom:{b.mm(1, 5)}",
            )
            for _ in range(b.rng.randint(3, 6))
        ]
        return stack(b, x.heading(b), x.dates(b) if b.chance(0.4) else "", *rows)
    text = stack(b, *(x.prose(b, b.rng.randint(2, 5)) for _ in range(b.rng.randint(2, 4))))
    told = [x.notes(b), b.rng.choice((x.contact, x.pairs, x.notes, x.dates))(b)]
    rule = f"border-left:{b.pick(b.rule, '0')};padding-left:3mm"
    columns = [
        div(text, style="flex:1;min-width:0"),
        div(stack(b, *told), style=f"width:{width + 12}mm;{small};{rule}"),
    ]
    return stack(b, x.heading(b), div(*columns, style=f"display:flex;gap:{b.mm(4, 10)}"))


def tables_in_columns(b: Blocks) -> str:
    """Two columns of a report, each with a heading, a paragraph, a small table and notes of its own."""

    def column() -> str:
        rows = "".join(
            f'<tr><td style="border-bottom:{b.rule};padding:.8mm">{name}</td>'
            f'<td style="border-bottom:{b.rule};padding:.8mm;text-align:right">{b.words.yen()}</td></tr>'
            for name in b.rng.sample(ACCOUNTS, b.rng.randint(2, 6))
        )
        table = f'<table style="width:100%;margin:2mm 0">{rows}</table>'
        parts = [x.prose(b, b.rng.randint(1, 3)), table, b.rng.choice((x.notes, x.sums, x.prose, lambda _: ""))(b)]
        if b.chance(0.3):
            b.rng.shuffle(parts)
        head = lines(f"{b.pick('1. ', '■', '')}{b.words.title()}", style="font-weight:bold")
        return stack(b, head, *parts)

    tail = b.rng.choice((x.items, x.notes, lambda _: ""))(b)
    return stack(b, x.heading(b), side(b, column(), column(), even=True), tail)
