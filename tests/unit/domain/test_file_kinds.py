"""Files are called what people call them, and one that is not read comes with what to do."""

import pytest

from domain.file_kinds import file_kind, why_unread
from extractors import media


@pytest.mark.parametrize("kind", sorted({v for k, v in vars(media).items() if k.isupper() and isinstance(v, str)}))
def test_every_kind_that_is_told_apart_has_a_name(kind):
    assert file_kind(kind) != (kind, kind)


def test_a_kind_without_a_name_is_called_by_its_media_type():
    assert file_kind("video/mp4") == ("video/mp4", "video/mp4")


def test_what_is_not_read_is_said_with_what_to_do():
    assert why_unread(media.DOCX).startswith("Word文書は自動で読み取れません")
    assert "入力してください" in why_unread(media.DOCX)
    assert "取り出して" in why_unread(media.ZIP)
    assert "openxmlformats" not in why_unread(media.DOCX)
