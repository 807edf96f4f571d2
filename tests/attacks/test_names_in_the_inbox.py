"""Names that try to break the way from the inbox into the archive: every such file is taken in and told about."""

from __future__ import annotations

import os

import pytest

from domain.record import DropState
from pipeline.batch import open_batch, run_plain
from tests.support.documents import ubl_invoice
from tests.support.homes import open_resident, quick_settings


@pytest.fixture
def resident(tmp_path):
    home = open_resident(quick_settings(tmp_path))
    yield home
    home.shoko.close()


@pytest.mark.parametrize(
    "name",
    [
        b"a" * 251 + b".xml",  # as long as a file's name may be: there is no room for the status object's suffix
        b"\x90\xbf\x8b\x81\x8f\x91.xml",  # 請求書 in Shift_JIS
        b"..%2f..%2fetc%2fpasswd.xml",
        b"..\\..\\windows.xml",
        b"new\nline\t\x01\x7f.xml",
        "\u202efdp.exe.xml".encode(),
        b"%s%n{0}$(id)`id`;'\"<b>.xml",
        b"-rf.xml",
        "ﾊﾟ\u3099か\u3099.xml".encode(),
    ],
)
def test_an_odd_name_is_taken_in_and_told_about(resident, name):
    inbox = resident.shoko.settings.data_folder / "store" / "inbox" / "electronic"
    inbox.mkdir(parents=True, exist_ok=True)
    content = ubl_invoice("N-1")
    (inbox / os.fsdecode(name)).write_bytes(content)
    run_plain(open_batch(resident))
    (status,) = resident.shoko.archive.drops(limit=10)
    assert status.outcome.state is DropState.READ
    blob = status.drop.blob
    assert resident.shoko.store.get("vault", blob.key, expect=blob.digest) == content
    assert [v.key for v in resident.shoko.store.list_latest("inbox", prefix="electronic/")] == []
    assert len(list(resident.shoko.store.list_latest("inbox", prefix="status/"))) == 1
