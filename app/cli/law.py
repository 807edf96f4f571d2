"""How the law's verdict on a document is printed: by verdict, with what to do and by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.output import out
from domain.compliance import PAPER_STATES, VERDICTS, Line, PaperState, Verdict
from domain.labels import LAW_RULES

if TYPE_CHECKING:
    from pipeline.steps.compliance import Standing

_STYLES = {Verdict.NOT: "red", Verdict.NOT_YET: "yellow", Verdict.COMPLIANT: "dim"}


def line_words(line: Line) -> str:
    """The rule, what was found, what to do and by when."""
    rule = LAW_RULES.get(line.rule, (line.rule, line.rule))[0]
    todo = f" → {line.todo[0]}" if line.todo else ""
    due = f"（{line.due} まで）" if line.due else ""
    doubt = f"（要確認: {line.in_doubt}）" if line.in_doubt else ""
    return f"{rule}: {line.what[0]}{todo}{due}{doubt} [{line.rule}]"


def print_standing(standing: Standing) -> None:
    """The verdict, then its lines, the worst first; then the paper."""
    status = standing.status
    out.print(f"  法令要件: {VERDICTS[status.verdict][0]}（{status.as_of} 現在）", style=_STYLES[status.verdict])
    for verdict in (Verdict.NOT, Verdict.NOT_YET, Verdict.COMPLIANT):
        for line in status.of(verdict):
            out.print(f"    {VERDICTS[verdict][0]} {line_words(line)}", style=_STYLES[verdict])
    if standing.paper.state is not PaperState.NO_PAPER:
        out.print(f"  紙の原本: {PAPER_STATES[standing.paper.state][0]}")
        for line in standing.paper.reasons:
            out.print(f"    {line_words(line)}", style="dim")
