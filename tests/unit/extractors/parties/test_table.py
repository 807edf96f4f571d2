import pytest

from domain.counterparties import Counterparty, PartyFacts
from domain.errors import InputError
from domain.fields import BankAccount
from extractors.parties import table
from extractors.parties.table import parse_table, write_table

HEAD = "取引先名,登録番号,電話番号\r\n"


def said_of(text, **known):
    return parse_table(text.encode(), **known)


def refused(content, *words):
    with pytest.raises(InputError) as caught:
        parse_table(content if isinstance(content, bytes) else content.encode())
    for word in words:
        assert word in caught.value.message_ja
    return caught.value.message_ja


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_encodings(encoding):
    text = "取引先名,電話番号\r\n株式会社髙島屋,０３−１２３４−５６７８\r\n".replace("−", "－")
    assert parse_table(text.encode(encoding)).facts == (PartyFacts(name="株式会社髙島屋", phones=("0312345678",)),)


def test_a_table_with_everything_comes_back_as_it_was_written():
    master = (
        Counterparty(
            counterparty_id="party-1",
            name="=cmd商会",
            variants=("コマンド,商会", '"引用"商会'),
            registration_numbers=("T7010705000725",),
            phones=("0312345678", "0611112222"),
            bank_accounts=(
                BankAccount(bank="みずほ銀行", branch="渋谷", type="普通", number="0000123", holder="カ)コマンド"),
                BankAccount(bank="三井住友銀行", branch="新宿", number="7654321"),
            ),
            account_title="仕入高",
            closed=True,
        ),
        Counterparty(counterparty_id="party-2", name="-5℃屋"),
    )
    content = write_table(master)
    read = parse_table(content, known_ids=["party-1", "party-2"])
    assert read.warnings == ()
    assert [f.counterparty_id for f in read.facts] == ["party-1", "party-2"]
    first = read.facts[0]
    assert (first.name, first.variants, first.bank_accounts) == (
        "=cmd商会", ("コマンド,商会", '"引用"商会'), master[0].bank_accounts,
    )  # fmt: skip
    assert (first.phones, first.closed, read.facts[1].name) == (master[0].phones, True, "-5°C屋")
    for row in content.decode("utf-8-sig").splitlines()[1:]:
        assert not any(cell.startswith(("=", "+", "-", "@")) and not cell.startswith('="0') for cell in row.split(","))


def test_other_headings_order_and_blank_lines():
    found = said_of("メモ,インボイス登録番号,会社名\n\n,,\n内緒,7010705000725,青空商事\n")
    assert found.facts == (PartyFacts(name="青空商事", registration_numbers=("T7010705000725",)),)
    assert found.warnings == ("1行目「メモ」: 知らない列なので取り込みません",)


def test_several_rows_of_one_name_are_one_counterparty_with_several_accounts():
    rows = "取引先名,銀行名,支店名,口座番号\n青空,A銀行,本店,1\n青空,B銀行,本店,2\n"
    (only,) = said_of(rows).facts
    assert [account.bank for account in only.bank_accounts] == ["A銀行", "B銀行"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('=HYPERLINK("http://x"),,', ("2行目「取引先名」", "数式")),
        ("＝１＋１,,", ("2行目「取引先名」", "数式")),
        ("@SUM(A1),,", ("2行目「取引先名」", "数式")),
        (",T7010705000725,", ("2行目「取引先名」", "空欄")),
        ("青空,T123,", ("2行目「登録番号」", "13 桁")),
        ("青空,,312345678", ("2行目「電話番号」", "先頭の 0")),
        ("青" * 501 + ",,", ("2行目「取引先名」", "501 文字")),
        ("青\x00空,,", ("2行目「取引先名」", "制御文字")),
        ("青空,,,余分", ("2行目", "4 個")),
        ('"青空,,', ("引用符",)),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column(row, words):
    refused(HEAD + row + "\n", *words)


def test_zeros_kept_by_a_text_formula_and_international_numbers_are_taken():
    found = said_of(HEAD + '青空,,"=""0312345678"""\nみどり,,+81-3-1111-2222\n')
    assert [f.phones for f in found.facts] == [("0312345678",), ("0311112222",)]


def test_a_wrong_check_digit_is_a_warning():
    found = said_of(HEAD + "青空,T1234567890123,\n")
    assert found.facts[0].registration_numbers == ("T1234567890123",)
    assert "2行目「登録番号」" in found.warnings[0]


def test_nothing_is_taken_where_one_row_is_wrong_and_problems_are_counted_out():
    said = refused(HEAD + "青空,,\n" + "赤,T1,\n" * 30)
    assert said.count("行目") == table.MAX_PROBLEMS
    assert "ほかにも" in said


def test_an_unknown_id_and_half_an_account():
    refused("取引先ID,取引先名\nparty-9,青空\n", "2行目「取引先ID」")
    refused("取引先名,銀行名,口座番号\n青空,A銀行,1\n", "2行目「支店名」", "一部だけ")
    refused("取引先名,銀行名,支店名,口座番号\n青空,A銀行,本店,一二三\n", "2行目「口座番号」")
    refused("取引先名,使用停止\n青空,たぶん\n", "2行目「使用停止」")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "空です"),
        (b"\xff\xfe\x00\xd8", "文字コード"),
        (b"\x81\x00\xff\xff", "文字コード"),
        ("電話番号\n03\n".encode(), "取引先名"),
        ("取引先名,名称\na,b\n".encode(), "2つ"),
    ],
)
def test_files_that_are_no_table(content, word):
    refused(content, word)


def test_limits(monkeypatch):
    monkeypatch.setattr(table, "MAX_BYTES", 100)
    refused(HEAD + "青空,,\n" * 50, "大きすぎ")
    monkeypatch.setattr(table, "MAX_BYTES", 10_000)
    monkeypatch.setattr(table, "MAX_ROWS", 5)
    refused(HEAD + "青空,,\n" * 50, "行が多すぎ")
