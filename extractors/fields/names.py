"""What can be the name of a party, and what cannot: addresses, numbers, headings, sentences, seals."""

from __future__ import annotations

import re

from domain.amounts import find_amounts
from domain.companies import has_company_form, split_company
from domain.dates import find_dates
from domain.registration import find_registration_numbers
from extractors.fields.layout import Segment

ADDRESS = re.compile(
    r"〒|\d{3}-\d{4}(?!-?\d)|(?:東京都|北海道|(?:京都|大阪)府|[\u4e00-\u9fff]{2,3}県)[\u4e00-\u9fff]"
    r"|[\u4e00-\u9fff]{1,6}[市区郡町村][\u4e00-\u9fff\u3040-\u30ffー]{0,12}\d|\d+丁目"
    r"|(?i:\b(?:jalan|jln|taman|lot|street|road|straße|str\.|avenue|lorong|persiaran"
    r"|bandar|floor|selangor|kuala lumpur|johor|no\.?\s?\d+\s?[,&-]))|^\d{5}\s[A-Z]"
    r"|^D-\d{5}|^[A-Z]{2} \d{5}"
)
PHONE = re.compile(r"(?i)(?:tel|電話|ph(?:one)?|℡|fax|mobile|hp)[.:\s]*[+(\d]|^[+(]?0\d{1,4}[-)\s]\d{1,4}[-\s]\d{3,4}$")
TITLE = re.compile(
    r"^(?:[\u4e00-\u9fff]{0,6}議事録|(?:作業|業務)?(?:日|週|月)報|回覧|稟議書?|お知らせ|ご?連絡票?)$"
    r"|^(?:御|ご|お)?(?:領収[書証]|領収|レシート|請求書|請求明細書?|納品書|検収書"
    r"|見積書|注文書|発注書|支払通知書|支払明細書?|お?買上げ?票|計算書|明細書?|控え?"
    r"|受領書|利用明細)"
    r"|(?:領収[書証]|請求書|納品書|検収書|見積書|注文書|発注書|通知書|明細書|契約書|覚書|確認書|報告書|依頼書|案内書|請書)(?:\(.*\)|控)?$"
    r"|^(?:tax|cash|retail|sales|simplified|pro-?forma|commercial|official|payment"
    r"|bill|credit|debit|delivery|purchase)*(?:invoices?|receipt|bill|note|order"
    r"|memo)(?:s?/bill)?\.?$|^(?:rechnung|quittung|gutschrift|angebot|factuur|kassenbon"
    r"|quotation)",
)
SENTENCE = re.compile(
    r"[。！!？?]|ました|ます|下さい|ください|いたし|致し|ありがと|お買|またの|をお"
    r"|について|thank|welcome|please|visit|goods|not refund|exchange|vielen dank"
    r"|ihren|bitte",
    re.IGNORECASE,
)
_NOT_NAME = re.compile(
    r"(?i)登録番号|登録No|伝票|レジ|担当|責任|取引|店No|会員|端末|www\.|http|\.com"
    r"|\.co\.jp|\.my\b|@|^(?:ページ|頁)(?:\s*[\d/]*)$|^no\.?\b|no\.?$|番号|件名|品名|合計|小計|金額|税|日付|日時|営業時間"
    r"|ご利用|取扱|対象|現金|釣|預|gst|reg(?:istration)?\.?\s?no|co\.?\s?(?:reg\.?\s?)?no"
    r"|roc|company no|cashier|counter|table|pax|bill to|invoice|receipt|slip|tax"
    r"|date|time|\bdoc\b|terminal|customer|description|amount|qty|item|price|total"
    r"|ust-?id|ust\b|steuer|seite|eur$|^eur\b|member|copy|(?<![a-z])id(?![a-z])"
)
_SUBJECT = re.compile(r"^(?:件名|品名|摘要|案件名?|工事名)")
BODY = re.compile(
    r"\d\s*年\s*\d{1,2}\s*月|\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
    r"|[¥￥€]\s?\d|\d円|\d[.,]\d{2}(?!\d)|\d{1,2}:\d{2}"
)
_ROLE_WORDS = re.compile(
    r"^(?:発行者|発行元|請求元|請求者|差出人|宛先|宛名|送付先|請求先|納品先|販売元|事業者名?|会社名|社名|担当者?)[:：]?$"
    r"|(?:期限|期日|年月日|予定日|締日|限日"
    r"|(?:請求|支払い?|納品|納入|出荷|検収|見積|発注|注文|振込|振替|引落|入金|通知|返品|取引|利用|購入|領収|提出|起票|発行|作成)日"
    r")$|代表取締役|代表社員|取締役|(?:支店|営業所|工場|所|部|社|校|院)長\s"
)
"""Words beside names: labels, and who signs for a company."""
_DEPARTMENT = re.compile(
    r"(?:[部課係室局]|支店|支社|営業所|本社|センター|事業所|事業部|窓口)(?:\s*(?:\S{1,6}[課係]))?$"
)
_BUILDING = re.compile(r"ビル(?:ディング)?(?:\s*\d{1,2}\s*(?:階|F))?$|^第\d+.{1,10}ビル|タワー\d*階?$|\d+階$|\d+F$")
_SEAL = re.compile(r"\s*(?:\(?印\)?|㊞|社印)\s*$")
_HALF_FORM = re.compile(r"^\(?株\)(?=\S)|^\(株(?=[^)式])")
"""(株) of which a bracket was not read."""
LOST_FORM = re.compile(r"^株(?![式主価券分)])(?=\S{2})")
"""(株) of which neither bracket was read: they are put back, and the name goes to a person."""
_REGISTERED = re.compile(
    r"\s*[(\[](?:(?:co(?:mpany)?|reg(?:istration|n)?|roc)[.\s]*){0,2}(?:no|id)?[.:\s]*"
    r"(?=(?:\D*\d){4})[A-Z]{0,2}\d{3,12}(?:\s?-\s?[A-Z\d])?\s*[)\]]",
    re.IGNORECASE,
)
"""The number of a company in brackets behind its name or under it (Malaysia, Singapore): who has one is a company."""
_CONTINUES = re.compile(r"^(?:\([A-Za-z][^()]*\)|&|and\s)\s*\S", re.IGNORECASE)
"""How the second line of a foreign name begins: (SEMENYIH) SDN BHD, & SONS LTD."""
_SEAL_LENGTH = 4
_SEAL_ROUND = 5
"""Characters of a name from which its first one at its end is a seal's rather than its own (中央中 is too short)."""
_SEALED = re.compile(r"^(?P<name>\S{2,}(?:株式|有限|合同)会社)(?P<seal>[^\s()]{1,4})$")
"""A name that ends with its form, and the first row of the seal that stands right behind it."""
_SEAL_TEXT = re.compile(r"^[印之].{0,3}$|^.{1,3}[印之]$|^[印之]\S{1,3}\s")
_WITH_SEAL = re.compile(r"^(?P<name>\S.{4,}?)\s?[印之][^\s印刷]{1,3}$")
"""A row of a seal that begins with its last character (印動ば), right behind a name."""
_STAMPED = re.compile(r"(?<=\S{2})\s?(?:受付|受領|受理|検印|(?:確認|支払|入金|処理|検収)済)$")
"""What the stamp of a recipient says, read as one with the company beside it."""
_LOGO = re.compile(r"^(\S+)\s\1$")
_CLOSED = re.compile(r"(?:会社|法人|組合)$")
_PLACE = re.compile(r"[店社所部局課]$")
"""What may follow a closed name: 本店, 支社. Anything else that short is a mark beside it."""
_LARGE_KANA = str.maketrans("ァィゥェォッャュョヮ", "アイウエオツヤユヨワ")
MAX_NAME = 46
RECIPIENT_END = re.compile(r"(?:御\s*中|様|樣|殿)\s*$")


