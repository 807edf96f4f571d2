import pytest

from domain.errors import AccessRefused
from storage.people import Passwords, check_password

QUICK = Passwords(time_cost=1, memory_kib=64, parallelism=1)
GOOD = "みどりの海に浮かぶ小舟7そう"


def test_a_password_is_kept_as_argon2id_and_compared():
    kept = QUICK.hash(GOOD)
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept
    assert QUICK.matches(kept, GOOD)
    assert not QUICK.matches(kept, GOOD + "x")
    assert kept != QUICK.hash(GOOD)


def test_the_defaults_are_those_of_rfc_9106():
    assert "m=65536,t=3,p=4" in Passwords().hash(GOOD)


def test_without_a_password_nothing_matches():
    assert not QUICK.matches(None, "nobody has this password")
    assert not QUICK.matches("broken", "nobody has this password")


def test_full_width_forms_are_the_same_keys():
    assert QUICK.matches(QUICK.hash("Abcdefgh-1234-xyz"), "Ａｂｃｄｅｆｇｈ-１２３４-xyz")


@pytest.mark.parametrize("password", [GOOD, "correct horse battery", "x7#kQ2mWp9!z", "あさがおとひまわりとつゆくさ"])
def test_what_may_be_a_password(password):
    assert check_password(password, login="sato") == password


@pytest.mark.parametrize(
    "password",
    [
        "short-1x",
        "sato-is-my-name-1",
        "SATO-is-my-name-1",
        "aaaaaaaaaaaaaaa",
        "121212121212",
        "123456789012",
        "abcdefghijkl",
        "qwertyuiopasdf",
        "password123!!",
        "1234password1234",
        "PasswordPassword",
        "Ｐａｓｓｗｏｒｄ１２３４",
        "administrator2026",
        "x" * 12 + "y" * 300,
    ],
)
def test_what_may_not(password):
    with pytest.raises(AccessRefused) as caught:
        check_password(password, login="sato")
    assert "パスワード" in caught.value.message_ja or "よく使われる" in caught.value.message_ja
