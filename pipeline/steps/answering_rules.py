"""What the law says on a day, by the rule packs: shares, rates, limits, each with its rule, its span and its source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING

from compliance.packfile import CERTAINTIES, Rule
from compliance.rulepack import RulePack, load_rulepack
from domain.asking_words import topics_of
from domain.calendar import tokyo_day
from pipeline.steps.answering_search import conditions
from pipeline.steps.answers import UNKNOWN, Answer, Statement, not_known

if TYPE_CHECKING:
    from domain.asking import Question
    from domain.labels import Label
    from domain.people import User
    from pipeline.wiring import Shoko

_UNSURE: Label = (
    "確認が済んでいない規則が含まれます。申告や判断の前に、税理士または税務署に確かめてください",
    "Some of these rules are not confirmed yet: ask an adviser before relying on them",
)
_Words = Callable[[Rule], "Label"]


def rules_say(shoko: Shoko, question: Question, _: User | None) -> Answer:
    """The rows of the rule packs for the days that the question names, else those in force and to come."""
    today = tokyo_day(shoko.clock())
    query = conditions(shoko, question.rest).query
    first, last = query.date_from, query.date_to
    named = first is not None or last is not None
    rows = [
        (rule, words)
        for topic in topics_of(question.text)
        for rule_id, words in _TOPICS[topic]
        for rule in _holding(load_rulepack(), rule_id, first or (date.min if named else today), last or date.max)
    ]
    statements = tuple(dict.fromkeys(_statement(rule, words) for rule, words in rows))
    if not statements:
        return not_known(question.asked, UNKNOWN)
    when: Label = (f"{today:%Y/%m/%d} 現在と、これからの規則です", f"In force on {today:%Y/%m/%d} and later")
    if named:
        begin, end = (f"{day:%Y/%m/%d}" if day else "" for day in (first, last))
        when = (f"{begin}〜{end} に当たる規則です", f"For {begin} to {end}")
    says = (when,) if all(one.certain for one in statements) else (when, _UNSURE)
    return Answer(asked=question.asked, known=True, says=says, statements=statements)


def retention_rules() -> tuple[Statement, ...]:
    """How long papers are kept, whatever document it is."""
    pack = load_rulepack()
    return tuple(
        _statement(rule, words) for rule_id, words in _RETENTION for rule in pack.rows(rule_id) if rule.valid_to is None
    )


def _statement(rule: Rule, words: _Words) -> Statement:
    return Statement(
        what=_dated(words(rule), rule),
        rule=rule.law,
        source=rule.source,
        certain=rule.in_doubt is None,
        doubt=None if rule.certain else CERTAINTIES[rule.status],
    )


def _holding(pack: RulePack, rule_id: str, first: date, last: date) -> Iterable[Rule]:
    return (
        rule
        for rule in pack.rows(rule_id)
        if (rule.valid_from or date.min) <= last and (rule.valid_to or date.max) >= first
    )


def _dated(words: Label, rule: Rule) -> Label:
    if rule.valid_from is None and rule.valid_to is None:
        return words
    begin, end = (f"{day:%Y/%m/%d}" if day else "" for day in (rule.valid_from, rule.valid_to))
    return f"{begin}〜{end}：{words[0]}", f"{begin} to {end}: {words[1]}"


def _transition(rule: Rule) -> Label:
    percent = rule.number("percent")
    if not percent:
        return (
            "免税事業者など、登録番号のない相手からの仕入れの税額は控除できません",
            "Nothing of purchases without a number is deductible",
        )
    return (
        f"免税事業者など、登録番号のない相手からの仕入れの税額の {percent} % を控除できます（仕入れの日で決まります）",
        f"{percent} % of the tax on purchases without a number, by the day of supply",
    )


def _cap(rule: Rule) -> Label:
    most = rule.number("yen_per_supplier_and_year")
    return (
        f"この期間に始まる課税期間では、経過措置は 1 つの相手から年 {most // 10**8:,} 億円まで",
        f"For tax periods that begin then: at most ¥{most:,} a year from one supplier",
    )


def _small(rule: Rule) -> Label:
    below, base, specified = (
        rule.number(name) for name in ("below_yen", "base_period_sales_yen", "specified_period_sales_yen")
    )
    who = f"基準期間の課税売上高 {base // 10**8:,} 億円以下、または特定期間 {specified // 10**4:,} 万円以下の事業者"
    return (
        f"少額特例：税込 {below:,} 円未満の仕入れは帳簿だけで控除できます（{who}）",
        f"Purchases below ¥{below:,} need no invoice, for companies with sales up to ¥{base:,} (or ¥{specified:,})",
    )


def _transport(rule: Rule) -> Label:
    below = rule.number("below_yen")
    return (
        f"{below:,} 円未満の公共交通機関の運賃は帳簿だけで控除できます",
        f"Public transport below ¥{below:,}: by the books",
    )


def _machine(rule: Rule) -> Label:
    below = rule.number("below_yen")
    return (
        f"{below:,} 円未満の自動販売機での購入は帳簿だけで控除できます",
        f"Vending machines below ¥{below:,}: by the books",
    )


def _return(rule: Rule) -> Label:
    below = rule.number("below_yen")
    return (
        f"税込 {below:,} 円未満の返還は、返還インボイスの交付が要りません",
        f"Returns below ¥{below:,} need no return invoice",
    )


def _rate(kind: Label) -> _Words:
    return lambda rule: (f"{kind[0]} {rule.number('percent')} %", f"{kind[1]} {rule.number('percent')} %")


def _early(rule: Rule) -> Label:
    days = rule.number("business_days")
    return (
        f"早期入力：受け取ってからおおむね {days} 営業日以内に入力し、タイムスタンプを付します",
        f"Early input: within about {days} business days of receipt",
    )


def _cycle(rule: Rule) -> Label:
    months, days = rule.number("longest_months"), rule.number("business_days")
    return (
        f"業務サイクル：最長 {months} か月の処理期間のあと、おおむね {days} 営業日以内（規程を定めている場合）",
        f"By cycle: a cycle of up to {months} months and about {days} business days, where rules say so",
    )


def _dots(rule: Rule) -> Label:
    dots = rule.number("dots_per_inch")
    return (f"解像度は {dots} dpi 以上", f"At least {dots} dpi")


def _said(japanese: str, english: str) -> _Words:
    return lambda _: (japanese, english)


def _search_exempt(rule: Rule) -> Label:
    sales = rule.number("base_period_sales_yen")
    return (
        f"電子取引：基準期間の売上高 {sales // 10**4:,} 万円以下で、求めに応じてデータを渡せれば検索の要件は要りません",
        f"Electronic: no search duties with sales up to ¥{sales:,} where data is handed over on demand",
    )


def _penalty(rule: Rule) -> Label:
    points = rule.number("percentage_points")
    return (
        f"データを隠したり偽ったりした申告漏れには、重加算税が {points} % 加重されます",
        f"Hidden or forged data adds {points} points to the heavy penalty",
    )


def _years(what: str, english: str) -> _Words:
    return lambda rule: (f"{what} {rule.number('years')} 年", f"{english}: {rule.number('years')} years")


_RETENTION: tuple[tuple[str, _Words], ...] = (
    (
        "ret.corp",
        _years("法人の書類は、事業年度の終わりから 2 か月を過ぎた日から", "Companies, from 2 months after the year"),
    ),
    ("ret.corp.loss", _years("欠損金のある事業年度の書類は", "Years with a loss")),
    ("ret.ctax", _years("仕入税額控除に使う書類は、課税期間の終わりから 2 か月を過ぎた日から", "For input tax")),
    ("ret.companies_act", _years("会計帳簿と事業に関する重要な資料は（会社法）", "Companies Act")),
)
_TOPICS: dict[str, tuple[tuple[str, _Words], ...]] = {
    "transition": (("inv.transition_pct", _transition), ("inv.transition_cap", _cap)),
    "small_amount": (("inv.small_amount", _small),),
    "book_only": (("inv.book_only.public_transport", _transport), ("inv.book_only.vending_machine", _machine)),
    "return": (("inv.return_exempt", _return),),
    "rates": (
        ("ctax.rate.standard", _rate(("標準税率", "Standard rate"))),
        ("ctax.rate.reduced", _rate(("軽減税率", "Reduced rate"))),
        ("ctax.rate.food_temp", _rate(("飲食料品の税率（時限）", "Food, for a time"))),
    ),
    "scan_input": (("scan.input.early", _early), ("scan.input.cycle", _cycle)),
    "resolution": (
        ("scan.resolution", _dots),
        (
            "scan.tone.important",
            _said("重要書類（請求書・領収書・契約書など）はカラー（256 階調以上）", "Important papers in colour"),
        ),
        (
            "scan.tone.general",
            _said("一般書類（見積書・注文書など）は白黒の階調（グレースケール）でもよい", "General papers may be grey"),
        ),
    ),
    "data": (
        (
            "et.data_mandatory",
            _said(
                "電子で受け取った・送った取引のデータは、データのまま保存します。印刷した紙は代わりになりません",
                "Electronic transactions are kept as data; a printout does not stand for them",
            ),
        ),
    ),
    "search_exempt": (("et.search_exempt.sales", _search_exempt),),
    "penalty": (("penalty.plus10", _penalty),),
}
