"""Columns of a table of goods: heads, the white gaps between them, and the cells of each row.

White gaps that run through the rows cut them into strips; each strip goes to a head, in order: it holds for cells
ranged left, right and centred, with rules and without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from domain.folding import fold
from domain.geometry import Box, union
from domain.page import Word
from extractors.fields.columns import Place, settle
from extractors.fields.layout import Segment

HEADS: dict[str, re.Pattern[str]] = {
    "no": re.compile(r"^(?:no\.?|#|№|[項行連]番?号?|(?:項|行|明細)no\.?|番号?|通番|順番?|pos\.?|s/?n)$"),
    "date": re.compile(
        r"^(?:月日|月/日|日付|年月日|ご?(?:取引|利用|納品|納入|売上|発送|作業|実施|発生|出荷|配達|購入|提供)日|伝票日付?|日|date|datum)$"
    ),
    "code": re.compile(
        r"^(?:伝票(?:番号|no\.?)?|コード|(?:商品|品目|製品|品名)(?:コード|番号|cd)|品番|型番|型式|図番|注番|注文番号|管理番号"
        r"|code|sku|art\.?-?nr\.?|jan(?:コード)?"
        r"|(?:管理|整理|部品|資材|物品|図面|製造|ロット|受注)(?:コード|番号|cd|no\.?))$"
    ),
    "note": re.compile(r"^(?:備考|摘要欄|記事|メモ|remarks?|notes?)$"),
    "quantity": re.compile(
        r"^(?:数量?|員数|[個台人員工点本枚部回日口箱束]数|時間数?|人工|(?:検収|納品|納入|発注|注文|受入|合格|良品|出荷)数)(?:\(.{1,4}\))?$|^(?:ご?注文|発注|納品|納入|検収|出荷|購入)?数量"
        r"|^qty|quantity|menge|aantal|hoeveelheid"
    ),
    "unit": re.compile(r"^(?:単位|荷姿|呼称|unit)$"),
    "unit_price": re.compile(
        r"単価|^[@＠](?:単?価)?$|^値段$|^定価$|unitprice|einzelpreis|^price$|^rate$|prijs|vk-?preis|nettopreis|u/price"
        r"|^(?:本体|税抜)?価格\(単価\)$"
    ),
    "tax_rate": re.compile(r"^税%?$|(?:消費)?税率|税区分|taxrate|tax\(?%|mwst|steuersatz|^btw$"),
    "tax": re.compile(r"^(?:内|うち)?消費税等?額?(?:\(円\))?$|^税額$"),
    "amount": re.compile(
        r"^(?:請求|ご請求|見積|支払|税抜|税込|税別|合計|本体)?金額(?:\(.{1,6}\))?$|金額$|金額\(|^小計(?:\(.{1,4}\))?$"
        r"|^(?:本体|税抜|税込)?価[格額](?:\(.{1,4}\))?$|^代金$|^料金$|^(?:ご?請求|支払|売上|取引|利用|購入|契約|税抜|税込)額$|^合計(?:\(.{1,4}\))?$|^計$|amount|betrag|^total$|bedrag|prijsincl|nettowert"
    ),
    "description": re.compile(
        r"品番・品名|品名|品目|品種|摘要|内容|商品名?|項目|件名|作業|明細|内訳|名称|細目|費目|工種|サービス|業務|役務|工事"
        r"|案件|用途|仕様|規格|description|beschreibung|artikel"
        r"|product|item|particulars|omschrijving|details"
    ),
}
"""Looked at in this order: what is surely something else is no description."""
_SECOND_CHOICE = re.compile(r"摘要|明細|内訳|備考")
"""Heads of a description, unless a better one stands beside them."""
_HEAD_LENGTH = 16
_LINE_GAP = 0.9
"""Line heights between the lines of one head."""
_SPREAD = 6.0
"""Line heights between the characters of a head that is spread over its column (品    名)."""
_UNEVEN, _SPREAD_LEAST = 2.0, 0.5
"""The characters of one head stand at even distances: another head begins where the gap is much wider."""
_CROSSED = 8
_WRAPPED = 6
"""Characters of one line of a wrapped head."""
_NO_HEAD = re.compile(r"[^\w()/・%]")
"""What no line of a head holds; brackets it may, and they may close in the line below."""
_HEAD_ROWS = 3
"""Lines that heads in narrow columns wrap into."""
_A_HEAD = 0.25
UNKNOWN = "unknown"
"""A word among heads of which nothing is known; its column is its own all the same."""
_SURELY = 3
"""Columns that are known for sure in a row before its other words count as heads too."""
_JOINED = 4
"""Most pieces that a spread head falls into."""


@dataclass(frozen=True, slots=True)
class Head:
    """One column by its head."""

    name: str
    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns from left to right and the strips of the page that belong to them."""

    heads: tuple[Head, ...]
    strips: tuple[tuple[int, int], ...]
    """Left and right, from left to right."""
    owners: tuple[int, ...]
    """Index of the head of each strip."""

    @property
    def names(self) -> frozenset[str]:
        """Which columns there are."""
        return frozenset(h.name for h in self.heads)

    def cells(self, row: Sequence[Segment]) -> dict[str, str]:
        """The text of a row by column; words in order, a space where one is printed, the lines of goods apart."""
        out: dict[str, list[Word]] = {}
        for segment in row:
            for word in segment.words:
                if self.strips and word.text.strip():
                    out.setdefault(self.heads[self._column(word.box)].name, []).append(word)
        return {
            name: "\n".join(map(_joined, _lines(words))) if name == "description" else _joined(words)
            for name, words in out.items()
        }

    def _column(self, box: Box) -> int:
        return self.owners[_nearest(self.strips, box)]


