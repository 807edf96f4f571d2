"""The layouts: which template draws which class, on which paper, in which fonts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from domain.fields import DocumentType
from samples.generator.contracts import make_contract, make_other
from samples.generator.facts import Facts
from samples.generator.forms import make_form
from samples.generator.receipts import make_register, make_ticket, make_written
from samples.generator.vocabulary import Vocabulary

FactsMaker = Callable[[random.Random, Vocabulary, DocumentType], Facts]

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One way to draw a class."""

    name: str
    types: tuple[DocumentType, ...]
    template: str
    """File name below ``templates/`` (or the held-back ones)."""
    make_facts: FactsMaker
    paper: tuple[float, float | None] = (210, 297)
    """Width and height in millimetres; None: as long as the content (till rolls)."""
    margin_mm: tuple[float, float] = (14, 20)
    """Range."""
    font_size: tuple[float, float] = (9.5, 11)
    """Range in points."""
    blank_rows: tuple[int, int] = (0, 0)
    """Range of empty rows under the items."""
    gothic_only: bool = False
    """No serif fonts (tills)."""


def form_facts(rng: random.Random, vocabulary: Vocabulary, document_type: DocumentType) -> Facts:
    """A business form."""
    return make_form(rng, vocabulary, document_type)


def short_form_facts(rng: random.Random, vocabulary: Vocabulary, document_type: DocumentType) -> Facts:
    """A business form with few rows, for small paper."""
    return make_form(rng, vocabulary, document_type, few=True)


def carried_facts(rng: random.Random, vocabulary: Vocabulary, document_type: DocumentType) -> Facts:
    """An invoice that brings a balance forward."""
    return make_form(rng, vocabulary, document_type, carried=True)


def register_facts(rng: random.Random, vocabulary: Vocabulary, _: DocumentType) -> Facts:
    """A till receipt."""
    return make_register(rng, vocabulary)


def written_facts(rng: random.Random, vocabulary: Vocabulary, _: DocumentType) -> Facts:
    """A receipt with 但し書き."""
    return make_written(rng, vocabulary)


def ticket_facts(rng: random.Random, vocabulary: Vocabulary, _: DocumentType) -> Facts:
    """Parking or taxi."""
    return make_ticket(rng, vocabulary)


def contract_facts(rng: random.Random, vocabulary: Vocabulary, _: DocumentType) -> Facts:
    """A contract."""
    return make_contract(rng, vocabulary)


def other_facts(rng: random.Random, vocabulary: Vocabulary, _: DocumentType) -> Facts:
    """A letter or minutes."""
    return make_other(rng, vocabulary)


def letter_facts(rng: random.Random, vocabulary: Vocabulary, _: DocumentType) -> Facts:
    """A letter, never minutes."""
    return make_other(rng, vocabulary, letter=True)


_T = DocumentType
FORMS = (
    _T.INVOICE,
    _T.QUOTATION,
    _T.PURCHASE_ORDER,
    _T.DELIVERY_NOTE,
    _T.INSPECTION,
    _T.PAYMENT_STATEMENT,
    _T.CREDIT_NOTE,
)
A5_LANDSCAPE = (210.0, 148.0)

DEVELOPMENT: tuple[Layout, ...] = (
    Layout(name="classic", types=FORMS, template="form_classic.html", make_facts=form_facts, blank_rows=(0, 5)),
    Layout(name="modern", types=FORMS, template="form_modern.html", make_facts=form_facts),
    Layout(name="letterhead", types=FORMS, template="form_letterhead.html", make_facts=form_facts),
    Layout(
        name="slip",
        types=(_T.DELIVERY_NOTE, _T.INVOICE, _T.PURCHASE_ORDER, _T.CREDIT_NOTE, _T.INSPECTION),
        template="form_slip.html",
        make_facts=short_form_facts,
        paper=A5_LANDSCAPE,
        margin_mm=(7, 10),
        font_size=(9, 10),
        blank_rows=(1, 3),
    ),
    Layout(
        name="statement",
        types=(_T.INVOICE, _T.PAYMENT_STATEMENT),
        template="form_statement.html",
        make_facts=carried_facts,
    ),
    Layout(
        name="till",
        types=(_T.RECEIPT,),
        template="till_plain.html",
        make_facts=register_facts,
        paper=(80, None),
        margin_mm=(4, 6),
        font_size=(9, 10.5),
        gothic_only=True,
    ),
    Layout(
        name="till_boxed",
        types=(_T.RECEIPT,),
        template="till_boxed.html",
        make_facts=register_facts,
        paper=(80, None),
        margin_mm=(4, 6),
        font_size=(8.5, 10),
        gothic_only=True,
    ),
    Layout(
        name="written",
        types=(_T.RECEIPT,),
        template="written_form.html",
        make_facts=written_facts,
        paper=(210, 128),
        margin_mm=(7, 10),
    ),
    Layout(name="web", types=(_T.RECEIPT,), template="written_web.html", make_facts=written_facts),
    Layout(
        name="ticket",
        types=(_T.RECEIPT,),
        template="ticket.html",
        make_facts=ticket_facts,
        paper=(58, None),
        margin_mm=(3, 5),
        font_size=(8.5, 9.5),
        gothic_only=True,
    ),
    Layout(
        name="articles",
        types=(_T.CONTRACT,),
        template="contract_articles.html",
        make_facts=contract_facts,
        margin_mm=(22, 26),
        font_size=(10.5, 12),
    ),
    Layout(name="schedule", types=(_T.CONTRACT,), template="contract_schedule.html", make_facts=contract_facts),
    Layout(name="plain", types=(_T.OTHER,), template="other_plain.html", make_facts=other_facts, margin_mm=(20, 26)),
    Layout(name="vertical", types=(_T.OTHER,), template="other_vertical.html", make_facts=letter_facts),
    Layout(name="boxed", types=(_T.OTHER,), template="other_boxed.html", make_facts=other_facts),
)

GOTHIC = ("Noto Sans CJK JP", "IPAGothic", "IPAPGothic", "IPAexGothic", "TakaoGothic", "TakaoPGothic")
MINCHO = ("IPAMincho", "IPAPMincho", "IPAexMincho", "TakaoMincho", "TakaoPMincho")
