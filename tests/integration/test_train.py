"""``shoko train``: learns from corrections, never puts a worse model in force, and gives the same model again."""

import json
from dataclasses import replace

import pytest

from classifiers.model import FILE_NAME, create
from classifiers.training.combining import START
from classifiers.training.fitting import SEED
from classifiers.training.scoring import evaluation_papers
from classifiers.training.train import learn, lessons_from, training_words
from domain.fields import DocumentType
from pipeline.steps.train import train_models
from pipeline.wiring import build_reader, open_shoko
from tests.integration.test_command_line import shoko as run_shoko
from tests.support.archive_story import a_lesson
from tests.support.homes import quick_settings
from tests.support.records import make_draft, make_drop

ODD = ("<奇妙な書式>", "<見慣れぬ様>", "式の様", "様式の")


@pytest.fixture(scope="module")
def frozen():
    return evaluation_papers()[:150]


@pytest.fixture
def shoko(tmp_path):
    opened = open_shoko(quick_settings(tmp_path))
    yield opened
    opened.close()


def weak(folder, count=40):
    """A model that has hardly learnt anything, in force."""
    folder.mkdir(parents=True)
    model = learn(lessons_from(training_words(), seed=SEED, count=count), START)
    (folder / FILE_NAME).write_bytes(model.to_bytes())
    return model


def teach(shoko):
    drop = shoko.archive.record_drop(make_drop(shoko.store))
    record = shoko.archive.file_document(make_draft(drop.unit_id))
    settled = replace(
        a_lesson(record.document_id),
        put_type=DocumentType.PAYMENT_STATEMENT,
        type_settled=True,
        features=ODD,
    )
    shoko.archive.record_lesson(settled)


def test_a_better_model_is_put_in_force_and_knows_what_people_settled(shoko, frozen):
    folder = shoko.settings.model_folder
    old = weak(folder)
    teach(shoko)
    said = []
    result = train_models(shoko, papers=400, frozen=frozen, say=said.append)
    assert said
    assert result.accepted
    assert result.after.right > result.before.right
    assert (result.lessons, result.lessons_right_after) == (1, 1)
    assert result.old_model == old.digest
    assert {path.name for path in folder.iterdir()} == {FILE_NAME, f"class_model.{result.new_model}.npz"}
    assert build_reader(shoko.settings).classifier.engine_id.config_digest == result.new_model
    assert result.habits == 1
    again = train_models(shoko, papers=400, frozen=frozen)
    assert again.new_model == again.old_model == result.new_model, "the same lessons give the same model"


def test_a_worse_model_is_refused_and_nothing_is_written(shoko, frozen):
    result = train_models(shoko, papers=50, frozen=frozen)
    assert not result.accepted
    assert result.old_model == create().engine_id.config_digest
    assert not shoko.settings.model_folder.exists()


@pytest.mark.slow
def test_the_command_says_what_came_of_it(tmp_path):
    done = run_shoko("train", "--papers", "50", "--home", tmp_path, "--json")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["accepted"] is False
    assert told["before"]["documents"] == told["after"]["documents"]
    shown = run_shoko("train", "--papers", "50", "--home", tmp_path)
    assert shown.returncode == 1
    assert "採用しませんでした" in shown.stdout