def head_of(text: str) -> str | None:
    """The column that a head names, or None."""
    compact = "".join(fold(text).text.split()).casefold()
    if not compact or len(compact) > _HEAD_LENGTH:
        return None
    return next((name for name, pattern in HEADS.items() if pattern.search(compact)), None)


def find_heads(rows: Sequence[Sequence[Segment]], index: int) -> tuple[tuple[Head, ...], int]:
    """Columns of the head that begins in a row, left to right, and how many rows it takes; none where it is no head.

    A head whose words wrap in narrow columns is put together from up to three rows that stand close.
    """
    best: tuple[tuple[Head, ...], int] = ((), 0)
    for count in range(1, _HEAD_ROWS + 1):
        part = rows[index : index + count]
        if len(part) < count or (count > 1 and not _close(part[-2], part[-1])):
            break
        words = [w for row in part for segment in row for w in segment.words if w.text.strip()]
        if any(len(w.text) > _HEAD_LENGTH for w in words) or (count > 1 and any(map(_figures, part))):
            break
        below = count > 1 and _heads([w for s in part[-1] for w in s.words if w.text.strip()], every=False)
        if below and any(len(s.compact) > _WRAPPED or _NO_HEAD.search(s.compact) for row in part[:-1] for s in row):
            break  # the row below is a head of its own, and this one stands above the table
        heads = _heads(words if count == 1 else _stacked(words), every=count > 1)
        if heads and len(heads) >= len(best[0]) and not (len(heads) == len(best[0]) and _took_goods(best[0], heads)):
            best = (heads, count)
    return best


def _took_goods(before: Sequence[Head], after: Sequence[Head]) -> bool:
    """The head of the goods grew by a line while no column was won: the widest column's head does not wrap."""
    texts = [{h.text for h in heads if h.name == "description"} for heads in (before, after)]
    return texts[0] != texts[1]


def _figures(row: Sequence[Segment]) -> bool:
    """Goods or a subject, and no line of a wrapped head: those carry no figures."""
    return any(re.search(r"\d", s.text) for s in row)


def _close(above: Sequence[Segment], below: Sequence[Segment]) -> bool:
    gap = min(s.box.top for s in below) - max(s.box.bottom for s in above)
    return above[0].page_index == below[0].page_index and gap < _LINE_GAP * min(s.height for s in below)


