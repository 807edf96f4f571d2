"""Business forms: facts as ever, drawn from parts that are put together anew for each document."""

from __future__ import annotations

import random

from domain.fields import DocumentType
from samples.generator.facts import Facts
from samples.generator.forms import make_form
from samples.generator.seals import draw_seal
from samples.generator.varied.blocks import (
    View,
    bank_block,
    div,
    esc,
    issuer_block,
    meta_block,
    recipient_block,
    total_block,
)
from samples.generator.varied.tables import items_table, sums_block, tax_block
from samples.generator.varied.words import VARIED
from samples.generator.vocabulary import Vocabulary

STYLE = """
.ruled td, .ruled th { border: .2mm solid #444; padding: .8mm 2mm } .lined td, .lined th { border-bottom: .15mm solid #888; padding: .8mm 2mm }
.plain td, .plain th { padding: .7mm 2mm } .banded tr:nth-child(even) td { background: #f1f3f4 } .banded td, .banded th { padding: .9mm 2mm }
.boxed { border: .4mm solid #222; padding: 2.5mm 5mm; margin: 3mm 0; display: inline-block; min-width: 80mm } .total { margin: 3mm 0 } .total td { padding: 1mm 6mm }
.items { margin: 4mm 0 2mm } .meta td, .meta th { white-space: nowrap } .meta td { padding: .4mm 4mm .4mm 0 } .meta th { background: #f3f3f3 } .tax { font-size: .92em; margin: 1.5mm 0 } .tax td { padding: .5mm 2mm }
.bank { margin-top: 4mm } .two { display: flex; justify-content: space-between; gap: 8mm; align-items: flex-start; margin: 3mm 0 } .notes { font-size: .88em; margin-top: 3mm; color: #333 }
.strip { margin: 2mm 0 2mm auto } .strip td { min-width: 24mm } .from { min-width: 70mm }
"""
_CARRIED = 0.12


def make_varied_form(rng: random.Random, _: Vocabulary, document_type: DocumentType) -> Facts:
    """A form of the given class in an arrangement of its own."""
    carried = document_type is DocumentType.INVOICE and rng.random() < _CARRIED
    facts = make_form(rng, VARIED, document_type, carried=carried)
    view = facts.view
    _post_office(rng, facts)
    seal = draw_seal(rng, str(view["seal_text"])) if view["seal"] else ""
    view["body"] = _arranged(rng, view, seal)
    view["css"] = STYLE
    view["seal"] = False  # drawn already, where its block stands
    return facts


def _post_office(rng: random.Random, facts: Facts) -> None:
    """Some accounts are given by the symbol of the post office bank."""
    if not facts.view["bank"] or rng.random() > 0.12:
        return
    number = f"1{rng.randrange(1000, 9999):04d}-{rng.randrange(100000, 9999999) * 10 + 1}"
    bank = dict(facts.view["bank"]) | {"bank": "ゆうちょ銀行", "branch": None, "type": None, "number": number}  # type: ignore[call-overload]
    facts.view["bank"] = facts.fields["bank_account"] = bank
    facts.printed["bank_account"] = number.partition("-")[2]


def _arranged(rng: random.Random, view: View, seal: str) -> str:
    title_align = rng.choice(("center", "center", "left", "right"))
    title = div(str(view["title"]), f"font-size:{rng.uniform(1.5, 2.4):.2f}em;text-align:{title_align};margin:2mm 0")
    to, sender, meta = recipient_block(rng, view), issuer_block(rng, view, seal), meta_block(rng, view)
    total = total_block(rng, view)
    lead = div(str(view["lead"]))
    subject = f"{view['subject_label']}:{view['subject']}" if view["subject"] and rng.random() < 0.6 else ""
    bank, notes = bank_block(rng, view), "".join(div(f"{rng.choice(('・', '', '※'))}{n}") for n in view["notes"])
    head = _head(rng, (title, to, sender, meta, total, f"{lead}{div(subject)}"))
    carry = _carry(rng, view)
    tail = [sums_block(rng, view), tax_block(rng, view)]
    if rng.random() < 0.4:
        tail.reverse()
    if rng.random() < 0.4 and all(tail):
        tail = [f'<div class="two"><div>{tail[1]}</div><div>{tail[0]}</div></div>']
    if view["reduced"] and not view["unpriced"]:
        tail.append(div(str(view["reduced_note"]), "font-size:.85em"))
    ending = [bank, f'<div class="notes">{notes}</div>']
    if rng.random() < 0.3:
        ending.reverse()
    below = (
        ""
        if 'class="from"' in head
        else f'<div style="display:flex;justify-content:flex-end;margin-top:6mm">{sender}</div>'
    )
    early = bank and rng.random() < 0.2
    middle = [carry, items_table(rng, view), *tail]
    return head + "".join(
        [
            *([bank] if early else []),
            *middle,
            *(ending[1:] if early and ending[0] is bank else [e for e in ending if not (early and e is bank)]),
            below,
        ]
    )


def _head(rng: random.Random, parts: tuple[str, ...]) -> str:
    title, to, sender, meta, total, lead = parts
    kind = rng.randrange(9)
    if kind == 0:
        return f'{title}<div class="two"><div>{to}{lead}{total}</div><div>{meta}{sender}</div></div>'
    if kind == 1:  # letterhead on top
        return f'<div style="border-bottom:.3mm solid #555;padding-bottom:2mm">{sender}</div>{title}<div class="two">{to}{meta}</div>{lead}{total}'
    if kind == 2:  # a window envelope: to on top, title below
        return f'<div class="two">{to}<div>{meta}</div></div>{title}<div class="two"><div>{lead}{total}</div>{sender}</div>'
    if kind == 3:  # the sender at the foot
        return f'<div class="two"><div>{to}</div><div>{meta}</div></div>{title}{lead}{total}'
    if kind == 4:  # from left, to right
        return f'{title}<div class="two">{sender}{to}</div>{meta}{lead}{total}'
    if kind == 5:
        return f'<div class="two">{title}<div>{meta}</div></div><div class="two">{to}{sender}</div>{lead}{total}'
    if kind == 6:
        return f'<div style="text-align:right">{meta}</div>{title}<div class="two">{to}<div></div></div><div class="two"><div>{lead}</div>{sender}</div>{total}'
    if kind == 7:
        return f'<div class="two">{sender}<div>{title}{meta}</div></div><div style="margin-top:4mm">{to}</div>{lead}{total}'
    return f'{title}<div style="display:flex;justify-content:flex-end">{meta}</div>{to}<div style="display:flex;justify-content:flex-end">{sender}</div>{total}{lead}'


def _carry(rng: random.Random, view: View) -> str:
    cells = view["carry"]
    if not cells:
        return ""
    if rng.random() < 0.7:
        heads = "".join(f"<th>{esc(c['label'])}</th>" for c in cells)
        return f'<table class="ruled" style="width:100%"><tr>{heads}</tr><tr>{"".join("<td class=n>" + esc(c["amount"]) + "</td>" for c in cells)}</tr></table>'
    return (
        '<table class="lined">'
        + "".join(f'<tr><td>{esc(c["label"])}</td><td class="n">{esc(c["amount"])}</td></tr>' for c in cells)
        + "</table>"
    )
