"""Made-up pages as OCR would have read them: text with boxes, for training and for measuring the class model.

No picture is drawn: words, sizes and places are put together from ``words.json``, then characters are confused, lines
lost and joined as on bad scans. The same seed gives the same pages everywhere.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.training.noise import worn
from domain.fields import DocumentType
from domain.geometry import Box, union
from domain.page import EngineId, Line, PageText, Word

WORDS = Path(__file__).with_name("words.json")
ENGINE = EngineId(name="papers.v1", version="1")
_OTHER_SHARE = 0.3
"""Share of papers that are none of the nine: what they can be is the widest class by far."""
_FOREIGN_SHARE = 0.15
_SLIP_SHARE = 0.6
"""Share of Japanese receipts that come from tills; those of other languages all do."""
_TILL_ROWS = (12, 26)
"""Rows of a till's receipt beside its goods: such a slip is longer than wide."""
_MOST_NOTES = {DocumentType.CONTRACT: 8, DocumentType.RECEIPT: 9}
"""Most notes of a paper; 4 for the others."""
_TITLES = {
    DocumentType.INVOICE: "請求",
    DocumentType.QUOTATION: "見積",
    DocumentType.PURCHASE_ORDER: "注文",
    DocumentType.DELIVERY_NOTE: "納品",
    DocumentType.RECEIPT: "領収",
}
"""Words of one class that stand on papers of others as references (請求書番号 on a delivery note)."""
_BODY_PX = 30
"""Height of ordinary print, as at 200 dpi."""
_PAGE_PX = 1654


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One made-up document."""

    label: DocumentType
    kind: str
    """What it is within its class (a key of the words)."""
    texts: tuple[PageText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What papers are put together from; a part of it is kept for measuring."""

    plain: dict[str, Any]

    @classmethod
    def load(cls) -> Words:
        """All words."""
        return cls(plain=json.loads(WORDS.read_text(encoding="utf-8")))

    def part(self, *, kept_apart: bool, share: float, seed: int) -> Words:
        """Most of the words, or the share of them that is kept apart.

        The two have no title, lead or note in common: what is learnt from one meets unseen wordings in the other.
        """
        plain = dict(self.plain)
        for group in ("classes", "other", "foreign"):
            plain[group] = {
                name: {
                    key: _part(value, kept_apart=kept_apart, share=share, seed=f"{seed} {group} {name} {key}")
                    if isinstance(value, list)
                    else value
                    for key, value in parts.items()
                }
                for name, parts in self.plain[group].items()
            }
        return Words(plain=plain)


def _part(values: Sequence[str], *, kept_apart: bool, share: float, seed: str) -> list[str]:
    order = sorted(values)
    random.Random(seed).shuffle(order)  # noqa: S311 - seeded on purpose
    apart = min(math.ceil(len(order) * share), len(order) - 1)
    return order[:apart] if kept_apart and apart else order[apart:]


def papers(words: Words, *, seed: int, count: int, wear: bool = True) -> Iterator[Paper]:
    """``count`` papers, classes drawn evenly but for ``other``."""
    for index in range(count):
        yield make_paper(words, random.Random(f"paper {seed} {index}"), wear=wear)  # noqa: S311 - seeded on purpose


def make_paper(words: Words, rng: random.Random, *, wear: bool = True) -> Paper:
    """One paper."""
    label = DocumentType.OTHER
    if rng.random() >= _OTHER_SHARE:
        label = rng.choice([t for t in DocumentType if t is not DocumentType.OTHER])
    if rng.random() < _FOREIGN_SHARE:
        kind, lines = f"foreign {label.value}", _foreign(words, label, rng)
    elif label is DocumentType.OTHER:
        kind, lines = _other(words, rng)
    else:
        kind, lines = label.value, _business(words, label, rng)
    if wear:
        lines = worn(lines, rng)
    # A sheet headed TAX INVOICE is an invoice; what makes it a receipt is the till.
    slip = label is DocumentType.RECEIPT and (rng.random() < _SLIP_SHARE or kind.startswith("foreign"))
    return Paper(label=label, kind=kind, texts=_set(lines, rng, slip=slip))


Row = tuple[float, tuple[str, ...]]
"""Height of the print in ordinary heights, and what stands side by side."""


