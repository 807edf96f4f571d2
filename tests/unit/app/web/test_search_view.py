"""Conditions as chips, hidden columns, and what a sentence left over."""

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qsl

from app.web.queries import parse_query
from app.web.search_view import COLUMNS, address, chips_of, doubts_of, hidden_columns
from domain.fields import DocumentType
from domain.ids import Origin
from domain.query import Query
from domain.record import DocumentState
from domain.sentence import Part, Piece

FULL = Query(
    date_from=date(2026, 10, 1),
    date_to=date(2026, 10, 31),
    date_blank=True,
    received_from=date(2026, 11, 1),
    received_on_assumed=True,
    due_to=date(2026, 12, 1),
    filed_from=date(2026, 11, 2),
    amount_min=Decimal(100000),
    amount_blank=True,
    counterparty="青空",
    counterparty_exact=True,
    counterparty_blank=True,
    registration_blank=True,
    words=("トナー", "用紙"),
    document_types=(DocumentType.INVOICE, DocumentType.RECEIPT),
    states=(DocumentState.FILED,),
    origins=(Origin.PAPER_RECEIVED,),
    include_deleted=True,
    offset=100,
)


def test_every_condition_has_a_chip_that_takes_away_it_alone():
    chips = chips_of(FULL, ("origin",), language="ja")
    assert len(chips) == 18
    for chip in chips:
        pairs = [tuple(pair.split("=", 1)) for pair in chip.without.partition("?")[2].split("&")]
        assert ("hide", "origin") in pairs
        assert not any(name == "page" for name, _ in pairs)
    left = {chip.without for chip in chips}
    assert len(left) == len(chips)
    assert [chip.value for chip in chips[:1]] == ["2026/10/01〜2026/10/31"]
    assert "100,000円〜" in [chip.value for chip in chips]


def test_taking_all_chips_away_asks_for_everything():
    query = FULL

    for _ in range(30):
        chips = chips_of(query, (), language="en")
        if not chips:
            break
        query = parse_query(parse_qsl(chips[0].without.partition("?")[2]), page_size=50).query
    assert query == Query()


def test_only_known_columns_are_hidden_and_never_the_link():
    asked = [("hide", "thumb"), ("hide", "counterparty"), ("hide", "<b>"), ("hide", "date")]
    assert hidden_columns(asked) == ("thumb", "date")
    assert set(COLUMNS) >= {"thumb", "date"}
    assert address(Query(), ()) == "/search?"
    assert address(Query(), ("thumb",)) == "/search?hide=thumb"


def test_only_what_was_not_understood_is_doubted():
    pieces = (
        Piece(text="先月の", part=Part.DATE),
        Piece(text="トナー", part=Part.WORD),
        Piece(text="支払期限が今月の", part=Part.UNSUPPORTED),
    )
    assert [doubt.text for doubt in doubts_of(pieces, language="ja")] == ["トナー", "支払期限が今月の"]
