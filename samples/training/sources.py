"""What made-up lines are put together from: words by script, kanji by level, parts of names, sentences of the papers.

Words come from the list in GiNZA's model, names and wordings from the development half of the generator.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from samples.generator import contracts
from samples.generator.wordings import WORDINGS

_WORDS = Path(__file__).parent / "business_words.txt"
_SENTENCES = Path(__file__).parent / "business_sentences.txt"
_PARTS = Path(__file__).parent / "business_parts.json"


@lru_cache(maxsize=1)
def dictionary() -> tuple[list[str], list[str], list[str], list[str]]:
    """Words with kanji, in katakana, in hiragana and in Latin letters."""
    spec = find_spec("ja_ginza")
    if spec is None or not spec.submodule_search_locations:
        msg = "ja_ginza is not installed"
        raise RuntimeError(msg)
    path = next(Path(spec.submodule_search_locations[0]).glob("*/vocab/strings.json"))
    kanji: list[str] = []
    katakana: list[str] = []
    hiragana: list[str] = []
    latin: list[str] = []
    for word in json.loads(path.read_text(encoding="utf-8")):
        if "=" in word or not 1 < len(word) < 9 or not _printable(word):
            continue
        if all("\u4e00" <= c <= "\u9fff" or c in "々ヶ" for c in word):
            kanji.append(word)
        elif all("ァ" <= c <= "ー" for c in word):
            katakana.append(word)
        elif all("ぁ" <= c <= "ん" for c in word):
            hiragana.append(word)
        elif word.isascii() and word.isalpha() and len(word) > 2:
            latin.append(word)
        elif all("\u3041" <= c <= "\u30fc" or "\u4e00" <= c <= "\u9fff" for c in word):
            kanji.append(word)
    return kanji, katakana, hiragana, latin


def _printable(word: str) -> bool:
    try:
        word.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=2)
def _rows(first: int, last: int) -> tuple[str, ...]:
    """Kanji of JIS X 0208 between two rows of its table."""
    out = []
    for high in range(first, last):
        for low in range(0x21, 0x7F):
            try:
                out.append(bytes([0x1B, 0x24, 0x42, high, low, 0x1B, 0x28, 0x42]).decode("iso2022_jp"))
            except UnicodeDecodeError:
                continue
    return tuple(out)


def level_1() -> tuple[str, ...]:
    """Everyday kanji: level 1 of JIS X 0208."""
    return _rows(0x30, 0x50)


def level_2() -> tuple[str, ...]:
    """Rarer kanji: level 2 of JIS X 0208."""
    return _rows(0x50, 0x75)


@lru_cache(maxsize=1)
def _all_parts() -> dict[str, list[str]]:
    read: dict[str, list[str]] = json.loads(_PARTS.read_text(encoding="utf-8"))
    return read


def parts(name: str) -> list[str]:
    """What names, labels and items are put together from."""
    return _all_parts()[name]


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    """Words of business papers: labels, headings, columns."""
    return tuple(_WORDS.read_text(encoding="utf-8").split())


@lru_cache(maxsize=1)
def prose() -> tuple[str, ...]:
    """Sentences and phrases that the generated papers print."""
    out = _SENTENCES.read_text(encoding="utf-8").splitlines()
    for kind in contracts.KINDS:
        out += [kind.purpose, *kind.titles, *kind.roles, *(text for _, text in kind.articles)]
        out += [f"第{number}条({heading})" for number, (heading, _) in enumerate(kind.articles, 1)]
    for wording in WORDINGS.values():
        for group in (wording.titles, wording.leads, wording.day, wording.number, wording.total, wording.due):
            out += group
        out += wording.other_day
    return tuple(out)