def _filled(text: str, words: Words, rng: random.Random) -> str:
    while "{n}" in text:
        digits = rng.choice((2, 3, 5, 7))
        text = text.replace("{n}", f"{rng.randrange(10 ** (digits - 1), 10**digits):,}", 1)
    if "{d}" in text:
        text = text.replace("{d}", _day(rng))
    return text.replace("{k}", rng.choice(words.plain["companies"]))


def _day(rng: random.Random) -> str:
    year, month, day = rng.randint(2019, 2027), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        (
            f"{year}年{month}月{day}日",
            f"{year}/{month:02}/{day:02}",
            f"令和{year - 2018}年{month}月{day}日",
            f"{year}-{month:02}-{day:02}",
            f"R{year - 2018}.{month}.{day}",
        )
    )


def _company(words: Words, rng: random.Random) -> str:
    name = rng.choice(words.plain["companies"]) + rng.choice(words.plain["trades"])
    return rng.choice((f"株式会社{name}", f"{name}株式会社", f"有限会社{name}", f"({name})", name))


def _title(title: str, rng: random.Random) -> Row:
    gap = rng.choice(("", "", "", " ", "  "))
    text = gap.join(title) if title and not title.isascii() else title
    return (rng.choice((1.0, 1.3, 1.6, 2.0, 2.4)), (text,))


def _business(words: Words, label: DocumentType, rng: random.Random) -> list[Row]:
    parts = words.plain["classes"][label.value]
    rows: list[Row] = []
    if rng.random() < 0.94:
        rows.append(_title(rng.choice(parts["titles"]), rng))
    head: list[Row] = [
        (1.0, (rng.choice(parts["day"]), _day(rng))),
        (1.0, (_company(words, rng) + rng.choice((" 御中", "様", " 御中", "")), _company(words, rng))),
        (
            1.0,
            (
                f"〒{rng.randint(100, 999)}-{rng.randint(1000, 9999)}",
                f"TEL 0{rng.randint(3, 99)}-{rng.randint(1000, 9999)}",
            ),
        ),
    ]
    if rng.random() < 0.7:
        head.append((1.0, (rng.choice(parts["number"]), f"{rng.randint(100, 99999):05}")))
    if rng.random() < 0.5:
        head.append((1.0, (f"登録番号 T{rng.randrange(10**12, 10**13)}",)))
    if rng.random() < 0.75:
        head.append((1.0, (rng.choice(parts["leads"]),)))
    rng.shuffle(head)
    rows += head
    if rng.random() < 0.12:
        rows.insert(0, rows.pop(rng.randrange(len(rows))))
    if rng.random() < 0.8:
        rows.append((rng.choice((1.0, 1.3, 1.8)), (rng.choice(parts["total"]), f"¥{rng.randint(100, 9999999):,}")))
    if label is not DocumentType.CONTRACT or rng.random() < 0.1:
        rows += _table(words, rng)
    notes = rng.sample(parts["notes"], min(len(parts["notes"]), rng.randint(1, _MOST_NOTES.get(label, 4))))
    rows += [(1.0, (note,)) for note in notes]
    if rng.random() < 0.25:
        rows.append((1.0, (_reference(label, words, rng),)))
    return [(size, tuple(_filled(text, words, rng) for text in texts)) for size, texts in rows]


def _reference(label: DocumentType, words: Words, rng: random.Random) -> str:
    other = rng.choice([t for t in _TITLES if t is not label])
    return rng.choice(
        (
            f"{_TITLES[other]}書番号 {{n}}",
            f"{_TITLES[other]}日 {{d}}",
            f"{rng.choice(words.plain['classes'][other.value]['titles'])}は別途お送りいたします。",
            f"貴社{_TITLES[other]}書 {{n}}",
        )
    )


def _table(words: Words, rng: random.Random) -> list[Row]:
    heads = rng.sample(words.plain["head"], rng.randint(3, 6))
    rows: list[Row] = [(1.0, tuple(heads))] if rng.random() < 0.9 else []
    for _ in range(rng.choice((1, 2, 3, 5, 9, 16))):
        price, quantity = rng.randint(50, 90000), rng.randint(1, 40)
        goods = rng.choice(words.plain["goods"])
        rows.append(
            (
                1.0,
                (goods, str(quantity), rng.choice(("個", "式", "本", "枚", "")), f"{price:,}", f"{price * quantity:,}"),
            )
        )
    sums = ("小計", "消費税(10%)", "合計", "10%対象", "8%対象", "税込合計", "うち消費税")
    rows += [(1.0, (text, f"{rng.randint(100, 999999):,}")) for text in rng.sample(sums, rng.randint(0, 4))]
    return rows


