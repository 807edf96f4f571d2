"""Put the verbs together; turn errors into exit codes."""

from __future__ import annotations

import logging
import os
import sys

import typer

from app.cli import (
    approve,
    bench,
    correct,
    demo,
    departments,
    destroy,
    divide,
    doctor,
    export,
    hold,
    import_table,
    ingest,
    law_table,
    paper,
    papers,
    read,
    reprocess,
    request,
    say,
    search,
    show,
    train,
    up,
    users,
    verify,
    versions,
    withdraw,
)
from app.cli.output import fail
from domain.errors import AppError

cli = typer.Typer(
    name="shoko",
    help="書庫 — 紙を、見つかり・信頼でき・証明できる記録に。 / Paper in, evidence out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (
    demo,
    up,
    ingest,
    read,
    search,
    show,
    correct,
    divide,
    versions,
    paper,
    papers,
    say,
    request,
    approve,
    law_table,
    verify,
    export,
    import_table,
    reprocess,
    train,
    withdraw,
    hold,
    destroy,
    users,
    departments,
    doctor,
    bench,
):
    module.register(cli)


def main() -> None:
    """Entry point of ``shoko``."""
    logging.basicConfig(
        level=os.environ.get("SHOKO_LOG_LEVEL", "WARNING"),
        stream=sys.stderr,
        format="%(levelname)s %(name)s: %(message)s",
    )
    try:
        cli()
    except AppError as error:
        raise SystemExit(fail(error)) from error
    except KeyboardInterrupt:
        raise SystemExit(130) from None
