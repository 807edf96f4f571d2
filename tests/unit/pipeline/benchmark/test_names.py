import json

from pipeline.benchmark.names import names_table, run_names
from samples.generator.other_names import other_names
from samples.training.parties import FILES, load_pairs


def test_names_held_back_are_put_right_against_a_master_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.benchmark.names.OTHERS", 300)
    folder = tmp_path / "japoc"
    folder.mkdir()
    true = [f"株式会社青空エンタープライズ第{n}" for n in "一二三四五六七八九"]
    for file in FILES:
        rows = [{"id": name, "tgt": name, "src": name[:-3] + name[-1]} for name in true]
        rows += [{"id": name, "tgt": name, "src": name} for name in true]
        (folder / file).write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    held = [pair for pair in load_pairs(folder) if pair.held_back]
    assert 0 < len(held) < 4 * len(true)
    report = run_names(tmp_path, progress=lambda *_: None)
    assert sum(score.pairs for score in report.scores) == len(held)
    for score in report.scores:
        assert score.as_read == score.pairs / 2
        assert score.with_master > score.as_read
        assert score.without_master == score.as_read
    assert names_table(report).row_count == 3


def test_other_names_are_the_same_for_a_seed_and_none_is_real():
    import random

    real = ("佐藤商事株式会社", "株式会社ダイフク")
    made = other_names(random.Random(3), count=2000, real=real)
    assert made == other_names(random.Random(3), count=2000, real=real)
    assert len(set(made)) == 2000
    assert not set(made) & set(real)
