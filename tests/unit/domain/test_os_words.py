import errno

import pytest

from domain.os_words import why_ja


@pytest.mark.parametrize("code", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EISDIR, errno.EROFS])
def test_what_often_happens_is_said_in_japanese(code):
    assert not why_ja(OSError(code, "in English")).isascii()


def test_what_has_no_words_is_said_as_the_system_says_it():
    assert why_ja(OSError(errno.EXDEV, "Invalid cross-device link")) == "Invalid cross-device link"
    assert why_ja(OSError("no number")) == "OSError"
