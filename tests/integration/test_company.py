"""Facts about the company said on the page: from a day on, in every process, never for less than what is locked."""

import json
import re
from datetime import date, timedelta

import pytest

from app.web.company_forms import GROUPS, entries, parse_facts
from compliance.settings import CompanySettings
from domain.calendar import tokyo_day
from domain.compliance import Verdict
from domain.errors import CorrectionInvalid
from domain.people import Role
from domain.query import Query
from pipeline.batch import request_for
from pipeline.steps.company import plan, say_company
from pipeline.steps.company_preview import effect_of
from pipeline.steps.compliance import standings
from pipeline.steps.destroy import destruction_list
from pipeline.steps.habits import digest_with_lessons
from pipeline.steps.retention import extend_locks, wanted_until
from pipeline.steps.stamps import stamp_deadline
from pipeline.wiring import open_shoko
from storage.search import search
from tests.support.accounts import Clock, add_people, open_seats
from tests.support.approving import file_invoice
from tests.support.desk import Desk


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path, clock=Clock())
    yield desk
    desk.shoko.close()


def say(desk, *, days=0, base=None, **values):
    shoko = desk.shoko
    day = tokyo_day(shoko.clock()) + timedelta(days=days)
    return say_company(shoko, plan(shoko, values, from_on=day, reason="定款変更"), by="kanri", base=base)


def test_a_change_holds_from_its_day_on_in_every_process(desk, tmp_path):
    shoko, today = desk.shoko, tokyo_day(desk.shoko.clock())
    other = open_shoko(shoko.settings, clock=shoko.clock)  # as the batch beside the page
    assert other.company == shoko.settings.company
    said = say(desk, days=3, names=["株式会社青空商事"], fiscal_year_end_month=12)
    assert (said.before, said.by) == (
        {"names": list(shoko.settings.company.names), "fiscal_year_end_month": 3},
        "kanri",
    )
    assert other.company == shoko.settings.company
    shoko.clock.ahead = timedelta(days=3)
    assert (other.company.fiscal_year_end_month, other.company.names) == (12, ("株式会社青空商事",))
    assert shoko.company_book.on(today) == shoko.settings.company
    # of two that begin on one day the later one counts; an earlier beginning does not undo a later one
    say(desk, fiscal_year_end_month=6)
    shoko.clock.ahead = timedelta(0)
    say(desk, fiscal_year_end_month=9)
    shoko.clock.ahead = timedelta(days=3)
    assert other.company.fiscal_year_end_month == 6
    assert [one.number for one in other.company_book.changes()] == [1, 2, 3]
    assert digest_with_lessons(shoko, "x") != "x"
    other.close()
    desk.is_sound(tmp_path)


def test_reading_learns_the_names_that_were_said(desk):
    document = desk.file("INVOICE", "Total 1,000")
    drop = desk.archive.get_drop(desk.archive.drops(limit=1)[0].drop.drop_id)
    assert request_for(drop, "k", desk.shoko).our_companies is None
    say(desk, names=["Blue Sky Ltd."])
    assert request_for(drop, "k", desk.shoko).our_companies == ("Blue Sky Ltd.",)
    assert desk.newest(document) is not None


def test_what_makes_no_sense_is_refused_and_nothing_is_said(desk):
    for values, said in (
        ({"fiscal_year_end_month": 13}, "fiscal_year_end_month"),
        ({"holds": [["2026-02-01", "2026-01-01"]]}, "hold ends"),
        ({"colour": "blue"}, "unknown"),
        ({"fiscal_year_end_month": 3}, "nothing changes"),
    ):
        with pytest.raises(CorrectionInvalid, match=said):
            say(desk, **values)
    with pytest.raises(CorrectionInvalid, match="reason"):
        plan(desk.shoko, {"cycle_months": 1}, from_on=date(2026, 11, 1), reason=" ")
    with pytest.raises(CorrectionInvalid, match="day"):
        plan(desk.shoko, {"cycle_months": 1}, from_on=date(1026, 11, 1), reason="x")
    assert desk.shoko.company_book.changes() == ()
    say(desk, base=0, cycle_months=1)
    with pytest.raises(CorrectionInvalid, match="meanwhile"):
        say(desk, base=0, cycle_days=10)


