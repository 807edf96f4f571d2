"""Families of composed pages: forms whose head, foot or cells stand side by side."""

from __future__ import annotations

from samples.generator.composed import blocks as x
from samples.generator.composed.arranging import boxed, side, stack
from samples.generator.composed.blocks import Blocks, div, lines
from samples.generator.composed.heads import above, feet, head, row


def heads_over_rows(b: Blocks) -> str:
    """A head of blocks side by side, rows of labelled values from side to side, then a table."""
    rows = [row(b) for _ in range(b.rng.choice((1, 1, 1, 1, 1, 2)))]
    top = head(b) if b.chance(0.85) else feet(b)
    parts = [top, *rows]
    if b.chance(0.15):
        parts = [rows[0], top, *rows[1:]]
    if b.chance(0.15):
        parts = [top, x.heading(b), *rows]
    lead = lines(b.words.sentence()) if b.chance(0.25) else ""
    body = b.rng.choice((x.items, x.items, x.items, x.pairs, x.prose, x.balances))(b)
    tail = b.rng.choice((x.notes, x.sums, lambda b: side(b, x.bank(b), x.sums(b)), lambda _: ""))(b)
    close = b.chance(0.5)
    whole = "".join(parts) if close else stack(b, *parts)
    return div(whole, style=f"margin-bottom:{b.mm(1, 5)}") + stack(b, lead, body, tail)


def wide_heads(b: Blocks) -> str:
    """The same on paper that is wider than high."""
    return heads_over_rows(b)


def _list(b: Blocks, least: int, most: int) -> str:
    """Lines of one pitch."""
    name, branch, kind, number, holder = b.words.bank()
    c = b.words.company()
    every = b.rng.choice(
        (
            [b.pick("お振込先", "お支払先"), f"{name} {branch}", f"{kind} {number}", holder, b.words.sentence()],
            [b.words.sentence() for _ in range(most)],
            [f"{k}: {b.words.value(k)[:16]}" for k in b.words.labels(most)],
            [f"{rate}%対象 {b.words.yen()} (消費税 {b.words.yen()})" for rate in (10, 8)] + ["※は軽減税率対象です。"],
            [c.name, f"〒{c.zip_code}", c.address, f"TEL {c.phone}", f"FAX {c.fax}"],
        )
    )
    return lines(*every[: b.rng.randint(least, most)], style=f"font-size:{b.rng.uniform(0.8, 1):.2f}em")


def lists_at_the_foot(b: Blocks) -> str:
    """A form with two or three plain lists side by side at its foot, one of them short."""
    parts = [_list(b, 3, 6), _list(b, 1, 3)]
    if b.chance(0.3):
        parts.reverse()
    if b.chance(0.2):
        parts.insert(b.rng.randrange(3), _list(b, 1, 5))
    if b.chance(0.25):
        number = b.rng.randrange(len(parts))
        parts[number] = div(parts[number], style=f"padding-top:{b.rng.choice((0.7, 1.5, 3))}em")
    wide = f"width:{b.rng.randint(60, 90)}mm"
    first, *others = (div(part) for part in parts)
    foot = div(
        div(first, style=b.pick("", wide, "flex:1")),
        *(div(part, style="flex:1;min-width:0") for part in others),
        style=f"display:flex;gap:{b.mm(5, 22)}",
    )
    last = b.rng.choice((x.notes, x.stamps, lambda _: "", lambda _: ""))(b)
    return stack(b, above(b), x.items(b), x.sums(b) if b.chance(0.3) else "", foot, last)


def boxed_form(b: Blocks) -> str:
    """A form in ruled cells: sections named at the left, labels, values, boxes for seals, notes below."""
    rule = f"border:{b.rule}"
    pad = f"padding:{b.rng.uniform(0.8, 2):.1f}mm {b.rng.uniform(1, 3):.1f}mm"
    rows = []
    for name in b.rng.sample(
        ("申請者", "届出人", "支払先", "物件", "内訳", "振込先", "勤務先", "理由"), b.rng.randint(1, 4)
    ):
        labels = b.words.labels(b.rng.randint(2, 4))
        upright = b.chance(0.5)
        shown = "<br>".join(name) if upright else name
        for number, label in enumerate(labels):
            section = f'<td rowspan="{len(labels)}" style="{rule};{pad};text-align:center">{shown}</td>'
            cells = f'<td style="{rule};{pad}">{label}</td>'
            if b.chance(0.3):
                other = b.words.labels(1)[0]
                cells += (
                    f'<td style="{rule};{pad}">{b.words.value(label)[:14]}</td><td style="{rule};{pad}">{other}</td>'
                )
                cells += f'<td style="{rule};{pad}">{b.words.value(other)[:14]}</td>'
            else:
                value = b.words.value(label) if b.chance(0.85) else b.words.prose(1)
                cells += f'<td colspan="3" style="{rule};{pad}">{value}</td>'
            rows.append(f"<tr>{section if number == 0 else ''}{cells}</tr>")
    grid = f'<table style="width:100%">{"".join(rows)}</table>'
    top = b.rng.choice(
        (
            lambda: side(b, x.heading(b), x.stamps(b)),
            lambda: stack(b, x.heading(b), row(b)),
            lambda: stack(b, side(b, x.dates(b), x.stamps(b)), x.heading(b)),
            lambda: above(b),
        )
    )()
    tail = b.rng.choice((x.notes, lambda b: side(b, x.notes(b), x.stamps(b)), lambda b: boxed(b, x.prose(b, 2))))(b)
    return stack(b, top, lines(b.words.sentence()) if b.chance(0.4) else "", grid, tail)