def can_be_name(name: str, segment: Segment) -> bool:
    """A piece of text that may name a company, a shop or a person."""
    compact = "".join(name.split())
    if not 2 <= len(compact) <= MAX_NAME or len(re.findall(r"[^\W\d_]", compact)) < 2:
        return False
    if "、" in name and not has_company_form(name):  # a motto above a shop's name
        return False
    if (
        _LOGO.match(name.strip())
        or TITLE.search(segment.compact)
        or SENTENCE.search(name)
        or RECIPIENT_END.search(segment.text)
    ):
        return False
    if (_NOT_NAME.search(name) or _SUBJECT.match(compact)) and not (
        has_company_form(name) and not re.search(r"番号|@|www|http|:", name)
    ):
        return False
    if find_registration_numbers(segment.folded.original) or _SEAL_TEXT.match(compact) or _SEAL_TEXT.match(name):
        return False
    if _ROLE_WORDS.search(name) or (not has_company_form(name) and (_BUILDING.search(name))):
        return False
    if (BODY.search(name) or find_dates(name) or any(a.marked for a in find_amounts(name))) and not has_company_form(
        name
    ):
        return False
    digits = sum(c.isdigit() for c in compact)
    return not (
        PHONE.search(name) or (ADDRESS.search(name) and not has_company_form(name)) or digits > 0.35 * len(compact)
    )


