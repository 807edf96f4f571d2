"""Where to pay: bank, branch, kind, number and holder of an account, in a line, in labelled rows, or under heads."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.fields import BankAccount, Field
from extractors.fields.evidence import found
from extractors.fields.grid import head_of
from extractors.fields.layout import Layout, Segment, Span

_BANK = re.compile(
    r"(?P<v>[^\s:：、()■【】]{1,14}?(?:銀行|金庫|信用組合|信組|信金|協同組合|農協|漁協|中金|バンク)"
    r"|(?<![A-Za-z])JA[^\s:：、()■【】A-Za-z]{1,10}(?=\s))(?!名|口座|コード|番号|振込|口|連合会)"
)
"""JA is written before the name: it ends where the branch begins."""
_LEADING = re.compile(
    r"^(?:[(*]|当社|弊社)*(?:お|ご|御)?(?:振り?込み?|支払い?|取引|入金|送金|受取|指定|決済|払い?込み?|引き?落とし?)"
    r"(?:先|用|元|の)*(?:金融機関|銀行|口座|情報|名)*(?=\S{2,}(?:銀行|金庫|組合|組|農協|信金)$)"
    r"|^(?:金融機関|銀行)名?(?=\S{2,}(?:銀行|金庫|組合|組|農協|信金)$)"
    r"|^.*(?:口座|[込払金引]先|情報|案内)(?=\S{2,}(?:銀行|金庫|組合|組|農協|信金)$)"
)
"""A label that was read as one with the name behind it: spaces between Japanese words may be too narrow to see."""
_ONLY_LABEL = re.compile(
    r"^(?:当社|弊社)?(?:お|ご|御)?(?:振り?込み?|支払い?|取引|入金|送金|受取|指定|決済|払い?込み?|引き?落とし?)(?:先|用|元|の)*銀行$"
    r"|(?:振り?込み?|支払い?|送金|入金|引き?落とし?)(?:先|用|元)銀行$"
)
"""No name of a bank, whatever was read as one with it."""
_BRANCH_LEADING = re.compile(r"^支店名?(?=\S+(?:支店|営業部|出張所|本店)$)")
_BRANCH = re.compile(
    r"(?P<v>[^\s:：、()■]{0,12}?(?:支店|営業部|出張所|本店|本所|支所))(?=[\s:：、()]|$|\d|普通?|当座?|貯蓄?|営業店)(?!名|コード|番号)"
)
"""Up to its end: 本所支店 is no 本所."""
_KIND = re.compile(r"(普通|当座|貯蓄)|[(（](普|当|貯)[)）]|(?<![一-龥])(普|当)(?=\s?\d{6,8})")
_NUMBER = re.compile(r"(?<![\d\-])(\d{6,8})(?![\d\-])")
_POST = re.compile(r"記号\s*[:：]?\s*(?P<s>\d{5}(?:-\d)?)[^\d]{0,8}番号\s*[:：]?\s*(?P<n>\d{2,8})")
_HOLDER_LABEL = re.compile(
    r"[ごお御]?(?:口座名義人?名?|預金者名|口座名|名義人名?|名義|受取人名?|加入者名?)\s*(?:\([^)]{0,6}\))?\s*[:：]?\s*"
)
_FORM = r"[ァ-ヶー]{1,3}"
"""カ, ユ, ド, シヤ, ザイ, ガク, トクヒ: abbreviated forms of companies."""
_POWER = re.compile(r"(?<=[ァ-ヶー]\()力|力(?=\)\s?[ァ-ヶー二口工夕卜八三千])")
"""The form of a company beside its katakana, read as the kanji that looks the same."""
_LIKE_KANA = re.compile(r"(?<=[ァ-ヶー]\))[二力口工夕卜八三千](?=[ァ-ヶー]{2})")
"""The first character of a holder, read as the kanji that looks the same."""
_KANA_OF = str.maketrans("二力口工夕卜八三千", "ニカロエタトハミチ")
_SMALL_FIRST = re.compile(r"(?<![ァ-ヶー])[ァィゥェォャュョ](?=[ァ-ヶー])")
"""A kana that begins a word is a large one: a line brought to one height does not tell the size."""
_LARGE = str.maketrans("ァィゥェォャュョ", "アイウエオヤユヨ")
_KANA_HOLDER = re.compile(
    rf"(?<![ァ-ヶー])(?:{_FORM}\)\s?[ァ-ヶーA-Z0-9・.\-]{{2,30}}(?:\s[ァ-ヶー]{{2,20}})?"
    rf"|[ァ-ヶーA-Z][ァ-ヶーA-Z・.\-\s]{{1,30}}\({_FORM}\)?)"
)
_ANY_HOLDER = re.compile(r"[ァ-ヶー][ァ-ヶー\s・]{3,24}|\S{0,12}(?:会社|法人|組合)\S{0,16}")
_WORDS = re.compile(
    r"(?<!\S)(?:お|ご|御)?(?:振込|支払|取引|入金)(?:先|口座|銀行)*(?:名|口座|銀行)?\s*[:：]?"
    r"|(?<!\S)(?:金融機関|銀行|支店)名?\s*[:：]|(?<!\S)(?:金融機関名|銀行名|支店名)|(?:口座|預金)?(?:種別|種目|種類)\s*[:：]?|銀行口座"
)
_CODE = re.compile(
    r"\((?:店番|支店コード|銀行コード)?\s?\d{3,4}\)|(?:店番|支店(?:コード|番号)|銀行コード)\s*[:：]?\s*\d{3,4}"
)
_BRACKETS = re.compile(r"[/【】■□◆◇●○▼<>\[\]|]|(?<!\S)・")
_NUMBER_LABEL = re.compile(r"口座番号\s*[:：]?|No\.?\s?(?=\d)|預金\s*")
_SPEAKS = re.compile(
    r"銀行|金庫|信金|信用組合|協同組合|農協|(?<![A-Za-z])JA(?![A-Za-z])|振込先|ゆうちょ|記号\s*\d{5}|口座名|名義人?|受取人"
)
_SUM = re.compile(r"^(?:[¥\\▲△-]?\s?\d{1,3}(?:,\d{3})+円?-?|小計.*|合計.*|総合計|税込合計|.*消費税.*|.*対象.*)$")
"""What stands in the block of sums beside an account."""
_PLACE = re.compile(r"^[^\d\s:：,、()]{1,12}$")
"""A branch by its place: what stands between the bank and the kind of account, under whatever name."""
_AFTER = re.compile(r"手数料|ください|下さい|願い|申し|備考|登録番号|〒|TEL|電話|小計|合計|^No\.?$|品名")
_REACH = 6
"""Rows below the first word about a bank that may still speak of the account."""
_PARTS = 5
"""Bank, branch, kind, number and holder: with all of them an account was right in all but a few cases."""
_COLUMN = 3.0
"""Line heights to the left of the bank's name at which a row of another block begins."""
_ANYWHERE = 1000.0
"""The same for an account whose rows begin left of its bank (under a label): taken only where it tells more."""


