"""A sentence of a search as this company means it: by its fiscal years, counterparties, own names and departments."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from compliance.fiscal_years import fiscal_year_of
from domain.calendar import tokyo_day
from domain.companies import company_key
from domain.sentence import Understood, understand
from pipeline.steps.access import departments
from storage.search_sums import is_known_name

if TYPE_CHECKING:
    from pipeline.wiring import Shoko


def understood(shoko: Shoko, sentence: str) -> Understood:
    """The conditions of a sentence, by today's date and of what ``shoko`` may see."""
    archive, company = shoko.archive, shoko.company
    ours = {company_key(name) for name in company.names} - {""}
    return understand(
        sentence,
        today=tokyo_day(shoko.clock()),
        fiscal_end=lambda day: fiscal_year_of(day, settings=company).last,
        known_party=lru_cache(maxsize=256)(lambda name: is_known_name(archive, name)),
        is_us=lambda name: company_key(name) in ours,
        departments=tuple(departments(shoko).values()),
    )
