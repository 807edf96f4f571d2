"""Questions about the document that lies open, about approvals, and about what the law says in numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.asking import Asked
from domain.fields import CalendarDate, DocumentType, Text
from domain.ids import Origin
from domain.people import Role
from domain.record import DocumentState
from pipeline.steps.answering import answer
from pipeline.steps.approvals import decide, submit
from tests.support.accounts import add_people
from tests.support.desk import Desk
from tests.support.records import field, make_draft, make_drop, with_fields

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
CORPUS = {
    "open": {"day": date(2026, 10, 5), "amount": "110000"},
    "returned": {"day": date(2026, 10, 7), "amount": "33000", "counterparty": "北斗印刷株式会社"},
    "under_way": {"day": date(2026, 10, 8), "amount": "44000", "counterparty": "三葉商事"},
    "approved": {"day": date(2026, 9, 8), "amount": "5500", "counterparty": "三葉商事"},
    "review": {
        "day": date(2026, 10, 9),
        "amount": "1100",
        "counterparty": "もみじパーキング",
        "document_type": DocumentType.RECEIPT,
        "state": DocumentState.NEEDS_REVIEW,
        "reasons": ("future_date",),
        "retain_until": None,
    },
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("home"), clock=lambda: NOW)
    desk.ids = {}
    for name, options in CORPUS.items():
        origin = Origin.ELECTRONIC_RECEIVED
        drop = desk.archive.record_drop(make_drop(desk.archive.vault, name.encode(), name=f"{name}.pdf", origin=origin))
        draft = replace(make_draft(drop.unit_id, **options), origin=origin)
        draft = with_fields(draft, field("registration_number", Text(text="T1234567890123")))
        if name == "under_way":
            draft = with_fields(draft, field("due_date", CalendarDate(day=date(2026, 11, 30))))
        desk.ids[name] = desk.archive.file_document(draft).document_id
    add_people(desk.shoko, keiri=(Role.ACCOUNTANT,), shacho=(Role.APPROVER,), bucho=(Role.APPROVER,))
    keiri, shacho = (desk.shoko.people.find(login) for login in ("keiri", "shacho"))
    for name in ("returned", "under_way", "approved"):
        submit(desk.shoko, desk.ids[name], by=keiri)
    decide(desk.shoko, desk.ids["returned"], by=shacho, approve=False, words="金額が違います")
    decide(desk.shoko, desk.ids["approved"], by=shacho, approve=True)
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def ask(desk):
    def asked(text, *, about=None, login="keiri"):
        names = {found: name for name, found in desk.ids.items()}
        document = desk.archive.get_document(desk.ids[about]) if about else None
        said = answer(desk.shoko, text, document=document, user=desk.shoko.people.find(login))
        return said, {names[one.document_id] for one in said.named}

    return asked


def words_of(said):
    return " ".join(japanese for japanese, _ in said.says)


@pytest.mark.parametrize(
    ("question", "about", "words"),
    [
        ("この請求書の登録番号は？", "open", "登録番号：T1234567890123"),
        ("取引先は？", "review", "取引先：もみじパーキング この書類は確認待ちです"),
        ("金額は？", "open", "取引金額：110,000円"),
        ("支払期限は？", "under_way", "支払期限：2026/11/30"),
        ("受領日はいつ？", "open", "受領日：2026/11/20"),
        ("この書類の種類は？", "review", "種類：領収書"),
        ("状態は？", "review", "状態：確認待ち"),
        ("期限は？", "under_way", "支払期限：2026/11/30"),
        ("なぜ確認待ちなの？", "review", "日付"),
        ("捨てていい？", "open", "この書類の紙"),
        ("いつ取り込んだ？", "open", "取込：tanaka（2026/11/20）"),
    ],
)
def test_one_value_of_the_open_document(ask, question, about, words):
    said, named = ask(question, about=about)
    assert said.known
    assert words in words_of(said)
    assert named == {about}


@pytest.mark.parametrize(
    "question", ["この請求書の支払期限は？", "消費税は？", "この請求書は支払った？", "この領収書は適格？"]
)
def test_what_does_not_stand_on_it_is_not_known(ask, question):
    said, _ = ask(question, about="open")
    assert not said.known


@pytest.mark.parametrize(
    ("question", "login", "names"),
    [
        ("差し戻された書類は？", "keiri", {"returned"}),
        ("差し戻された三葉商事の書類は？", "keiri", set()),
        ("申請中の請求書は？", "keiri", {"under_way"}),
        ("承認待ちの請求書は？", "shacho", {"under_way"}),
        ("承認待ちの領収書は？", "shacho", set()),
        ("10万円以上の承認待ちは？", "shacho", set()),
        ("会社全体で承認待ちは何件？", "keiri", {"under_way"}),
        ("承認待ちは何件？", "keiri", set()),
    ],
)
def test_approvals_are_told_by_their_acts(ask, question, login, names):
    said, found = ask(question, login=login)
    assert (said.asked, said.known, found, said.total) == (Asked.APPROVALS, True, names, len(names))


def test_who_approved_is_who_gave_the_approval(ask):
    approved, _ = ask("誰が承認した？", about="approved")
    assert approved.says[0][0] == "承認済みです"
    assert "承認：shacho" in words_of(approved)
    assert "申請：keiri" in words_of(approved)
    under_way, _ = ask("誰が承認した？", about="under_way")
    assert "承認した人はまだいません" in words_of(under_way)
    returned, _ = ask("誰が承認した？", about="returned")
    assert "差し戻し：shacho" in words_of(returned)
    assert "承認：shacho" not in words_of(returned)
    named, found = ask("9月の三葉商事の請求書は誰が承認した？", about="open")
    assert (found, "承認：shacho" in named.named[0].note[0]) == ({"approved"}, True)


@pytest.mark.parametrize(
    ("question", "rule", "words", "certain"),
    [
        ("2026年10月以降の免税事業者の控除は？", "inv-transition", "70 %", False),
        ("2026年9月の免税事業者の控除は？", "inv-transition", "80 %", True),
        ("少額特例はいくらまで？", "inv-small", "10,000 円未満", True),
        ("2018年の消費税率は？", "ctax-rates", "標準税率 8 %", True),
        ("消費税率は？", "ctax-food-2027", "1 %", False),
        ("スキャンは何日以内に入力すればいい？", "scan-input-early", "7 営業日", True),
        ("解像度はいくつ必要？", "scan-resolution-tone", "200 dpi", True),
        ("メールで届いた請求書を印刷して保存していい？", "regime-split", "データのまま", True),
        ("契約書は何年保存する？", "ret-corp", "7 年", True),
    ],
)
def test_the_law_is_told_in_numbers_with_rule_source_and_doubt(ask, question, rule, words, certain):
    said, _ = ask(question)
    assert said.known
    (one,) = [one for one in said.statements if one.rule == rule and words in one.what[0]]
    assert (one.certain, bool(one.source)) == (certain, True)
    assert certain or "確認が済んでいない規則" in words_of(said)
    assert certain or "要確認" in (one.doubt or ("",))[0]


def test_a_rule_of_which_only_the_first_day_is_unread_says_so_and_is_relied_on(ask):
    said, _ = ask("解像度はいくつ必要？")
    (one,) = [one for one in said.statements if "200 dpi" in one.what[0]]
    assert (one.certain, one.doubt[0], one.what[0][:11]) == (True, "開始日は要確認", "2005/04/01〜")
    assert "確認が済んでいない規則" not in words_of(said)


def test_rules_of_other_days_are_not_told(ask):
    said, _ = ask("2024年5月の免税事業者の控除割合は？")
    assert [one.what[0].partition("：")[0] for one in said.statements] == ["2023/10/01〜2026/09/30"]
