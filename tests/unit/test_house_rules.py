"""The rules of the house that no linter knows: sizes, documented settings and verbs, words that must not stand."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.main import get_command

from app.cli.main import command_line
from pipeline.settings import ShokoSettings

PROJECT = Path(__file__).parents[2]
CODE = ("domain", "extractors", "classifiers", "compliance", "storage", "pipeline", "app")
MOST_LINES = 800


def tracked(*patterns):
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    return [PROJECT / name for name in listed if name and (PROJECT / name).is_file()]


def test_no_module_is_too_long():
    long = {str(p): n for p in tracked("*.py") if (n := len(p.read_text(encoding="utf-8").splitlines())) > MOST_LINES}
    assert long == {}


def settings_rows(model, prefix=""):
    for name, field in model.model_fields.items():
        yield f"{prefix}{name}", field
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings_rows(field.annotation, f"{prefix}{name}.")


def test_every_setting_says_what_it_is():
    undocumented = [name for name, field in settings_rows(ShokoSettings) if not field.description]
    assert undocumented == []


def test_the_readme_names_every_verb_and_both_commands():
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    for verb in get_command(command_line()).commands:
        assert f"| `{verb}" in readme, verb
    assert "make demo" in readme
    assert "make test" in readme


def test_the_settings_of_the_readme_are_settings():
    (block,) = re.findall(r"```toml\n(.*?)```", (PROJECT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    settings = ShokoSettings(**tomllib.loads(block))
    assert settings.store.kind == "s3"
    assert settings.evidence.trust_list_file is not None


def test_every_verb_speaks_json():
    without = {
        name
        for name, command in get_command(command_line()).commands.items()
        if not any("--json" in p.opts for p in command.params)
    }
    assert without == set()


def test_the_map_stays_short():
    assert len((PROJECT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) < 200


def test_the_lock_names_no_index_and_one_cv2():
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "opencv-python-headless==" in lock
    assert not re.search(r"^opencv-python==", lock, re.MULTILINE)
    assert re.search(r"^fastapi==0\.1[0-3]", lock, re.MULTILINE), "Prefect 3.8 breaks with FastAPI 0.140"


@pytest.mark.parametrize("word", ["TODO", "FIXME", "raise NotImplementedError"])
def test_nothing_is_left_half_done(word):
    here = Path(__file__)
    found = [str(p) for p in tracked("*.py") if p != here and word in p.read_text(encoding="utf-8")]
    assert found == []


def test_instants_become_days_in_one_place_alone():
    """``instant.date()`` is a day of Greenwich: yesterday's until nine in the morning."""
    allowed = {
        "app/cli/say.py": 1,  # what was typed as a day
        "pipeline/steps/issuers.py": 1,  # days of a published table
    }
    found = {}
    for path in tracked(*(f"{folder}/*.py" for folder in CODE if folder not in {"extractors", "classifiers"})):
        name = path.relative_to(PROJECT).as_posix()
        count = len(re.findall(r"(?<!TOKYO\))\.date\(\)", path.read_text(encoding="utf-8")))
        if count and not name.startswith("pipeline/benchmark/"):
            found[name] = count
    assert found == allowed