def test_a_deadline_runs_by_the_method_of_the_day_of_receipt(desk):
    today = tokyo_day(desk.shoko.clock())
    rules = {"deadline_method": "cycle", "cycle_rules_from": "2020-01-01"}
    early = stamp_deadline(desk.shoko, today - timedelta(days=1)), stamp_deadline(desk.shoko, today)
    say(desk, **rules)
    late = stamp_deadline(desk.shoko, today - timedelta(days=1)), stamp_deadline(desk.shoko, today)
    assert late[0] == early[0]
    assert late[1] > early[1] + timedelta(days=40)


def test_what_is_locked_is_never_locked_for_less(desk):
    document = file_invoice(desk)
    extend_locks(desk.shoko)
    record = desk.newest(document)
    until = wanted_until(desk.shoko, record)
    today = tokyo_day(desk.shoko.clock())
    less = plan(desk.shoko, {"assume_loss_year": False}, from_on=today, reason="x")
    effect = effect_of(desk.shoko, less, progress=lambda *_: None)
    assert (effect.shorter, effect.longer) == (1, 0)
    say_company(desk.shoko, less, by="kanri")
    effect = effect_of(
        desk.shoko,
        plan(desk.shoko, {"loss_years": [2027]}, from_on=date(2020, 1, 1), reason="x"),
        progress=lambda *_: None,
    )
    assert (effect.documents, effect.longer) == (1, 1)
    assert wanted_until(desk.shoko, record) == until
    desk.shoko.clock.ahead = timedelta(days=365 * 8)  # seven years are over by the new facts, ten are not
    assert list(destruction_list(desk.shoko)) == []
    extend_locks(desk.shoko)
    assert wanted_until(desk.shoko, record) == until


def test_the_look_before_is_what_comes_after(desk):
    desk.file("INVOICE", "Total 1,000", day=tokyo_day(desk.shoko.clock()) - timedelta(days=30))
    file_invoice(desk, text="RECEIPT")
    change = plan(
        desk.shoko,
        {"deadline_method": "cycle", "cycle_rules_from": "2020-01-01"},
        from_on=date(2020, 1, 1),
        reason="規程の施行",
    )
    told = []
    ids = [hit.document_id for hit in found(desk)]
    before = {record.document_id: s.status.verdict for record, s in standings(desk.shoko, ids)}
    effect = effect_of(desk.shoko, change, progress=lambda *step: told.append(step))
    assert desk.shoko.company_book.changes() == ()
    say_company(desk.shoko, change, by="kanri")
    after = {record.document_id: s.status.verdict for record, s in standings(desk.shoko, ids)}
    turned = {one: (before[one], after[one]) for one in ids if before[one] is not after[one]}
    assert {one.record.document_id: (one.before, one.after) for one in effect.rows} == turned
    assert sum(effect.turned.values()) == len(turned) > 0
    assert told[-1] == (2, 2)
    assert {verdict for pair in turned.values() for verdict in pair} <= set(Verdict)


def found(desk):
    return search(desk.archive, Query(limit=10)).hits


def test_on_the_page(desk):
    add_people(desk.shoko, kanri=(Role.ADMINISTRATOR,), keiri=(Role.ACCOUNTANT,))
    file_invoice(desk)
    seats = open_seats(desk.shoko)
    page = seats()
    page.log_in("kanri")
    assert "決算月" in page.get("/admin/company/years").text
    assert page.get("/admin/company/nothing").status_code == 404
    typed = {
        "fiscal_year_end_month": "12", "fiscal_year_end_day": "31", "former_year_ends": "2026-03-31, 3, 31",
        "sales_by_year": "2025：12,000,000円", "from_on": "2026-01-01", "reason": "決算期の変更",
    }  # fmt: skip
    wrong = page.submit("/admin/company/years", action="preview", **typed | {"former_year_ends": "三月末"})
    assert (wrong.status_code, "以前の決算日" in wrong.text) == (422, True)
    assert page.submit("/admin/company/years", action="preview", **typed | {"reason": ""}).status_code == 422
    begun = page.submit("/admin/company/years", action="preview", **typed)
    job = begun.headers["location"]
    while (plain := page.get(f"{job}.json").json())["state"] in {"waiting", "running"}:
        pass
    assert plain["result"]["documents"] == 1
    assert plain["result"]["change"]["values"]["sales_by_year"] == {"2025": 12000000}
    shown = page.get(job).text
    assert "まだ保存していません" in shown
    assert desk.shoko.company.fiscal_year_end_month == 3
    values = {"values": json.dumps(plain["result"]["change"]["values"]), "base": "0"}
    values |= {"from_on": "2026-01-01", "reason": "決算期の変更"}
    assert page.submit("/admin/company/years", action="save", **values).headers["location"] == "/admin/company"
    assert desk.shoko.company.fiscal_year_end_month == 12
    text = page.get("/admin/company").text
    assert "決算期の変更" in text
    assert "この画面" in text
    assert page.get("/admin/company.json").json()["changes"][0]["by"] == "kanri"
    closed = {"has.closed_weekdays": "1", "closed_weekdays": "6", "extra_closed": "2026-08-13 2026/08/14"}
    rest = {"from_on": "2026-01-01", "reason": "休業日", "base": "1"}
    assert page.submit("/admin/company/closed", action="save", **closed, **rest).status_code == 303
    assert desk.shoko.company.closed_weekdays == (6,)
    assert desk.shoko.company.extra_closed == (date(2026, 8, 13), date(2026, 8, 14))
    assert desk.shoko.company.year_end_from == (12, 29)  # not in the form: as it was


