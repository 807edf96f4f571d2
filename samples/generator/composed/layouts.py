"""Composed pages as layouts: one per family. They state no fields; their text and its order are the truth."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from domain.fields import DocumentType
from samples.generator.composed import forms, letters, nested, papers, slips
from samples.generator.composed.blocks import RULES, Blocks
from samples.generator.composed.words import Words
from samples.generator.facts import Facts, blank_fields
from samples.generator.layouts import Layout
from samples.generator.vocabulary import Vocabulary

Family = Callable[[Blocks], str]

FAMILIES: tuple[Family, ...] = (
    letters.window_letter,
    letters.balance_statement,
    slips.cheque_slip,
    slips.cheque,
    letters.two_columns,
    letters.two_notes,
    slips.ledger,
    slips.bilingual,
    letters.footer_columns,
    letters.totals_and_bank,
    letters.sanction,
    slips.receipt_columns,
    slips.transfer_form,
    slips.order_boxes,
    slips.wrapped_table,
    slips.copies,
    letters.dashboard,
    slips.lists_side_by_side,
    letters.plain_letter,
    letters.signatures,
    slips.form_with_cells,
    slips.receipt,
    letters.anything,
    nested.close_pairs,
    nested.nested,
    nested.stub_at_the_side,
    forms.heads_over_rows,
    forms.wide_heads,
    forms.lists_at_the_foot,
    forms.boxed_form,
    papers.questions,
    papers.journal_slip,
    papers.memo,
    papers.notes_in_the_margin,
    papers.tables_in_columns,
)
_LANDSCAPE = (210.0, 148.0)
_LOW = frozenset({"cheque", "cheque_slip", "receipt_columns", "copies", "stub_at_the_side"})
"""Families on paper that is wider than high."""
_WIDE = frozenset({"wide_heads"})
"""Families on large paper that is wider than high."""


def _facts(rng: random.Random, vocabulary: Vocabulary, document_type: DocumentType, *, family: Family) -> Facts:
    blocks = Blocks(words=Words(rng, vocabulary), rule=rng.choice(RULES))
    return Facts(document_type=document_type, fields=blank_fields(document_type), view={"body": family(blocks)})


def _paper(name: str) -> tuple[float, float]:
    return _LANDSCAPE if name in _LOW else (297, 210) if name in _WIDE else (210, 297)


COMPOSED: tuple[Layout, ...] = tuple(
    Layout(
        name=family.__name__,
        types=(DocumentType.OTHER,),
        template="composed.html",
        make_facts=partial(_facts, family=family),
        paper=_paper(family.__name__),
        margin_mm=(9, 20),
        font_size=(8, 11.5),
    )
    for family in FAMILIES
)
