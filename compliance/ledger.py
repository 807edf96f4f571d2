"""Papers and books that point to each other (law: scan-book-link)."""

from __future__ import annotations

from datetime import date

from compliance.rulepack import RulePack, load_rulepack
from domain.record import ImportanceClass


def ledger_link_row(importance: ImportanceClass, *, stored_at: date, pack: RulePack | None = None) -> str | None:
    """The row that asks for the link to the books: all documents until 2023, important ones since; None: no duty."""
    rules = pack or load_rulepack()
    if rules.holds("scan.link_books.all", stored_at=stored_at):
        return "scan.link_books.all"
    important = importance is ImportanceClass.IMPORTANT
    if important and rules.holds("scan.link_books.important", stored_at=stored_at):
        return "scan.link_books.important"
    return None
