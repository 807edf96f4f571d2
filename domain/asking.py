"""What kind of answer a question in Japanese asks for; a table of patterns, the first that fits decides.

Nothing here guesses: what fits no pattern is left to a search, and what is asked of the tax law, or told to be done, is
named as such so that it can be refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from domain.asking_words import TOPICS, field_asked
from domain.text import nfkc

MAX_CHARACTERS = 200
"""Longest question that is looked at."""


class Asked(StrEnum):
    """Kinds of answers."""

    PAPER = "paper"
    """May the paper go (law: scan-paper-disposal)?"""
    RETENTION = "retention"
    """How long is it kept (law: ret-corp and others)?"""
    APPROVALS = "approvals"
    """What waits for my approval?"""
    DUE = "due"
    """What is due soon?"""
    VERDICT = "verdict"
    """Does it meet the rules?"""
    STAMP = "stamp"
    """Is it stamped?"""
    WHO = "who"
    """Who did it?"""
    TOTAL = "total"
    """How much is it?"""
    COUNT = "count"
    """How many are there?"""
    FIND = "find"
    """Which are they?"""
    HOW = "how"
    """How is something done, what does a word mean?"""
    FIELD = "field"
    """What stands on the document that lies open?"""
    RULE = "rule"
    """What does the law say, in numbers?"""
    NOT_OURS = "not_ours"
    """A judgement of tax that no archive can make: refused."""
    ORDER = "order"
    """Told to do something: refused, since answering changes nothing."""
    OPEN = "open"
    """None of these: what a search or the manual finds, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question."""

    asked: Asked
    rest: str
    """The sentence without the words that ask: conditions of a search."""
    left: str = ""
    """The sentence without the words by which its kind was recognised: what it may name beside them."""
    text: str = ""
    """The sentence, folded and cut."""
    this: bool
    """It speaks of the document that lies open (この書類、これ)."""
    same_party: bool = False
    """It speaks of the counterparty of the document that lies open (この取引先)."""
    field: str | None = None
    """It asks for this value of a document and nothing else: a key of ``FIELDS``, or of what a record has beside."""
    party: str | None = None
    """Its name, once it is known which document lies open."""


_ORDER = (
    r"(?:削除|承認|却下|廃棄|破棄|訂正|修正|変更|登録|申請|送信|差し?戻し?|検証|保存)(?:を|も)?し(?:て|ろ|なさい|といて)"
    r"(?!いい|よい|良い|も|ある|い)"
    r"|(?:消し|捨て|書き換え|直し|送っ)(?:て|ろ|なさい|といて)(?!いい|よい|良い|も|しまっ|い(?!て$))"
)
_TAX = (
    r"経費(?:に(?:なる|なり|でき|入れ|落と)|で(?:落|おち|お))|損金|(?:控除|免税|非課税|不課税|軽減税率)(?:に|は|が|を)?(?:なる|なり|でき|受け|対象)"
    r"|節税|脱税|税金は?(?:いくら|安く)|確定申告|勘定科目|源泉徴収(?:は|が)(?:必要|いる)"
)
_PAPER = (
    r"(?:紙|原本|領収書|請求書|書類|レシート|これ|この)[^。]*?(?:捨て|廃棄し|処分し|破棄し|シュレッダー)[^。]*?"
    r"(?:い[いー]|よい|良い|大丈夫|可|ok|ます?か|られる|ていい|\?)"
    r"|(?:紙|原本)(?:は|を|も)?(?:まだ)?(?:必要|いる\?|要る|残す|取っておく|保管(?:が|は)必要)"
    r"|(?:捨て|廃棄し|処分し)て(?:も)?(?:い|よ|良|大丈夫|可)[^。]*(?:紙|原本)|廃棄できる(?:紙|原本|の)"
    r"|^(?:もう)?(?:捨て|廃棄し|処分し)て(?:も)?(?:い|よ|良|大丈夫|可)"
)
_HOW = (
    r"どうやって|どうすれば|どうしたら|どのように|やり方|仕方|方法|使い方|手順|操作|とは(?:何|なに|どう|\?|$)|(?:って|の)意味|意味は"
    r"|どこ(?:から|で|を押)|たい(?:です|ん|\?|$|の)|できますか|忘れ(?:た|ました)|(?:には|なら)\?*$|教わ|何ができ"
)
_APPROVALS = (
    r"差し?戻(?:され|し中|しの|しに|った)|(?:申請|承認)中|承認の途中|(?:申請|承認)(?:を|が)?取り?下げ(?:られ|た)"
    r"|承認(?:を|が)?(?:待ち|待って|し(?:なければ|ないと))|(?:私|自分|わたし)(?:の|が)承認|承認(?:する|すべき)(?:もの|書類)|決裁待ち"
)
_TABLE: tuple[tuple[Asked, str], ...] = (
    (Asked.HOW, r"なぜ|どうして|(?:延ば|変え|変更|設定)[しすえる]{0,2}(?:には|たい|方法|にはどう)"),
    (Asked.PAPER, _PAPER),
    (Asked.ORDER, _ORDER),
    (Asked.RULE, "|".join(TOPICS.values())),
    (Asked.NOT_OURS, _TAX),
    (
        Asked.RETENTION,
        r"保存期[間限]|(?:いつまで|何年(?:間)?)(?:も|くらい)?(?:保存|保管|残|とっ|取っ|持っ)|(?:保存|保管)[^。]{0,6}(?:何年|いつまで)",
    ),
    (Asked.APPROVALS, _APPROVALS),
    (
        Asked.DUE,
        r"(?:期限|締め?切り?|期日)[^。]*?(?:近|迫|間近|間に合|過ぎ|切れ|超過|すぐ|今[日週月]|明日|来週|いつ|ある|は\?*$)|急ぐ|急ぎ|急いで|先に(?:する|やる)",
    ),
    (
        Asked.WHO,
        (
            r"(?:誰|だれ|どなた)(?:が|に|によ)[^。]*?(?:入力|訂正|修正|直し|登録|変更|承認|確認|削除|記録|取り?込|投入|担当)|(?:入力|訂正|登録|投入)者は"
            r"|いつ[^。まで]{0,6}(?:承認|訂正|修正|登録|取り?込|削除|確認|入力)(?:(?:され|し|み)(?:た|ました)|んだ)"
        ),
    ),
    (
        Asked.VERDICT,
        r"(?:法令|要件|電子帳簿|電帳法|法律|適法|法的)[^。]*?(?:満た|適合|大丈夫|違反|合っ|問題|不備|\?|か$)|適合(?:し|は|\?)|不適合(?:は|な|\?|の)",
    ),
    (Asked.STAMP, r"タイムスタンプ[^。]*?(?:付い|つい|ある|有|済|認定|大丈夫|いつ|\?|か$)"),
    (Asked.HOW, _HOW),
    (
        Asked.TOTAL,
        r"いくら|合計(?:金?額)?(?:は|を|が|\?|$)|総額|(?:請求|支払|取引|合計)?金?額(?:は|の合計)\?*|トータル|何円|何万円",
    ),
    (Asked.COUNT, r"何[件枚通個本点]|いくつ|件数|どれ(?:くらい|だけ|ほど)(?:ある|溜|た)"),
    (
        Asked.FIND,
        r"どれ|どこ(?:に|\?|$)|見せて|出して|探して|さがして|表示(?:して)?|一覧|リスト|教えて|ありますか|ある\?|あるか|(?:は|の)\?+$|は$|ください|見たい",
    ),
)
_PATTERNS = tuple((asked, re.compile(pattern, re.IGNORECASE)) for asked, pattern in _TABLE)
_THIS = re.compile(
    r"これ(?!まで|から|以|ら|だけ)|こちらの(?!取引先|会社|相手)|本書類|当該(?:書類|文書)|その書類"
    r"|この(?=書類|文書|紙|原本|請求|領収|見積|契約|納品|注文|発注|検収|通知|レシート|インボイス|ファイル|控え|PDF|スキャン|画像|データ"
    r"|金額|合計|消費税|日付|取引日|期限|支払|登録番号|番号|値|項目|件|一件|1件|代金|費用|飲食|タイムスタンプ|電子印|印)",
    re.IGNORECASE,
)
_TAIL = re.compile(r"^[ぁ-ん?]+")
"""What is left of a verb: している, した."""
_SAME_PARTY = re.compile(
    r"(?:この|こちらの|同じ|当該)(?:取引先|会社|相手先?|発行元|仕入先|得意先)(?:から|へ|と|宛)?の?"
)
_ASKING = re.compile(
    r"(?:の|を|は|が|って|について)*(?:合計(?:金?額)?|総額|トータル|件数|金額の合計)?(?:の|は|を|が)*"
    r"(?:全部で|全部|ぜんぶ|だいたい)?(?:で)?"
    r"(?:いくら(?:くらい)?|何円|何[件枚通個本点]|いくつ|どれ(?:くらい|だけ|ほど)?|どこ|何|なに)?(?:に|が|は|を)?"
    r"(?:なり|なる|なって|あり|ある|溜まって|たまって|残って|いる|い)?(?:ます|ました|です|でしょう|だ)?(?:っけ|の|か|かな|の?か)*"
    r"(?:を?(?:見せて|出して|探して|さがして|教えて|表示して|知りたい|見たい))?(?:ください|下さい|ほしい|欲しい|くれ)?[\s。.、!?？！]*$"
)


def recognise(text: str) -> Question:
    """What a question asks for, and what is left of it as conditions."""
    plain = re.sub(r"\s+", " ", nfkc(text)[:MAX_CHARACTERS]).strip()
    kind, match = next(
        ((asked, found) for asked, pattern in _PATTERNS if (found := pattern.search(plain))), (Asked.OPEN, None)
    )
    rest = _ASKING.sub("", plain).strip()
    field, this = field_asked(plain), _THIS.search(plain) is not None
    if field is not None and this and kind is Asked.FIND:
        kind = Asked.FIELD
    return Question(
        asked=kind,
        rest=_SAME_PARTY.sub("", rest),
        left=plain if match is None else f"{plain[: match.start()]} {_TAIL.sub('', plain[match.end() :])}".strip(),
        text=plain,
        field=field,
        this=this,
        same_party=_SAME_PARTY.search(plain) is not None,
    )
