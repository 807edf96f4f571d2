"""Electronic seals (電子印) as drawings: what they look like, and where each stroke and character goes.

A seal is a picture; the act in the log is what counts. Lengths are thousandths of the seal's width, from its top left.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.errors import CorrectionInvalid

MOST_UPPER, MOST_LOWER = 20, 12
"""Characters in the upper and the lower part."""
SIZE = 1000
_RING = 30
"""Width of the ring; 0.55 mm on a seal of 18 mm."""
_COLUMNS = ((3, 1), (8, 2), (99, 3))
"""Characters up to which a name is cut in so many columns: 田中, 佐々木 in one, 勅使河原 in two."""
_REIWA_FROM = date(2019, 5, 1)
_BAND = (380, 620)
"""Between which heights the day stands."""
_NARROW, _BROAD = frozenset(".,・ijlI'"), frozenset("mwMW")
_TEXT = 0.92
"""Share of a chord that text may fill."""
_ONE_LINE = 6
"""Characters that still stand in one line."""
_LEAST = 40
"""Height under which type is not made smaller: 0.7 mm on a seal of 18 mm."""
_WIDEST = 1.4
"""How far characters are set apart at most, in their own widths."""


class SealStyle(StrEnum):
    """Shapes of seals."""

    DATE = "date"
    """Round, in three parts: company or department, day, name (データ印)."""
    ROUND = "round"
    """Round, the name alone (丸印)."""
    SQUARE = "square"
    """Square, the name alone, in columns from the right (角印)."""


class Era(StrEnum):
    """How the day is written."""

    WESTERN = "western"
    JAPANESE = "japanese"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealLook:
    """What a person chose."""

    version: int = 0
    """Number of the act that chose it; 0: nobody chose."""
    style: SealStyle = SealStyle.DATE
    era: Era = Era.WESTERN
    upper: str = ""
    """Company or department; empty: the person's department."""
    lower: str = ""
    """The name; empty: the person's family name, as far as it can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impression:
    """One impression of a seal, with everything that it shows."""

    style: SealStyle
    era: Era
    upper: str
    lower: str
    on: date
    for_another: bool = False
    """Given in the place of another: marked 代."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """One character."""

    text: str
    x: int
    """Its middle."""
    y: int
    """Its middle."""
    size: int
    """Height of its type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Where everything goes."""

    square: bool
    ring: int
    width: int
    """Of the whole picture: the seal's, and what stands to its right; its height is always ``SIZE``."""
    rules: tuple[tuple[int, int, int, int], ...]
    """Lines between the parts: x and y of both ends."""
    glyphs: tuple[Glyph, ...]


def family_name(name: str) -> str:
    """The part before a blank: a seal shows the family name; all of a name without a blank."""
    words = unicodedata.normalize("NFKC", name).split()
    return words[0][:MOST_LOWER] if words else ""


def impression(look: SealLook, *, name: str, department: str, on: date, for_another: bool = False) -> Impression:
    """What a person's seal shows on a day."""
    return Impression(
        style=look.style,
        era=look.era,
        upper=look.upper or department[:MOST_UPPER] or "承認",
        lower=look.lower or family_name(name) or "印",
        on=on,
        for_another=for_another,
    )


def check_look(look: SealLook) -> SealLook:
    """The look, if it can be cut.

    Raises:
        CorrectionInvalid: too long, or with characters that no seal shows.
    """
    for text, most in ((look.upper, MOST_UPPER), (look.lower, MOST_LOWER)):
        if len(text) > most or any(not c.isprintable() or unicodedata.combining(c) for c in text):
            raise CorrectionInvalid(
                "no text of a seal",
                message_ja=f"印影の文字は、上段 {MOST_UPPER} 文字・下段 {MOST_LOWER} 文字までにしてください",
            )
    return look


def day_words(on: date, era: Era) -> str:
    """2026.11.22 or 令8.11.22; days before Reiwa stay in the western calendar."""
    if era is Era.JAPANESE and on >= _REIWA_FROM:
        return f"令{on.year - 2018}.{on.month}.{on.day}"
    return f"{on.year}.{on.month:02}.{on.day:02}"


