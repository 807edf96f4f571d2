"""What came over a token: only what was made after it and names the token itself."""

import base64
import hashlib
import json
from datetime import timedelta

import pytest

from domain import codec
from domain.ids import Digest
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.verifier.covered import Coverage
from tests.support.records import NOW

DAY = timedelta(days=1)
UNIT = "unit-" + "0" * 32
AGAIN, OVER, STAMP = "hash_tree_renewal", "timestamp_renewal", "stamp"


@pytest.fixture
def shelf(tmp_path):
    """Batches by path, each made a day after the one before it."""
    at = [NOW]
    authority = LocalAuthority.create_or_open(tmp_path / "tsa", clock=lambda: at[0])
    found = {}

    def add(number, purpose, *names, digest=None):
        at[0] = NOW + number * DAY
        token = authority.stamp(Digest.of(b"x")).token_der
        plain = {
            "format": "shoko.stamp-batch.v1",
            "number": number,
            "purpose": purpose,
            "hash_algorithm": "sha256",
            "members": [[name, digest or digest_of(found, name)] for name in names],
            "token": {"token_der": base64.b64encode(token).decode()},
        }
        found[f"batches/batch-{number:06d}.json"] = codec.canonical(plain)

    add.found = found
    return add


def digest_of(found, name):
    if name.startswith("batch-"):
        plain = json.loads(found[f"batches/{name}.json"])
        return hashlib.sha256(base64.b64decode(plain["token"]["token_der"])).hexdigest()
    return name.partition("/")[2] or "1" * 64


def covered(shelf, name, **more):
    return Coverage(lambda _: iter(shelf.found), shelf.found.get, **more).at(name)


def test_the_first_renewal_that_holds(shelf):
    shelf(1, STAMP, UNIT)
    shelf(2, OVER, "batch-000001")
    shelf(3, OVER, "batch-000001", "batch-000002")
    assert covered(shelf, "batch-000001") == NOW + 2 * DAY
    assert covered(shelf, "batch-000001", holds=lambda number: number != 2) == NOW + 3 * DAY
    assert covered(shelf, "batch-000001", holds=lambda _: False) is None


def test_a_renewal_is_over_the_token_that_it_names(shelf):
    own = f"{UNIT}/{'2' * 64}"
    shelf(1, STAMP, UNIT)
    shelf(2, OVER, "batch-000001", own, digest="3" * 64)
    assert covered(shelf, "batch-000001") is None
    assert covered(shelf, own) is None
    shelf(3, OVER, own)
    assert covered(shelf, own) == NOW + 3 * DAY


def test_what_was_hashed_before_is_not_over_what_came_later(shelf):
    """Two compromised keys would otherwise hold up each other: a hash-tree renewal, and the renewal of its token."""
    shelf(1, STAMP, UNIT)
    shelf(2, AGAIN, UNIT)
    shelf(3, OVER, "batch-000002")
    assert covered(shelf, "batch-000001") == NOW + 2 * DAY
    assert covered(shelf, "batch-000002") == NOW + 3 * DAY
    assert covered(shelf, "batch-000003") is None
    shelf(4, AGAIN, UNIT)
    assert covered(shelf, "batch-000003") == NOW + 4 * DAY


def test_hashing_units_again_says_nothing_of_a_heads_own_token(shelf):
    shelf(1, STAMP, UNIT, "head-000000000001")
    shelf(2, OVER, "batch-000001", f"head-000000000002/{'4' * 64}")
    shelf(3, AGAIN, UNIT)
    assert covered(shelf, "batch-000001") == NOW + 2 * DAY
    assert covered(shelf, "batch-000002") is None


def test_a_batch_under_another_name_is_none(shelf):
    shelf(1, STAMP, UNIT)
    shelf(2, OVER, "batch-000001")
    shelf.found["batches/batch-000009.json"] = shelf.found.pop("batches/batch-000002.json")
    assert covered(shelf, "batch-000001") is None
    assert covered(shelf, "batch-of-somebody") is None
