"""The DER door: what it writes it reads, and what is not DER it refuses."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import EvidenceMalformed
from storage.evidence import der


@given(st.integers(-(2**200), 2**200))
def test_integers(value):
    assert der.parse(der.integer(value)).integer() == value


@given(st.binary(max_size=70_000))
def test_round_trip(content):
    raw = der.encode(der.OCTET_STRING, content)
    element = der.parse(raw)
    assert (element.tag, element.content, element.raw) == (der.OCTET_STRING, content, raw)


@given(st.binary(max_size=200))
def test_hostile_bytes_are_refused_or_read(data):
    try:
        element = der.parse(data)
        element.children()
        element.integer()
    except EvidenceMalformed:
        return
    assert element.raw == data


def test_known_forms():
    assert der.integer(0).hex() == "020100"
    assert der.integer(128).hex() == "02020080"
    assert der.oid("1.2.840.113549.1.7.2").hex() == "06092a864886f70d010702"
    assert der.oid("2.25.5").hex() == "06026905"
    assert der.set_of((b"\x02\x01\x02", b"\x02\x01\x01")).hex() == "3106020101020102"
    assert der.generalized_time(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)).endswith(b"20260102030405Z")


@pytest.mark.parametrize("data", ["", "30", "3080", "308500000000", "30820001", "300201", "020101ff", "3000ff"])
def test_not_der(data):
    with pytest.raises(EvidenceMalformed):
        der.parse(bytes.fromhex(data))


def test_only_integers_are_integers():
    with pytest.raises(EvidenceMalformed):
        der.parse(b"\x04\x01\x00").integer()
