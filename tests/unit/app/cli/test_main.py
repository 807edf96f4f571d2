"""The table of verbs is what the modules add, and one verb loads its own module alone."""

import subprocess
import sys

import pytest
from typer.main import get_command

from app.cli.main import VERBS, command_line

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
