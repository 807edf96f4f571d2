"""By what a document must be found, and who need not offer it (law: search-fields, et-search, et-search-exempt)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from compliance.fiscal_years import base_period, base_period_sales
from compliance.rulepack import RulePack, load_rulepack
from compliance.settings import CompanySettings


class SearchDuty(StrEnum):
    """How much searching the law asks for."""

    FULL = "full"
    """Date, amount and counterparty; ranges of the first two; any two together."""
    ITEMS = "items"
    """The three items; ranges and combinations fall away with readiness for a download request."""
    NONE = "none"
    """Download readiness together with small sales, or with sorted prints."""
    OLD_ITEMS = "old_items"
    """Scans stored before 2022: the main items of that time, account titles among them."""


def scan_search_duty(stored_at: date, *, download_ready: bool, pack: RulePack | None = None) -> SearchDuty:
    """For scans, by the day of storing.

    Raises:
        ConfigError: the rules know no duty of that day.
    """
    rules = pack or load_rulepack()
    if rules.holds("scan.search.old_items", stored_at=stored_at):
        return SearchDuty.OLD_ITEMS
    rules.get("scan.search.three_items", stored_at=stored_at)
    return SearchDuty.ITEMS if download_ready else SearchDuty.FULL


def electronic_search_duty(
    transaction_date: date,
    *,
    base_period_sales_yen: int | None,
    no_base_period: bool = False,
    sorted_prints: bool = False,
    download_ready: bool = False,
    pack: RulePack | None = None,
) -> SearchDuty:
    """For electronic transactions, by their own day (law: et-search-exempt).

    ``base_period_sales_yen`` is of two years before, net of tax; None where nobody said it: then no exemption follows
    from it. A business that did not exist then (``no_base_period``) is exempt like one with small sales.
    """
    rules = pack or load_rulepack()
    if not download_ready:
        return SearchDuty.FULL
    sales = rules.find("et.search_exempt.sales", transaction_date=transaction_date)
    small = base_period_sales_yen is not None and (
        sales is not None and base_period_sales_yen <= sales.number("base_period_sales_yen")
    )
    if small or (sales is not None and no_base_period):
        return SearchDuty.NONE
    if sorted_prints and rules.holds("et.search_exempt.sorted_print", transaction_date=transaction_date):
        return SearchDuty.NONE
    return SearchDuty.ITEMS


def electronic_search_duty_of(
    transaction_date: date, *, settings: CompanySettings, pack: RulePack | None = None
) -> SearchDuty:
    """The same by the company's facts."""
    return electronic_search_duty(
        transaction_date,
        base_period_sales_yen=base_period_sales(transaction_date, settings=settings),
        no_base_period=not base_period(transaction_date, settings=settings),
        sorted_prints=settings.sorted_prints,
        download_ready=settings.download_ready,
        pack=pack,
    )
