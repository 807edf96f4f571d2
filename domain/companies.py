"""Names on documents (law: extraction conventions): legal forms, honorifics, and when two names are the same."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

_SHORT_FORMS = {
    "株": "株式会社", "有": "有限会社", "同": "合同会社", "資": "合資会社", "名": "合名会社",
    "一社": "一般社団法人", "公社": "公益社団法人", "社": "一般社団法人", "一財": "一般財団法人",
    "公財": "公益財団法人", "財": "一般財団法人",
    "学": "学校法人", "医": "医療法人", "福": "社会福祉法人", "特非": "特定非営利活動法人", "宗": "宗教法人",
    "協": "協同組合", "独": "独立行政法人", "税": "税理士法人", "弁": "弁護士法人",
}  # fmt: skip
JAPANESE_FORMS = (
    "株式会社", "有限会社", "合同会社", "合資会社", "合名会社", "相互会社", "一般社団法人", "公益社団法人",
    "一般財団法人", "公益財団法人", "社団法人", "財団法人", "学校法人", "医療法人社団", "医療法人財団",
    "医療法人", "社会福祉法人", "特定非営利活動法人", "NPO法人", "宗教法人", "税理士法人", "弁護士法人",
    "司法書士法人", "行政書士法人", "社会保険労務士法人", "特許業務法人", "監査法人", "生活協同組合",
    "農業協同組合", "協同組合", "事業協同組合", "独立行政法人", "国立大学法人", "有限責任事業組合", "企業組合",
    "投資法人",
)  # fmt: skip
_FOREIGN_FORM = re.compile(
    r"(?<![A-Za-z])(?:(?:sdn|sbn)\.?\s*bhd|s\s?/\s?b|bhd|co\.?,?\s*ltd|company limited"
    r"|pvt\.?\s*ltd|private limited|pte\.?\s*ltd"
    r"|pty\.?\s*ltd|ltd|limited|inc(?:orporated)?|corp(?:oration)?|llc|llp|plc|gmbh(?:\s*&\s*co\.?\s*kg)?"
    r"|ag|ug|kgaa?|ohg|e\.\s?k|e\.\s?v|a\.\s?g|b\.\s?v|n\.\s?v"
    r"|s\.\s?a(?:\.\s?r\.\s?l)?|sarl|s\.\s?p\.\s?a|s\.\s?r\.\s?l|oy|ab|a/s|k\.\s?k|g\.\s?k)(?![A-Za-z])\.?",
    re.IGNORECASE,
)
_JAPANESE_FORM = re.compile("|".join(sorted(JAPANESE_FORMS, key=len, reverse=True)))
_BRACKETED = re.compile(r"\((" + "|".join(sorted(_SHORT_FORMS, key=len, reverse=True)) + r")\)")
_HONORIFIC = re.compile(r"\s*(御\s*中|様|樣|殿|さま|(?<=\s)宛|(?<=\s)行)\s*$")
NO_RECIPIENT = frozenset({"上", "上様", "お客", "お客様"})
"""Words in the place of a recipient that name nobody (law: extraction conventions, honorifics)."""

_VARIANTS = str.maketrans(
    "髙﨑濵濱齋齊斎邊邉瀨嶋冨廣德惠櫻澤彌龍國學會藏實單榮豐與萬圓",
    "高崎浜浜斉斉斉辺辺瀬島富広徳恵桜沢弥竜国学会蔵実単栄豊与万円",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyName:
    """A name taken apart."""

    core: str
    """Without the form, NFKC."""
    form: str | None
    """Full form (株式会社 for ㈱); None for a person or a shop."""


def expand_forms(text: str) -> str:
    """NFKC, with ㈱, (株) and the like written out."""
    plain = unicodedata.normalize("NFKC", text)
    return _BRACKETED.sub(lambda m: _SHORT_FORMS[m[1]], plain)


def split_company(name: str) -> CompanyName:
    """Core and legal form of a name."""
    plain = " ".join(expand_forms(name).split())
    match = _JAPANESE_FORM.search(plain)
    if match:
        return CompanyName(core=(plain[: match.start()] + " " + plain[match.end() :]).strip(" ・"), form=match[0])
    foreign = list(_FOREIGN_FORM.finditer(plain))
    if foreign and foreign[-1].start() > 0:
        last = foreign[-1]
        return CompanyName(core=plain[: last.start()].strip(" ,"), form=last[0].strip())
    return CompanyName(core=plain, form=None)


def has_company_form(text: str) -> bool:
    """True where a legal form stands in the text."""
    plain = expand_forms(text)
    return bool(_JAPANESE_FORM.search(plain) or _FOREIGN_FORM.search(plain))


def strip_honorific(name: str) -> tuple[str, str | None]:
    """Name and honorific (御中, 様, 殿 …), which is None where there is none."""
    match = _HONORIFIC.search(name)
    if not match:
        return name.strip(), None
    return name[: match.start()].strip(), re.sub(r"\s", "", match[1])


def company_key(name: str) -> str:
    """What two writings of one name share: no form, spaces, marks or case; variant and look-alike characters one."""
    core = split_company(strip_honorific(name)[0]).core or name
    plain = unicodedata.normalize("NFKC", core).casefold().translate(_VARIANTS).translate(_FOLD_ALIKE)
    return re.sub(r"[\W_]", "", plain)


_FOLD_ALIKE = str.maketrans({"ロ": "口", "カ": "力", "タ": "夕", "エ": "工", "ニ": "二", "ー": "一", "ヴ": "ブ"})
_NEAR = 0.85
"""Similarity of keys from which two longer names count as one in ``same_company``: one misread character in seven (of
five, it is as likely another company)."""


def similarity(left: str, right: str) -> float:
    """0 to 1 between the keys of two names; 1 where one key contains the other and is at least four characters."""
    a, b = company_key(left), company_key(right)
    if not a or not b:
        return 0.0
    if a == b or (min(len(a), len(b)) >= 4 and (a in b or b in a)):
        return 1.0
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def same_company(left: str, right: str) -> bool:
    """True where two writings plausibly name one company (a misread character, another way to write the form)."""
    a, b = company_key(left), company_key(right)
    if not a or not b:
        return False
    return a == b or (min(len(a), len(b)) >= 5 and SequenceMatcher(None, a, b, autojunk=False).ratio() >= _NEAR)
