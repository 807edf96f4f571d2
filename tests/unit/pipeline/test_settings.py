"""What is misspelt in the settings is said, not passed over: the defaults would be in force without a word."""

import pytest

from domain.errors import ConfigError
from pipeline.settings import load_settings


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(**overrides):
    with pytest.raises(ConfigError) as told:
        load_settings(**overrides)
    return told.value.message_ja


def test_an_unknown_section_of_the_file_is_refused_with_the_name_that_was_meant(folder):
    (folder / "shoko.toml").write_text('[evidense.authority]\nkind = "http"\n')
    assert "evidense" in refused()
    assert "evidence の誤りではありませんか" in refused()


def test_an_unknown_name_within_a_section_is_refused_with_the_name_that_was_meant(folder):
    (folder / "shoko.toml").write_text('[company]\nname = ["株式会社みどり商事"]\n')
    assert "company.name" in refused()
    assert "names の誤りではありませんか" in refused()


def test_a_name_that_is_like_none_is_refused_all_the_same(folder):
    (folder / "shoko.toml").write_text("[zzz]\na = 1\n")
    assert refused() == "設定に誤りがあります（zzz: この名前の設定はありません）"


def test_one_name_where_a_row_of_names_belongs_is_told_how_to_write_it(folder):
    (folder / "shoko.toml").write_text('[company]\nnames = "株式会社みどり商事"\n')
    assert '["…", "…"]' in refused()


def test_a_file_that_cannot_be_read_is_named(folder):
    (folder / "shoko.toml").write_text("[company\n")
    assert "shoko.toml" in refused()


def test_a_named_file_that_is_not_there_is_not_replaced_by_defaults(folder, monkeypatch):
    monkeypatch.setenv("SHOKO_SETTINGS", str(folder / "gone.toml"))
    assert "gone.toml" in refused()


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("SHOKO_DATABSE_URL", "SHOKO_DATABASE_URL"),
        ("SHOKO_EVIDENSE__AUTHORITY__KIND", "SHOKO_EVIDENCE__AUTHORITY__KIND"),
        ("SHOKO_STORE_KIND", "SHOKO_STORE__KIND"),
        ("SHOKO_ZZZ__KIND", ""),
    ],
)
def test_a_misspelt_variable_is_refused(folder, monkeypatch, variable, meant):
    monkeypatch.setenv(variable, "x")
    told = refused()
    assert variable in told
    assert meant in told
    assert bool(meant) is ("誤りではありませんか" in told)


@pytest.mark.parametrize(
    "variable",
    [
        "SHOKO_PORT",
        "SHOKO_SERVICE_HOST",
        "SHOKO_STORE_SERVICE_PORT",
        "SHOKO_IMAGE",
        "SHOKO_LOG_LEVEL",
        "SHOKO_WEB_HOST",
    ],
)
def test_what_others_set_is_let_be(folder, monkeypatch, variable):
    monkeypatch.setenv(variable, "x")
    assert load_settings().store.kind == "folder"
