"""Put the verbs together; turn errors into exit codes."""

from __future__ import annotations

import importlib
import logging
import os
import sys

import typer

from app.cli.output import DONE, err, fail
from app.cli.usage import wrong_use
from domain.errors import AppError, StoreUnavailable
from domain.os_words import why_ja

logger = logging.getLogger(__name__)

INTERRUPTED = 130
"""What shells say of a command that Ctrl-C ended."""

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
    raise SystemExit(_run())


def _run() -> int:
    """Run the verb; whatever goes wrong is told in words, and the exit code says of what kind it was."""
    try:
        code = command_line(sys.argv[1] if sys.argv[1:] else None)(prog_name="shoko", standalone_mode=False)
    except AppError as error:
        return fail(error)
    except typer.TyperException as error:
        return wrong_use(error)
    except (KeyboardInterrupt, typer.Abort):
        err.print("中止しました")
        return INTERRUPTED
    except OSError as error:
        logger.debug("refused by the system", exc_info=True)
        return fail(_of_system(error))
    except Exception as error:
        logger.debug("unexpected", exc_info=True)  # nobody in an office reads a traceback
        return fail(
            AppError(
                f"{type(error).__name__}: {error}",
                message_ja="思いがけない誤りで止まりました。保存済みの原本と記録はそのままです。"
                "同じことが続くときは、SHOKO_LOG_LEVEL=DEBUG を付けて実行した出力を管理者か開発元に渡してください",
            )
        )
    return code if isinstance(code, int) else DONE


def _of_system(error: OSError) -> AppError:
    """The operating system's refusal, with the file that it is about."""
    what = f"{error.filename}: " if error.filename else ""
    return StoreUnavailable(
        f"{what}{error.strerror or error}",
        message_ja=f"{what}{why_ja(error)}。直してからもう一度実行してください。保存済みの原本と記録はそのままです",
    )