def _other(words: Words, rng: random.Random) -> tuple[str, list[Row]]:
    kinds = words.plain["other"]
    kind = rng.choice([*kinds, "empty", "garbage"])
    if kind == "empty":
        return kind, [
            (1.0, (rng.choice(("1", "-", "裏面", "空白", "以下余白", "- 2 -", "印", "Page 1", "◯", "白紙")),))
        ]
    if kind == "garbage":
        letters = "口一丨ノ乙亅二人入冂冫几刀力ー・'.,-_|/\\1lIo0田日目工土士王五六七"
        return kind, [(1.0, ("".join(rng.choices(letters, k=rng.randint(1, 12))),)) for _ in range(rng.randint(1, 40))]
    parts = kinds[kind]
    rows: list[Row] = [_title(rng.choice(parts["titles"]), rng)] if rng.random() < 0.85 else []
    lines = list(parts["lines"])
    rows += [(1.0, (text,)) for text in rng.sample(lines, min(len(lines), rng.randint(3, 16)))]
    if rng.random() < 0.5:
        rows.insert(rng.randrange(len(rows)), (1.0, (_company(words, rng), _day(rng))))
    if rng.random() < 0.3:
        rows += _table(words, rng)
    if rng.random() < 0.2:
        rows.append((1.0, (_reference(DocumentType.OTHER, words, rng),)))
    return kind, [(size, tuple(_filled(text, words, rng) for text in texts)) for size, texts in rows]


def _foreign(words: Words, label: DocumentType, rng: random.Random) -> list[Row]:
    parts = words.plain["foreign"][label.value]
    rows: list[Row] = [(1.0, (rng.choice(("ACME Ltd.", "Müller GmbH", "SUNRISE TRADING SDN BHD", "Blue Ocean Inc.")),))]
    title = rng.choice(parts["titles"])
    if title:
        rows.insert(rng.choice((0, 0, 1)), _title(title, rng))
    rows += [
        (1.0, (text,))
        for text in rng.sample(
            parts["lines"],
            min(len(parts["lines"]), rng.randint(*(_TILL_ROWS if label is DocumentType.RECEIPT else (4, 14)))),
        )
    ]
    if label not in {DocumentType.CONTRACT, DocumentType.OTHER}:
        for _ in range(rng.randint(0, 14 if label is DocumentType.RECEIPT else 8)):
            rows.insert(
                rng.randint(2, len(rows)),
                (
                    1.0,
                    (
                        rng.choice(
                            ("Paper A4", "Coffee", "Bolt M6", "Service", "Milch 1,5%", "NASI LEMAK", "USB cable")
                        ),
                        "{n}",
                    ),
                ),
            )
    return [(size, tuple(_filled(text, words, rng) for text in texts)) for size, texts in rows]


def _set(rows: Sequence[Row], rng: random.Random, *, slip: bool) -> tuple[PageText, ...]:
    """Rows as lines of one page, with boxes."""
    width = 560 if slip else _PAGE_PX
    top, lines = 60, []
    centred = rng.random() < 0.5
    for size, texts in rows:
        height = max(8, round(_BODY_PX * size * rng.uniform(0.94, 1.06)))
        left = 40 if not centred or len(texts) > 1 else max(40, (width - len(texts[0]) * height) // 2)
        words = []
        step = max((width - 80) // max(len(texts), 1), height)
        for index, text in enumerate(texts):
            if text.strip():
                at = left + index * step
                wide = max(sum(height if not c.isascii() else height // 2 for c in text), 1)
                box = Box(
                    left=at,
                    top=top,
                    right=at + min(wide, step - 1 if index + 1 < len(texts) else wide),
                    bottom=top + height,
                )
                words.append(Word(text=text, box=box, confidence=1.0))
        if words:
            lines.append(Line(words=tuple(words), box=union(tuple(w.box for w in words))))
        top += round(height * rng.uniform(1.2, 2.0))
    return (PageText(page_index=0, lines=tuple(lines), engine=ENGINE),)