@dataclass(frozen=True, slots=True)
class _Account:
    value: BankAccount
    segments: tuple[Segment, ...]

    @property
    def parts(self) -> int:
        account = self.value
        return sum(p is not None for p in (account.bank, account.branch, account.type, account.number, account.holder))


def read_bank_account(layout: Layout) -> Field | None:
    """Where to pay: the fullest account that the rows speak of, or None."""
    found_accounts = [
        a
        for i, row in enumerate(layout.rows)
        for s in row
        if _SPEAKS.search(s.text)
        for reach in (_COLUMN, _ANYWHERE)
        for a in _at(layout, i, s, reach)
    ]
    if not found_accounts:
        return None
    best = max(found_accounts, key=lambda a: a.parts)
    if best.value.number is None and best.value.bank is None:
        return None
    used = _places(best) or (best.segments[0].span(),)
    complete = best.parts == _PARTS or (best.value.bank == "ゆうちょ銀行" and best.value.number is not None)
    return found(
        "bank_account", best.value, used, confidence=(0.95 if complete else 0.6) * min(u.confidence for u in used)
    )


def _places(account: _Account) -> tuple[Span, ...]:
    """Where its parts stand: each by itself, and where one is not found so, every segment that tells of another."""
    parts = [p for p in (account.value.bank, account.value.branch, account.value.number, account.value.holder) if p]
    spans = []
    for part in parts:
        segment = next((s for s in account.segments if part in s.text), None)
        if segment is None:  # over two lines, or a character was settled
            return tuple(s.span() for s in account.segments if any(p in s.text for p in parts))
        start = segment.text.index(part)
        spans.append(segment.span(start, start + len(part)))
    return tuple(spans)


