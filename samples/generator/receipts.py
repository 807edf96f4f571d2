"""Facts of receipts: registers, written forms, parking and taxi tickets, web shops."""

from __future__ import annotations

import random
from datetime import date

from domain.fields import DocumentType
from samples.generator.facts import Facts, Row, Sums, a_day, add_up, blank_fields, line_items, make_rows, nfkc, tax_rows
from samples.generator.printing import DAY_PRINTERS, ERA_DAYS, RECEIPT_DAYS, YEN_PRINTERS, minus, number_printed, spaced
from samples.generator.vocabulary import Article, Company, Vocabulary, make_company

METHODS = {
    "cash": ("現金", "お預り", "お預かり", "現計"),
    "credit_card": ("クレジット", "クレジットカード", "VISA", "カード支払"),
    "e_money": ("電子マネー", "交通系IC", "交通系電子マネー"),
    "qr": ("QR決済", "コード決済", "バーコード決済"),
}


def make_register(rng: random.Random, vocabulary: Vocabulary) -> Facts:
    """A till receipt with items, tax per rate and payment."""
    truth = blank_fields(DocumentType.RECEIPT)
    shop, kind = rng.choice(vocabulary.shops)
    company = make_company(rng, vocabulary)
    branch = rng.choice(("", "", f"{rng.choice(('駅前', '北', '中央', '見本町', '本町', '仮町'))}店"))
    day = a_day(rng)
    inside = rng.random() < 0.6
    rows = make_rows(rng, vocabulary.shop_goods[kind], rng.randint(1, 6), most=1)
    rows = [Row(article=r.article, quantity=_small(rng), price=r.price) for r in rows]
    discount = 0
    if rng.random() < 0.15 and add_up(rows, inside=inside).net > 300:
        rate = rows[0].article.rate
        discount = min(rng.choice((10, 20, 30, 50)), rows[0].amount // 2)
        if discount:
            rows.append(_discount(rng, rate, discount))
    sums = add_up(rows, inside=inside)
    yen = minus(rng.choice((lambda n: f"¥{n:,}", lambda n: f"¥{n:,}", lambda n: f"{n:,}", lambda n: f"\\{n:,}")), rng)
    method = rng.choices(tuple(METHODS), weights=(5, 3, 2, 1))[0]
    received = _received(rng, sums.gross) if method == "cash" else None
    registration = company.registration_number if rng.random() < 0.85 else None
    time = f"{rng.randrange(8, 22)}:{rng.randrange(60):02d}"
    show = rng.choice(RECEIPT_DAYS)
    show_subtotal = rng.random() < 0.85
    truth |= {
        "transaction_date": day.isoformat(),
        "total_amount": sums.gross,
        "subtotal": sums.net if show_subtotal else None,
        "currency": "JPY",
        "issuer": nfkc(shop),
        "counterparty": nfkc(shop),
        "issuer_company": None,
        "issuer_branch": branch or None,
        "issuer_address": nfkc(company.address),
        "phone": company.phone,
        "registration_number": registration,
        "time": time.rjust(5, "0"),
        "payment_method": method,
        "cash_received": received,
        "change": received - sums.gross if received is not None else None,
        "discount": discount or None,
        "tax_breakdown": [{"rate": rate, "taxable": taxable, "tax": tax} for rate, taxable, tax in sums.rates],
        "tax_total": sums.tax if len(sums.rates) == 1 else None,
        "line_items": _till_items(rows),
    }
    show_company = rng.random() < 0.5
    if show_company:
        truth["issuer_company"] = nfkc(company.name)
    slip = str(rng.randrange(1000, 99999))
    show_slip = rng.random() < 0.6
    truth["document_number"] = slip if show_slip else None
    printed = {"transaction_date": show(day), "total_amount": f"{sums.gross:,}", "issuer": shop}
    shown_number = number_printed(registration, rng) if registration else None
    if shown_number:
        printed["registration_number"] = shown_number
    view = _till_view(rng, rows, sums, company) | {
        "shop": shop,
        "branch": branch,
        "company": company.name if show_company else None,
        "number": shown_number,
        "day": show(day),
        "time": time,
        "slip": slip if show_slip else None,
        "subtotal": yen(sums.net) if show_subtotal else None,
        "total": yen(sums.gross),
        "rows": [
            {
                "name": row.article.name,
                "mark": "※" if row.article.rate == 8 else "",
                "quantity": str(row.quantity),
                "price": yen(row.price),
                "amount": yen(row.amount),
            }
            for row in rows
        ],
        "tax_rows": tax_rows(sums, yen),
        "method": rng.choice(METHODS[method]) if method != "cash" else "現金",
        "received_label": rng.choice(("お預り", "お預かり", "お預り金額", "お預り合計")),
        "received": yen(received) if received is not None else None,
        "change": yen(received - sums.gross) if received is not None else None,
        "card": None if method != "credit_card" else f"XXXX-XXXX-XXXX-{rng.randrange(10000):04d}",
    }
    return Facts(document_type=DocumentType.RECEIPT, fields=truth, printed=printed, view=view)


def make_written(rng: random.Random, vocabulary: Vocabulary) -> Facts:
    """A receipt form with 但し書き: written or printed by an office machine."""
    truth = blank_fields(DocumentType.RECEIPT)
    company = make_company(rng, vocabulary)
    day = a_day(rng)
    article = rng.choice(rng.choice(vocabulary.business_goods))
    inside = rng.random() < 0.7
    net = rng.randrange(10, 900) * 110 if inside else rng.randrange(10, 900) * 100
    sums = add_up([Row(article=article, quantity=1, price=net)], inside=inside)
    registration = company.registration_number if rng.random() < 0.8 else None
    show = DAY_PRINTERS[rng.choice(("western_kanji", "slashes", *ERA_DAYS))]
    number = f"{rng.randrange(1, 9999):04d}" if rng.random() < 0.7 else None
    method = rng.choice(("cash", "bank_transfer", "credit_card", None, None))
    words = {"cash": "現金", "bank_transfer": "銀行振込", "credit_card": "クレジットカード"}
    recipient = rng.choice((vocabulary.our_company, vocabulary.our_company, "上様"))
    table = rng.random() < 0.75
    truth |= {
        "transaction_date": day.isoformat(),
        "total_amount": sums.gross,
        "currency": "JPY",
        "issuer": nfkc(company.name),
        "counterparty": nfkc(company.name),
        "recipient": None if recipient == "上様" else recipient,
        "issuer_address": nfkc(company.address),
        "phone": company.phone,
        "registration_number": registration,
        "document_number": number,
        "payment_method": method,
        "subtotal": sums.net if table and not inside else None,
        "tax_total": sums.tax if table else None,
        "tax_breakdown": [{"rate": r, "taxable": taxable, "tax": tax} for r, taxable, tax in sums.rates]
        if table
        else None,
    }
    printed = {"transaction_date": show(day), "total_amount": f"{sums.gross:,}", "issuer": company.name}
    shown_number = number_printed(registration, rng) if registration else None
    if shown_number:
        printed["registration_number"] = shown_number
    big = rng.choice(YEN_PRINTERS)
    view = _company_view(company) | {
        "title": spaced(rng.choice(("領収書", "領収証", "領収書", "領収証書")), rng),
        "recipient": recipient,
        "honorific": "" if recipient == "上様" else rng.choice(("様", "御中", "様")),
        "total": big(sums.gross),
        "total_words": rng.choice(("金額", "領収金額", "")),
        "purpose": f"{article.name}{rng.choice(('代', '代金', '代として', 'として'))}",
        "lead": rng.choice(
            ("上記正に領収いたしました。", "上記の金額正に領収いたしました", "上記金額を領収致しました。")
        ),
        "day": show(day),
        "day_label": rng.choice(("発行日", "日付", "領収日", "", "")),
        "number_label": rng.choice(("No.", "領収書番号", "№")),
        "slip": number,
        "number": shown_number,
        "tax_rows": tax_rows(sums, lambda n: f"¥{n:,}") if table else [],
        "inside": inside,
        "method": words.get(method or ""),
        "stamp": "200円" if sums.gross >= 50_000 and rng.random() < 0.8 else None,
        "seal": rng.random() < 0.85,
        "seal_text": company.name,
        "seller": company.name,
    }
    return Facts(document_type=DocumentType.RECEIPT, fields=truth, printed=printed, view=view)


def make_ticket(rng: random.Random, vocabulary: Vocabulary) -> Facts:
    """A parking or taxi receipt: times of entry and payment, one amount."""
    truth = blank_fields(DocumentType.RECEIPT)
    company = make_company(rng, vocabulary)
    parking = rng.random() < 0.6
    place = f"{company.stem}パーキング" if parking else f"{company.stem}交通"
    day = a_day(rng)
    gross = rng.randrange(2, 40) * 100 if parking else 500 + rng.randrange(0, 60) * 90
    tax = gross * 10 // 110
    registration = company.registration_number if rng.random() < 0.9 else None
    hour = rng.randrange(9, 20)
    show = rng.choice(RECEIPT_DAYS)
    paid_at = f"{hour + 2}:{rng.randrange(60):02d}"
    method = rng.choice(("cash", "credit_card", "e_money"))
    truth |= {
        "transaction_date": day.isoformat(),
        "time": paid_at.rjust(5, "0"),
        "total_amount": gross,
        "currency": "JPY",
        "issuer": nfkc(place),
        "counterparty": nfkc(place),
        "phone": company.phone,
        "issuer_company": nfkc(company.name),
        "registration_number": registration,
        "payment_method": method,
        "tax_total": tax,
        "tax_breakdown": [{"rate": 10, "taxable": gross, "tax": tax}],
    }
    shown_number = number_printed(registration, rng) if registration else None
    printed = {"transaction_date": show(day), "total_amount": f"{gross:,}", "issuer": place}
    if shown_number:
        printed["registration_number"] = shown_number
    view = _company_view(company) | {
        "parking": parking,
        "shop": place,
        "company": company.name,
        "number": shown_number,
        "entered": f"{show(day)} {hour}:{rng.randrange(60):02d}",
        "day": show(day),
        "time": paid_at,
        "total": f"{gross:,}円",
        "tax": f"{tax:,}円",
        "method": rng.choice(METHODS[method]) if method != "cash" else "現金",
        "car": str(rng.randrange(1000, 9999)),
    }
    return Facts(document_type=DocumentType.RECEIPT, fields=truth, printed=printed, view=view)


def _small(rng: random.Random) -> int:
    return rng.choice((1, 1, 1, 1, 2, 3))


def _discount(rng: random.Random, rate: int, amount: int) -> Row:
    name = rng.choice(("割引", "値引", "クーポン値引", "会員割引"))
    return Row(article=Article(name=name, unit="", low=0, high=0, rate=rate), quantity=1, price=-amount)


def _received(rng: random.Random, total: int) -> int:
    note = rng.choice((1000, 5000, 10000))
    return max(-(-total // note) * note, total)


def _till_items(rows: list[Row]) -> list[dict[str, object]]:
    items = line_items(rows)
    for item in items:
        item["unit"] = None
        if item["quantity"] == 1:  # a single piece prints its amount only
            item["quantity"] = item["unit_price"] = None
    return items


def _company_view(company: Company) -> dict[str, object]:
    return {
        "zip": company.zip_code,
        "address": company.address,
        "building": company.building,
        "phone": company.phone,
        "person": company.person.split(" ")[0],
    }


def _till_view(rng: random.Random, rows: list[Row], sums: Sums, company: Company) -> dict[str, object]:
    count = sum(row.quantity for row in rows if row.price > 0)
    inside = sums.inside
    return _company_view(company) | {
        "title": rng.choice(("領収書", "領 収 書", "領収証", "レシート", "お買上票", "")),
        "register": f"レジ{rng.randrange(1, 9):04d}",
        "count": count,
        "count_label": rng.choice(("点数", "お買上点数", "合計点数")),
        "subtotal_label": rng.choice(("小計", "小 計", "小計(税込)" if inside else "小計(税抜)")),
        "total_label": rng.choice(("合計", "合 計", "お会計", "お買上合計", "総合計", "税込合計")),
        "taxable_label": rng.choice(("{}%対象", "({}%対象", "{}%税込対象額" if inside else "{}%税抜対象額")),
        "tax_label": rng.choice(
            ("内消費税等", "(内消費税", "うち消費税額") if inside else ("消費税等", "外税額", "消費税額")
        ),
        "number_label": rng.choice(("登録番号", "登録番号:", "事業者番号", "インボイス登録番号")),
        "reduced": any(rate == 8 for rate, _, _ in sums.rates),
        "reduced_note": rng.choice(("※印は軽減税率(8%)適用商品です", "※は軽減税率対象商品", "「※」軽減税率対象")),
        "greeting": rng.choice(
            ("毎度ありがとうございます", "またのご来店をお待ちしております", "ご来店ありがとうございました", "")
        ),
    }


def printed_day(day: date) -> str:
    """Plain form for notes."""
    return f"{day.year}/{day.month}/{day.day}"
