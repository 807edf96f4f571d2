"""Families of composed pages: letters, statements, notes. The order of the source is the order of speech."""

from __future__ import annotations

from samples.generator.composed import blocks as x
from samples.generator.composed.arranging import boxed, pushed, side, stack, stub
from samples.generator.composed.blocks import Blocks, div, lines
from samples.generator.composed.heads import above


def window_letter(b: Blocks) -> str:
    """The address where an envelope has its window; the sender at the right; sums and a coupon below."""
    window = div(
        x.recipient(b),
        style=f"width:{b.rng.randint(80, 95)}mm;min-height:{b.rng.randint(28, 45)}mm;padding-top:{b.mm(0, 12)}",
    )
    right = stack(b, *(b.rng.sample([x.dates(b), x.sender(b)], 2) if b.chance(0.6) else [x.sender(b)]))
    top = side(b, window, right)
    title = x.heading(b)
    first = [top, title] if b.chance(0.6) else [title, top]
    body = b.rng.sample([x.total(b), x.pairs(b), x.prose(b, 2), x.balances(b)], b.rng.randint(1, 3))
    low = [side(b, x.bank(b), x.notes(b)) if b.chance(0.5) else x.notes(b)]
    if b.chance(0.4):
        low.append(stub(b))
    return stack(b, *first, *body, *low)


def balance_statement(b: Blocks) -> str:
    """A statement of account: balances in boxes, then movements."""
    boxes = x.balances(b)
    rest = [x.items(b, b.rng.randint(3, 12))]
    if b.chance(0.6):
        rest.append(side(b, b.rng.choice((x.bank, x.notes))(b), x.sums(b)))
    if b.chance(0.3):
        rest.append(x.balances(b))
    head = [above(b)]
    lead = [lines(b.words.sentence())] if b.chance(0.6) else []
    middle = b.rng.choice(([boxes], [x.total(b), boxes], [boxes, x.pairs(b, 3)]))
    return stack(b, *head, *lead, *middle, *rest)


def two_columns(b: Blocks) -> str:
    """Prose in columns under a heading."""
    gap = f"column-gap:{b.mm(6, 12)};{b.pick('', f'column-rule:{b.rule}')}"
    text = div(
        *(x.prose(b, b.rng.randint(4, 8)) for _ in range(b.rng.randint(2, 5))),
        style=f"columns:{b.rng.choice((2, 2, 3))};{gap}",
    )
    tail = [b.rng.choice(x.ANY)(b)] if b.chance(0.5) else []
    return stack(
        b,
        side(b, x.heading(b), x.dates(b)) if b.chance(0.3) else x.heading(b),
        x.dates(b) if b.chance(0.3) else "",
        text,
        *tail,
    )


def two_notes(b: Blocks) -> str:
    """Blocks of notes and values in two columns that have nothing to do with each other."""
    left = stack(b, *(b.rng.choice(x.NARROW)(b) for _ in range(b.rng.randint(2, 4))))
    right = stack(b, *(b.rng.choice(x.NARROW)(b) for _ in range(b.rng.randint(2, 4))))
    return stack(b, x.heading(b), side(b, left, right, even=True), b.rng.choice(x.ANY)(b))


def footer_columns(b: Blocks) -> str:
    """A letter with a foot in columns."""
    foot = side(b, *(x.contact(b) for _ in range(b.rng.choice((2, 3, 3, 4)))), even=True)
    rule = div(foot, style=f"border-top:{b.rule};padding-top:2mm") if b.chance(0.6) else foot
    return stack(b, above(b), x.prose(b), x.prose(b), b.rng.choice((x.pairs, x.items, x.total))(b), rule)


def totals_and_bank(b: Blocks) -> str:
    """A form whose foot has the bank at one side and the sums at the other."""
    foot = [b.rng.choice((x.bank, x.notes))(b), x.sums(b)]
    if b.chance(0.2):
        foot.reverse()
    return stack(
        b,
        above(b),
        x.items(b),
        side(b, *foot),
        x.notes(b) if b.chance(0.5) else "",
        x.stamps(b) if b.chance(0.3) else "",
    )


def sanction(b: Blocks) -> str:
    """An inner form with boxes for seals beside its head."""
    head = side(b, stack(b, x.heading(b), x.dates(b) if b.chance(0.5) else ""), x.stamps(b))
    return stack(
        b,
        head,
        x.pairs(b, b.rng.randint(4, 7)),
        b.rng.choice((x.prose, x.items, x.notes))(b),
        side(b, x.notes(b), x.stamps(b)) if b.chance(0.4) else "",
    )


def dashboard(b: Blocks) -> str:
    """A bill of a utility: boxes of several sizes beside each other."""
    left = stack(b, x.total(b), x.pairs(b, b.rng.randint(2, 4)))
    right = stack(b, b.rng.choice((x.sums, x.pairs, x.notes))(b), x.dates(b) if b.chance(0.5) else "")
    boxes = side(b, boxed(b, left), boxed(b, right), even=True) if b.chance(0.6) else side(b, left, right, even=True)
    return stack(
        b,
        above(b),
        boxes,
        x.balances(b),
        x.items(b) if b.chance(0.4) else x.notes(b),
        side(b, x.contact(b), x.notes(b)),
    )


def plain_letter(b: Blocks) -> str:
    """Day at the right, addressee at the left, sender at the right, heading, text, list."""
    points = lines(*(f"{n}. {g[0]}" for n, g in enumerate(b.words.goods(3), 1)))
    mark = div(b.pick("記", "以下の通り"), style="text-align:center")
    return stack(
        b,
        above(b),
        x.prose(b),
        mark,
        points,
        pushed(b, lines("以上")),
        side(b, x.notes(b), x.stamps(b)) if b.chance(0.3) else "",
    )


def signatures(b: Blocks) -> str:
    """Clauses, and the parties' names side by side or one below the other."""
    clauses = [
        lines(f"第{n}条({label})", b.words.prose(b.rng.randint(1, 2)))
        for n, label in enumerate(b.words.labels(b.rng.randint(2, 5)), 1)
    ]

    def party(name: str) -> str:
        c = b.words.company()
        return lines(name, c.address, c.name, f"代表取締役 {c.person} {b.pick('印', '㊞', '')}")

    pair = (party("甲"), party("乙"))
    signed = (
        side(b, *pair)
        if b.chance(0.5)
        else stack(b, *(pushed(b, p) for p in pair))
        if b.chance(0.5)
        else stack(b, *pair)
    )
    return stack(b, x.heading(b), x.prose(b, 1), *clauses, x.prose(b, 1), lines(b.words.day()), signed)


def anything(b: Blocks) -> str:
    """Blocks in any arrangement."""
    parts = [x.heading(b)] if b.chance(0.8) else []
    for _ in range(b.rng.randint(3, 6)):
        kind = b.rng.randrange(4)
        if kind == 0:
            parts.append(b.rng.choice(x.ANY)(b))
        elif kind == 1:
            parts.append(side(b, b.rng.choice(x.NARROW)(b), b.rng.choice(x.NARROW)(b), even=b.chance(0.5)))
        elif kind == 2:
            parts.append(
                side(
                    b,
                    stack(b, *(b.rng.choice(x.NARROW)(b) for _ in range(2))),
                    b.rng.choice(x.NARROW)(b),
                    even=b.chance(0.5),
                )
            )
        else:
            parts.append(boxed(b, b.rng.choice(x.ANY)(b), b.rng.choice(x.NARROW)(b)))
    return stack(b, *parts)