def name_end(text: str) -> int:
    """Where a name ends and its company's number begins."""
    number = _REGISTERED.search(text)
    return number.start() if number is not None and number.start() > 1 else len(text)


def is_company_number(text: str) -> bool:
    """A company's number by itself, in brackets."""
    return _REGISTERED.fullmatch(text.strip()) is not None


def goes_on_above(name: str) -> bool:
    """A foreign name that begins on the line above."""
    return _CONTINUES.match(name) is not None


def is_department(name: str) -> bool:
    """A part of a company, or an office of it: no party by itself on a business form (a shop may be called so)."""
    return bool(_DEPARTMENT.search(name)) and not has_company_form(name)


def clean_name(name: str) -> str:
    """Without seals, bullets and half-read brackets."""
    plain = _SEAL.sub("", " ".join(name[: name_end(name)].split())).strip(" .:;,*-_=|「」[]<>■◆●・")
    plain = LOST_FORM.sub("(株)", _HALF_FORM.sub("(株)", plain))
    if has_company_form(plain):
        plain = _STAMPED.sub("", plain)
    marked = _WITH_SEAL.match(plain)
    if marked is not None and has_company_form(marked["name"]):
        plain = marked["name"]
    glued = _SEALED.match(plain)
    if glued is not None and not _PLACE.search(plain):
        return glued["name"]
    head, _, tail = plain.rpartition(" ")
    if head and len(tail) <= _SEAL_LENGTH and is_seal_of(head, tail):
        return head
    closed = _CLOSED.search(head) and split_company(head).core
    return head if closed and len(tail) <= 2 and not _PLACE.search(tail) else plain


def is_seal_of(name: str, text: str) -> bool:
    """A square seal beside a name is read as a few of the name's own characters in an odd order, with 印 or 之.

    One character of three may be misread: seals are small, and their strokes touch.
    """
    known = set(name.translate(_LARGE_KANA)) | set("印之章")
    plain = text.translate(_LARGE_KANA)
    strange = sum(c not in known for c in plain)
    return has_company_form(name) and strange <= len(plain) // 3 and plain not in name.translate(_LARGE_KANA)


_SET_OFF = re.compile(r"\S{2}\s[\u4e00-\u9fff]$")


def ends_in_seal(name: str) -> bool:
    """The name may end with what a seal says: an ideograph set off from it, or one of its own characters once more."""
    core = split_company(name).core
    if has_company_form(name) and _SET_OFF.search(core):
        return True
    if len(core) < _SEAL_ROUND or core[-1] not in core[:-1] or core[-1].isascii():
        return False
    last, before = ("\u4e00" <= c <= "\u9fff" for c in (core[-1], core[-2]))
    return last or core[0] == core[-1] or last != before


_BEGINS_NO_WORD = frozenset("ンーァィゥェォッャュョヮん々ゃゅょっ")


_CUT_FORM = re.compile(r"\S(?:株式会?|有限会?|(?:合同|合資|合名)会|株)$")


def has_cut_form(name: str) -> bool:
    """The name ends within its legal form (株式会): the rest stands on another line, or was not read."""
    return _CUT_FORM.search(name) is not None and not has_company_form(name)


def is_cut_off(name: str) -> bool:
    """The name begins as no word does, ends within 御中 or its form, or is one character: the rest stands elsewhere."""
    core = split_company(name).core
    cut = core[:1] in _BEGINS_NO_WORD or core[-1:] == "御" or has_cut_form(name)
    return bool(core) and (cut or (len(core) == 1 and not has_company_form(name)))


def is_contact(segment: Segment) -> bool:
    """An address, a telephone number or a registration number."""
    return bool(
        PHONE.search(segment.text)
        or (ADDRESS.search(segment.text) and not has_company_form(segment.text))
        or find_registration_numbers(segment.folded.original)
    )


def only_form(segment: Segment) -> bool:
    """A legal form that stands by itself, torn from its name by a line break."""
    return has_company_form(segment.text) and split_company(f"x {segment.text}").core == "x"
