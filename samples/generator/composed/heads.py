"""What composed pages begin with: blocks side by side and one below the other, rows of labelled values."""

from __future__ import annotations

from samples.generator.composed import blocks as x
from samples.generator.composed.arranging import floated, pushed, side, stack
from samples.generator.composed.blocks import Blocks, div, lines


def above(b: Blocks) -> str:
    """What letters and forms begin with: title, day and number, whom it is to, who it is from."""
    to, of, when, title = x.recipient(b), x.sender(b), x.dates(b), x.heading(b)
    low = row(b) if b.chance(0.3) else ""
    kind = b.rng.randrange(15)
    if kind > 11:
        return head(b) + row(b) if kind == 12 else stack(b, head(b), row(b), title if kind == 13 else "")
    if kind == 0:
        return stack(b, title, pushed(b, when), side(b, to, of) + low)
    if kind == 1:
        return stack(b, pushed(b, when), to, pushed(b, of), title)
    if kind == 2:
        return stack(b, pushed(b, when), side(b, to, of) + low, title)
    if kind == 3:
        return stack(b, title, side(b, to, stack(b, when, of)))
    if kind == 4:
        return stack(b, side(b, of, title if b.chance(0.5) else when), to, title if b.chance(0.5) else "")
    if kind == 5:
        return stack(
            b,
            title,
            side(b, stack(b, to, x.prose(b, 1), x.total(b) if b.chance(0.5) else ""), stack(b, of, when)) + low,
        )
    if kind == 6:
        return stack(b, side(b, title, when), side(b, to, of) + low)
    if kind == 7:
        top = div(title, div(when, style=f"position:absolute;right:0;top:{b.mm(0, 4)}"), style="position:relative")
        return stack(b, top, b.rng.choice((side(b, to, of), stack(b, to, pushed(b, of)))))
    if kind == 8:
        return stack(b, title, to, pushed(b, stack(b, when, of)))
    if kind == 9:
        return stack(b, to, title, side(b, x.pairs(b, 4), of))
    if kind == 10:
        flows = lines(*(f"{k}: {b.words.value(k)}" for k in b.words.labels(b.rng.randint(1, 3))))
        return stack(
            b,
            title,
            b.rng.choice((side(b, to, of), to)),
            floated(b, x.stamps(b), flows, x.total(b) if b.chance(0.5) else ""),
        )
    return stack(b, pushed(b, lines(b.words.day())), title, side(b, to, of), row(b))


def row(b: Blocks) -> str:
    """Labelled values side by side on one row: loose, underlined, in columns of one width or in ruled cells."""
    labels = b.words.labels(b.rng.choice((2, 2, 3, 3, 4, 5)))
    gap = b.pick(" ", ": ", "\u3000")
    values = [b.words.value(label)[: b.rng.randint(8, 18)] for label in labels]
    size = f"font-size:{b.rng.uniform(0.75, 1):.2f}em"
    kind = b.rng.randrange(5)
    if kind == 0:
        rule = f"border:{b.rule};padding:{b.rng.uniform(0.5, 1.5):.1f}mm 2mm;white-space:nowrap"
        cells = "".join(
            f'<td style="{rule}">{k}</td><td style="{rule}">{v}</td>' for k, v in zip(labels, values, strict=True)
        )
        return f'<table style="{b.pick("width:100%", "")};{size}"><tr>{cells}</tr></table>'
    place = "flex:1" if kind == 1 else ""
    under = f"border-bottom:{b.rule}" if b.chance(0.3) else ""
    spans = "".join(
        f'<span style="white-space:nowrap;{place};{under}">{k}{gap}{v}</span>'
        for k, v in zip(labels, values, strict=True)
    )
    keep = b.pick("space-between", "flex-start", "flex-start")
    return div(spans, style=f"display:flex;gap:{b.mm(4, 9)};justify-content:{keep};{size}")


def _addressee(b: Blocks) -> str:
    if b.chance(0.35):
        return x.recipient(b)
    to = f"{b.pick(b.words.company().name, b.words.ours(), b.words.person())} {b.pick('御中', '様', '殿')}"
    under = [b.words.sentence()] if b.chance(0.6) else []
    if b.chance(0.25):
        under.insert(0, f"登録番号 {b.words.registration()}")
    named = div(f'<span style="{b.pick("", f"border-bottom:{b.rule}")}">{to}</span>', style="font-size:1.1em")
    return named + lines(*under, style=f"font-size:{b.rng.uniform(0.8, 1):.2f}em;margin-top:{b.mm(0, 3)}")


def _name_of_page(b: Blocks) -> str:
    under = b.rng.choice((x.total, x.dates, None, None))
    return stack(b, x.heading(b), under(b) if under else "")


def _issuer(b: Blocks) -> str:
    return b.rng.choice((x.sender, x.sender, x.contact))(b)


def head(b: Blocks) -> str:
    """Two to four blocks side by side, in any order that is read from the left."""
    pool = [_addressee, _name_of_page, _issuer]
    count = b.rng.choice((2, 3, 3, 3, 4))
    if count == 2:
        pool.remove(b.rng.choice(pool))
    if count == 4:
        pool.insert(b.rng.randrange(1, 4), b.rng.choice((x.dates, x.stamps, x.notes)))
    if b.chance(0.3):
        b.rng.shuffle(pool)
    parts = [draw(b) for draw in pool]
    if b.chance(0.2):
        rule = b.pick(f"border:{b.rule}", "", "")
        cells = "".join(f'<td style="{rule};vertical-align:top;padding:1mm 3mm">{part}</td>' for part in parts)
        return f'<table style="width:100%"><tr>{cells}</tr></table>'
    if b.chance(0.25):
        low = b.mm(0, 9)
        number = b.rng.randrange(len(parts))
        parts[number] = div(parts[number], style=f"padding-top:{low}")
    weights = [b.rng.uniform(0.7, 1.4) for _ in parts]
    columns = (div(part, style=f"flex:{w:.2f} 1 0;min-width:0") for part, w in zip(parts, weights, strict=True))
    return div(*columns, style=f"display:flex;gap:{b.mm(3, 12)};margin-bottom:{b.mm(0, 4)}")


def feet(b: Blocks) -> str:
    """Columns whose last lines stand on one row and yet belong to their columns."""
    parts = []
    for _ in range(b.rng.choice((2, 3))):
        label = b.words.labels(1)[0]
        top = b.rng.choice((x.contact, x.dates, _addressee, x.notes))(b)
        foot = lines(f"{label}{b.pick(' ', ': ')}{b.words.value(label)[:14]}")
        parts.append(
            div(top, foot, style="display:flex;flex-direction:column;justify-content:space-between;flex:1;min-width:0")
        )
    return div(*parts, style=f"display:flex;gap:{b.mm(5, 12)};align-items:stretch")
