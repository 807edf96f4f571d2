"""Names in a bundle: each once, also where capitals are all that differs."""

from storage.export.notebook import Notebook


def test_names_are_given_once(tmp_path):
    book = Notebook(tmp_path / "book.sqlite")
    assert [book.free_name("a", ".pdf") for _ in range(3)] == ["a.pdf", "a_2.pdf", "a_3.pdf"]
    assert book.free_name("A", ".PDF") == "A_4.PDF"
    assert book.free_name("b_2", ".pdf") == "b_2.pdf"
    assert [book.free_name("b", ".pdf") for _ in range(3)] == ["b.pdf", "b_3.pdf", "b_4.pdf"]
    assert book.is_new("c")
    assert not book.is_new("c")
    book.close()
