"""Questions answered from a small archive: the answer, what it stands on, what is refused, and who sees what."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.asking import Asked
from domain.fields import CalendarDate, DocumentType, Text
from domain.ids import Origin
from domain.people import Role
from domain.record import DocumentState
from pipeline.steps import access, people
from pipeline.steps.answering import answer
from tests.support.accounts import add_people, open_seats
from tests.support.desk import Desk
from tests.support.records import field, make_draft, make_drop, make_token, with_fields

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
CORPUS = {
    "a1": {"day": date(2026, 10, 5), "amount": "110000"},
    "a2": {"day": date(2026, 10, 20), "amount": "55000"},
    "quote": {
        "day": date(2026, 10, 1),
        "amount": "165000",
        "document_type": DocumentType.QUOTATION,
        "text": "御見積書",
    },
    "noreg": {"day": date(2026, 10, 7), "amount": "33000", "counterparty": "ひだまり印刷株式会社"},
    "receipt": {
        "day": date(2026, 10, 9),
        "amount": "1100",
        "counterparty": "もみじパーキング",
        "document_type": DocumentType.RECEIPT,
        "state": DocumentState.NEEDS_REVIEW,
        "text": "領収書 駐車料金",
        "retain_until": None,
    },
    "blank": {"day": date(2026, 9, 1), "amount": None, "counterparty": "株式会社若葉"},
    "dollars": {"day": date(2026, 9, 2), "amount": "99.50", "currency": "USD", "counterparty": "O'Brien LLC"},
    "rent": {"day": date(2026, 11, 10), "amount": "77000", "counterparty": "株式会社ひので", "due": date(2026, 11, 25)},
    "late": {"day": date(2026, 11, 1), "amount": "8800", "counterparty": "株式会社ひので", "due": date(2026, 11, 16)},
    "sale": {"day": date(2026, 8, 3), "amount": "9000", "counterparty": "三葉商事", "origin": Origin.ELECTRONIC_SENT},
    "bought": {"day": date(2026, 8, 4), "amount": "700", "counterparty": "三葉商事"},
    "secret": {"day": date(2026, 10, 25), "amount": "999999"},
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("home"), clock=lambda: NOW)
    desk.ids = {}
    for name, said in CORPUS.items():
        options = dict(said)
        origin = options.pop("origin", Origin.PAPER_RECEIVED if name == "receipt" else Origin.ELECTRONIC_RECEIVED)
        due = options.pop("due", None)
        drop = desk.archive.record_drop(make_drop(desk.archive.vault, name.encode(), name=f"{name}.pdf", origin=origin))
        draft = replace(make_draft(drop.unit_id, **options), origin=origin)
        if name not in ("noreg", "receipt"):
            draft = with_fields(draft, field("registration_number", Text(text="T1234567890123")))
        if due is not None:
            draft = with_fields(draft, field("due_date", CalendarDate(day=due)))
        desk.ids[name] = desk.archive.file_document(draft).document_id
        if name == "a1":
            desk.archive.record_timestamp(drop.unit_id, make_token(drop.blob.digest))
    add_people(desk.shoko, keiri=(Role.ACCOUNTANT,), shacho=(Role.ACCOUNTANT, Role.APPROVER))
    access.name_department(desk.shoko, "jinji", "人事部", by="kanri")
    access.say_confidential(desk.shoko, [desk.ids["secret"]], departments=["jinji"], by="kanri", reason="給与")
    people.set_departments(desk.shoko, "shacho", ["jinji"], by="kanri")
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def ask(desk):
    """Ask as somebody from outside the personnel department, with a document open or not."""
    from domain.visibility import visibility_of

    def asked(text, *, about=None, login="keiri"):
        user = desk.shoko.people.find(login)
        shoko = desk.shoko.seen_by(visibility_of(user))
        names = {found: name for name, found in desk.ids.items()}
        document = shoko.archive.get_document(desk.ids[about]) if about else None
        said = answer(shoko, text, document=document, user=user)
        return said, {names[one.document_id] for one in said.named}

    return asked


@pytest.mark.parametrize(
    ("question", "words", "names"),
    [
        ("10月の青空商事の請求はいくら？", "合計 165,000円", {"a1", "a2"}),
        ("青空商事の請求書の合計は？", "合計 165,000円", {"a1", "a2"}),
        ("ひだまり印刷の請求書はいくらですか", "合計 33,000円", {"noreg"}),
        ("9月の請求書の合計は", "99.50 USD", {"blank", "dollars"}),
        ("10月の青空商事の書類の合計は？", "種類ごと", {"a1", "a2", "quote"}),
        ("10月の請求書は何件？", "3 件", {"a1", "a2", "noreg"}),
        ("確認待ちは何件？", "1 件", {"receipt"}),
        ("登録番号がない請求書は？", "1 件", {"noreg"}),
        ("金額が空欄の書類は？", "1 件", {"blank"}),
        ("10万円以上の請求書を見せて", "1 件", {"a1"}),
        ("領収書の一覧", "1 件", {"receipt"}),
        ("もみじパーキング", "1 件", {"receipt"}),
        ("2020年の請求書は？", "当てはまる書類はありません", set()),
    ],
)
def test_what_is_filed_is_answered_with_its_documents(ask, question, words, names):
    said, found = ask(question)
    assert said.known
    assert words in " ".join(japanese for japanese, _ in said.says)
    assert found == names
    assert said.query is not None


def test_amounts_of_several_classes_are_not_added(ask):
    said, _ = ask("10月の青空商事の書類の合計は？")
    assert {(one.document_type, int(one.amount)) for one in said.sums} == {
        (DocumentType.INVOICE, 165_000),
        (DocumentType.QUOTATION, 165_000),
    }


def test_blank_amounts_are_said(ask):
    said, _ = ask("9月の請求書の合計は")
    assert "金額が空欄の書類が 1 件" in said.says[1][0]


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("この領収書は経費になる？", Asked.NOT_OURS),
        ("この書類を削除して", Asked.ORDER),
        ("今日の天気は？", Asked.FIND),
        ("カレーの作り方を", Asked.OPEN),
        ("いくら？", Asked.TOTAL),
        ("この書類の金額は？", Asked.TOTAL),
        ("誰が訂正した？", Asked.WHO),
        ("この書類は法令要件を満たしている？", Asked.VERDICT),
        ("🍛", Asked.OPEN),
        ("' OR 1=1 --", Asked.OPEN),
    ],
)
def test_what_is_not_known_is_said_to_be_unknown(ask, question, asked):
    said, found = ask(question)
    assert (said.asked, said.known, found) == (asked, False, set())
    assert said.says


def test_with_a_document_open_it_is_answered_for_it(ask):
    paper, named = ask("この領収書の紙は捨てていい？", about="receipt")
    assert (paper.known, paper.paper.state.value, named) == (True, "must_stay", {"receipt"})
    assert {line.rule for line in paper.lines} >= {"scan-timestamp", "scan-paper-disposal"}
    electronic, _ = ask("紙は捨てていい？", about="a1")
    assert electronic.paper.state.value == "no_paper"
    assert ask("保存期間は？", about="a1")[0].says[0][0] == "2034/02/28 まで保存します"
    assert "決まっていません" in ask("保存期間は？", about="receipt")[0].says[0][0]
    assert "付いています" in ask("タイムスタンプは付いている？", about="a1")[0].says[0][0]
    assert "付与待ち" in ask("タイムスタンプは付いている？", about="a2")[0].says[0][0]
    assert ask("誰が登録した？", about="a1")[0].says[0][0] == "取込：tanaka（2026/11/20）"
    assert ask("この請求書の金額は？", about="a1")[0].says[0][0] == "取引金額：110,000円"
    assert not ask("この請求書の金額は？", about="blank")[0].known
    verdict, _ = ask("法令要件を満たしている？", about="receipt")
    assert verdict.known
    assert all(line.rule for line in verdict.lines)
    # a question that names others is not about the open one
    assert ask("10月の青空商事の請求はいくら？", about="receipt")[1] == {"a1", "a2"}


def test_a_hold_is_said(desk, ask):
    from pipeline.steps.retention import hold, lift

    hold(desk.shoko, [desk.ids["a2"]], by="kanri", reason="訴訟")
    assert "保存命令" in ask("保存期間は？", about="a2")[0].says[1][0]
    lift(desk.shoko, [desk.ids["a2"]], by="kanri", reason="終結")
    assert len(ask("保存期間は？", about="a2")[0].says) == 1


def test_papers_of_those_that_are_named(ask):
    said, found = ask("もみじパーキングの領収書の紙は捨てていい？")
    assert (said.known, found) == (True, {"receipt"})
    assert "捨ててよい紙は 0 件" in said.says[0][0]
    assert said.named[0].rule
    everything, _ = ask("紙を捨ててもいいですか")
    assert everything.place == "/papers?show=may_go"


def test_deadlines_name_their_kind(ask):
    said, found = ask("期限が近い書類は？")
    assert said.known
    assert found >= {"receipt", "rent"}
    assert all(one.due for one in said.named)
    assert "支払期限" in {one.note[0] for one in said.named if one.due == date(2026, 11, 25)}


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("支払期限が過ぎている請求書は？", {"late"}),
        ("支払期限が来週の請求書は何件？", {"rent"}),
        ("支払期限が近い請求書は？", {"rent"}),
        ("ひのでの支払期限が11月の請求書は？", {"rent", "late"}),
        ("青空商事の支払期限が11月の請求書は？", set()),
        ("来週支払う請求書は？", {"rent"}),
        ("今月払いの請求書の合計は？", {"rent", "late"}),
        ("来週が期限の書類は？", {"rent"}),
        ("ひのでの書類で期限が近いものは？", {"rent", "late"}),
        ("10月の請求書で期限が近いものは？", {"a1", "a2", "noreg"}),
    ],
)
def test_what_is_to_be_paid_is_found_by_its_day(ask, question, names):
    said, found = ask(question)
    assert (said.known, found) == (True, names)
    if said.asked is Asked.DUE and names and "支払" in question:
        assert "支払ったかどうかは記録していない" in " ".join(words for words, _ in said.says)


def test_what_the_deadlines_cannot_be_narrowed_to_is_not_known(ask):
    said, _ = ask("名無し商会の支払期限が近い請求書は？")
    assert not said.known


@pytest.mark.parametrize(
    "question",
    [
        "10月の消費税の合計は？",
        "10月の税抜金額の合計は？",
        "10月の売上はいくら？",
        "USDの請求書の合計は？",
        "青空商事以外の10月の請求書の合計は？",
        "10月の請求書と今月の領収書の合計は？",
    ],
)
def test_nothing_is_added_up_that_was_not_asked_for_clearly(ask, question):
    said, _ = ask(question)
    assert (said.known, said.sums) == (False, ())
    assert not any("合計 " in words for words, _ in said.says)


def test_what_was_issued_is_not_added_to_what_was_received(ask):
    said, _ = ask("三葉商事の請求書の合計は？")
    assert {(one.way.value, int(one.amount)) for one in said.sums} == {("issued", 9000), ("received", 700)}
    assert "足していません" in said.says[0][0]
    alone, _ = ask("三葉商事に電子で送付した請求書の合計は？")
    assert "合計 9,000円 です（1 件、発行したもの）" in alone.says[0][0]


def test_a_count_is_no_surer_than_its_conditions(ask):
    without, _ = ask("青空商事以外の10月の請求書は何件？")
    assert not without.known
    assert "を除いた条件では" in without.says[0][0]
    worded, _ = ask("駐車料金の領収書は何件？")
    assert (worded.known, worded.says[0][0]) == (True, "本文に「駐車料金」を含むものは 1 件あります")


@pytest.mark.parametrize(
    "question",
    ["人事部の書類は何件？", "田中さんが登録した書類は？", "支払期限がない請求書は？", "支払期限のある請求書は何件？"],
)
def test_what_cannot_be_searched_for_alone_is_not_answered_with_everything(ask, question):
    said, found = ask(question)
    assert (said.known, found) == (False, set())


def test_what_the_company_issued_is_found_by_its_own_name(ask):
    assert ask("当社が発行した請求書は？")[1] == {"sale"}


def test_late_by_law_are_not_the_payments(ask):
    assert "late" not in ask("入力期限が過ぎている書類は？")[1]
    assert "支払期限は入っていません" in " ".join(words for words, _ in ask("期限切れの書類は？")[0].says)


def test_the_sum_of_payments_says_that_paid_ones_are_among_them(ask):
    said, found = ask("支払期限が過ぎた請求書の合計は？")
    assert (found, "合計 8,800円" in said.says[0][0]) == ({"late"}, True)
    assert "支払ったかどうか" in said.says[1][0]


def test_what_was_filed_on_a_day_is_not_what_was_received_on_it(ask):
    today, _ = ask("今日登録した書類は何件？")
    assert (today.known, today.total) == (True, len(CORPUS) - 1)
    assert (today.query.filed_from, today.query.received_from) == (NOW.date(), None)
    assert ask("昨日取り込んだ書類は何件？")[0].total == 0


def test_all_documents_are_counted(ask, desk):
    assert ask("書類は何件？")[0].total == len(CORPUS) - 1
    assert ask("保存済みの書類は何件？")[0].total == len(CORPUS) - 2


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("もみじパーキングの領収書の紙は捨てていい？", {"receipt"}),
        ("名無し商会の領収書の紙は捨てていい？", set()),
        ("10月の青空商事の請求書の保存期限は？", {"a1", "a2"}),
        ("契約書の保存期間は？", set()),
    ],
)
def test_a_question_that_names_others_is_not_about_the_open_one(ask, question, names):
    assert ask(question, about="blank")[1] == names


def test_this_month_or_this_company_is_not_this_document(ask):
    assert ask("この3か月の請求書の合計は？", about="noreg")[1] >= {"a1", "noreg", "rent"}
    assert ask("これまでの請求書は何件？", about="noreg")[0].total > 5
    said, found = ask("この取引先の請求書の合計は？", about="a1")
    assert (found, "165,000" in said.says[0][0]) == ({"a1", "a2"}, True)
    nobody, _ = ask("この取引先の請求書の合計は？")
    assert (nobody.known, "どの取引先" in nobody.says[0][0]) == (False, True)


def test_who_did_what_is_said_as_what_it_was(desk, ask):
    assert ask("誰が承認した？", about="a1")[0].says == (
        ("承認の申請はまだありません", "It was not submitted for approval"),
    )
    assert "人が訂正・確認した版はありません" in ask("誰が訂正した？", about="noreg")[0].says[0][0]
    named, found = ask("もみじパーキングの領収書は誰が登録した？")
    assert (named.known, found) == (True, {"receipt"})
    assert "tanaka" in named.named[0].note[0]


def test_how_the_newest_stand(ask):
    said, found = ask("不適合の書類は？")
    assert said.known
    assert "新しい書類" in said.says[0][0]
    assert found


def test_approvals_are_those_of_who_asks(desk, ask):
    said, _ = ask("承認待ちは何件？")
    assert (said.known, said.total) == (True, 0)
    alone = answer(desk.shoko, "承認待ちは何件？")
    assert not alone.known
    assert "利用者の登録" in alone.says[0][0]


def test_what_one_may_not_see_is_neither_named_nor_counted(ask):
    assert ask("青空商事の請求書の合計は？")[0].total == 2
    said, found = ask("青空商事の請求書の合計は？", login="shacho")
    assert said.total == 3
    assert "secret" in found
    assert "1,164,999" in said.says[0][0]
    hidden = ask("保存期間は？", about="secret")[0]
    assert not hidden.named


def test_on_the_page(desk):
    browser = open_seats(desk.shoko)()
    assert browser.log_in("keiri").status_code == 303
    page = browser.get("/help", params={"q": "10月の青空商事の請求はいくら？"}).text
    assert "合計 165,000円" in page
    assert f'href="/documents/{desk.ids["a1"]}"' in page
    assert "検索で見る（2 件）" in page
    plain = browser.get(
        "/help.json", params={"q": "この紙は捨てていい？", "about": f"/documents/{desk.ids['receipt']}"}
    )
    assert plain.json()["answer"]["paper"] == "must_stay"
    hidden = browser.get("/help.json", params={"q": "保存期間は？", "about": f"/documents/{desk.ids['secret']}"}).json()
    assert hidden["answer"]["documents"] == []
    guide = browser.get("/help.json", params={"q": "パスワードを忘れた"}).json()["answer"]
    assert (guide["known"], guide["manual"][0], guide["says"]) == (True, "account", [])
    unknown = browser.get("/help.json", params={"q": "今日の天気は？"}).json()["answer"]
    assert (unknown["known"], unknown["says"][0]["ja"]) == (False, "分かりません")
    evil = browser.get("/help", params={"q": "<script>alert(1)</script>", "about": "/documents/../../etc"}).text
    assert "<script>alert" not in evil
    assert browser.get("/help", params={"q": "x" * 5000}).status_code == 200
