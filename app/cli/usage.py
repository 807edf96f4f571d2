"""What a wrong command line is told: in Japanese what is wrong, beside it what the parser says, and where help is."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import typer

from app.cli.output import err

_ONE_OF = " is not one of "
_NAMED = re.compile(r"'([^']+)'")


def wrong_use(error: Any) -> int:
    """Tell a person what is wrong with the command that they typed; gives the exit code.

    ``error`` is what Typer's parser raises; apart from ``BadParameter`` its kinds have no public names, so they are
    told by what they carry.
    """
    told = error.format_message()
    context = getattr(error, "ctx", None)
    if context is not None and told == context.get_help():  # nothing was asked for
        typer.echo(told, err=True)
        return int(error.exit_code)
    err.print(f"使い方の誤り: {_said(error, told)}", style="red")
    err.print(f"  {told}", style="dim")
    if context is not None:
        err.print(f"使い方は {context.command_path} --help で見られます")
    return int(error.exit_code)


def _said(error: Any, told: str) -> str:
    if isinstance(error, typer.BadParameter):
        if not error.message:
            return f"{_called(error.param)} を指定してください"
        return f"{_called(error.param)} の値が正しくありません{_choices(told)}"
    if hasattr(error, "option_name"):
        possible = getattr(error, "possibilities", None)
        if possible is None:
            return f"{error.option_name} の後に値を指定してください"
        return f"{error.option_name} という指定はありません{_perhaps(sorted(possible))}"
    commands = getattr(error.ctx.command, "commands", None) if getattr(error, "ctx", None) is not None else None
    typed = told.partition("'")[2].partition("'")[0]
    if commands and typed:
        return f"「{typed}」というコマンドはありません{_perhaps(get_close_matches(typed, list(commands)))}"
    return "指定が多すぎるか、足りません"


def _perhaps(names: list[str]) -> str:
    return f"（{'、'.join(names)} の誤りではありませんか）" if names else ""


def _called(param: Any) -> str:
    """A parameter as the person types it, with what it is."""
    if param is None:
        return "指定"
    help_ja = (getattr(param, "help", None) or "").partition(" / ")[0]
    name = param.opts[-1] if param.param_type_name == "option" else ""
    return f"{name}（{help_ja}）" if name and help_ja else name or help_ja or str(param.name)


def _choices(told: str) -> str:
    """What may be chosen, where the parser names it."""
    names = _NAMED.findall(told.partition(_ONE_OF)[2])
    return f"（{'、'.join(names)} から選びます）" if names else ""
