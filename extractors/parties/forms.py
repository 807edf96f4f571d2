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
    r"|株.社|有限会[^社]?|有限[^会會]社|有[^限]会社|有限)$"
)
"""A name that ends in a legal form of which a character is wrong or the end is missing."""
_BEGUN = re.compile(r"^(?P<core>.{3,}?)(?P<form>式会社|会社)$")
"""The beginning of the form is missing: of companies whose form ends so, nearly all are 株式会社."""
_LED = re.compile(
    r"^(?P<form>株式会|株式[^会]社|株[^式]会社|式会社|有限会|有限[^会]社|有[^限]会社|有限(?!責任))(?P<core>\w{2,})$"
)
_MARK_BEHIND = re.compile(
    r"^(?P<core>.*[^\W\d_].*[^\s(\[〔【古切持新旧自社])(?:[(\[〔【]?(?P<form>株)[)\]〕】]?|[(\[〔【](?P<only>有)|(?P<closed>有)[)\]〕】])$"
)
_MARK_BEFORE = re.compile(
    r"^(?:[(\[〔【]?(?P<form>株)[)\]〕】]?|[(\[〔【](?P<only>有)|(?P<closed>有)[)\]〕】])(?P<core>\w{2,})$"
)
"""㈱ of which the ring or a bracket was not read. A name may begin with 有 (有田) and does not end in 株."""
_NO_MARK = frozenset("式主価券数分")
"""What follows 株 in a word of its own."""
_TWICE = re.compile(r"^(?P<whole>.{2,}(?:株式|有限|合同)会社)[社会祉]$")
"""The last character of a form was read twice."""
_COMPLETE = re.compile(r"^.{2,}(?:[会社所院堂]|組合|センター)(?=.{1,2}$)")
"""A name that ends so is whole: foreign characters behind it were read along."""
_EDGE = re.compile(r"^[\s_「『\[|・.,:;]+|[\s_」』\]|.,:;]+$")
"""Marks and lines read along with a name."""


def mended(name: str) -> str:
    """The name with its legal form and characters put right; as it was where nothing is certain."""
    plain = nfkc(name)
    out = _mended(plain)
    return name if out == plain else out


def _mended(name: str) -> str:
    plain = _EDGE.sub("", "".join(_typed(character) for character in name))
    if (match := _COMPLETE.match(plain)) and not any(map(_in_japan, plain[match.end() :])):
        plain = match[0]
    if match := _TWICE.match(plain):
        return match["whole"]
    if has_company_form(plain) or not plain:
        return plain or name
    if match := _CUT.match(plain) or _BEGUN.match(plain):
        return match["core"] + _form(match["form"])
    if match := _LED.match(plain):
        return _form(match["form"]) + match["core"]
    if match := _MARK_BEHIND.match(plain):
        return match["core"] + _mark(match)
    if (match := _MARK_BEFORE.match(plain)) and match["core"][0] not in _NO_MARK:
        return _mark(match) + match["core"]
    return plain


def _mark(match: re.Match[str]) -> str:
    return f"({match['form'] or match['only'] or match['closed']})"


def _form(read: str) -> str:
    return "有限会社" if "有" in read else "株式会社"


def _typed(character: str) -> str:
    if _in_japan(character):
        return character
    # The search key knows which character stands for which variant.
    folded = search_key(character)
    return folded if len(folded) == 1 and "一" <= folded <= "鿿" else character


def _in_japan(character: str) -> bool:
    """Japanese names are typed with it."""
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