def drawn(seal: Impression) -> Drawing:
    """Lay a seal out; 代 stands to its right, outside of it."""
    square = seal.style is SealStyle.SQUARE
    ring = _RING + 10 if square else _RING
    rules: tuple[tuple[int, int, int, int], ...] = ()
    if seal.style is SealStyle.DATE:
        half = _half_chord(_BAND[0])
        rules = tuple((SIZE // 2 - half, y, SIZE // 2 + half, y) for y in _BAND)
        glyphs = _dated(seal)
    elif not any(_cell(character) == 1.0 for character in seal.lower):
        glyphs = _line(seal.lower, y=SIZE // 2, most=380)
    elif square:
        glyphs = _columns(_sealed(seal.lower), box=800)
    else:
        glyphs = _columns(seal.lower, box={1: 620, 2: 760, 3: 800}.get(len(seal.lower), 660))
    if seal.for_another:
        glyphs = (*glyphs, Glyph(text="代", x=SIZE + 95, y=SIZE - 130, size=190))
    return Drawing(square=square, ring=ring, width=SIZE + 190 * seal.for_another, rules=rules, glyphs=glyphs)


def _dated(seal: Impression) -> tuple[Glyph, ...]:
    """Three parts: the day stands in a band; above and below it the chords decide how wide text may be."""
    glyphs: list[Glyph] = []
    upper, lower = _lines(seal.upper), _lines(seal.lower)
    for text, y in zip(upper, (248,) if len(upper) == 1 else (178, 292), strict=True):
        glyphs += _line(text, y=y, most=190 if len(upper) == 1 else 104)
    glyphs += _in_row(day_words(seal.on, seal.era), y=SIZE // 2, size=178, width=2 * _half_chord(_BAND[0]) - 60)
    for text, y in zip(lower, (764,) if len(lower) == 1 else (708, 822), strict=True):
        glyphs += _line(text, y=y, most=236 if len(lower) == 1 else 104)
    return tuple(glyphs)


def _lines(text: str) -> tuple[str, ...]:
    """Long names in two lines, broken in the middle, so that neither becomes tiny."""
    if len(text) <= _ONE_LINE:
        return (text,)
    half = len(text) // 2
    return text[:half], text[half:]


def _line(text: str, *, y: int, most: int) -> tuple[Glyph, ...]:
    """One line in a circle: as large as the shorter chord at its edges allows; few characters stand apart."""
    size = most
    while size > _LEAST and _extent(text) * size > _room(y, size):
        size -= 4
    spread = {2: 1.35, 3: 1.12}.get(len(text), 1.0)
    return _in_row(text, y=y, size=size, width=min(_room(y, size), int(_extent(text) * size * spread)))


def _room(y: int, size: int) -> int:
    """How wide a line of this height may be."""
    return int(2 * min(_half_chord(y - size // 2), _half_chord(y + size // 2)) * _TEXT)


def _extent(text: str) -> float:
    """Width of a line in its own heights."""
    return sum(_cell(character) for character in text)


def _cell(character: str) -> float:
    if character in _NARROW:
        return 0.34
    if character in _BROAD:
        return 0.9
    return 1.0 if unicodedata.east_asian_width(character) in {"W", "F", "A"} else 0.6


def _in_row(text: str, *, y: int, size: int, width: int) -> tuple[Glyph, ...]:
    """Characters in cells over a width; type that would not fit is made smaller."""
    extent = _extent(text) or 1.0
    size = min(size, int(width / extent))
    width = min(width, int(extent * size * _WIDEST))
    x, found = (SIZE - width) / 2, []
    for character in text:
        cell = _cell(character) / extent * width
        found.append(Glyph(text=character, x=int(x + cell / 2), y=y, size=size))
        x += cell
    return tuple(found)


def _half_chord(y: int) -> int:
    """Half the width of the circle inside its ring at a height."""
    radius = SIZE // 2 - _RING - 12
    away = abs(y - SIZE // 2)
    return int((radius * radius - away * away) ** 0.5) if away < radius else 0


def _columns(text: str, *, box: int) -> tuple[Glyph, ...]:
    """Characters in columns from top to bottom, the first column on the right; each fills its cell."""
    count = max(1, len(text))
    columns = next(columns for most, columns in _COLUMNS if count <= most)
    rows = -(-count // columns)
    across, edge = box // columns, (SIZE - box) // 2
    found = []
    for index, character in enumerate(text):
        column, row = divmod(index, rows)
        tall = box // min(rows, count - column * rows)  # a last column that is not full spreads over the whole height
        found.append(
            Glyph(
                text=character,
                x=SIZE - edge - column * across - across // 2,
                y=edge + row * tall + tall // 2,
                size=int(min(across, box // rows) * 0.98),
            )
        )
    return tuple(found)


def _sealed(name: str) -> str:
    """Square seals end in 印 or 之印, so that the cells are full."""
    ending = {2: "之印", 3: "印", 4: "之印", 5: "印", 7: "之印", 8: "印"}
    return name + ending.get(len(name), "")


def impression_plain(seal: Impression) -> dict[str, str]:
    """As it stands in the payload of an act."""
    return {
        "style": seal.style.value,
        "era": seal.era.value,
        "upper": seal.upper,
        "lower": seal.lower,
        "on": seal.on.isoformat(),
        "for_another": "1" if seal.for_another else "",
    }


def impression_text(seal: Impression) -> str:
    """The same as one value."""
    return json.dumps(impression_plain(seal), ensure_ascii=False, sort_keys=True)


def find_impression(text: str | None) -> Impression | None:
    """The impression of a payload; None where it is gone or none was recorded."""
    try:
        plain = json.loads(text or "")
        return Impression(
            style=SealStyle(plain["style"]),
            era=Era(plain["era"]),
            upper=str(plain["upper"]),
            lower=str(plain["lower"]),
            on=date.fromisoformat(plain["on"]),
            for_another=bool(plain["for_another"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