def _at(layout: Layout, index: int, anchor: Segment, reach: float) -> list[_Account]:
    """The account that begins at a segment: its row, and the rows below it in the same block."""
    segments: list[Segment] = []
    for row in layout.rows[index : index + _REACH]:
        own = [
            s
            for s in row
            if s.page_index - anchor.page_index in {0, 1}
            and s.box.right > anchor.box.left - reach * anchor.height
            and (s is anchor or not _SUM.match(s.compact))
        ]
        if row is not layout.rows[index] and own and _AFTER.search(own[0].text) and not _SPEAKS.search(own[0].text):
            break
        segments += own
    if not segments:
        return []
    text = _WORDS.sub("  ", _BRACKETS.sub("  ", "  ".join(s.text for s in segments)))
    post = _POST.search(text)
    if post is not None:
        value = BankAccount(bank="ゆうちょ銀行", number=f"{post['s']}-{post['n']}", holder=_holder(text[post.end() :]))
        return [_Account(value, tuple(segments))]
    text = _LIKE_KANA.sub(lambda m: m[0].translate(_KANA_OF), _POWER.sub("カ", _CODE.sub("  ", text)))
    bank = next((m for m in _BANK.finditer(text) if not _ONLY_LABEL.search(m["v"])), None)
    rest = text[bank.end() :] if bank else text
    kind = _KIND.search(rest)
    number = _number(rest, kind)
    branch = _branch(rest[: kind.start()] if kind and bank else rest, rest)
    if branch is not None:
        rest = rest.replace(branch, "  ", 1)
    above = text[: bank.start()] if bank and _HOLDER_LABEL.match(anchor.text) else ""
    holder = _holder(rest[rest.find(number) + len(number) :] if number else rest) or _holder(rest) or _holder(above)
    value = BankAccount(
        bank=_LEADING.sub("", bank["v"]) if bank else None,
        branch=branch,
        type=_kind_name(kind),
        number=number,
        holder=_SMALL_FIRST.sub(_enlarged, _to_end(holder, segments)) if holder else None,
    )
    return [_Account(value, tuple(segments))]


def _enlarged(match: re.Match[str]) -> str:
    return match[0].translate(_LARGE)


def _to_end(holder: str, segments: list[Segment]) -> str:
    """A holder in katakana that breaks off at the end of its cell goes on at the beginning of the next line."""
    ends = [s for s in segments if _KANA_END.search(holder) and s.text.rstrip().endswith(holder)]
    for last in ends:
        lefts = (last.box.left, min(s.box.left for s in segments if s.row == last.row))
        for rest in segments:
            below = last.box.bottom - last.height < rest.box.top < last.box.bottom + last.height
            beside = any(abs(rest.box.left - left) < _INDENT * last.height for left in lefts)
            more = _ONLY_KANA.match(rest.text.strip())
            if rest.row > last.row and below and beside and more and head_of(rest.text) is None:
                return holder + more[0]
    return holder


def _branch(between: str, rest: str) -> str | None:
    """The branch by its ending, else what stands between the bank and the kind of account."""
    named = _BRANCH.search(between) or _BRANCH.search(rest)
    if named is not None:
        return _BRANCH_LEADING.sub("", named["v"])
    words = _HOLDER_LABEL.sub("  ", between).split()
    return words[0] if between is not rest and len(words) == 1 and _PLACE.match(words[0]) else None


def _kind_name(kind: re.Match[str] | None) -> str | None:
    if kind is None:
        return None
    return {"普": "普通", "当": "当座", "貯": "貯蓄"}[next(g for g in kind.groups() if g)[0]]


def _number(text: str, kind: re.Match[str] | None) -> str | None:
    """Seven digits behind the kind of account; heads may stand between."""
    for start in (kind.end() if kind else 0, 0):
        match = _NUMBER.search(_NUMBER_LABEL.sub(" ", text[start:]))
        if match:
            return match[1]
    return None


def _holder(text: str) -> str | None:
    """The name behind its label, or in the katakana of banks."""
    kana = _KANA_HOLDER.search(text)
    for label in _HOLDER_LABEL.finditer(text):
        behind = re.split(r"\s{2,}|[/|]", text[label.end() :].strip())[0].strip(" :：")
        behind = _REMARK.split(behind)[0].strip()
        if _FORMED.fullmatch(behind):  # the name goes on in the next line
            behind += more[0].strip() if (more := _KANA_NAME.match(text[label.end() :].split(behind, 1)[1])) else ""
        if text[: label.start()].endswith("(") and behind.count(")") > behind.count("(") + bool(_FORMED.match(behind)):
            behind = behind[:-1]
        if len(behind) >= 2 and not _HOLDER_LABEL.fullmatch(behind) and not re.search(r"口座番号|\d{6}", behind):
            return (
                kana[0].strip() if kana and kana[0].strip() in text[label.end() :] and not _formed(behind) else behind
            )
    if kana:
        return kana[0].strip()
    other = _ANY_HOLDER.search(text)
    return other[0].strip() if other else None


_REMARK = re.compile(r"\s*(?:※|恐れ入り|なお、|(?:お|ご)?振込手数料|手数料)")
"""What begins behind a holder on its line."""
_FORMED = re.compile(rf"{_FORM}\)")
_KANA_NAME = re.compile(r"\s*[ァ-ヶー・]{2,30}")


_KANA_END = re.compile(r"[ァ-ヶー]$")
_ONLY_KANA = re.compile(r"[ァ-ヶー・]{1,20}(?:\(?[ァ-ヶ]{1,3}\)?)?$")
_INDENT = 1.5
"""Line heights by which the lines of one cell may begin apart."""


def _formed(text: str) -> bool:
    return bool(re.search(r"会社|法人|[ァ-ヶ]{3}|[A-Za-z]{3}", text))
