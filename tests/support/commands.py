"""The command line, run inside this process: quick, with the same exit codes."""

import json

from typer.testing import CliRunner

from app.cli.main import command_line
from domain.errors import AppError


def run_verb(home, *arguments):
    """Exit code and the JSON lines of one verb on an installation."""
    result = CliRunner().invoke(command_line(arguments[0]), [*map(str, arguments), "--json", "--home", str(home)])
    code = result.exit_code
    if isinstance(result.exception, AppError):
        code = result.exception.exit_code
    elif result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return code, [json.loads(line) for line in result.stdout.splitlines()]


def shown_verb(home, *arguments):
    """What one verb prints for people."""
    return CliRunner().invoke(command_line(arguments[0]), [*map(str, arguments), "--home", str(home)]).stdout
