"""A folder as a ZIP that is written while it is sent."""

import io
import zipfile

from app.web.zips import zip_stream


def test_the_files_are_there_in_order_with_their_rights_and_nothing_is_held_back(tmp_path):
    folder = tmp_path / "bundle"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "大きな原本.pdf").write_bytes(b"x" * 3_500_000)
    (folder / "verify.sh").write_text("#!/bin/sh\n")
    (folder / "verify.sh").chmod(0o755)
    pieces = list(zip_stream(folder, inside="shoko-20261122"))
    assert max(map(len, pieces)) < 1_200_000
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as bag:
        assert bag.testzip() is None
        assert bag.namelist() == ["shoko-20261122/data/大きな原本.pdf", "shoko-20261122/verify.sh"]
        assert bag.read("shoko-20261122/data/大きな原本.pdf") == b"x" * 3_500_000
        assert bag.getinfo("shoko-20261122/verify.sh").external_attr >> 16 & 0o777 == 0o755
    assert pieces == list(zip_stream(folder, inside="shoko-20261122"))
