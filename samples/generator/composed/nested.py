"""Families in which blocks stand in blocks: stacks and pairs drawn again and again, rows of one pitch side by side."""

from __future__ import annotations

from samples.generator.composed import blocks as x
from samples.generator.composed.arranging import boxed, pushed, side, stack
from samples.generator.composed.blocks import Blocks, div, lines
from samples.generator.composed.heads import above


def _texts(b: Blocks, least: int, most: int) -> list[str]:
    """Lines of an address, of labelled values or of short sentences."""
    c = b.words.company()
    kind = b.rng.randrange(4)
    if kind == 0:
        every = [c.name, f"〒{c.zip_code}", c.address, c.building, f"TEL {c.phone}", f"FAX {c.fax}", f"担当 {c.person}"]
        b.rng.shuffle(every)
    elif kind == 1:
        gap = b.pick(": ", ":", " ", "\u3000")
        every = [f"{label}{gap}{b.words.value(label)}" for label in b.words.labels(most)]
    elif kind == 2:
        every = [b.words.prose(1)[: b.rng.randint(8, 30)] for _ in range(most)]
    else:
        to = f"{b.words.ours()} {b.pick('御中', '様')}"
        every = [to, f"〒{c.zip_code}", c.address, c.building, c.person, c.phone]
    return [text for text in every if text][: b.rng.randint(least, most)]


def _set_close(b: Blocks) -> str:
    """A block whose rows have the pitch of the page: beside another one, all white runs from side to side."""
    align = b.pick("left", "left", "left", "right")
    large = b.rng.randrange(4) if b.chance(0.3) else None
    texts = [
        f'<span style="font-size:1.2em;line-height:1">{text}</span>' if number == large else text
        for number, text in enumerate(_texts(b, 2, 7))
    ]
    return lines(*texts, style=f"text-align:{align}")


def _close_pair(b: Blocks) -> str:
    """Two blocks of rows side by side; one may begin lower."""
    parts = [_set_close(b), _set_close(b)]
    if b.chance(0.3):
        parts[b.rng.randrange(2)] += _set_close(b)
    if b.chance(0.25):
        number = b.rng.randrange(2)
        parts[number] = div(parts[number], style=f"margin-top:{b.rng.choice((1, 1, 2, 3)) * 1.5:.1f}em")
    widths = b.pick("", "width:86mm", "min-width:70mm", "max-width:48%")
    cells = [div(part, style=widths) if widths else div(part) for part in parts]
    return div(*cells, style=f"display:flex;justify-content:space-between;gap:{b.mm(5, 20)};margin:{b.mm(0, 3)} 0")


def close_pairs(b: Blocks) -> str:
    """A form's head of close blocks side by side, lines above and below at the same pitch, and a table."""
    parts = [x.heading(b)] if b.chance(0.7) else []
    if b.chance(0.4):
        parts.append(lines(*_texts(b, 1, 3), style=f"text-align:{b.pick('left', 'right')}"))
    parts.append(_close_pair(b))
    parts.append(lines(*_texts(b, 1, 3)) if b.chance(0.6) else "")
    if b.chance(0.35):
        parts.append(_close_pair(b))
    if b.chance(0.5):
        parts.insert(b.rng.randrange(len(parts)), x.heading(b))
    tail = [x.items(b) if b.chance(0.7) else x.pairs(b), x.notes(b) if b.chance(0.5) else ""]
    if b.chance(0.5):
        tail.insert(1, side(b, x.sums(b), x.bank(b)) if b.chance(0.4) else x.sums(b))
    margin = b.mm(0, 5)
    return "".join(div(part, style=f"margin-bottom:{margin}") for part in (*parts, *tail) if part)


def _piece(b: Blocks, depth: int) -> str:
    kind = b.rng.random()
    if depth == 0 or kind < 0.3:
        return b.rng.choice((*x.NARROW, _set_close, _set_close))(b)
    if kind < 0.62:
        return stack(b, *(_piece(b, depth - 1) for _ in range(b.rng.randint(2, 3))))
    if kind < 0.92:
        return side(b, *(_piece(b, depth - 1) for _ in range(b.rng.choice((2, 2, 2, 3)))), even=b.chance(0.4))
    return boxed(b, _piece(b, depth - 1))


def nested(b: Blocks) -> str:
    """Stacks of pairs of stacks."""
    parts = [above(b)] if b.chance(0.4) else [x.heading(b)]
    for _ in range(b.rng.randint(2, 4)):
        parts.append(_piece(b, 2))
        if b.chance(0.2):
            parts.append(b.rng.choice(x.ANY)(b))
    return stack(b, *parts)


def stub_at_the_side(b: Blocks) -> str:
    """A voucher with its narrow stub, divided by a cut from top to bottom."""
    title = b.words.title()
    facts = [f"{label} {b.words.value(label)}" for label in b.words.labels(b.rng.randint(1, 3))]
    to = f"{b.words.ours()} {b.pick('御中', '様', '殿')}"
    amount = x.total(b)
    top = (
        side(b, lines(title, style="font-size:1.6em"), lines(*facts, style="text-align:right"))
        if b.chance(0.6)
        else stack(b, x.heading(b), pushed(b, lines(*facts)))
    )
    body = [lines(to, style="font-size:1.2em"), amount, lines(*_texts(b, 1, 3))]
    body.append(side(b, x.pairs(b, 2), _set_close(b)) if b.chance(0.6) else pushed(b, _set_close(b)))
    main = stack(b, top, *body)
    stub = lines(b.pick("控", "控え", "受領書"), *facts, to, *(_texts(b, 1, 2) if b.chance(0.5) else []))
    dashed = f"border-{b.pick('left', 'left', 'right')}:.3mm {b.pick('dashed', 'dotted', 'solid')} #555"
    cut = b.pick("", dashed, dashed)
    size = f"width:{b.mm(38, 56)};font-size:{b.rng.uniform(0.75, 1):.2f}em"
    small = div(stub, style=f"{size};padding:0 {b.mm(2, 5)};{cut}")
    sides = [div(main, style="flex:1;min-width:0"), small]
    if b.chance(0.25):
        sides.reverse()
    return div(*sides, style=f"display:flex;gap:{b.mm(2, 8)}")
