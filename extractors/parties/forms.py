"""What can be put right in a company's name without knowing the company: its legal form, and foreign characters.

The legal forms are a closed list, so 青空急便株式会 can only be 青空急便株式会社. Characters that no Japanese name is
typed with (outside CP932) stand for the Japanese ones of which they are variants.
"""

from __future__ import annotations

import re

from domain.companies import has_company_form
from domain.text import nfkc, search_key

_CUT = re.compile(
    r"^(?P<core>.{2,}?)(?P<form>株式会[^社]?|株式[^会會]社|株[^式]会社|[林微様珠休持排拌]式会社|株式"
    r"|有限会[^社]?|有限[^会會]社|有[^限]会社|有限)$"
)
"""A name that ends in a legal form of which a character is wrong or the end is missing."""
_LED = re.compile(r"^(?P<form>株式会|株式[^会]社|株[^式]会社|有限会|有限[^会]社|有[^限]会社)(?P<core>\w{2,})$")
_EDGE = re.compile(r"^[\s_「『\[|・.,:;]+|[\s_」』\]|.,:;]+$")
"""Marks and lines read along with a name."""


def mended(name: str) -> str:
    """The name with its legal form and characters put right; as it was where nothing is certain."""
    plain = _EDGE.sub("", "".join(_typed(character) for character in nfkc(name)))
    if has_company_form(plain) or not plain:
        return plain or name
    if match := _CUT.match(plain):
        return match["core"] + ("有限会社" if "有" in match["form"] else "株式会社")
    if match := _LED.match(plain):
        return ("有限会社" if "有" in match["form"] else "株式会社") + match["core"]
    return plain


def _typed(character: str) -> str:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        # The search key knows which character stands for which variant.
        folded = search_key(character)
        return folded if len(folded) == 1 and "一" <= folded <= "鿿" else character
    return character
