from __future__ import annotations

import json

from typer.testing import CliRunner

from app.cli.law_table import BASES, CERTAINTIES
from app.cli.main import command_line
from compliance.packfile import Basis, Certainty


def test_every_basis_and_certainty_has_words():
    assert set(BASES) == set(Basis)
    assert set(CERTAINTIES) == set(Certainty)


def test_the_rules_of_a_day_with_their_source():
    done = CliRunner().invoke(command_line("law"), ["law", "--on", "2023-07-29", "--json"])
    rows = {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert rows["scan.timestamp.jadac"]["valid_to"] == "2023-07-29"
    assert rows["ctax.rate.standard"]["parameters"] == {"percent": 10}
    assert all(row["source"] and row["on"] == "2023-07-29" for row in rows.values())
    assert "inv.qualified" not in rows


def test_what_is_to_come_is_said_to_be_unconfirmed():
    shown = CliRunner().invoke(command_line("law"), ["law", "--on", "2026-11-21"]).stdout
    said = "".join(shown.partition("2027-04-01")[2].split())  # whatever the width at which lines are broken
    told = said[: said.index("ctax.rate.food_temp") + 40]
    assert "始まる" in told
    assert "要確認" in told
