"""The varied layouts: one per maker, each document of them arranged anew."""

from __future__ import annotations

from domain.fields import DocumentType
from samples.generator.layouts import FORMS, Layout
from samples.generator.varied.agreements import make_varied_contract
from samples.generator.varied.forms import make_varied_form
from samples.generator.varied.slips import make_varied_till, make_varied_written
from samples.generator.varied.unusual import make_unusual_form
from samples.generator.varied.unusual_slips import make_unusual_till

VARIED_LAYOUTS: tuple[Layout, ...] = (
    Layout(name="varied_form", types=FORMS, template="varied.html", make_facts=make_varied_form),
    Layout(
        name="varied_till",
        types=(DocumentType.RECEIPT,),
        template="varied.html",
        make_facts=make_varied_till,
        paper=(80, None),
        margin_mm=(3, 6),
        font_size=(8.5, 10.5),
        gothic_only=True,
    ),
    Layout(name="unusual_form", types=FORMS, template="varied.html", make_facts=make_unusual_form),
    Layout(
        name="unusual_till",
        types=(DocumentType.RECEIPT,),
        template="varied.html",
        make_facts=make_unusual_till,
        paper=(80, None),
        margin_mm=(3, 6),
        font_size=(8.5, 10.5),
        gothic_only=True,
    ),
    Layout(
        name="varied_written",
        types=(DocumentType.RECEIPT,),
        template="varied.html",
        make_facts=make_varied_written,
        paper=(210, 148),
        margin_mm=(8, 14),
    ),
    Layout(
        name="varied_contract",
        types=(DocumentType.CONTRACT,),
        template="varied.html",
        make_facts=make_varied_contract,
        margin_mm=(18, 26),
    ),
)