def test_only_what_was_put_right_is_asked_for(desk):
    add_people(desk.shoko, kanri=(Role.ADMINISTRATOR,))
    page = open_seats(desk.shoko)()
    page.log_in("kanri")
    plan_of = plan(desk.shoko, {"fiscal_year_end_month": 12}, from_on=date(2027, 4, 1), reason="決算期の変更")
    say_company(desk.shoko, plan_of, by="kanri")
    shown = {
        "fiscal_year_end_month": "3", "fiscal_year_end_day": "31", "former_year_ends": "", "sales_by_year": "2025: 1",
        "shown_on": "2026-11-01", "from_on": "2027-04-01", "reason": "売上高", "base": "1",
    }  # fmt: skip
    assert page.submit("/admin/company/years", action="save", **shown).status_code == 303
    assert desk.shoko.company_book.changes()[-1].values == {"sales_by_year": {"2025": 1}}
    assert desk.shoko.company_book.on(date(2027, 4, 1)).fiscal_year_end_month == 12
    again = page.submit("/admin/company/years", action="show", **shown)
    assert again.headers["location"] == "/admin/company/years?from_on=2027-04-01"
    assert page.get("/admin/company/years.json?from_on=2027-04-01").json()["values"]["fiscal_year_end_month"] == 12
    assert page.get("/admin/company/years.json").json()["values"]["fiscal_year_end_month"] == 3
    back = shown | {"shown_on": "2027-04-01", "base": "2"}
    assert page.submit("/admin/company/years", action="save", **back).status_code == 303
    assert desk.shoko.company_book.on(date(2027, 4, 1)).fiscal_year_end_month == 3


