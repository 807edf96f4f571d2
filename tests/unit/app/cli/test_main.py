"""The table of verbs is what the modules add, and one verb loads its own module alone."""

import subprocess
import sys

import pytest
from typer.main import get_command

from app.cli.main import VERBS, command_line, main

NAMES = tuple(verb for verbs in VERBS.values() for verb in verbs)


def test_the_table_names_what_the_modules_add():
    assert tuple(get_command(command_line()).commands) == NAMES


@pytest.mark.parametrize("module", VERBS)
def test_a_verb_brings_its_module(module):
    for verb in VERBS[module]:
        assert tuple(get_command(command_line(verb)).commands) == VERBS[module]


def test_what_is_no_verb_brings_them_all():
    assert tuple(get_command(command_line("--help")).commands) == NAMES


def test_one_verb_does_not_load_the_others():
    loaded = "import sys; from app.cli.main import command_line; command_line('search'); print(*sys.modules)"
    words = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()
    assert {word for word in words if word.startswith("app.cli.")} & {f"app.cli.{name}" for name in VERBS} == {
        "app.cli.search"
    }
    assert "cv2" not in words


@pytest.fixture
def typed(tmp_path, monkeypatch, capsys):
    """Types a command in an empty folder; gives the exit code and what was said on the error stream."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["shoko", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("serch",), "「serch」というコマンドはありません（search"),
        (("show",), "書類ID を指定してください"),
        (("search", "--form", "x"), "--form という指定はありません（--from"),
        (("search", "--min"), "--min の後に値を指定してください"),
        (("users", "add", "a", "--role", "boss"), "auditor、administrator から選びます"),
        (("show", "a", "b"), "指定が多すぎる"),
    ],
)
def test_wrong_use_is_told_in_japanese_with_what_the_parser_says(typed, words, told):
    code, said = typed(*words)
    assert code == 2
    assert told in said
    assert "--help" in said or words == ("search", "--min")
    assert "Traceback" not in said


def test_no_verb_shows_the_help(typed):
    code, said = typed()
    assert code == 2
    assert "search" in said
    assert "使い方の誤り" not in said


def test_a_folder_that_cannot_be_used_is_told_in_words(typed, tmp_path):
    (tmp_path / "var").touch()
    code, said = typed("search", "x")
    assert code == 2
    assert "同じ名前のものが既にあります" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (OSError(28, "No space left on device", "/a/b"), 12, "/a/b: 空き容量がありません"),
        (ValueError("what nobody thought of"), 10, "ValueError: what nobody thought of"),
        (KeyboardInterrupt(), 130, "中止しました"),
    ],
)
def test_whatever_is_raised_is_told_in_words(typed, monkeypatch, error, code, told):
    def verb(**_):
        raise error

    monkeypatch.setattr(sys.modules[main.__module__], "command_line", lambda _: verb)
    found, said = typed("search")
    assert found == code
    assert told in said
    assert "Traceback" not in said


def test_an_archive_made_on_the_way_is_announced_once(typed, tmp_path):
    assert f"新しい書庫を {tmp_path / 'var'} に作りました" in typed("search", "x")[1]
    assert typed("search", "x") == (0, "")
