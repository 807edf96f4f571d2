import random
from dataclasses import replace

import pytest

from classifiers.features import features_of
from classifiers.model import FILE_NAME, ModelClassifier, combined, create
from classifiers.model_file import SHIPPED, ClassModel, Combination
from classifiers.rules import Cues
from classifiers.training import noise
from classifiers.training.combining import START, Judged, fit_combination, loss
from classifiers.training.fitting import Lesson, fit, known_features
from classifiers.training.papers import Words, make_paper, papers
from classifiers.training.scoring import ClassScore, score
from classifiers.training.train import learn, lessons_from, training_words
from domain.errors import EngineMissing
from domain.fields import DocumentType

T = DocumentType
NOTHING = Combination(text=1.0, cues=0.0, strong=0.0, other=0.0, doubt=0.0)


@pytest.fixture(scope="module")
def shipped():
    return create()


@pytest.fixture(scope="module")
def fresh():
    return list(papers(Words.load(), seed=4711, count=250))


def test_papers_it_has_not_seen_are_right_and_what_is_sure_is_right(shipped, fresh):
    got = score(shipped, fresh)
    assert got.right >= 0.94 * got.documents
    assert got.sure_and_wrong <= 0.02 * got.sure
    assert got.sure >= 0.75 * got.documents


@pytest.mark.parametrize("kind", sorted(Words.load().plain["other"]))
def test_what_is_none_of_the_nine_is_other(shipped, kind):
    words = Words.load()
    only = Words(plain=words.plain | {"other": {kind: words.plain["other"][kind]}})
    rng = random.Random(f"{kind} 3")
    found = [p for p in (make_paper(only, rng, wear=False) for _ in range(240)) if p.kind == kind][:8]
    assert len(found) >= 4
    right = [shipped.classify(p.texts).label is T.OTHER for p in found]
    assert sum(right) >= 0.75 * len(right)


def test_reasons_name_the_heading_and_what_the_text_says(shipped, fresh):
    paper = next(p for p in fresh if p.kind == "quotation" and p.texts[0].lines[0].text in {"見積書", "御見積書"})
    got = shipped.classify(paper.texts)
    assert got.label is T.QUOTATION
    assert any(reason.startswith("heading:") for reason in got.reasons)
    assert got.reasons[-1].startswith("text:")


def test_the_same_words_give_the_same_model_and_other_words_another():
    lessons = lessons_from(training_words(), seed=1, count=60)
    one, two = learn(lessons, START), learn(lessons, START)
    assert one.to_bytes() == two.to_bytes()
    assert learn(lessons[:50], START).digest != one.digest


def test_what_was_learnt_is_kept_in_the_file(tmp_path):
    model = learn(lessons_from(training_words(), seed=1, count=40), NOTHING)
    (tmp_path / FILE_NAME).write_bytes(model.to_bytes())
    assert ClassModel.load(tmp_path / FILE_NAME) == model
    assert create(model_folder=tmp_path).engine_id.config_digest == model.digest
    assert create(model_folder=tmp_path / "none").engine_id.config_digest == ClassModel.load().digest


@pytest.mark.parametrize("content", [b"", b"no model", SHIPPED.read_bytes()[:5000]])
def test_a_file_that_is_no_model_is_refused_in_words(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(EngineMissing, match="class model"):
        create(model_folder=tmp_path)


def test_a_missing_file_is_refused_in_words(tmp_path):
    with pytest.raises(EngineMissing):
        ClassModel.load(tmp_path / "none.npz")


def test_weights_of_another_shape_are_refused_on_use():
    broken = replace(ClassModel.load(), weights=b"\x80")
    paper = make_paper(Words.load(), random.Random(1))
    with pytest.raises(EngineMissing, match="version of spaCy"):
        ModelClassifier(broken).classify(paper.texts)


def test_probabilities_of_all_classes_sum_to_one_and_follow_both_halves():
    text = dict.fromkeys(T, 0.1)
    cues = Cues({T.RECEIPT: 1.5}, {})
    shares = combined(text, cues, replace(NOTHING, cues=1.0, strong=0.5))
    assert sum(shares.values()) == pytest.approx(1.0)
    assert max(shares, key=shares.get) is T.RECEIPT
    assert combined(text, Cues({}, {}), replace(NOTHING, other=2.0))[T.OTHER] > 0.4
    assert combined(text, cues, replace(NOTHING, doubt=3.0))[T.OTHER] < 0.01


def test_the_weights_that_explain_best_are_found():
    sure = {T.RECEIPT: 0.91} | dict.fromkeys([t for t in T if t is not T.RECEIPT], 0.01)
    judged = [Judged(label=T.RECEIPT, text=sure, cues=Cues({T.INVOICE: 1.0}, {})) for _ in range(5)]
    found = fit_combination(judged)
    assert loss(judged, found) < loss(judged, START)
    assert found.text > START.text


def test_figures_and_rare_features_are_not_learnt():
    paper = make_paper(Words.load(), random.Random(5), wear=False)
    assert not any(c.isdigit() and c != "0" for f in features_of(paper.texts) for c in f)
    lessons = [Lesson(label=T.OTHER, features=("often", f"once {n}")) for n in range(4)]
    assert known_features(lessons) == ("often",)


def test_a_document_without_features_has_a_class_too():
    assert set(ModelClassifier(ClassModel.load()).text_probabilities(())) == set(T)
    assert fit([Lesson(label=T.OTHER, features=())], passes=1)


def test_wear_changes_characters_and_keeps_something():
    rows = [(1.0, ("請求書番号 12345", "合計金額")) for _ in range(30)]
    changed = [noise.worn(rows, random.Random(seed)) for seed in range(12)]
    assert any(one != rows for one in changed)
    assert all(changed)


def test_a_score_knows_what_is_worse():
    good = ClassScore(documents=10, right=9, sure_and_wrong=0, sure=8, surprise=0.2, calibration_error=0.01)
    assert not good.worse_than(good)
    assert replace(good, right=8).worse_than(good)
    many = replace(good, documents=1000, right=950)
    assert not replace(many, right=948).worse_than(many)
    assert replace(many, right=946).worse_than(many)
    assert replace(good, sure_and_wrong=1).worse_than(good)
    assert replace(good, surprise=0.3).worse_than(good)
    assert not replace(good, surprise=0.1).worse_than(good)
