"""How verbs print: tables for people on stdout, or JSON Lines; messages and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from domain.errors import AppError, ConfigError
from domain.evidence import Outcome, Report
from domain.os_words import why_ja

out = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)
"""Neither reads markup: what is printed comes from documents, and a shop may be called [/]. Sentences are left to the
terminal to wrap: a command or a path in them is copied whole. Tables keep to the terminal's width."""

DONE = 0
SOMETHING_WRONG = 1
WRONG_USE = 2
INDETERMINATE = 3

OUTCOME_JA = {Outcome.PASSED: "合格", Outcome.FAILED: "不合格", Outcome.INDETERMINATE: "判定不能"}


def print_json(*rows: object) -> None:
    """One JSON value per line."""
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def table(title: str | None, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> Table:
    """A table; columns are (heading, justify)."""
    made = Table(title=title, title_justify="left", header_style="bold", expand=False)
    for heading, justify in columns:
        made.add_column(heading, justify=justify, overflow="fold", no_wrap=justify == "right")  # type: ignore[arg-type]  # left, right, center
    for row in rows:
        made.add_row(*(("" if cell is None else str(cell)) for cell in row))
    return made


def tenths(what: str) -> Callable[[int, int], None]:
    """Says on the error stream at every tenth how far work is; also where another display runs, or nobody watches."""
    said = -1

    def tell(done: int, total: int) -> None:
        nonlocal said
        if 10 * done // max(total, 1) != said:
            said = 10 * done // max(total, 1)
            err.print(f"{what}… {done:,}/{total:,} 件")

    return tell


@contextmanager
def counted(what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Progress on the terminal's error stream: gives a function of (done, of how many)."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)


def write_file(path: Path, content: bytes) -> None:
    """Write what a person asked for.

    Raises:
        ConfigError: the path cannot be written.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}",
            message_ja=f"{path} に書き出せません（{why_ja(error)}）",
        ) from error


def read_file(path: Path, *, most_bytes: int) -> bytes:
    """Read what a person named, and one byte more than may be read of a larger file.

    Raises:
        ConfigError: the path cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(most_bytes + 1)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}", message_ja=f"{path} を読めません（{why_ja(error)}）"
        ) from error


def fail(error: AppError) -> int:
    """Tell a person what happened; gives the exit code."""
    err.print(f"エラー [{error.code}]: {error.message_ja}", style="red")
    if error.message != error.message_ja:
        err.print(f"  {error.message}", style="dim")
    return error.exit_code


def exit_code_of(report: Report) -> int:
    """0 passed, 1 failed, 3 indeterminate (DESIGN §6.2)."""
    return {Outcome.PASSED: DONE, Outcome.FAILED: SOMETHING_WRONG, Outcome.INDETERMINATE: INDETERMINATE}[report.outcome]


def yen(amount: object, currency: str | None) -> str:
    """¥1,234, or the amount with its currency code."""
    if amount is None:
        return ""
    return f"¥{int(str(amount)):,}" if currency in {None, "JPY"} else f"{amount} {currency}"
