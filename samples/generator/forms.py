"""Facts of the business forms: invoices, quotations, orders, delivery notes, inspections, statements, credit notes."""

from __future__ import annotations

import random
from datetime import date, timedelta

from domain.fields import DocumentType
from samples.generator.facts import (
    Facts,
    Row,
    Sums,
    a_day,
    add_up,
    blank_fields,
    line_items,
    make_rows,
    nfkc,
    our_own,
    party_view,
    tax_rows,
)
from samples.generator.printing import (
    BUSINESS_DAYS,
    DAY_PRINTERS,
    ERA_DAYS,
    ITEM_YEN,
    YEN_PRINTERS,
    YenPrinter,
    minus,
    number_printed,
    spaced,
)
from samples.generator.vocabulary import Article, Vocabulary, make_company, person
from samples.generator.wordings import Wording

_T = DocumentType


_STAMPED_SHARE = 0.18
"""Forms on which the office put the day of receipt: a date that is not the document's."""


def make_form(  # noqa: PLR0915 - one draw after another, so that a seed keeps its meaning
    rng: random.Random, vocabulary: Vocabulary, document_type: DocumentType, *, carried: bool = False, few: bool = False
) -> Facts:
    """A business form of the given class; ``carried`` brings a balance forward (invoices)."""
    wording = vocabulary.wordings[document_type]
    truth = blank_fields(document_type)
    other = make_company(rng, vocabulary)
    us = make_company(rng, vocabulary)
    ours = rng.random() < wording.ours
    day = a_day(rng)
    show_day = DAY_PRINTERS[rng.choice(BUSINESS_DAYS if rng.random() < 0.65 else ERA_DAYS)]
    printed: dict[str, str] = {}

    rows = _rows(rng, vocabulary, few=few)
    inside = document_type != _T.PAYMENT_STATEMENT and rng.random() < 0.2
    unpriced = rng.random() < wording.unpriced
    yen = rng.choice(ITEM_YEN)
    big = rng.choice(YEN_PRINTERS)
    carried = carried and document_type is _T.INVOICE
    personal = document_type is _T.INVOICE and not carried and not ours and rng.random() < 0.08
    if personal:
        rows = [Row(article=_fee(rng), quantity=1, price=rng.randrange(30, 300) * 1000)]
        inside = False
    elif not unpriced and rng.random() < 0.15:
        rows.append(_discount(rng, rows))
    sums = add_up(rows, inside=inside)
    signed = minus(yen, rng)
    deductions = _deductions(rng, document_type, sums, personal=personal)
    total = sums.gross - sum(amount for _, amount in deductions)
    carry: list[dict[str, str]] = []
    if carried:
        total, carry = _carry(rng, sums, yen)

    issuer_name = us_name = vocabulary.our_company
    own = our_own(rng, vocabulary, us)
    other_name = person(rng, vocabulary)[0] if personal else other.name
    other_view = party_view(other, number=None) | {"name": other_name}
    us_view = party_view(us, number=None) | {"name": us_name, "stem": vocabulary.our_company[-5:-3]}
    issuer_view, recipient_view = (us_view, other_view) if ours else (other_view, dict(us_view, **own))
    issuer_name, recipient_name = (us_name, other_name) if ours else (other_name, us_name)

    number = _number(rng, day)
    registered = rng.random() < (0.9 if document_type in {_T.INVOICE, _T.CREDIT_NOTE, _T.PAYMENT_STATEMENT} else 0.4)
    registration = (us if ours else other).registration_number if registered and not unpriced else None
    holder = recipient_view if document_type is _T.PAYMENT_STATEMENT else issuer_view
    if document_type is _T.PAYMENT_STATEMENT:
        # A payment statement carries the number of the supplier who is paid (仕入明細書), so we are the ones paid.
        registration = us.registration_number if registered else None
    if registration:
        holder["number"] = number_printed(registration, rng)
        printed["registration_number"] = str(holder["number"])

    dates = [(rng.choice(wording.day), show_day(day))]
    printed["transaction_date"] = show_day(day)
    due = _due(rng, wording, day)
    other_dates: list[tuple[str, str]] = []
    if due:
        other_dates.append((rng.choice(wording.due), show_day(due)))
        printed["due_date"] = show_day(due)
    if wording.other_day and rng.random() < 0.8:
        other_dates.append((rng.choice(wording.other_day), show_day(day + timedelta(days=rng.choice((14, 30, 45))))))
    _supply(rng, document_type, truth, day, other_dates, show_day_name=show_day)

    truth |= {
        "transaction_date": day.isoformat(),
        "issuer": nfkc(issuer_name),
        "recipient": nfkc(recipient_name),
        "counterparty": nfkc(recipient_name if ours else issuer_name),
        "registration_number": registration,
        "document_number": nfkc(number) if number else None,
        "line_items": line_items(rows, with_price=not unpriced),
    }
    if "due_date" in truth:
        truth["due_date"] = due.isoformat() if due else None
    printed |= {"issuer": issuer_name, "recipient": recipient_name}
    if number:
        printed["document_number"] = number
    summary: list[tuple[str, str]] = []
    rates_shown = False
    show_tax_table = not unpriced and (len(sums.rates) > 1 or rng.random() < 0.4)
    if not unpriced:
        summary = _summary(rng, sums, signed, truth, table=show_tax_table)
        rates_shown = show_tax_table or any(rate == 8 for rate, _, _ in sums.rates) or bool(truth["tax_breakdown"])
        if not rates_shown:
            truth["line_items"] = line_items(rows, with_rate=False)
        summary += [(label, signed(-amount)) for label, amount in deductions]
        in_band = {"tax_total": sums.tax} if carry and not sums.inside else {}  # above the goods, in every paper
        truth |= {"total_amount": total, "currency": "JPY"} | in_band
        printed["total_amount"] = f"{total:,}"
    bank = _bank(rng, vocabulary, other, document_type, ours=ours) if document_type is _T.INVOICE else None
    if bank:
        truth["bank_account"] = bank
        printed["bank_account"] = str(bank["number"])
    view: dict[str, object] = {
        "kind": document_type.value,
        "title": spaced(rng.choice(wording.titles), rng),
        "lead": rng.choice(wording.leads),
        "dates": dates,
        "other_dates": other_dates,
        "number_label": rng.choice(wording.number),
        "number": number,
        "issuer": issuer_view,
        "recipient": recipient_view,
        "registration_label": rng.choice(
            ("登録番号", "登録番号:", "適格請求書発行事業者登録番号", "事業者登録番号", "登録番号 ")
        ),
        "honorific": "様" if recipient_name == other_name and personal else "御中",
        "subject": rng.choice(vocabulary.subjects) if rng.random() < 0.6 else None,
        "subject_label": rng.choice(("件名", "件 名", "摘要", "案件名")),
        "total_label": rng.choice(wording.total),
        "total": None if unpriced else big(total),
        "sum_label": rng.choice(("合計", "合 計", "総合計", "合計(税込)", "税込合計")),
        "sum": None if unpriced or carried or deductions else signed(total),
        "final_label": "差引合計" if deductions else None,
        "final": signed(total) if deductions else None,
        "unpriced": unpriced,
        "rows": _row_views(rng, rows, sums, signed, day, show_unpriced=unpriced),
        "headers": {
            "name": rng.choice(("品名", "品 名", "摘要", "内容", "商品名", "項目", "品番・品名")),
            "quantity": rng.choice(("数量", "数 量", "数量")),
            "unit": rng.choice(("単位", "単位")),
            "price": rng.choice(("単価", "単 価", "単価(円)")),
            "amount": rng.choice(("金額", "金 額", "金額(税抜)" if not inside else "金額(税込)")),
        },
        "summary": summary,
        "carry": carry,
        "tax_rows": tax_rows(sums, signed) if show_tax_table else [],
        "rates_shown": rates_shown,
        "tax_words": _tax_words(rng, inside=inside),
        "inside": inside,
        "reduced": any(rate == 8 for rate, _, _ in sums.rates),
        "mark": _MARK,
        "reduced_note": rng.choice(
            (f"{_MARK}は軽減税率対象です。", f"{_MARK}印は軽減税率(8%)適用商品", f"「{_MARK}」は軽減税率対象品目")
        ),
        "bank": bank,
        "bank_label": rng.choice(("お振込先", "振込先", "振込先口座", "お支払先", "お振込先銀行")),
        "bank_note": rng.choice(
            ("恐れ入りますが、振込手数料は貴社にてご負担願います。", "振込手数料はご負担ください。", "")
        ),
        "notes": _notes(rng, document_type),
        "seal": rng.random() < 0.75,
        "seal_text": str(issuer_view["name"]),
        "approvals": rng.random() < 0.3,
        "vertical_address": rng.random() < 0.2,
        "day_stamp": _day_stamp(rng, day),
    }
    return Facts(document_type=document_type, fields=truth, printed=printed, view=view)


