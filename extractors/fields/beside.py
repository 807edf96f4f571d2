"""Words that may be the label of a value: before it in its cell, beside it, above it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.dates import find_dates
from domain.folding import fold
from domain.geometry import Box
from domain.page import Word
from extractors.fields.evidence import Label
from extractors.fields.layout import Layout, Segment

_LETTER = re.compile(r"[^\W\d_]")
_PURE_NUMBER = re.compile(r"^[¥\\$€£\d\s,.\-▲△円%()x×@*:;/'+]*$", re.IGNORECASE)
_CHUNKS = 6
"""Other values in the same cell that a label may be looked for behind."""
_UNIT = re.compile(
    r"[x×@*(]*(?:点|個|枚|本|件|名|式|箱|袋|杯|冊|台|回|items?|pcs?|pce|nos?|ea|stk|stück|st)?\.?[)x×@*/]*"
)
_CODE = re.compile(r"[a-z]{0,4}[\d\-/.#]*\d[a-z\d\-/.#]*")
"""A number of a document beside the value: no label."""
_FAR = 4.0
"""Line heights between a label and its value beyond which a long text is not taken for a label."""
_STAMP = re.compile(r"^(?:収入)?印紙$")
"""On a stamp, or in the frame for one: what it is worth stands under it or close by."""
LABEL_LENGTH = 12
"""Characters of the longest label that stands apart from its value."""
_TAIL = 40
"""Characters of a same-segment label that count: what stands right before the value."""


def labels_of(
    layout: Layout,
    segment: Segment,
    start: int,
    end: int,
    *,
    blockers: tuple[tuple[int, int], ...],
    halved: bool = False,
) -> Iterator[Label]:
    """The words before a value in its segment; else to its left; else above it as a column head.

    ``halved``: where nothing stands to its left, or only what lies beyond them, words whose lines stand half above and
    half below it.
    """
    for chunk in _chunks(segment.folded.original, start, blockers):
        if _says_something(chunk):
            yield Label(text=_compact(chunk), where="same", segment=segment)
            return
    value_box = segment.raw_span(start, end).box
    left = next(
        (
            o
            for o in layout.left_of(segment)
            if not _PURE_NUMBER.match(o.text)
            and not _is_day(o)
            and _says_something(o.text)
            and not (_STAMP.match(o.compact) and value_box.left - o.box.right > _FAR * o.height)
        ),
        None,
    )
    beside_lines = _halved(layout, segment) if halved else None
    if beside_lines is not None and (left is None or _between(left, beside_lines.segment, segment)):
        yield beside_lines
        left = None
    heads = labels_above(layout, segment, value_box)
    beside = [Label(text=_compact(left.text[-_TAIL:]), where="left", segment=left)] if left is not None else []
    # A sentence far to the left is no label of a value that stands under a head of its own.
    far = left is not None and (
        value_box.left - left.box.right > _FAR * segment.height and len(left.compact) > LABEL_LENGTH
    )
    yield from (*heads, *beside) if far else (*beside, *heads)


_BESIDE = 0.15
"""Part of a label's height that stands beside its value; a label of two lines that begins lower is the next one's."""


def _halved(layout: Layout, segment: Segment) -> Label | None:
    """The label in the cell to the left whose lines a value stands between: お支払い over 期限日.

    Its lines begin a part of their height above or below the value, in rows of their own.
    """
    found = [
        s
        for index in (segment.row - 1, segment.row + 1)
        for s in (layout.rows[index] if 0 <= index < len(layout.rows) else ())
        if s.page_index == segment.page_index
        and s.box.right <= segment.box.left
        and min(s.box.bottom, segment.box.bottom) - max(s.box.top, segment.box.top) > _BESIDE * s.box.height
    ]
    if not found:
        return None
    nearest = max(found, key=lambda s: s.box.right)
    lines = [s for s in found if s is nearest or _one_column(s.box, nearest.box)]
    if any(_VALUED.search(s.text) or _is_day(s) or len(s.compact) > LABEL_LENGTH for s in lines):
        return None
    return Label(text=_compact("".join(s.text for s in lines)), where="left", segment=nearest)


def _between(left: Segment, lines: Segment | None, value: Segment) -> bool:
    """Lines around the height of a value stand nearer to it than what its own row has to the left."""
    return (
        lines is not None
        and left.box.right <= lines.box.left
        and lines.box.top < value.box.center[1] < lines.box.bottom
    )


def _one_column(a: Box, b: Box) -> bool:
    return min(a.right, b.right) - max(a.left, b.left) > 0.5 * min(a.width, b.width)


def _is_day(segment: Segment) -> bool:
    """A date by itself: the value of another label, and no label."""
    days = find_dates(segment.folded.original)
    return bool(days) and sum(d.end - d.start for d in days) >= len(segment.folded.original.strip()) - 1


def _over(head: Segment, box: Box) -> str:
    """The words of a head that stand over a value: two heads may have run into one segment.

    Characters of a head that is spread over its column (小 計) go together.
    """
    heads: list[list[Word]] = []
    for word in head.words:
        if heads and len(word.text) == len(heads[-1][-1].text) == 1:
            heads[-1].append(word)
        else:
            heads.append([word])
    over = [words for words in heads if words[0].box.left < box.right and box.left < words[-1].box.right]
    return "".join(w.text for words in over for w in words) if 0 < len(over) < len(heads) else head.text[-_TAIL:]


def _chunks(original: str, start: int, blockers: tuple[tuple[int, int], ...]) -> Iterator[str]:
    """Pieces of text before a value, nearest first, cut at the other values."""
    right = start
    for left, end in sorted((b for b in blockers if b[1] <= start), reverse=True)[:_CHUNKS]:
        yield original[max(end, right - _TAIL) : right]
        right = left
    yield original[max(0, right - _TAIL) : right]


def _says_something(text: str) -> bool:
    """Letters that are not just a currency or a unit of counting."""
    plain = _without_currency(text)
    compact = _compact(plain)
    return bool(_LETTER.search(plain)) and not _UNIT.fullmatch(compact) and not _CODE.fullmatch(compact)


_VALUED = re.compile(r"\d{3}|[:：]\s*\S|[¥￥]\s?\d")
"""A label that has its value already heads nothing below it."""


def labels_above(layout: Layout, segment: Segment, box: Box) -> Iterator[Label]:
    """The head of the column that a value stands in, as far as its words stand over the value."""
    for head in _heads(layout, segment, box):
        yield Label(text=_compact(_over(head, box)), where="above", segment=head)


def _heads(layout: Layout, segment: Segment, box: Box) -> Iterator[Segment]:
    for other in layout.above(box, row=segment.row, page_index=segment.page_index, reach=3.5):
        if _PURE_NUMBER.match(other.text) or _is_day(other):
            return
        if _LETTER.search(other.text) and len(other.compact) <= 24 and not _VALUED.search(other.text):
            yield other
        return


def _without_currency(text: str) -> str:
    return re.sub(r"(?i)\b(?:EUR|RM|MYR|USD|JPY|Rs\.?|INR|CHF)\b|[円金]", "", text)


def _compact(text: str) -> str:
    return "".join(fold(text).text.split()).casefold().strip(":;.・*-|")