@pytest.mark.parametrize(
    ("group", "name", "typed", "said"),
    [
        ("years", "fiscal_year_end_month", "", "「決算月」の入力を確かめてください（例: 1〜12）"),
        ("years", "fiscal_year_end_month", "13", "「決算月」の入力を確かめてください（例: 1〜12）"),
        ("years", "former_year_ends", "2026-03-31, 13, 31", "「以前の決算日」"),
        ("years", "former_year_ends", "2026-03-30, 3, 31", "「以前の決算日」"),
        ("identity", "registration_number", "T123", "登録番号」の入力を確かめてください（例: T1234567890123）"),
        ("identity", "founded_on", "きのう", "「設立・開業の日」の入力を確かめてください（例: 2026/04/01）"),
        ("identity", "founded_on", "26/8/13", "「設立・開業の日」の入力を確かめてください（例: 2026/04/01）"),
        (
            "years",
            "sales_by_year",
            "2025: 1" + "0" * 3000,
            "「年度ごとの売上高（税抜）」の入力を確かめてください（例: 2025: ",
        ),
        ("years", "sales_by_year", "2025: -1", "「年度ごとの売上高（税抜）」"),
        ("retention", "loss_years", "20250", "「欠損の事業年度」"),
        (
            "closed",
            "extra_closed",
            "2026-08-13\n" * 400,
            "「そのほかの休業日」の入力を確かめてください（4,000 文字まで）",
        ),
        ("closed", "year_end_from", "13-40", "「年末年始休業の初日」の入力を確かめてください（例: 12-29）"),
        ("closed", "year_end_from", "12月29日", "「年末年始休業の初日」の入力を確かめてください（例: 12-29）"),
        ("retention", "holds", "2026-04-01 2025-03-31", "「保存命令の期間（受領日）」"),
        ("scans", "past_important_notices", "請求: 2026-10-01", "「過去分重要書類の適用届出」"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_form_and_nothing_typed_is_lost(desk, group, name, typed, said):
    add_people(desk.shoko, kanri=(Role.ADMINISTRATOR,))
    page = open_seats(desk.shoko)()
    page.log_in("kanri")
    form = {"from_on": "2026-12-01", "shown_on": "2026-11-01", "reason": "理由はこれ", name: typed}
    wrong = page.submit(f"/admin/company/{group}", action="preview", **form)
    assert wrong.status_code == 422
    assert said in wrong.text
    assert not re.search("(?i)input should|value error|string should", wrong.text)
    for kept in ('value="2026/12/01"', 'name="shown_on" value="2026-11-01"', "理由はこれ", typed):
        assert kept in wrong.text


def test_a_first_day_that_is_no_day_is_asked_for_again(desk):
    add_people(desk.shoko, kanri=(Role.ADMINISTRATOR,))
    page = open_seats(desk.shoko)()
    page.log_in("kanri")
    form = {"shown_on": "2026-11-01", "reason": "理由はこれ", "fiscal_year_end_month": "9"}
    for typed in ("あした", ""):
        wrong = page.submit("/admin/company/years", action="preview", from_on=typed, **form)
        assert wrong.status_code == 422
        assert "「適用開始日」を日付として読めません" in wrong.text
        for kept in (typed, "理由はこれ", 'value="9"'):
            assert kept in wrong.text
    shown = page.submit("/admin/company/years", action="show", from_on="R8.12.1", **form)
    assert shown.headers["location"] == "/admin/company/years?from_on=2026-12-01"


def test_what_was_looked_at_can_be_typed_on(desk):
    add_people(desk.shoko, kanri=(Role.ADMINISTRATOR,))
    page = open_seats(desk.shoko)()
    page.log_in("kanri")
    rest = {"from_on": "2026-12-01", "reason": "理由はこれ"}
    looked_at = {"values": json.dumps({"sales_by_year": {"2025": 77000}, "fiscal_year_end_day": 20}), "base": "0"}
    form = page.submit("/admin/company/years", action="edit", **looked_at, **rest)
    assert form.status_code == 200
    for kept in ('value="2026/12/01"', "理由はこれ", "2025: 77000", 'value="20"'):
        assert kept in form.text
    for wrong in ("no JSON", '["x"]', '{"names": ["x"]}', '{"sales_by_year": 5}', '{"fiscal_year_end_day": "x"}'):
        assert page.submit("/admin/company/years", action="edit", values=wrong, **rest).status_code == 422


def test_every_fact_stands_in_one_form_and_comes_back_as_it_was():
    names = [name for _, group in GROUPS.values() for name in group]
    assert sorted(names) == sorted(CompanySettings.model_fields)
    company = CompanySettings(
        names=("㈱青空", "株式会社 青空"), former_year_ends=((date(2026, 3, 31), 3, 31),), sales_by_year={2025: 1},
        loss_years=(2024, 2025), holds=((date(2024, 4, 1), date(2025, 3, 31)),), cycle_days=10,
        past_important_notices={"contract": date(2026, 10, 1)}, extra_open=(date(2026, 11, 23),),
    )  # fmt: skip
    for group in GROUPS:
        fields = entries(group, company)
        typed = {one.name: list(one.chosen) if one.kind == "many" else [one.value] for one in fields}
        plain = company.model_dump(mode="json")
        assert parse_facts(group, typed) == {one.name: plain[one.name] for one in fields}


@pytest.mark.parametrize("typed", ["2026/8/13", "令和8年8月13日", "R8.8.13", "２０２６年８月１３日", "2026-08-13"])
def test_a_day_is_typed_as_anywhere_else(typed):
    assert parse_facts("identity", {"founded_on": [typed]}) == {"founded_on": "2026-08-13"}
    assert parse_facts("closed", {"extra_closed": [f"{typed}\n2026-08-14"]})["extra_closed"][0] == "2026-08-13"


def test_what_was_looked_at_may_be_anything(desk):
    add_people(desk.shoko, kanri=(Role.ADMINISTRATOR,))
    page = open_seats(desk.shoko)()
    page.log_in("kanri")
    for values in (
        "[" * 19_000,
        '{"sales_by_year": {"2025": 1%s}}' % ("0" * 400),
        '{"sales_by_year": {"2025": 1e400}}',
    ):
        sent = page.submit("/admin/company/years", action="preview", values=values, from_on="2026-12-01", reason="x")
        assert sent.status_code == 422
