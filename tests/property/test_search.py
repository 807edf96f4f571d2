"""Search text never becomes SQL, and wildcards are characters like any other."""

from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from domain.calendar import tokyo_day
from domain.query import Query
from domain.text import search_key
from domain.visibility import EVERYTHING
from storage.search import Asker, compile_count, search, snippet
from tests.support.records import NOW, make_draft, make_drop, open_archive

WORDS = st.text(min_size=1, max_size=40)
HOSTILE = st.text(alphabet="%_\\'\"/;-() aあ", min_size=1, max_size=12)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    archive = open_archive(tmp_path_factory.mktemp("property"))
    drop = archive.record_drop(make_drop(archive.vault))
    for ordinal, text in enumerate(("100%", "a_b", "it's", "\\", "青空 -- 商事;", 'x"y/z')):
        archive.file_document(make_draft(drop.unit_id, ordinal=ordinal, text=text, counterparty=text))
    yield archive
    archive.close()


@given(st.lists(WORDS, max_size=4), st.none() | WORDS)
@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_text_changes_the_parameters_and_never_the_statement(dialect, words, counterparty):
    query = Query(words=tuple(words), counterparty=counterparty)
    asker = Asker(client_id="c", visibility=EVERYTHING, by_grams=dialect.name == "postgresql")
    compiled = compile_count(query, asker).compile(dialect=dialect)
    keys = {search_key(word) for word in words} - {""}
    narrowed = counterparty is not None and search_key(counterparty) != ""
    like = Query(words=tuple("abcdefgh"[n] for n in range(len(keys))), counterparty="x" if narrowed else None)
    assert str(compiled) == str(compile_count(like, asker).compile(dialect=dialect))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=st.none() | st.dates(), last=st.none() | st.dates())
@example(first=date.min, last=date.min)
@example(first=date.min, last=date.max)
@example(first=date.max, last=date.max)
@example(first=tokyo_day(NOW), last=tokyo_day(NOW))
def test_every_day_that_there_is_can_be_asked_for(archive, first, last):
    """In Tokyo the first day of all begins before the first instant that UTC can name."""
    filed = (first or date.min) <= tokyo_day(NOW) <= (last or date.max)
    assert search(archive, Query(filed_from=first, filed_to=last)).total == (6 if filed else 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(HOSTILE | WORDS, max_size=3), st.none() | HOSTILE)
def test_hits_are_exactly_the_documents_that_hold_the_words(archive, words, counterparty):
    found = {hit.document_id for hit in search(archive, Query(words=tuple(words), counterparty=counterparty)).hits}
    expected = set()
    for hit in search(archive, Query()).hits:
        record = archive.get_document(hit.document_id)
        pieces = [record.text, "128960", *(record.fields.text(n) or "" for n in ("counterparty", "document_number"))]
        keys = [search_key(piece) for piece in pieces]
        in_words = all(any(search_key(word) in key for key in keys) for word in words)
        in_name = counterparty is None or search_key(counterparty) in search_key(record.fields.text("counterparty"))
        if in_words and in_name:
            expected.add(hit.document_id)
    assert found == expected


@given(st.text(max_size=300), st.lists(WORDS.map(search_key), max_size=3))
def test_a_snippet_is_one_short_line(body, keys):
    shown = snippet(body, tuple(key for key in keys if key))
    assert "\n" not in shown
    assert len(shown) <= 82
