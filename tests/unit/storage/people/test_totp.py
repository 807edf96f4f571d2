"""Against the vectors of RFC 6238 appendix B and RFC 4226 appendix D."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from storage.people.totp import code_at, new_secret, provisioning_uri, step_of

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_rfc_6238(seconds, code):
    assert code_at(SECRET, seconds // 30, digits=8) == code


def test_rfc_4226():
    codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
    assert [code_at(SECRET, count) for count in range(10)] == codes


def test_clocks_may_differ_by_one_step_and_no_code_works_twice():
    now = datetime(2026, 11, 22, 4, 0, 10, tzinfo=UTC)
    present = int(now.timestamp()) // 30
    for drift, taken in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        found = step_of(SECRET, code_at(SECRET, present + drift), now=now, after=0)
        assert found == (present + drift if taken else None)
    code = code_at(SECRET, present)
    assert step_of(SECRET, f" {code[:3]} {code[3:]} ", now=now, after=present - 1) == present
    assert step_of(SECRET, code, now=now, after=present) is None
    assert step_of(SECRET, code, now=now + timedelta(minutes=2), after=0) is None


@pytest.mark.parametrize("typed", ["", "abc", "あ", "123456", "\ud800", "0" * 400])
def test_what_is_no_code_is_refused(typed):
    assert step_of(SECRET, typed, now=datetime(2026, 1, 1, tzinfo=UTC), after=0) is None


def test_what_an_app_takes_in():
    secret = new_secret(lambda n: b"\x01" * n)
    assert len(secret) == 32
    uri = provisioning_uri(secret, login="a.b&c")
    assert uri == f"otpauth://totp/Shoko:a.b%26c?secret={secret}&issuer=Shoko&digits=6&period=30"
