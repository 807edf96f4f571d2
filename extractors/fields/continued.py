"""Values that wrap within a narrow cell: 2024年4 over 月7日, INV-2024- over 1269, お支払期 over 日:2025.11.25.

Only what cannot stand by itself is put together with the line under it: a day without its end, a number that ends in a
hyphen, a label of which the last character stands before its colon, a name whose honorific is on the next line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.companies import has_company_form
from domain.dates import find_dates
from domain.folding import fold
from domain.geometry import Box, union
from domain.page import Word

Piece = tuple[tuple[Word, ...], bool]
"""Words without a column gap, and whether they are written vertically."""
_REACH = 2
"""Rows below in which a line of the same cell can stand: cells beside it may be set a little higher."""
_GROUP = 3
"""Digits between the marks of an amount."""
_GAP = 0.8
"""Line heights between two lines of one cell."""
_CELL_GAP = 0.3
"""Line heights between two cells on one line, where they stand closest: no more than a space."""
_GOES_ON_BESIDE = re.compile(r"^[\d月日./-]")
_SAME_SIZE = 1.8
_SHARED = 0.4
"""Part of the narrower line that stands under (or over) the other."""
_HALF_DAY = re.compile(
    r"(?:\d{4}|(?:令和|平成)\s?\d{0,2}|R\d{1,2}|\d)\s*[年./月-](?:\s*\d{1,2}\s*[月./-]?\s*\d{0,2})?$"
    r"|(?:20\d\d|(?:令和|平成)\s?\d{0,2})$"
)
_HALF_NUMBER = re.compile(r"[A-Za-z0-9]-$")
_HALF_AMOUNT = re.compile(r"[¥金]\s?\d[\d,]*,(?P<group>\d{0,2})$")
_REST_OF_AMOUNT = re.compile(r"^(?P<group>\d{1,3})(?:円|[-−ー]|$)")
_REST_OF_NUMBER = re.compile(r"^\d[\dA-Za-z-]{0,11}$")
_HALF_LABEL = re.compile(r"^[^\d:：\s]{2,8}$")
_REST_OF_LABEL = re.compile(r"^(?:[年月期]?日|番?号|期?限日?|コ?ー?ド|[Nn][Oo]\.?)[:：]")
_REST_OF_HEAD = re.compile(r"^(?:[年月期]?日|番?号|期?限日?|コ?ー?ド)$")
_WHOLE_HEAD = re.compile(r"(?:番号|コード|年月日|期限日?|期日|[行求積注文収品付払込成]日)$")
"""Heads in narrow cells that wrap before their last characters (お見積書番 over 号), as they are whole."""
_TIME_LABEL = re.compile(r"(?:時刻|時間|日付|日時)$")
"""Labels that are whole: a No.: under them begins another."""
_HONORIFIC = re.compile(r"^(?P<rest>[^\s部課係室局様]{0,3}?)(?:御?中|様)$")
_KANA_END = re.compile(r"[ァ-ヶー]$")
_KANA_LINE = re.compile(r"^[ァ-ヶー]{1,8}(?:御中)?$")
"""The end of a long name in katakana."""
_KANA_REST = re.compile(r"^[ンー][ァ-ヶー]*.{0,12}")
"""No word begins like this: its beginning stands in the line above (small kana are often large ones misread)."""
_TORN = re.compile(r"^(?:[ァ-ヶー]{1,2}|[ァィゥェォッャュョンー][ァ-ヶー]{0,6})$")
"""The rest of a word: too short for a name of its own, or beginning as none does."""
_SAME_EDGE = 0.3
_LIKE_SIZE = 1.25
"""Of the lines of a block that is ranged right; glyphs of a seal end anywhere and have sizes of their own."""
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]$")


def continued(rows: Sequence[Sequence[Piece]]) -> list[list[Piece]]:
    """The rows with each line that goes on below joined to what it goes on with; rows that are left empty go."""
    out = [list(row) for row in rows]
    for index in range(len(out)):
        out[index] = row = [part for piece in out[index] for part in _cells(out, index, piece)]
        for place, piece in enumerate(row):
            whole = piece
            while (found := _rest(out, index, whole)) is not None:
                below, rest = found
                out[below].remove(rest)
                whole = ((*whole[0], *rest[0]), False)
            row[place] = whole
    return [row for row in out if row]


def _cells(rows: Sequence[Sequence[Piece]], index: int, piece: Piece) -> list[Piece]:
    """A piece cut where a day without its end is followed by something else, and goes on in the line below.

    Cells set close to each other, each wrapped: 発行日 2024年9月|希望納期 2024年10月 over 23日|7日.
    """
    words, vertical = piece
    parts: list[Piece] = []
    start = 0
    for at in range(1, 0 if vertical else len(words)):
        gap = words[at].box.left - words[at - 1].box.right
        left = (words[start:at], False)
        if (
            gap > _CELL_GAP * max(words[at].box.height, 1)
            and not _GOES_ON_BESIDE.match(fold(words[at].text).text)
            and _HALF_DAY.search(_text(left))
            and _rest(rows, index, left) is not None
        ):
            parts.append(left)
            start = at
    return [*parts, (words[start:], vertical)]


def _rest(rows: Sequence[Sequence[Piece]], index: int, piece: Piece) -> tuple[int, Piece] | None:
    """The row and the piece right below in which a piece goes on."""
    text = _text(piece)
    if piece[1] or not (
        _HALF_DAY.search(text)
        or _HALF_NUMBER.search(text)
        or _HALF_AMOUNT.search(text)
        or _HALF_LABEL.match(text)
        or has_company_form(text)
        or _KANA_END.search(text)
        or text.endswith("御")
    ):
        return None
    last = _last_line(piece)
    for below in range(index + 1, min(index + 1 + _REACH, len(rows))):
        rests = [
            o
            for o in rows[below]
            if not o[1]
            and _goes_on(text, _text(o))
            and (_torn(last, _box(o), _text(o)) or _under(last, _box(o), "" if _is_head(text, _text(o)) else text))
        ]
        if rests:
            # Of two days under a piece that holds two cells, its end goes on with the one on the right.
            return below, rests[-1] if _HALF_DAY.search(text) else rests[0]
    return None


def _goes_on(text: str, rest: str) -> bool:
    if _HALF_NUMBER.search(text) and _REST_OF_NUMBER.match(rest):
        return True
    half, more = _HALF_AMOUNT.search(text), _REST_OF_AMOUNT.match(rest)
    if half is not None and more is not None:
        return len(half["group"] + more["group"]) == _GROUP
    if _HALF_DAY.search(text) and re.match(r"[\d月日年]", rest):
        before = {d.end for d in find_dates(text)}
        return any(d.start < len(text) < d.end for d in find_dates(text + rest)) and len(text) not in before
    if _HALF_LABEL.match(text) and _JAPANESE.search(text) and _REST_OF_LABEL.match(rest):
        return not (_TIME_LABEL.search(text) and rest[:1].isascii())
    if _is_head(text, rest):
        return True
    if has_company_form(text) and _KANA_END.search(text) and _KANA_LINE.match(rest):
        return True
    if _KANA_END.search(text) and _KANA_REST.match(rest) and has_company_form(rest):
        return True
    if text.endswith("御") and rest == "中":
        return True
    honorific = _HONORIFIC.match(rest)
    return has_company_form(text) and honorific is not None and not re.search(r"御中|様|殿|[:：]", text)


def _is_head(text: str, rest: str) -> bool:
    return bool(_HALF_LABEL.match(text) and _REST_OF_HEAD.match(rest) and _WHOLE_HEAD.search(text + rest))


def _text(piece: Piece) -> str:
    return "".join("".join(fold(w.text).text.split()) for w in piece[0])


def _box(piece: Piece) -> Box:
    return union(tuple(w.box for w in piece[0]))


def _last_line(piece: Piece) -> Box:
    """Of a piece that has taken lines below already: the words of its last one."""
    bottom = max(w.box.bottom for w in piece[0])
    return union(tuple(w.box for w in piece[0] if w.box.bottom > bottom - w.box.height / 2))


def _torn(upper: Box, lower: Box, rest: str) -> bool:
    """The rest of a word under the end of its line, in a block that is ranged right."""
    small, tall = sorted((max(upper.height, 1), max(lower.height, 1)))
    return (
        _TORN.match(rest) is not None
        and tall <= _LIKE_SIZE * small
        and abs(upper.right - lower.right) <= _SAME_EDGE * small
        and -0.5 * small < lower.top - upper.bottom <= _GAP * tall
    )


def _under(upper: Box, lower: Box, text: str) -> bool:
    tall, small = max(upper.height, lower.height, 1), max(min(upper.height, lower.height), 1)
    shared = min(upper.right, lower.right) - max(upper.left, lower.left)
    gap = lower.top - upper.bottom
    if not _HALF_DAY.search(text) and _KANA_END.search(text) and abs(upper.left - lower.left) > small:
        return False  # lines of one name begin at the same place
    if has_company_form(text) and abs(upper.left - lower.left) > small:
        return False  # a seal stands beside the end of a name, not under its beginning
    return (
        tall <= _SAME_SIZE * small
        and -0.5 * small < gap <= _GAP * tall
        and shared >= _SHARED * min(upper.width, lower.width)
    )
