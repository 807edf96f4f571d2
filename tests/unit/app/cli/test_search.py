"""A document that was found can be named in the next command, however narrow the terminal is."""

import pytest

from app.cli import search
from domain.record import ReviewReason

ID = "doc-0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("width", [60, 80, 119, 120, 200])
def test_the_id_of_each_document_is_printed_whole(monkeypatch, capsys, width):
    monkeypatch.setattr(search.out, "width", width)
    columns = (*search.COLUMNS[:4], ("書類ID", "left"))
    search._print_with_ids("検索結果", columns, [("請求書", "2026-10-31", "¥1,384", "青空商事株式会社", ID)] * 2)
    assert capsys.readouterr().out.count(ID) == 2


def test_a_reason_is_said_once():
    class Record:
        review_reasons = tuple(ReviewReason(code="possible_duplicate", detail=other) for other in ("doc-1", "doc-2"))

    assert search.reason_words(Record()) == ["重複の可能性があります"]