def _stacked(words: Sequence[Word]) -> list[Word]:
    """Words over each other as one: the lines of a wrapped head."""
    columns: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.box.top, w.box.left)):
        own = [c for c in columns if any(_over(word.box, other.box) for other in c)]
        if own:
            own[0].append(word)
        else:
            columns.append([word])
    merged = [
        replace(c[0], text="".join(w.text for w in c), box=union(tuple(w.box for w in c)), character_confidences=())
        for c in columns
    ]
    return sorted(merged, key=lambda w: w.box.left)


def _over(a: Box, b: Box) -> bool:
    return min(a.right, b.right) - max(a.left, b.left) > 0.3 * min(a.width, b.width)


def _heads(words: Sequence[Word], *, every: bool) -> tuple[Head, ...]:
    """Heads among words; with ``every`` none where a word is no head (rows of goods under a head say other things).

    Of all ways to join the words (品  名, Unit Price) the one is taken in which most characters speak of columns.
    """
    ways: list[tuple[float, tuple[Head, ...]]] = [(0.0, ())]
    for stop in range(1, len(words) + 1):
        word = words[stop - 1]
        best = (ways[stop - 1][0], (*ways[stop - 1][1], Head(UNKNOWN, word.box, word.text)))
        for start in range(max(stop - _JOINED, 0), stop):
            head = _joined_head(words[start:stop])
            if head is not None and (found := ways[start][0] + _speaks(head)) > best[0]:
                best = (found, (*ways[start][1], head))
        ways.append(best)
    heads = _described(_settled(list(ways[-1][1])))
    names = {h.name for h in heads}
    known = len(names - {UNKNOWN, "note"})
    if "description" not in names or not {"amount", "quantity"} & names or (every and UNKNOWN in names):
        return ()
    clean = all(len(h.text) <= _WRAPPED and h.text.isalpha() for h in heads if h.name == UNKNOWN)
    return tuple(h for h in heads if h.name != UNKNOWN or known >= _SURELY or clean)


_WORD = re.compile(r"[^\W\d_]{2}")
_COUNTED = frozenset({"quantity", "unit_price", "amount"})
_HALF_HEAD = re.compile(r"^[項品件内明細摘目名]$")
"""One character of a head of goods."""


def _described(heads: list[Head]) -> list[Head]:
    """Beside quantity, price and amount the first head that nothing is known of is that of the goods.

    Of 項    目, spread over a wide column, sometimes only the first character is read; then it is that one.
    """
    names = {h.name for h in heads}
    if "description" in names or len(names & {"quantity", "unit_price", "amount"}) < _SURELY:
        return heads
    first = next((h for h in heads if h.name == UNKNOWN and re.search(r"[^\W\d_]{2}", h.text)), None)
    first = first or next((h for h in heads[:1] if _HALF_HEAD.match(h.text)), None)
    return [replace(h, name="description") if h is first else h for h in heads]


def _joined_head(part: Sequence[Word]) -> Head | None:
    """Words that stand at even distances, as one head."""
    gaps = [(b.box.left - a.box.right) / max(b.box.height, 1) for a, b in pairwise(part)]
    if gaps and (max(gaps) > _SPREAD or max(gaps) > _UNEVEN * max(min(gaps), 0.0) + _SPREAD_LEAST):
        return None
    text = "".join(w.text for w in part)
    name = head_of(text)
    return Head(name=name, box=union(tuple(w.box for w in part)), text=text) if name is not None else None


def _speaks(head: Head) -> float:
    """Characters of a head that name its column; of two ways with as many, the one with fewer heads counts more."""
    compact = "".join(fold(head.text).text.split()).casefold()
    return sum(len(match[0]) for match in HEADS[head.name].finditer(compact)) - _A_HEAD


def _settled(found: list[Head]) -> list[Head]:
    """Each name once: the best description, the last amount; what else claims to be one is a note."""
    descriptions = [h for h in found if h.name == "description"]
    if len(descriptions) > 1:
        best = next((h for h in descriptions if not _SECOND_CHOICE.search(h.text)), descriptions[0])
        found = [h if h.name != "description" or h is best else Head("note", h.box, h.text) for h in found]
    amounts = [h for h in found if h.name == "amount"]
    if len(amounts) > 1:
        best = next((h for h in amounts if "金額" in h.text), amounts[-1])
        found = [h if h.name != "amount" or h is best else Head("note", h.box, h.text) for h in found]
    out: list[Head] = []
    for head in found:
        if head.name in {"note", UNKNOWN} or head.name not in {h.name for h in out}:
            out.append(head)
    return out


