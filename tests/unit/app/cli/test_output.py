"""What documents say is printed as it is: nothing in it is taken for the terminal's own markup."""

import pytest

from app.cli import output
from domain.errors import ConfigError

HOSTILE = "[/]株式会社[red]赤[/red]:smile:[link=file:///]"


def test_the_code_of_an_error_is_printed(capsys):
    assert output.fail(ConfigError("no such file", message_ja=f"{HOSTILE} がありません")) == ConfigError.exit_code
    said = "".join(capsys.readouterr().err.split("\n"))
    assert f"エラー [{ConfigError.code}]: {HOSTILE} がありません" in said
    assert "no such file" in said


@pytest.mark.parametrize("printer", [output.out, output.err])
def test_names_with_brackets_stand_in_a_table_as_they_are(printer):
    with printer.capture() as caught:
        printer.print(output.table(HOSTILE, (("取引先", "left"),), ((HOSTILE,),)))
    assert caught.get().count(HOSTILE) == 2
