"""Blocks arranged: side by side, one below the other, at the right, in frames."""

from __future__ import annotations

from samples.generator.composed import blocks as x
from samples.generator.composed.blocks import Blocks, div


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
