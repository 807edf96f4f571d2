"""Stretches of text on one row: where they stand, how high their letters are, whether they hold a value."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from domain.geometry import union
from domain.page import Line, Word

COLUMN_GAP = 1.0
"""A gap wider than this many letter heights may separate columns (between words of a sentence it is below 0.5)."""
_SLACK = 0.2
"""Share of a box above and below its letters that neighbours may reach into."""
_VALUE = re.compile(
    r"[(（【]?[¥￥|\\金▲△\-−+]*\d[\d,.]*(?:円|%|％|点|[個枚本台式箱袋冊組缶束時月日年]|[A-Za-z]{1,3})?[)）】*※\-−]*"
)
_AMOUNT = re.compile(r"[¥￥円|\\]|\d,\d{3}")
_MARK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?|(?:No|#)\.?:?\s*[\d\-]+", re.IGNORECASE)
_ADDRESS = re.compile(r"御中|様$|殿$|〒|TEL|FAX|電話|[都道府県].{1,4}[市区郡]", re.IGNORECASE)
_LABELLED = re.compile(
    r"[^\W\d_][^\d\s、。,.:]{1,9}[\s:.．]*(?:[¥￥\\金]|No\.?|[A-Z]{1,3})?[\s:.\-]*(?:\d[\d,./:\-年月日]*|[^\d、。]{1,3}\d+年.*)[円日様]?-?",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?:令和|平成|R|H)?\s*\d{1,4}\s*[年/.\-]\s*\d{1,2}\s*[月/.\-]\s*\d{1,2}\s*日?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of one row without a column gap, or a whole block of vertical writing."""

    left: float
    right: float
    top: float
    """Heights are taken as if the page lay straight."""
    bottom: float
    row: int
    words: tuple[Word, ...]
    height: float
    """Of its letters."""
    text: str = ""
    value: bool = False
    """It holds a number or a day and nothing else."""
    figures: bool = False
    """It holds a number, a sum of money, a day or a time, maybe beside other words."""
    money: bool = False
    """It holds a sum of money and nothing else."""
    address: bool = False
    """It names a person or a place: an honorific, a postcode, a telephone."""
    labelled: bool = False
    """It holds a label and its value: a day, a number, a sum of money, or words after a colon."""
    lines: tuple[Line, ...] = ()
    """Set for vertical writing: its columns in reading order."""

    middle: float = field(init=False)
    """Of its height."""
    high: float = field(init=False)
    """Top of its letters: boxes are drawn generously."""
    low: float = field(init=False)
    """Foot of its letters."""

    def __post_init__(self) -> None:
        """These three are asked for again and again."""
        slack = _SLACK * (self.bottom - self.top)
        object.__setattr__(self, "middle", (self.top + self.bottom) / 2)
        object.__setattr__(self, "high", self.top + slack)
        object.__setattr__(self, "low", self.bottom - slack)


def cut(line: Line, row: int, tilt: float) -> list[Segment]:
    """A row cut at its column gaps."""
    groups: list[list[Word]] = []
    for word in line.words:
        last = groups[-1][-1].box if groups else None
        if last is None or word.box.left - last.right > COLUMN_GAP * max(min(last.height, word.box.height), 1):
            groups.append([])
        groups[-1].append(word)
    return [_segment(tuple(words), row, tilt) for words in groups]


def _segment(words: tuple[Word, ...], row: int, tilt: float) -> Segment:
    box = union(tuple(w.box for w in words))
    drop = tilt * box.center[0]
    slack = abs(tilt) * box.width / 2
    top, bottom = box.top - drop + slack, box.bottom - drop - slack
    if bottom <= top:
        top, bottom = box.top - drop, box.bottom - drop
    text = "".join(w.text for w in words)
    return Segment(
        left=box.left,
        right=box.right,
        top=top,
        bottom=bottom,
        row=row,
        words=words,
        height=max(bottom - top, 1.0),
        text=text,
        value=is_value(text),
        figures=holds_value(text),
        money=is_sum(text),
        address=bool(_ADDRESS.search(_plain(text))),
        labelled=is_labelled(text),
    )


def numbered(line: Line, row: int) -> Line:
    """The line with the number of its row."""
    return Line(words=line.words, box=line.box, vertical=line.vertical, row=row)


def line_of(words: tuple[Word, ...], row: int) -> Line:
    """A line around words of one row."""
    return Line(words=words, box=union(tuple(w.box for w in words)), row=row)


def holds_value(text: str) -> bool:
    """True where a cell holds a number, a sum of money, a day or a time."""
    return is_value(text) or bool(_AMOUNT.search(_plain(text)))


def is_sum(text: str) -> bool:
    """A sum of money and nothing else."""
    return is_value(text) and bool(_AMOUNT.search(_plain(text)))


def is_value(text: str) -> bool:
    """A number, a day or a time and nothing else."""
    plain = _plain(text)
    return bool(_VALUE.fullmatch(plain) or _DAY.fullmatch(plain) or _MARK.fullmatch(plain))


def is_labelled(text: str) -> bool:
    """A label and its value, and nothing else."""
    plain = _plain(text)
    label, _, value = plain.partition(":")
    if value:
        return bool(label) and not label[-1].isdigit()
    return bool(_LABELLED.fullmatch(plain)) and not _DAY.fullmatch(plain)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
