"""From the text of a document's pages to its fields, with raw text, place and confidence for each."""

from __future__ import annotations

from collections.abc import Sequence

from domain.engines import FieldContext
from domain.evidence import Check
from domain.fields import DocumentType, Field, FieldSet, fields_for, missing
from domain.page import EngineId, PageText
from extractors.fields.business import business_fields
from extractors.fields.checks import run_checks
from extractors.fields.contract import contract_fields
from extractors.fields.evidence import NAME, VERSION, own_engine
from extractors.fields.labelled import read_locale
from extractors.fields.layout import build_layout
from extractors.fields.readings import settled
from extractors.fields.trust import recognised, trusted, way_of

__all__ = ["FIELD_RULES", "extract_fields"]

FIELD_RULES = EngineId(name=NAME, version=VERSION)
"""The rules by themselves: who says that a field is missing on a document without text."""


def extract_fields(
    document_type: DocumentType,
    texts: Sequence[PageText],
    *,
    context: FieldContext,
    calibrated: bool = True,
) -> FieldSet:
    """Read every field that the class can carry; what the document does not carry is MISSING, never a guess.

    Takes: the pages of one document in order, with boxes on the upright pages.
    Gives: one field per name of ``domain.fields.fields_for``, in that order. ``calibrated``: confidences
    are probabilities (``trust``), not bare claims.
    """

    def extract(pages: Sequence[PageText]) -> FieldSet:
        return _fields(document_type, pages, context=context, calibrated=calibrated)

    def check(found: FieldSet) -> tuple[Check, ...]:
        return run_checks(document_type, found, context=context)

    return settled(texts, extract(texts), extract=extract, check=check)


def _fields(
    document_type: DocumentType,
    texts: Sequence[PageText],
    *,
    context: FieldContext,
    calibrated: bool,
) -> FieldSet:
    """The fields of one reading of the pages."""
    layout = build_layout(texts)
    if document_type is DocumentType.CONTRACT:
        read: tuple[Field, ...] = contract_fields(layout, context=context)
    else:
        read = business_fields(layout, document_type=document_type, context=context)
    # The curves were counted on Japanese papers and say nothing about others.
    counted = calibrated and read_locale(layout, near=context.today).japanese
    pictured = recognised(texts) if counted else {}
    by_name: dict[str, Field] = {}
    for field in read:
        by_name.setdefault(field.name, trusted(field, way=way_of(field, pictured)) if counted else field)
    engine = own_engine(texts[0].engine) if texts else FIELD_RULES
    return FieldSet(
        fields=tuple(by_name.get(name) or missing(name, engine=engine) for name in fields_for(document_type))
    )
