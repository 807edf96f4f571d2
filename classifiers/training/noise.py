"""What bad scans do to text: confused, lost and added characters, lines that are lost or run together."""

from __future__ import annotations

import random

Row = tuple[float, tuple[str, ...]]

_ALIKE = (
    "口ロ囗 力カ刀 ー一-― 二ニ 夕タ 八ハ 工エ 卜ト へヘ 請諸晴 領頒顏 収牧攻 書畫害 納網紬 見貝 "
    "積績稹 注汪往 文丈 品晶 検験倹 支友 払仏 通遍 契喫 約均 証詎 求来 日曰目 月用 金全 0Oo 1lI| 5S "
    "8B 2Z 税祝 円田 合台 計針 株抹 式弐 社杜 様檥 返近 還遣 伝云 票栗 明朋 細紬 額頷 発癸 行竹 期斯 "
    "限眼"
)
"""Characters that look alike, in groups."""
CONFUSED = {c: tuple(o for o in group if o != c) for group in _ALIKE.split() for c in group}
"""What OCR takes a character for."""
_ANY = "人三工井日中木大山口川田のをにはがとでしたるれい、。・-|'ー々"
_LEVELS = (0.0, 0.0, 0.005, 0.02, 0.05, 0.12)
"""Shares of characters that go wrong: from a text layer to a very bad photograph."""


def worn(rows: list[Row], rng: random.Random) -> list[Row]:
    """The same rows as a bad scan would give them."""
    level = rng.choice(_LEVELS)
    if not level:
        return rows
    out: list[Row] = []
    for size, texts in rows:
        if rng.random() < 2 * level:
            continue
        kept = tuple(text for text in (_characters(text, level, rng) for text in texts) if text)
        if not kept:
            continue
        if out and rng.random() < level:
            out[-1] = (out[-1][0], out[-1][1] + kept)
        else:
            out.append((size, kept))
    return out or rows[:1]


def _characters(text: str, level: float, rng: random.Random) -> str:
    out: list[str] = []
    for character in text:
        if rng.random() >= level:
            out.append(character)
            continue
        way = rng.random()
        if way < 0.5 and character in CONFUSED:
            out.append(rng.choice(CONFUSED[character]))
        elif way < 0.75:
            out.append(rng.choice(_ANY))
        elif way < 0.85:
            out.extend((character, rng.choice(_ANY)))
    return "".join(out)
