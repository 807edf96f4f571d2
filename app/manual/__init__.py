"""The manual: short sections in Markdown, one file each, shown at ``/help`` in the order of their file names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path

from markdown_it import MarkdownIt

from domain.labels import Label
from domain.text import search_key

FOLDER = Path(__file__).parent
_KEYS = frozenset({"title", "title_en", "summary", "summary_en", "page", "words"})
_IN_TITLE, _IN_WORDS, _IN_SUMMARY, _IN_TEXT = 8, 6, 3, 1
"""What a word counts where it stands: the words of a section are those that people ask with."""
_LEAST_LETTERS = 4
_EMPTY = frozenset(
    (
        "what",
        "when",
        "where",
        "which",
        "many",
        "much",
        "last",
        "next",
        "this",
        "that",
        "from",
        "with",
        "have",
        "does",
        "soon",
    )
)
"""English words that every question may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section."""

    slug: str
    """Name in addresses."""
    title: Label
    summary: Label
    page: str
    """Path of the page that it is about."""
    words: tuple[str, ...]
    """Other words that people ask with."""
    html: str
    """The body, in Japanese; headings begin at the second level."""
    text: str
    """The body without marks."""


def _section(path: Path) -> Section:
    """Read one file: lines ``key: value`` between two ``---``, then Markdown."""
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    pairs = dict(line.split(": ", 1) for line in head.strip().splitlines())
    if set(pairs) != _KEYS:
        msg = f"{path.name}: the head has {sorted(pairs)}, not {sorted(_KEYS)}"
        raise ValueError(msg)
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(body)
    words = (child.content for token in tokens for child in token.children or () if child.content)
    return Section(
        slug=path.stem.partition("-")[2],
        title=(pairs["title"], pairs["title_en"]),
        summary=(pairs["summary"], pairs["summary_en"]),
        page=pairs["page"],
        words=tuple(pairs["words"].split()),
        html=markdown.render(body),
        text=unescape(" ".join(words)),
    )


@lru_cache(maxsize=1)
def sections() -> tuple[Section, ...]:
    """The whole manual."""
    return tuple(_section(path) for path in sorted(FOLDER.glob("*.md")))


def section(slug: str) -> Section | None:
    """One section, or None."""
    return next((one for one in sections() if one.slug == slug), None)


def sections_of(path: str) -> tuple[Section, ...]:
    """What there is about a page, by its path."""
    return tuple(one for one in sections() if one.page != "/" and (path == one.page or path.startswith(f"{one.page}/")))


def find(question: str, *, most: int = 5) -> tuple[Section, ...]:
    """Sections that speak of what is asked, the best first.

    A section is found by its own words standing in the question: that way round nothing need be cut out of a Japanese
    sentence. What was typed, between spaces, is looked for in the text too.
    """
    asked = search_key(question)
    typed = [key for word in question.split() if _says(word) and (key := search_key(word))]
    if not typed:
        return ()
    scored = [(_score(one, asked, typed), -place, one) for place, one in enumerate(sections())]
    return tuple(one for points, _, one in sorted(scored, key=lambda found: found[:2], reverse=True) if points)[:most]


def _says(word: str) -> bool:
    """Whether it may tell what is asked: of English, no short words, which stand inside of others."""
    plain = word.strip(".,!?'\"()").casefold()
    return not plain.isascii() or (len(plain) >= _LEAST_LETTERS and plain not in _EMPTY)


def _score(one: Section, asked: str, typed: list[str]) -> int:
    title, summary, text = (search_key(part) for part in (" ".join(one.title), " ".join(one.summary), one.text))
    points = sum(_IN_WORDS + len(word) for word in one.words if len(word) > 1 and search_key(word) in asked)
    for word in typed:
        if (
            word.isascii()
            and word.isalpha()
            and not re.search(rf"(?<![a-z]){word}", f"{one.title[1]} {one.summary[1]} {one.text}".casefold())
        ):
            continue
        points += _IN_TITLE * (word in title) + _IN_SUMMARY * (word in summary) + _IN_TEXT * (word in text)
    return points
