import pytest

from domain.registration import check_digit, check_digit_ok, find_registration_numbers, with_check_digit


@pytest.mark.parametrize(
    "number",
    ["T7010705000725", "T4011001098993", "T7370003003519", "T1000020012131", "T8040001079502", "7010705000725"],
)
def test_real_numbers_pass(number):
    """Law: inv-checkdigit."""
    assert check_digit_ok(number)


@pytest.mark.parametrize(
    "number", ["T1234567890123", "T0000000000000", "T701070500072", "T70107050007255", "", "T７010705000725"]
)
def test_others_fail(number):
    assert not check_digit_ok(number)


def test_a_misread_digit_is_seen():
    digits = "7010705000725"
    for place in range(13):
        for wrong in "0123456789":
            changed = digits[:place] + wrong + digits[place + 1 :]
            if wrong != digits[place] and {wrong, digits[place]} != {"0", "9"}:
                assert not check_digit_ok(changed)


def test_range():
    assert with_check_digit("010705000725") == "T7010705000725"
    with pytest.raises(ValueError, match="12 digits"):
        check_digit("123")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("登録番号：T7010705000725", "T7010705000725"),
        ("登録番号 Ｔ７０１０７０５０００７２５", "T7010705000725"),
        ("T 7010 7050 00725", "T7010705000725"),
        ("T7-0107-0500-0725", "T7010705000725"),
        ("T1234567890123", "T1234567890123"),
    ],
)
def test_found_as_printed(text, number):
    (found,) = find_registration_numbers(text)
    assert found.number == number
    assert text[found.start : found.end] == found.raw
    assert found.check_digit_ok is check_digit_ok(number)


@pytest.mark.parametrize("text", ["TEL 0312345678", "T123456789012", "T12345678901234", "AT7010705000725"])
def test_not_a_number(text):
    assert find_registration_numbers(text) == ()
