"""The dashboard: every figure is what the search behind it finds, whoever asks, on both databases."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.web.charts import Column, Piece, axis, share, short_yen, stack
from app.web.home_view import long_time, order_for
from domain.acts import ActKind
from domain.fields import CalendarDate, DocumentType, TaxBreakdown, TaxRow, Text
from domain.ids import Origin
from domain.people import Role, permissions_of
from domain.record import DocumentState
from domain.visibility import EVERYTHING, Frame, Visibility
from pipeline.steps import dashboard
from pipeline.steps.dashboard import Dashboards, take_dashboard
from storage.archive import figure_sums
from storage.archive.rebuildable import figure_sum, search_entry
from storage.search import search
from tests.support.accounts import add_people, open_seats
from tests.support.desk import Desk
from tests.support.records import field, make_draft, make_drop, with_fields
from tests.support.statements import statements

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
PARTIES = ("株式会社青空商事", "青空商事大阪株式会社", "㈱みどり", "株式会社みどり", None)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def desk(request, tmp_path):
    more = {"database_url": request.getfixturevalue("postgres_url")} if request.param != "sqlite" else {}
    desk = Desk(tmp_path, clock=lambda: NOW, **more)
    yield desk
    desk.shoko.close()


def fill(desk, number=50):
    """Documents of every kind, day and party, drawn with a fixed seed."""
    draw = random.Random(7)
    for place in range(number):
        origin = draw.choice([Origin.PAPER_RECEIVED, Origin.ELECTRONIC_RECEIVED, Origin.ELECTRONIC_SENT])
        received = TODAY - timedelta(days=draw.choice([0, 1, 2, 5, 9, 29, 30, 80]))
        drop = make_drop(
            desk.archive.vault,
            str(place).encode(),
            name=f"{place}.pdf",
            origin=origin,
            preserved_at=NOW - timedelta(seconds=draw.choice([5, 600, 7200, 200_000])),
        )
        drop = desk.archive.record_drop(drop)
        draft = make_draft(
            drop.unit_id,
            day=draw.choice([None, TODAY - timedelta(days=draw.randrange(500)), received]),
            amount=draw.choice([None, "1000", "-300", "250000", "1" + "0" * 30]),
            currency=draw.choice(["JPY", "JPY", "USD"]),
            counterparty=draw.choice(PARTIES),
            document_type=draw.choice(list(DocumentType)),
            state=draw.choice([DocumentState.FILED, DocumentState.NEEDS_REVIEW]),
            origin=origin,
            received_on=received,
            received_on_assumed=draw.random() < 0.3,
        )
        due = TODAY + timedelta(days=draw.randrange(-3, 40))
        taxes = TaxBreakdown(rows=(TaxRow(rate=Decimal(10), taxable=Decimal(1000), tax=Decimal(100)),))
        fields = [field("due_date", CalendarDate(day=due))] if draw.random() < 0.5 else []
        fields += [field("tax_breakdown", taxes)] if draw.random() < 0.5 else []
        fields += [field("registration_number", Text(text="T7000012050002"))] if draw.random() < 0.5 else []
        record = desk.archive.file_document(with_fields(draft, *fields) if fields else draft)
        if draw.random() < 0.1:
            desk.archive.tombstone(record.document_id, base_revision=1, recorded_by="sato", reason="二重")
        if draw.random() < 0.3:
            keep_apart(desk, record.document_id, ActKind.DEPARTMENT_SAID, department=draw.choice(["keiri", "eigyo"]))
        if draw.random() < 0.2:
            readers = draw.choice([("keiri",), ("usr-1",), ("eigyo", "usr-1")])
            keep_apart(desk, record.document_id, ActKind.CONFIDENTIAL_SAID, readers=readers)


def keep_apart(desk, document_id, kind, **facts):
    """Say who may see a document."""
    desk.archive.record_act(kind, document_id, recorded_by="kanri", facts=facts, personal={})


def figures_of(board):
    """(documents, query) of everything that can be clicked."""
    yield from ((one.documents, one.query) for one in (board.total, board.review, board.assumed, board.overdue) if one)
    for day in board.days:
        of_day = replace(board.days_query, received_from=day.day, received_to=day.day)
        yield sum(day.by_class.values()), of_day
        yield from ((count, replace(of_day, document_types=(kind,))) for kind, count in day.by_class.items())
    for due in board.due:
        yield due.payments.documents, due.payments_query
        if due.inputs_query:
            yield due.inputs, due.inputs_query
    for month in board.months:
        yield sum(one.documents for one in month.by_class.values()), month.query
        yield from ((s.documents, replace(month.query, document_types=(kind,))) for kind, s in month.by_class.items())
    yield from of_classes(board.spending, board.spending_query)
    for party in board.parties:
        yield from of_classes(party.by_class, party.query)


def of_classes(sums, query):
    yield sum(one.documents for one in sums.values()), query
    yield from ((one.documents, replace(query, document_types=(kind,))) for kind, one in sums.items())


OF_SUMS = (
    EVERYTHING,
    Visibility(user_id="usr-2"),
    Visibility(user_id="usr-1", departments=("keiri",), all_departments=False),
    Visibility(user_id="usr-3", departments=("eigyo",), all_departments=False),
)
SIGHTS = (
    *OF_SUMS,
    Visibility(frame=Frame(document_types=(DocumentType.INVOICE,), counterparties=("青空",))),
    Visibility(frame=Frame(received_from=TODAY - timedelta(days=2))),
)


def test_every_figure_is_what_the_search_behind_it_finds(desk):
    fill(desk)
    totals = {agrees_with_the_search(desk, desk.shoko.seen_by(visibility)) for visibility in SIGHTS}
    assert len(totals) == len(SIGHTS)


def test_figures_read_no_documents_but_their_sums_however_many_there_are(tmp_path):
    desk = Desk(tmp_path, clock=lambda: NOW)
    fill(desk, 9)
    asked = {visibility: figures_asked(desk, visibility) for visibility in SIGHTS}
    for visibility in OF_SUMS:
        assert len(asked[visibility]) == len(asked[EVERYTHING])
        assert all("figure_sum" in said for said in asked[visibility])
    fill(desk, 18)
    assert {visibility: figures_asked(desk, visibility) for visibility in SIGHTS} == asked
    desk.shoko.close()


def figures_asked(desk, visibility):
    """The statements that figures are taken from: those that add up."""
    shoko = desk.shoko.seen_by(visibility)
    said = statements(shoko.archive.database, lambda: take_dashboard(shoko))
    of_waiting = ("search_entry.state IN", "search_entry.state = ")  # scans past their day: found by their own index
    return [one for one in said if "sum(" in one and not any(found in one for found in of_waiting)]


def test_sums_are_what_is_added_up_anew(desk):
    fill(desk, 12)
    kept = sums_of(desk)
    assert kept
    for record in [desk.newest(row[0]) for row in desk.archive.rows(sa.select(search_entry.c.document_id))][::3]:
        correct(desk, record)
    changed = sums_of(desk)
    assert changed != kept
    assert all(row.documents > 0 for row in changed)
    desk.archive.reindex()
    assert sums_of(desk) == changed
    with desk.archive.database.begin() as connection:  # an archive from before there were any
        connection.execute(sa.delete(figure_sum))
    desk.archive._prepare(None)
    assert sums_of(desk) == changed
    with desk.archive.database.begin() as connection:  # however few are kept in memory
        figure_sums.remake(connection, "default", most_cells=3)
    assert sums_of(desk) == changed


def correct(desk, record):
    """Another amount, day and party."""
    if record.state is not DocumentState.TOMBSTONED:
        draft = make_draft(record.pages[0].unit_id, day=date(2026, 10, 3), amount="777", counterparty="株式会社みどり")
        desk.archive.revise_document(
            record.document_id, base_revision=1, draft=draft, recorded_by="sato", reason="誤り"
        )


def sums_of(desk):
    keys = figure_sum.primary_key.columns
    return desk.archive.rows(sa.select(figure_sum).order_by(*keys))


def agrees_with_the_search(desk, shoko):
    board = take_dashboard(shoko)
    clicked = list(figures_of(board))
    assert sum(documents for documents, _ in clicked)
    for documents, query in clicked:
        assert search(shoko.archive, query).total == documents, query
    hits = search(shoko.archive, replace(board.spending_query, limit=1000)).hits
    for sums, query in ((board.spending, board.spending_query), *((p.by_class, p.query) for p in board.parties)):
        for kind, one in sums.items():
            of_kind = replace(query, document_types=(kind,), limit=1000)
            assert one.yen == yen_of(search(shoko.archive, of_kind).hits)
    largest = [max(one.yen for one in party.by_class.values()) for party in board.parties]
    assert largest == sorted(largest, reverse=True)
    taxed = [desk.newest(hit.document_id) for hit in hits]
    told = [
        one
        for one in taxed
        if (money := one.fields.money("total_amount"))
        and money.currency == "JPY"
        and any(f.name == "tax_breakdown" and f.value for f in one.fields.fields)
    ]
    ten = board.taxes.by_rate[0]
    assert ten.rate == "10"
    assert sum(one.documents for one in ten.by_class.values()) == len(told)
    for kind, one in ten.by_class.items():
        documents = sum(told_of.classification.label is kind for told_of in told)
        assert (one.documents, one.yen) == (documents, 100 * documents)
    assert board.taxes.registered + board.taxes.unregistered == len(hits)
    assert board.taxes.registered == sum(bool(one.fields.text("registration_number")) for one in taxed)
    return board.total.documents


def yen_of(hits):
    """Beyond a trillion it is a misreading."""
    return sum(hit.total_amount for hit in hits if hit.currency == "JPY" and abs(hit.total_amount) <= 10**12)


def test_how_documents_were_filed(desk):
    for name, seconds, state in (("a", 30, "filed"), ("b", 600, "needs_review"), ("c", 90_000, "filed")):
        drop = make_drop(desk.archive.vault, name.encode(), name=name, preserved_at=NOW - timedelta(seconds=seconds))
        desk.archive.file_document(
            make_draft(desk.archive.record_drop(drop).unit_id, state=DocumentState(state), text=name)
        )
    filing = take_dashboard(desk.shoko).filing
    assert (filing.documents, filing.straight, filing.timed) == (3, 2, 3)
    assert (filing.within_minute, filing.within_hour, filing.within_day) == (1, 2, 2)
    assert filing.seconds == 30 + 600 + 90_000
    # what a person does later changes nothing about how it was first filed; a new index says the same
    desk.archive.reindex()
    assert take_dashboard(desk.shoko).filing == filing


def test_figures_are_taken_once_a_minute_for_all_who_see_the_same(tmp_path):
    now = [NOW]
    desk = Desk(tmp_path, clock=lambda: now[0])
    fill(desk, 3)
    boards = Dashboards()
    first = boards.look(desk.shoko)
    framed = desk.shoko.seen_by(Visibility(frame=Frame(received_from=TODAY + timedelta(days=1))))
    assert boards.look(desk.shoko) is first
    assert boards.look(framed).total.documents == 0
    fill(desk, 5)
    assert boards.look(desk.shoko) is first
    now[0] += dashboard.FRESH
    assert boards.look(desk.shoko).taken_at > first.taken_at
    desk.shoko.close()


def test_the_page_shows_what_each_role_needs_first(tmp_path):
    desk = Desk(tmp_path)
    add_people(desk.shoko, keiri=(Role.ACCOUNTANT,), kansa=(Role.AUDITOR,))
    seat = open_seats(desk.shoko)
    assert "まだ書類がありません" in seat("keiri").get("/home").text
    assert "はじめの準備" not in seat("keiri").get("/home").text
    assert 'href="/admin/people">' in seat("kanri").get("/home").text.partition("はじめの準備")[2]
    desk.file("INVOICE", "Total 1,000")
    seat = open_seats(desk.shoko)
    accountant, auditor = seat("keiri").get("/home"), seat("kansa").get("/home")
    assert accountant.text.index("待っているもの") < accountant.text.index("証拠の状態")
    assert auditor.text.index("証拠の状態") < auditor.text.index("待っているもの")
    assert "<script>" not in accountant.text
    assert seat("keiri").get("/home.json").json()["total"]["documents"] == 1
    assert seat("keiri").get("/").headers["location"] == "/home"
    assert "Home" in seat("keiri").get("/home?lang=en").text
    desk.shoko.close()


@pytest.mark.parametrize("role", list(Role))
def test_every_card_stands_once_for_every_role(role):
    cards = order_for(lambda permission: permission in permissions_of([role]))
    assert sorted(cards) == ["days", "due", "filing", "parties", "spending", "standing", "taxes", "waiting"]


def test_bars_stand_on_each_other_within_their_box():
    pieces = (Piece(value=3, tone="series-1", label="a"), Piece(value=0, tone="series-2", label="b"))
    made = stack([Column(label="1", pieces=pieces), Column(label="", pieces=(Piece(value=7, tone="x", label="c"),))])
    assert [shape.piece.label for shape in made.shapes] == ["a", "c"]
    for shape in made.shapes:
        assert made.left <= shape.x < shape.x + shape.width <= made.width
        assert 0 <= shape.y < shape.y + shape.height <= made.bottom + 0.1
    low, high = made.shapes
    assert high.height / low.height == pytest.approx(7 / 3, rel=0.02)
    assert (made.empty, stack([]).empty, stack([Column(label="", pieces=())]).empty) == (False, True, True)


def test_numbers_are_said_shortly():
    assert [axis(most) for most in (0, 3, 10, 4_300_000)] == [
        (0, 1),
        (0, 1, 2, 3),
        (0, 5, 10),
        (0, 2_000_000, 4_000_000, 6_000_000),
    ]
    assert [short_yen(yen) for yen in (0, 9_800, 12_000, 1_200_000, 250_000_000)] == [
        "0",
        "9,800",
        "1.2万",
        "120万",
        "2.5億",
    ]
    assert [share(1, 3), share(5, 0), share(9, 3)] == [33.3, 0.0, 100.0]
    assert [long_time(seconds) for seconds in (40, 600, 9_000, 400_000)] == [
        ("seconds_n", "40"),
        ("minutes_n", "10"),
        ("hours_n", "2"),
        ("days_n", "5"),
    ]