_MARK = "※"


def _rows(rng: random.Random, vocabulary: Vocabulary, *, few: bool) -> list[Row]:
    goods = rng.choice(vocabulary.business_goods)
    count = rng.randint(1, 3) if few else rng.choice((1, 2, 2, 3, 3, 4, 5, 6))
    if not few and rng.random() < vocabulary.long_share:
        return [
            row for _ in range(rng.randint(*vocabulary.long_times)) for row in make_rows(rng, goods, len(goods), most=5)
        ]
    return make_rows(rng, goods, count, most=5)


def _day_stamp(rng: random.Random, day: date) -> str | None:
    if rng.random() >= _STAMPED_SHARE:
        return None
    received = day + timedelta(days=rng.randint(1, 6))
    return rng.choice((f"{received:%y.%m.%d}", f"{received.year - 2018}.{received.month}.{received.day}"))


def _fee(rng: random.Random) -> Article:
    return Article(name=rng.choice(("原稿料", "デザイン料", "講演料", "翻訳料")), unit="式", low=0, high=0)


def _discount(rng: random.Random, rows: list[Row]) -> Row:
    rate = 10 if any(row.article.rate == 10 for row in rows) else 8
    base = sum(row.amount for row in rows if row.article.rate == rate)
    price = -max(base // 20 // 10 * 10, 1)
    name = rng.choice(("お値引き", "値引", "出精値引", "特別値引"))
    return Row(article=Article(name=name, unit="式", low=0, high=0, rate=rate), quantity=1, price=price)


def _deductions(rng: random.Random, kind: DocumentType, sums: Sums, *, personal: bool) -> list[tuple[str, int]]:
    if personal:
        return [(rng.choice(("源泉徴収税額", "源泉所得税", "源泉徴収税(10.21%)")), sums.net * 1021 // 10000)]
    if kind is not _T.PAYMENT_STATEMENT or rng.random() < 0.3:
        return []
    found = []
    if rng.random() < 0.6:
        found.append(("振込手数料", rng.choice((110, 220, 330, 440, 660))))
    if rng.random() < 0.5 or not found:
        found.append((rng.choice(("安全協力会費", "相殺額", "立替金相殺")), max(sums.gross // 200 // 10 * 10, 10)))
    return found


def _carry(rng: random.Random, sums: Sums, yen: YenPrinter) -> tuple[int, list[dict[str, str]]]:
    before = rng.randrange(0, 80) * 1100
    paid = before if rng.random() < 0.6 else before // 2
    total = before - paid + sums.gross
    cells = [
        (rng.choice(("前回御請求額", "前回ご請求額", "前月請求額")), before),
        (rng.choice(("御入金額", "ご入金額", "入金額")), paid),
        (rng.choice(("繰越金額", "差引繰越額")), before - paid),
        (rng.choice(("今回御買上額", "今回お買上額", "当月お買上額")), sums.net),
    ]
    if not sums.inside:
        cells.append((rng.choice(("消費税額", "消費税等")), sums.tax))
    cells.append((rng.choice(("今回御請求額", "今回ご請求額", "当月請求額")), total))
    return total, [{"label": label, "amount": yen(amount)} for label, amount in cells]


def _number(rng: random.Random, day: date) -> str | None:
    if rng.random() < 0.1:
        return None
    form = rng.randrange(6)
    serial = rng.randrange(1, 9999)
    return (
        f"{day.year}{day.month:02d}-{serial:04d}",
        f"{rng.choice('ABDEFGKMN')}{rng.choice('CEFHKMPRT')}-{serial:05d}",
        f"{serial:06d}",
        f"{day:%Y%m%d}-{serial % 100:03d}",
        f"INV-{day.year}-{serial:04d}",
        f"{day.year % 100}-{serial:04d}",
    )[form]


def _due(rng: random.Random, wording: Wording, day: date) -> date | None:
    if rng.random() >= wording.due_share:
        return None
    month = day.month % 12 + 1
    year = day.year + (day.month == 12)
    if rng.random() < 0.7:
        return date(year + (month == 12), month % 12 + 1, 1) - timedelta(days=1)
    return date(year, month, rng.choice((10, 15, 20, 25)))


def _supply(
    rng: random.Random,
    kind: DocumentType,
    truth: dict[str, object],
    day: date,
    dates: list[tuple[str, str]],
    *,
    show_day_name: object,
) -> None:
    show = show_day_name
    if not callable(show):
        return
    if kind is _T.DELIVERY_NOTE:
        truth["supply_from"] = truth["supply_to"] = day.isoformat()
    elif kind is _T.INVOICE and rng.random() < 0.2:
        start = day.replace(day=1)
        dates.append((rng.choice(("ご利用期間", "利用期間", "対象期間")), f"{show(start)}~{show(day)}"))
        truth["supply_from"], truth["supply_to"] = start.isoformat(), day.isoformat()
    elif kind is _T.INSPECTION and rng.random() < 0.7:
        delivered = day - timedelta(days=rng.randint(1, 10))
        dates.append((rng.choice(("納品日", "納入日")), show(delivered)))
        truth["supply_from"] = truth["supply_to"] = delivered.isoformat()


def _summary(
    rng: random.Random, sums: Sums, yen: YenPrinter, truth: dict[str, object], *, table: bool
) -> list[tuple[str, str]]:
    """Rows under the items: subtotal and tax; sets the truth of what is printed."""
    rows = []
    single = len(sums.rates) == 1
    if not sums.inside or rng.random() < 0.5:
        rows.append((rng.choice(("小計", "小 計", "小計(税抜)" if not sums.inside else "小計(税込)")), yen(sums.net)))
        truth["subtotal"] = sums.net
    if single:
        rate = sums.rates[0][0]
        label = rng.choice(("消費税", "消費税額", f"消費税({rate}%)", f"消費税等({rate}%)", f"消費税 {rate}%"))
        rows.append((f"(内{label})" if sums.inside else label, yen(sums.tax)))
        truth["tax_total"] = sums.tax
        if "%" in label and not table:
            truth["tax_breakdown"] = [{"rate": rate, "taxable": sums.net, "tax": sums.tax}]
    elif rng.random() < 0.7:
        label = rng.choice(("消費税合計", "消費税額合計", "消費税"))
        rows.append((f"(内{label})" if sums.inside else label, yen(sums.tax)))
        truth["tax_total"] = sums.tax
    if table:
        truth["tax_breakdown"] = [{"rate": rate, "taxable": taxable, "tax": tax} for rate, taxable, tax in sums.rates]
    return rows


def _row_views(
    rng: random.Random, rows: list[Row], sums: Sums, yen: YenPrinter, day: date, *, show_unpriced: bool
) -> list[dict[str, str]]:
    mixed = len(sums.rates) > 1 or any(rate == 8 for rate, _, _ in sums.rates)
    first = day - timedelta(days=rng.randint(0, 20))
    views = []
    for index, row in enumerate(rows):
        views.append(
            {
                "index": str(index + 1),
                "day": f"{first.month}/{first.day}",
                "name": row.article.name,
                "mark": _MARK if mixed and row.article.rate == 8 else "",
                "quantity": f"{row.quantity:,}",
                "unit": row.article.unit,
                "price": "" if show_unpriced else yen(row.price),
                "amount": "" if show_unpriced else yen(row.amount),
                "rate": f"{row.article.rate}%",
            }
        )
    return views


def _tax_words(rng: random.Random, *, inside: bool) -> dict[str, str]:
    return rng.choice(
        (
            {"taxable": "{}%対象", "tax": "消費税", "head": "税率別内訳"},
            {"taxable": "{}%対象計", "tax": "消費税額", "head": "内訳"},
            {"taxable": "{}%対象(税込)" if inside else "{}%対象(税抜)", "tax": "消費税", "head": "消費税内訳"},
            {"taxable": "税率{}%", "tax": "うち消費税" if inside else "消費税等", "head": "税区分"},
        )
    )


def _bank(
    rng: random.Random, vocabulary: Vocabulary, company: object, kind: DocumentType, *, ours: bool
) -> dict[str, object] | None:
    if rng.random() < 0.12 or kind is not _T.INVOICE:
        return None
    kana = "カ)トウダイセイサクショ" if ours else getattr(company, "kana", "")
    return {
        "bank": rng.choice(vocabulary.banks),
        "branch": rng.choice(vocabulary.branches),
        "type": rng.choice(("普通", "普通", "普通", "当座")),
        "number": f"{rng.randrange(10000000):07d}",
        "holder": nfkc(kana),
    }


def _notes(rng: random.Random, kind: DocumentType) -> list[str]:
    pool = {
        _T.QUOTATION: ("納期: 別途ご相談", "お支払条件: 月末締翌月末払", "運賃は別途申し受けます。"),
        _T.PURCHASE_ORDER: ("納入場所: 本社倉庫", "支払条件: 月末締翌月末現金払", "注文請書をご返送ください。"),
        _T.DELIVERY_NOTE: ("ご査収のほどよろしくお願いいたします。", "破損等がございましたら7日以内にご連絡ください。"),
        _T.INSPECTION: ("検収結果: 合格", "数量・外観とも異常なし"),
        _T.PAYMENT_STATEMENT: (
            "送付後一定期間内に連絡がない場合、記載内容に確認があったものとします。",
            "ご不明な点は経理部までお問い合わせください。",
        ),
        _T.CREDIT_NOTE: ("元の請求書に係る返品分です。", "次回ご請求時に相殺いたします。"),
    }.get(
        kind,
        (
            "今後ともよろしくお願いいたします。",
            "お支払いは期日までにお願いいたします。",
            "本書に関するお問い合わせは担当までお願いします。",
        ),
    )
    return [note for note in pool if rng.random() < 0.5]
