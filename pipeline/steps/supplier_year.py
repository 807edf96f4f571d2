"""What was bought in a tax period from a supplier without a registration number, against the cap (law: inv-transition).

The transitional share ends at a sum per supplier and year; the excess gets nothing. The archive knows papers, no deals:
an invoice and its receipt are two papers of one purchase, so the sum of all is the most that it can be, and the largest
sum of one class the least.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from compliance.deduction import capped
from compliance.fiscal_years import fiscal_year_of
from domain.fields import BOOKED
from domain.ids import ISSUED_BY_US, Origin
from domain.query import Query
from domain.suggestion import SupplierYear
from storage.search_sums import totals

if TYPE_CHECKING:
    from compliance.settings import CompanySettings
    from storage.archive.reader import ArchiveReader

_BOUGHT = tuple(origin for origin in Origin if origin not in ISSUED_BY_US)
_YEN = "JPY"


def supplier_year(
    archive: ArchiveReader, counterparty: str, *, on: date, company: CompanySettings
) -> SupplierYear | None:
    """The tax period of a day; None where the law knew no cap then. Of what who asks may see."""
    year = fiscal_year_of(on, settings=company)
    asked = Query(
        counterparty=counterparty,
        counterparty_exact=True,
        registration_blank=True,
        date_from=year.first,
        date_to=year.last,
        origins=_BOUGHT,
    )
    sums = [_sum(archive, replace(asked, document_types=(kind,))) for kind in sorted(BOOKED)]
    most, least = sum(max(one, 0) for one in sums), max(*sums, 0)
    at_most = capped(most, tax_period_start=year.first)
    if at_most.cap_yen is None:
        return None
    return SupplierYear(
        first=year.first,
        last=year.last,
        least_yen=least,
        most_yen=most,
        cap_yen=at_most.cap_yen,
        certain=at_most.certain,
    )


def _sum(archive: ArchiveReader, query: Query) -> int:
    return int(totals(archive, query).sum_in(_YEN))
