"""What people ask, and what kind of answer that is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.asking import MAX_CHARACTERS, Asked, recognise

TABLE = {
    Asked.PAPER: (
        "この領収書の紙は捨てていい？",
        "紙を捨ててもいいですか",
        "原本はまだ必要ですか",
        "この紙、シュレッダーにかけて大丈夫？",
        "廃棄できる紙はどれ？",
        "レシートは捨てていいの",
        "印紙のある領収書の原本は捨てられる？",
        "９月の青空商事の請求書の紙は捨てていい？",
        "これは廃棄しても良いですか",
        "捨てていい？",
    ),
    Asked.RETENTION: (
        "保存期間は？",
        "この書類はいつまで保存する？",
        "領収書は何年保管すればいい？",
        "この書類の保存期限はいつ",
        "契約書は何年間残すの",
    ),
    Asked.APPROVALS: (
        "承認待ちは何件？",
        "私の承認が必要な書類は？",
        "承認を待っているものは",
        "決裁待ちはある？",
        "差し戻された書類は？",
        "申請中の請求書は？",
    ),
    Asked.DUE: (
        "期限が近い書類は？",
        "今週期限のものは？",
        "急ぐものはどれ",
        "支払期限が今月の請求書は？",
        "締切が迫っているのは？",
        "この書類の期限はいつ？",
    ),
    Asked.VERDICT: (
        "この書類は法令要件を満たしている？",
        "不適合の書類は？",
        "電子帳簿保存法の要件に適合していますか",
        "要件は大丈夫？",
    ),
    Asked.STAMP: ("タイムスタンプは付いている？", "この書類のタイムスタンプは認定？"),
    Asked.WHO: ("この書類は誰が訂正した？", "誰が登録しましたか", "だれが承認したの", "入力者は？", "いつ承認された？"),
    Asked.TOTAL: (
        "10月の青空商事の請求はいくら？",
        "青空商事の請求書の合計は？",
        "先月の領収書の総額を教えて",
        "この請求書の金額は？",
        "ひだまり印刷からの請求書はいくら",
        "今年度の領収書はトータルで何円？",
    ),
    Asked.COUNT: (
        "確認待ちは何件？",
        "先月の請求書は何件ある？",
        "電子で受領した請求書は何枚？",
        "契約書はいくつありますか",
    ),
    Asked.FIND: (
        "登録番号がない請求書は？",
        "10万円以上の請求書を見せて",
        "取引先が空欄の書類は？",
        "削除した書類はどこ？",
        "昨年度の契約書の一覧",
        "受領日が仮の書類は？",
        "一番高い請求書は？",
    ),
    Asked.HOW: (
        "認定タイムスタンプとは",
        "どうやって取り込むの？",
        "パスワードを忘れた",
        "暗い画面にしたい",
        "電子印の使い方",
        "請求書を削除する方法",
        "監査用のデータを書き出したい",
        "タイムスタンプが認定なしと出るのはなぜ",
        "二重に登録した書類を消すには？",
    ),
    Asked.FIELD: ("この請求書の登録番号は？", "この書類の取引先は？", "この書類の種類は？", "これの振込先は？"),
    Asked.RULE: (
        "2026年10月以降の免税事業者の控除は？",
        "免税事業者からの仕入れは何％控除できる？",
        "インボイスの経過措置はいつまで？",
        "少額特例はいくらまで？",
        "自販機の領収書はいる？",
        "消費税率は？",
        "スキャンは何日以内に入力すればいい？",
        "解像度はいくつ必要？",
        "メールで届いた請求書を印刷して保存していい？",
        "重加算税はどうなる？",
    ),
    Asked.NOT_OURS: (
        "この領収書は経費になる？",
        "この飲食代は損金にできる？",
        "勘定科目は何？",
        "仕入税額控除できる？",
        "節税の方法を教えて",
    ),
    Asked.ORDER: (
        "この書類を削除して",
        "全部承認しておいて",
        "金額を100円に変更してください",
        "紙を捨てて",
        "青空商事の請求書を申請してください",
        "この書類を却下しろ",
    ),
    Asked.OPEN: ("青空商事", "2026年10月の見積書", "カレーの作り方を", "", "？？？", "🍛"),
}
CASES = [(question, asked) for asked, questions in TABLE.items() for question in questions]


@pytest.mark.parametrize(("question", "asked"), CASES)
def test_the_kind_of_a_question(question, asked):
    assert recognise(question).asked is asked


def test_there_are_enough_of_them():
    assert len(CASES) >= 60
    assert set(TABLE) == set(Asked)


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("10月の青空商事の請求はいくら？", "10月の青空商事の請求"),
        ("青空商事の請求書の合計は？", "青空商事の請求書"),
        ("先月の請求書は何件ありますか？", "先月の請求書"),
        ("登録番号がない請求書は？", "登録番号がない請求書"),
        ("１０万円以上の請求書を見せてください。", "10万円以上の請求書"),
        ("昨年度の契約書", "昨年度の契約書"),
    ],
)
def test_what_is_left_are_conditions(question, rest):
    assert recognise(question).rest == rest


def test_this_is_the_document_that_lies_open():
    assert recognise("この紙は捨てていい？").this
    assert not recognise("先月の紙は捨てていい？").this


@pytest.mark.parametrize(
    "text",
    [
        "この3か月の請求書の合計は？",
        "この1年の領収書は？",
        "これまでの請求書",
        "このあいだの書類",
        "この取引先の請求書は？",
    ],
)
def test_this_period_and_this_company_are_not_this_document(text):
    assert not recognise(text).this


def test_this_company_is_the_one_of_the_document():
    question = recognise("この取引先の先月の請求書の合計は？")
    assert (question.same_party, question.rest) == (True, "先月の請求書")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("支払期限は？", "due_date"),
        ("この請求書の金額はいくらですか", "total_amount"),
        ("取引先は誰？", "counterparty"),
        ("受領日はいつ？", "received_on"),
        ("支払期限が近い請求書は？", None),
        ("青空商事の登録番号は？", None),
    ],
)
def test_a_question_for_one_value_names_it(text, field):
    assert recognise(text).field == field


@given(st.text(max_size=600))
def test_anything_is_some_kind(text):
    question = recognise(text)
    assert len(question.rest) <= 4 * MAX_CHARACTERS  # NFKC makes some signs longer


def test_a_long_question_is_cut_before_it_is_looked_at():
    assert recognise("紙" * 100_000).asked is Asked.OPEN
