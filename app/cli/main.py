"""Put the verbs together; turn errors into exit codes."""

from __future__ import annotations

import importlib
import logging
import os
import sys

import typer

from app.cli.output import fail
from domain.errors import AppError

VERBS = {
    "demo": ("demo",),
    "up": ("up",),
    "ingest": ("ingest",),
    "read": ("read",),
    "search": ("search",),
    "show": ("show",),
    "correct": ("correct",),
    "divide": ("split", "merge", "separators"),
    "versions": ("tombstone", "rescan", "relate", "received"),
    "paper": ("paper", "ledger"),
    "papers": ("papers", "scanner"),
    "say": ("say",),
    "request": ("request",),
    "approve": ("approve",),
    "law_table": ("law",),
    "journal": ("journal",),
    "verify": ("verify",),
    "export": ("export",),
    "import_table": ("import",),
    "reprocess": ("reprocess",),
    "train": ("train",),
    "withdraw": ("withdraw",),
    "hold": ("hold",),
    "destroy": ("destroy",),
    "users": ("users",),
    "departments": ("departments", "access"),
    "doctor": ("doctor",),
    "bench": ("bench",),
}
"""Modules of this folder and the verbs they add, in the order of the help."""


def command_line(verb: str | None = None) -> typer.Typer:
    """The command line: with every verb, or with one of them, whose module alone is loaded then."""
    cli = typer.Typer(
        name="shoko",
        help="書庫 — 紙を、見つかり・信頼でき・証明できる記録に。 / Paper in, evidence out.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    cli.callback()(lambda: None)  # a verb is said even where there is only one
    modules = [module for module, verbs in VERBS.items() if verb in verbs] or VERBS
    for module in modules:
        importlib.import_module(f"app.cli.{module}").register(cli)
    return cli


def main() -> None:
    """Entry point of ``shoko``."""
    logging.basicConfig(
        level=os.environ.get("SHOKO_LOG_LEVEL", "WARNING"),
        stream=sys.stderr,
        format="%(levelname)s %(name)s: %(message)s",
    )
    try:
        command_line(sys.argv[1] if sys.argv[1:] else None)()
    except AppError as error:
        raise SystemExit(fail(error)) from error
    except KeyboardInterrupt:
        raise SystemExit(130) from None
