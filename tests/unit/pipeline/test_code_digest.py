"""Whatever can change a reading changes the digest that names it, without anybody raising a version."""

import pytest

from pipeline import code_digest


@pytest.fixture
def tree(tmp_path):
    for name, text in {
        "domain/page.py": "class Page: ...",
        "extractors/text.py": "def read_text(): ...",
        "extractors/ocr/words.txt": "請求書",
        "extractors/fields/totals.py": "def total(): ...",
        "app/cli/read.py": "print('seen by nobody')",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def of(tree, *, text=False):
    if text:
        return code_digest.digest_of(tree, code_digest.TEXT_CODE, without=code_digest.NOT_TEXT)
    return code_digest.digest_of(tree, code_digest.READING_CODE)


@pytest.mark.parametrize("name", ["extractors/text.py", "extractors/ocr/words.txt", "domain/page.py"])
def test_a_changed_rule_or_table_changes_both(tree, name):
    before = of(tree), of(tree, text=True)
    path = tree / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert of(tree) != before[0]
    assert of(tree, text=True) != before[1]


def test_rules_for_fields_leave_recorded_text_alone(tree):
    before = of(tree), of(tree, text=True)
    (tree / "extractors/fields/totals.py").write_text("def total(): return 1", encoding="utf-8")
    assert of(tree) != before[0]
    assert of(tree, text=True) == before[1]


def test_what_does_not_read_does_not_count(tree):
    before = of(tree)
    (tree / "app/cli/read.py").write_text("print('still not')", encoding="utf-8")
    cache = tree / "extractors/__pycache__"
    cache.mkdir()
    (cache / "text.pyc").write_bytes(b"compiled")
    assert of(tree) == before


def test_a_moved_file_is_another_one(tree):
    before = of(tree)
    (tree / "extractors/text.py").rename(tree / "extractors/other.py")
    assert of(tree) != before


def test_the_digest_is_of_our_own_files():
    assert len(code_digest.text_digest()) == len(code_digest.reading_digest()) == 32
    assert code_digest.text_digest() != code_digest.reading_digest()
