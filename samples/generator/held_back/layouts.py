"""Held-back layouts and fonts."""

from __future__ import annotations

from domain.fields import DocumentType
from samples.generator.layouts import (
    FORMS,
    Layout,
    carried_facts,
    contract_facts,
    form_facts,
    other_facts,
    register_facts,
    ticket_facts,
    written_facts,
)

_T = DocumentType
LAYOUTS: tuple[Layout, ...] = (
    Layout(name="held_window", types=FORMS, template="held_window.html", make_facts=form_facts, margin_mm=(16, 20)),
    Layout(
        name="held_ledger",
        types=FORMS,
        template="held_ledger.html",
        make_facts=form_facts,
        paper=(297, 210),
        margin_mm=(12, 16),
        blank_rows=(1, 4),
    ),
    Layout(name="held_balance", types=(_T.INVOICE,), template="held_window.html", make_facts=carried_facts),
    Layout(
        name="held_till",
        types=(_T.RECEIPT,),
        template="held_till.html",
        make_facts=register_facts,
        paper=(80, None),
        margin_mm=(4, 7),
        font_size=(8.5, 10),
        gothic_only=True,
    ),
    Layout(
        name="held_cheque",
        types=(_T.RECEIPT,),
        template="held_cheque.html",
        make_facts=written_facts,
        paper=(182, 90),
        margin_mm=(6, 8),
        font_size=(9, 10),
    ),
    Layout(
        name="held_ticket",
        types=(_T.RECEIPT,),
        template="held_ticket.html",
        make_facts=ticket_facts,
        paper=(58, None),
        margin_mm=(3, 5),
        font_size=(8.5, 9.5),
        gothic_only=True,
    ),
    Layout(
        name="held_deed",
        types=(_T.CONTRACT,),
        template="held_deed.html",
        make_facts=contract_facts,
        margin_mm=(20, 25),
        font_size=(10, 11.5),
    ),
    Layout(
        name="held_notice", types=(_T.OTHER,), template="held_notice.html", make_facts=other_facts, margin_mm=(18, 24)
    ),
)
GOTHIC = ("VL Gothic", "VL PGothic", "M PLUS 2")
MINCHO = ("Noto Serif CJK JP",)
