"""Blocks arranged: side by side, one below the other, at the right, in frames."""

from __future__ import annotations

from samples.generator.composed import blocks as x
from samples.generator.composed.blocks import Blocks, div, lines


def side(b: Blocks, *parts: str, even: bool = False) -> str:
    """Blocks side by side."""
    align = b.pick(*["flex-start"] * 10, "flex-end", "center")
    keep = b.pick("space-between", "flex-start") if not even else "space-between"
    gap = b.mm(5, 14)
    weights = [b.rng.uniform(0.8, 1.3) for _ in parts]
    cells = [
        div(part, style=f"flex:{1 if even else round(w, 2)} 1 0;min-width:0")
        if even or b.chance(0.6)
        else div(part, style=f"max-width:{round(92 / len(parts))}%")
        for part, w in zip(parts, weights, strict=True)
    ]
    if b.chance(0.15):
        columns = "".join(
            f'<td style="vertical-align:top;padding-right:{gap};width:{round(100 / len(parts))}%">{p}</td>'
            for p in parts
        )
        return f'<table style="width:100%"><tr>{columns}</tr></table>'
    return div(*cells, style=f"display:flex;justify-content:{keep};align-items:{align};gap:{gap};margin:{b.mm(1, 5)} 0")


def stack(b: Blocks, *parts: str) -> str:
    """Blocks one below the other, with white between them."""
    return "".join(div(part, style=f"margin-bottom:{b.mm(1.5, 7)}") for part in parts if part)


def boxed(b: Blocks, *parts: str) -> str:
    """Blocks in a frame."""
    return div(stack(b, *parts), style=f"border:{b.rule};padding:{b.mm(2, 5)};margin:{b.mm(1, 4)} 0")


def pushed(b: Blocks, part: str) -> str:
    """A block at the right, with white at its left."""
    if b.chance(0.4):
        return div(part, style="text-align:right")
    if b.chance(0.5):
        return div(part, style=f"margin-left:{b.rng.randint(92, 125)}mm")
    return div(part, style="width:fit-content;margin-left:auto")


def floated(b: Blocks, part: str, *texts: str) -> str:
    """A block that others flow around at its left."""
    return div(div(part, style=f"float:right;margin-left:{b.mm(4, 10)}"), *texts, style="overflow:hidden")


def above(b: Blocks) -> str:
    """What letters and forms begin with: title, day and number, whom it is to, who it is from."""
    to, of, when, title = x.recipient(b), x.sender(b), x.dates(b), x.heading(b)
    low = row(b) if b.chance(0.3) else ""
    kind = b.rng.randrange(13)
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
        return stack(b, side(b, to, of), row(b), title)
    if kind == 11:
        flows = lines(*(f"{k}: {b.words.value(k)}" for k in b.words.labels(b.rng.randint(1, 3))))
        return stack(
            b,
            title,
            b.rng.choice((side(b, to, of), to)),
            floated(b, x.stamps(b), flows, x.total(b) if b.chance(0.5) else ""),
        )
    return stack(b, pushed(b, lines(b.words.day())), title, side(b, to, of), row(b))


def row(b: Blocks) -> str:
    """Labelled values side by side on one row."""
    labels = b.words.labels(b.rng.randint(2, 3))
    gap = b.pick(" ", ": ", "\u3000")
    spans = "".join(f"<span>{label}{gap}{b.words.value(label)[:18]}</span>" for label in labels)
    return div(
        spans, style=f"display:flex;gap:6mm;justify-content:{b.pick('space-between', 'flex-start')};font-size:.9em"
    )


def stub(b: Blocks) -> str:
    """What is cut off below a dashed line: two or three parts side by side."""
    cut = div(
        b.pick("", "✂ キリトリ線", "切り取り線"), style="border-top:.3mm dashed #555;text-align:center;font-size:.75em"
    )
    parts = [
        stack(b, x.pairs(b, b.rng.randint(2, 4)), x.total(b) if b.chance(0.5) else "")
        for _ in range(b.rng.choice((2, 2, 3)))
    ]
    return cut + side(b, *parts, even=True)
