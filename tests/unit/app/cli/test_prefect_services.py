"""What runs at night is set up until it stands, and nobody reads of Python classes when it does not."""

import subprocess

from app.cli import prefect_services
from app.cli.prefect_services import PrefectServices


def test_deployments_are_tried_again_until_they_stand(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(prefect_services, "AGAIN_SECONDS", 0)
    services = PrefectServices(data_folder=tmp_path, project_folder=tmp_path, port=1)
    done, slow = [], iter([True, True, False])

    def run(*arguments):
        done.append(arguments[0])
        if arguments[0] == "--no-prompt" and next(slow):
            raise subprocess.TimeoutExpired("prefect", 1)

    monkeypatch.setattr(PrefectServices, "_run", lambda _, *arguments: run(*arguments))
    monkeypatch.setattr(PrefectServices, "_spawn", lambda _, name, *__: done.append(name))
    services._follow()
    assert done == ["work-pool", "--no-prompt"] * 3 + ["prefect-worker"]
    assert [record.getMessage().partition("（")[0] for record in caplog.records] == [
        "夜間の検証などの定期処理をまだ準備できません"
    ] * 2


def test_nothing_is_tried_once_all_stops(tmp_path, monkeypatch):
    services = PrefectServices(data_folder=tmp_path, project_folder=tmp_path, port=1)
    services.stop()
    monkeypatch.setattr(PrefectServices, "_run", lambda *_: 1 / 0)
    services._follow()
