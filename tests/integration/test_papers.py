"""The papers that the law wants: made from the settings, an edition for each text, kept and printed."""

import re
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from app.cli.main import command_line
from app.papers.render import PAPERS, issue_papers, style_digest
from app.web.settings import WebSettings
from app.web.wired import application
from domain.errors import CorrectionInvalid
from pipeline.steps.issuing import editions
from pipeline.steps.scanners import record_chart_test, scanners
from tests.support.commands import run_verb
from tests.support.desk import Desk

MIDORI = {"names": ("株式会社みどり商事",), "electronic_rules_from": "2024-01-01"}


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path, company=MIDORI, papers={"manager": "経理部長 山田 <花子>"})
    yield desk
    desk.shoko.close()


def texts(desk):
    return {paper.edition.name: paper.edition.text for paper in issue_papers(desk.shoko, command_line())}


def test_every_paper_says_what_this_installation_is(desk):
    found = texts(desk)
    assert list(found) == list(PAPERS)
    for name, text in found.items():
        assert text.startswith("<!doctype html>"), name
        assert f"<h1>{PAPERS[name]}</h1>" in text
        assert "株式会社みどり商事" in text
        assert "{{" not in text
        assert "None" not in text
        assert "第1版" in text
    outline, rules, scan = (found[name] for name in ("system-outline", "electronic-rules", "scanner-rules"))
    assert "総務大臣認定の時刻認証業務ではない" in outline
    assert "保存先そのものは書換えを禁止しない" in outline
    assert "早期入力方式" in outline
    assert "2024年1月1日から施行する" in rules
    assert "経理部長 山田 &lt;花子&gt;" in rules
    for entry in ("申請日", "取引伝票番号", "取引件名", "取引先名", "訂正・削除日付", "訂正・削除理由", "処理担当者名"):
        assert entry in rules
    assert "おおむね7営業日以内" in scan
    assert "受領した見積書、注文書、検収書は一般書類" in scan
    verbs = re.findall(r"shoko ([a-z]+)</td>", found["operation-manual"])
    assert {"ingest", "search", "correct", "tombstone", "verify", "paper", "papers"} <= set(verbs)


def test_the_same_settings_are_the_same_edition_and_others_are_another(desk, tmp_path):
    first = issue_papers(desk.shoko, command_line())
    size = desk.archive.log_size()
    assert issue_papers(desk.shoko, command_line()) == first
    assert desk.archive.log_size() == size
    other = Desk(tmp_path, company=MIDORI | {"deadline_method": "cycle", "cycle_rules_from": "2026-04-01"})
    second = {paper.edition.name: paper.edition for paper in issue_papers(other.shoko, command_line())}
    assert second["scanner-rules"].number == 2
    assert "業務の処理に係る通常の期間" in second["scanner-rules"].text
    assert "2026年4月1日から施行する" in second["scanner-rules"].text
    assert second["operation-manual"].number == 1
    for listed in other.shoko.store.list_latest("vault", prefix="default/acts/paper-"):
        lock = other.shoko.store.retention("vault", listed.key, version_id=listed.version_id)
        assert lock > other.shoko.clock() + timedelta(days=9 * 365)
        if not listed.key.endswith(".payload.json"):
            manifest = other.shoko.store.get("vault", listed.key)
            assert first[0].edition.digest.value.encode() not in manifest
            assert "山田".encode() not in manifest
    kept = editions(other.shoko, "scanner-rules")
    assert [edition.number for edition in kept] == [1, 2]
    assert kept[0].text == next(p.edition.text for p in first if p.edition.name == "scanner-rules")
    other.is_sound(tmp_path)
    other.shoko.close()


def test_what_is_missing_is_left_to_be_filled_in_and_said(tmp_path):
    bare = Desk(tmp_path)
    found = texts(bare)
    assert '<span class="fill" title="papers.manager">' in found["electronic-rules"]
    assert "施行日を入れるまで効力を持たない" in found["electronic-rules"]
    for name in ("papers.manager", "company.electronic_rules_from", "evidence.authority", "shoko scanner test"):
        assert name in found["binder"]
    bare.shoko.close()


def test_chart_tests_stand_in_the_outline(desk):
    for passed in (False, True):
        record_chart_test(
            desk.shoko, "複合機A", profile="300dpi-color", tested_on=date(2026, 11, 2), passed=passed, by="sato"
        )
    (scanner,) = scanners(desk.shoko)
    assert (scanner.name, scanner.passed, scanner.tested_by) == ("複合機A", True, "sato")
    outline = texts(desk)["system-outline"]
    assert "複合機A" in outline
    assert "4ポイント文字の全てを判読できた" in outline
    for wrong in (
        {"name": " "},
        {"profile": "カラー"},
        {"profile": ""},
        {"tested_on": date(2099, 1, 1)},
    ):
        said = {"name": "複合機A", "profile": "p", "tested_on": date(2026, 11, 2)} | wrong
        with pytest.raises(CorrectionInvalid):
            record_chart_test(desk.shoko, said.pop("name"), passed=True, by="sato", **said)


def test_on_the_command_line_and_on_the_page(desk, tmp_path):
    code, made = run_verb(tmp_path, "papers", tmp_path / "binder")
    assert (code, [paper["paper"] for paper in made]) == (0, list(PAPERS))
    for paper in made:
        assert (tmp_path / "binder" / paper["file"]).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run_verb(tmp_path, "papers", tmp_path / "binder" / made[0]["file"])[0] == 2
    tested = run_verb(tmp_path, "scanner", "test", "複合機A", "--profile", "p", "--tested-on", "2026-11-02")
    assert tested[1][0]["passed"] is True
    assert run_verb(tmp_path, "scanner", "test", "複合機A", "--profile", "p")[0] == 2
    page = TestClient(application(desk.shoko, WebSettings()), base_url="http://127.0.0.1:8710")
    assert "システム概要書" in page.get("/binder").text
    assert len(page.get("/binder.json").json()["papers"]) == len(PAPERS)
    shown = page.get("/binder/operation-manual")
    assert style_digest() in shown.headers["content-security-policy"]
    assert "コマンドの一覧" in shown.text
    assert page.get("/binder/nothing").status_code == 404
