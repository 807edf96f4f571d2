"""The characters that Japanese business documents are printed in.

The recogniser knows 18,708 characters of fifty languages; held to these it no longer answers simplified Chinese for
Japanese, nor Greek and Cyrillic look-alikes for Latin letters.
"""

from __future__ import annotations

from collections.abc import Callable

_ENCODING = "cp932"
"""JIS X 0208 with the extensions of Windows: what Japanese office software writes."""
_ALSO = set("€£¢¥°²³±×÷µ§©®·«»–—‘’“”•…™ŒœŠšŽžŸ¿¡½¼¾凜髙神祥福靖精羽﨑")
_CHINESE = set("增决况冲个儿厂厦听坏广弃无梦犹网羡荐迹韵黑匀澈赶乘窗粮")
"""Also in JIS, but on documents of today they are the recogniser's Chinese readings of 増決況冲個児廠…."""
_OLD = set("拔减綠錄册號數單稅說銷寬橫樣戶淸溫對變當發證檢續讀賣轉傳營價假兩雙擴關處屬據舉參卷陷醉粹")
"""Old and variant forms that neither business paper nor names of today are printed in: 抜減緑録冊号数単 are meant."""
_LATIN_1_LETTERS = range(0xC0, 0x100)
_LOOK_ALIKES = (range(0x0370, 0x0530), range(0x2500, 0x25A0))
"""Greek, Cyrillic and box drawing."""
SPACE = " "


def wanted(character: str) -> bool:
    """True where the character may stand on a Japanese business document."""
    if len(character) != 1:
        return False
    code = ord(character)
    if character in _CHINESE or character in _OLD or any(code in block for block in _LOOK_ALIKES):
        return False
    if character in _ALSO or code in _LATIN_1_LETTERS:
        return True
    try:
        character.encode(_ENCODING)
    except UnicodeEncodeError:
        return False
    return True


def select(characters: list[str], *, keep: Callable[[str], bool] = wanted) -> tuple[list[int], list[str]]:
    """From the recogniser's own alphabet: which of its outputs to ``keep``, and what each then stands for.

    Output 0 means no character, the last one a space; both stay.
    """
    kept = [(index, character) for index, character in enumerate(characters, start=1) if keep(character)]
    space = len(characters) + 1
    indices = [0, *(index for index, _ in kept), space]
    return indices, ["", *(character for _, character in kept), SPACE]
