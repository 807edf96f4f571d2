"""Words in katakana with what they cost, from SudachiDict: ``python -m samples.training.katakana``.

Writes ``extractors/ocr/katakana.npz``: hashes of words, and how rare each is. People's names are left out (バン is a
word, ベン only a name), since most words on business paper are none of them.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from extractors.ocr.spelling import COSTLIEST, FILE, STEP, hashed
from samples.generator.vocabulary import DEVELOPMENT

_HEADER = 272
_NAMES = "人名"
_WORD = re.compile("[ァ-ヶー]{2,16}")
_OF_GOODS = 300
"""Of words of goods: on paper like ours they are common, however rare they are elsewhere."""
_NO_COST = 8000
"""Of words for which the dictionary has none (0 or less): rare ones."""


def main() -> None:
    """Read the dictionary, write the words."""
    cheapest: dict[str, int] = {}
    for word, cost in words(_dictionary()):
        cheapest[word] = min(cost, cheapest.get(word, cost))
    cheapest |= dict.fromkeys(goods(), _OF_GOODS)
    codes = {hashed(word): min(cost // STEP, COSTLIEST) for word, cost in cheapest.items()}
    order = sorted(codes)
    hashes = np.array(order, np.uint32)
    np.savez_compressed(FILE, hashes=hashes, costs=np.array([codes[code] for code in order], np.uint8))


def goods() -> Iterator[str]:
    """Words of what is sold, by the development vocabulary."""
    for articles in (*DEVELOPMENT.shop_goods.values(), *DEVELOPMENT.business_goods):
        for article in articles:
            yield from _WORD.findall(article.name)


def words(path: Path) -> Iterator[tuple[str, int]]:
    """Nouns in katakana and their costs (version 2 of the dictionary's format, little-endian)."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        (count,) = struct.unpack_from("<H", data, _HEADER)
        at, kinds = _HEADER + 2, []
        for _ in range(count):
            parts = []
            for _ in range(6):
                part, at = _text(data, at)
                parts.append(part)
            kinds.append(parts)
        left, right = struct.unpack_from("<HH", data, at)
        at += 4 + 2 * left * right
        for width in (4, 1):  # the trie, the ids of its words
            at += 4 + width * struct.unpack_from("<I", data, at)[0]
        (count,) = struct.unpack_from("<I", data, at)
        costs = at + 4
        places = struct.unpack_from(f"<{count}I", data, costs + 6 * count)
        for number, place in enumerate(places):
            word, behind = _text(data, place)
            behind += 2 if data[behind] & 0x80 else 1
            kind = kinds[struct.unpack_from("<h", data, behind)[0]]
            if kind[0] in {"名詞", "形状詞", "接尾辞"} and kind[2] != _NAMES and _WORD.fullmatch(word):
                (cost,) = struct.unpack_from("<h", data, costs + 6 * number + 4)
                yield word, cost if cost > 0 else _NO_COST


def _text(data: mmap.mmap, at: int) -> tuple[str, int]:
    length = data[at]
    at += 1
    if length & 0x80:
        length = (length & 0x7F) << 8 | data[at]
        at += 1
    return data[at : at + 2 * length].decode("utf-16-le"), at + 2 * length


def _dictionary() -> Path:
    spec = find_spec("sudachidict_core")
    if spec is None or not spec.submodule_search_locations:
        msg = "sudachidict_core is not installed"
        raise RuntimeError(msg)
    return Path(spec.submodule_search_locations[0]) / "resources" / "system.dic"


if __name__ == "__main__":
    main()