def make_grid(heads: tuple[Head, ...], rows: Sequence[Sequence[Segment]]) -> Grid:
    """Columns of a table: white gaps cut its rows into strips, and each strip goes to a head, in order."""
    words = [[w for segment in row for w in segment.words if w.text.strip()] for row in rows]
    telling = [row for row in words if len(row) > 1 and any(re.search(r"\d", w.text) for w in row)]
    heads = _over_goods(heads, telling)
    strips = _strips(telling)
    height = median(w.box.height for row in telling for w in row) if telling else 1
    cells = [_by_strip(row, strips) for row in telling]
    named, given = settle([Place(h.name, h.box, h.text) for h in heads], strips, cells, max(float(height), 1.0))
    heads = tuple(replace(h, name=place.name) for h, place in zip(heads, named, strict=True))
    return Grid(heads=heads, strips=strips, owners=given)


def _over_goods(heads: tuple[Head, ...], rows: Sequence[Sequence[Word]]) -> tuple[Head, ...]:
    """One character of 項目 or 品名, spread, heads the goods where words stand under it, and 項 else numbers.

    What was taken for the head of the goods for want of a better one is that of remarks then.
    """
    half = next((h for h in heads if h.name in {"no", UNKNOWN} and _HALF_HEAD.match(h.text)), None)
    goods = next((h for h in heads if h.name == "description"), None)
    if half is None or goods is None or not _SECOND_CHOICE.search(goods.text) or goods.box.left < half.box.left:
        return heads
    between = [h for h in heads if half.box.left < h.box.left < goods.box.left]
    if not any(h.name in _COUNTED for h in between):
        return heads
    edge = min(h.box.left for h in between)
    worded = sum(any(w.box.center[0] < edge and _WORD.search(w.text) for w in row) for row in rows)
    if 2 * worded <= len(rows):
        return heads
    names = {id(half): "description", id(goods): "note"}
    return tuple(replace(h, name=names.get(id(h), h.name)) for h in heads)


def _by_strip(row: Sequence[Word], strips: tuple[tuple[int, int], ...]) -> list[str]:
    out: list[list[Word]] = [[] for _ in strips]
    for word in row:
        if strips:
            out[_nearest(strips, word.box)].append(word)
    return [_joined(words) for words in out]


def _nearest(strips: tuple[tuple[int, int], ...], box: Box) -> int:
    x = box.center[0]
    return min(range(len(strips)), key=lambda i: max(strips[i][0] - x, x - strips[i][1], 0))


def _strips(rows: Sequence[Sequence[Word]]) -> tuple[tuple[int, int], ...]:
    """Runs of x that words cover; what only one row in eight crosses is a gap all the same."""
    steps: list[tuple[int, int]] = []
    for row in rows:
        for word in row:
            steps += [(word.box.left, 1), (word.box.right, -1)]
    few = len(rows) // _CROSSED
    out: list[tuple[int, int]] = []
    depth, start = 0, 0
    for x, step in sorted(steps, key=lambda s: (s[0], -s[1])):
        before, depth = depth, depth + step
        if before <= few < depth:
            start = x
        elif depth <= few < before and x > start:
            out.append((start, x))
    return tuple(out)


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    """The lines of a cell that wraps."""
    out: list[list[Word]] = []
    for word in words:
        if out and word.box.top < out[-1][-1].box.center[1]:
            out[-1].append(word)
        else:
            out.append([word])
    return out


def _joined(words: Sequence[Word]) -> str:
    out = ""
    last: Word | None = None
    for word in words:
        text = fold(word.text).text.strip()
        if last is not None and (
            (out[-1:].isascii() and text[:1].isascii())
            or word.box.left - last.box.right > 0.3 * max(word.box.height, 1)
        ):
            out += " "
        out += text
        last = word
    return out
