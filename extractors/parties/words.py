"""How much of a name is made of words: 日本技術貿易 is, in 日本技術等毒 two characters belong to none.

By SudachiDict, which knows words, places, families and many companies. A name may well be no word; what tells is that a
reading holds less of them than the name that it is close to.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from domain.companies import split_company

if TYPE_CHECKING:
    from sudachipy import Tokenizer

_ONE_AT_A_TIME = Lock()


@lru_cache(maxsize=4096)
def loose(name: str) -> float:
    """Share of a name's characters, but for its legal form, that belong to no word: 0 to 1.

    A kanji that stands alone is counted with them: nearly every kanji is some word.
    """
    core = split_company(name).core
    with _ONE_AT_A_TIME:
        words = [(word.surface(), word.is_oov()) for word in _tokenizer().tokenize(core)] if core else []
    return sum(len(text) for text, strange in words if strange or _alone(text)) / max(len(core), 1)


def _alone(text: str) -> bool:
    return len(text) == 1 and "\u4e00" <= text <= "\u9fff"


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    from sudachipy import Dictionary, SplitMode  # noqa: PLC0415  # a sixth of a second: only for names that are in doubt

    return Dictionary(dict="core").create(SplitMode.C)
