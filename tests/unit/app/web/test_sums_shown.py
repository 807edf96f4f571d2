"""Totals as the search page shows them: by class and direction, each with the search behind it."""

from decimal import Decimal

from app.web.search_view import sums_of, ways_in
from domain.fields import DocumentType
from domain.ids import Origin
from domain.query import Query, Totals, TotalsLine
from domain.ways import WAY_OF, Way, origins_of


def line(kind, way, currency, documents, amount):
    return TotalsLine(document_type=kind, way=way, currency=currency, documents=documents, amount=amount)


TOTALS = Totals(
    documents=10,
    lines=(
        line(DocumentType.QUOTATION, Way.RECEIVED, "JPY", 4, Decimal(9)),
        line(DocumentType.INVOICE, Way.RECEIVED, "JPY", 2, Decimal(100)),
        line(DocumentType.INVOICE, Way.RECEIVED, "USD", 1, Decimal("5.50")),
        line(DocumentType.INVOICE, Way.RECEIVED, None, 1, None),
        line(DocumentType.INVOICE, Way.ISSUED, "JPY", 2, Decimal(70)),
    ),
)


def test_what_is_billed_comes_first_and_nothing_is_added_over_directions_or_currencies():
    invoice, quotation = sums_of(TOTALS, Query(), ("stamp",))
    assert ways_in(TOTALS) == (Way.RECEIVED, Way.ISSUED)
    assert (invoice.billed, quotation.billed) == (True, False)
    received, issued = invoice.cells
    assert (received.documents, received.amounts) == (4, (("JPY", Decimal(100)), ("USD", Decimal("5.50"))))
    assert (issued.documents, issued.amounts) == (2, (("JPY", Decimal(70)),))
    assert quotation.cells[1] is None
    assert TOTALS.classes == ((DocumentType.INVOICE, 6), (DocumentType.QUOTATION, 4))
    assert TOTALS.sum_in("JPY") == Decimal(179)


def test_a_figure_opens_the_search_behind_it_and_never_a_wider_one():
    asked = Query(words=("紙",), origins=(Origin.PAPER_RECEIVED, Origin.ELECTRONIC_SENT), offset=50)
    received, issued = sums_of(TOTALS, asked, ("stamp",))[0].cells
    assert "type=invoice" in received.href
    assert "origin=paper_received" in received.href
    assert "electronic_received" not in received.href
    assert "hide=stamp" in received.href
    assert "page" not in received.href
    assert "origin=electronic_sent" in issued.href


def test_every_origin_goes_one_way():
    assert [origin for way in Way for origin in origins_of(way)] == sorted(
        Origin, key=lambda one: list(Way).index(WAY_OF[one])
    )
