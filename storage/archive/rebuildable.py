"""Tables of the archive that only repeat what the append-only ones hold, arranged for search and counting.

Their rows may be replaced, and all of them rebuilt from the newest revisions (``storage.archive.indexing``).
"""

from __future__ import annotations

import sqlalchemy as sa

from storage.archive.columns import Grams, Instant, metadata, search_indexes
from storage.archive.columns import column as _column
from storage.archive.columns import table as _table

AMOUNT_SCALE = 10_000
"""Amounts are kept in ten-thousandths: exact for every currency, and comparable on SQLite, which has no decimals."""
AMOUNT_LIMIT = 9_000_000_000_000_000_000
"""Beyond this an amount is kept as the limit: a search finds it at the end of every range."""

SUMMED = (
    *("documents", "yen", "shown_10", "tax_10", "shown_8", "tax_8", "registered"),
    *("straight", "timed", "within_minute", "within_hour", "within_day", "seconds"),
)
"""What is added up. ``shown_…``: documents that show a rate of tax; ``yen`` leaves out what is no sum of yen."""

search_entry = sa.Table(
    "search_entry",
    metadata,
    _column("client_id"),
    _column("document_id"),
    _column("revision", sa.Integer()),
    _column("document_type"),
    _column("state"),
    _column("origin"),
    _column("transaction_date", sa.Date(), null=True),
    _column("amount_scaled", sa.BigInteger(), null=True),
    _column("received_on", sa.Date()),
    _column("received_on_assumed", sa.Boolean()),
    _column("recorded_at", Instant()),
    _column("key_version", sa.Integer()),
    _column("amount", null=True),
    _column("currency", null=True),
    _column("counterparty", null=True),
    _column("counterparty_key", null=True),
    _column("department", null=True),
    _column("readers", null=True),
    _column("registration_number", null=True),
    # Long columns last: SQLite then filters without reading their overflow pages.
    _column("words_key"),
    _column("body"),
    _column("grams", Grams(), null=True),
    sa.PrimaryKeyConstraint("client_id", "document_id"),
    sa.Index(None, "client_id", "key_version"),
    *search_indexes(),
)
"""One row per document for its newest revision: rebuildable, so its rows may be replaced. Who may see a document is
``department`` and ``readers`` (NULL where it is not confidential); conditions on both stand in ``seeing``."""

likeness = _table(
    "likeness",
    _column("client_id"),
    _column("document_id"),
    _column("band", sa.Integer()),
    _column("value", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "document_id", "band"),
    sa.Index(None, "client_id", "band", "value"),
)
"""By what alike papers are found (``domain.likeness``, and from ``domain.picture_mark.FIRST_BAND`` pictures), for each
document's newest revision: rebuildable as well."""

figure = _table(
    "figure",
    _column("client_id"),
    _column("document_id"),
    _column("filed_at", Instant()),
    _column("filing_seconds", sa.BigInteger(), null=True),
    _column("straight", sa.Boolean()),
    _column("due_on", sa.Date(), null=True),
    _column("taxable_10", sa.BigInteger(), null=True),
    _column("tax_10", sa.BigInteger(), null=True),
    _column("taxable_8", sa.BigInteger(), null=True),
    _column("tax_8", sa.BigInteger(), null=True),
    sa.PrimaryKeyConstraint("client_id", "document_id"),
    sa.Index(None, "client_id", "filed_at"),
    sa.Index(None, "client_id", "due_on"),
)
"""What the dashboard counts of each document's newest revision (``storage.archive.figure_rows``): rebuildable as well.
``straight``: it was first filed without a doubt and without a person. Taxes are yen by rate."""

figure_sum = _table(
    "figure_sum",
    _column("client_id"),
    _column("kind"),
    _column("day", sa.Date()),
    _column("cell"),
    _column("department", null=True),
    _column("readers", null=True),
    _column("state", null=True),
    _column("assumed", sa.Boolean(), null=True),
    _column("document_type", null=True),
    _column("origin", null=True),
    _column("party", null=True),
    *(_column(name, sa.BigInteger()) for name in SUMMED),
    sa.PrimaryKeyConstraint("client_id", "kind", "day", "cell"),
)
"""What documents add up to that are alike in everything a figure asks for, and in who may see them
(``storage.archive.figure_sums``): the dashboard adds these and reads no documents. ``cell`` is a digest of what they
have in common."""

attention = _table(
    "attention",
    _column("client_id"),
    _column("document_id"),
    _column("drop_id"),
    _column("sequence", sa.BigInteger()),
    sa.PrimaryKeyConstraint("client_id", "document_id", "drop_id"),
    sa.Index("ix_attention_sequence", "client_id", "sequence", "drop_id"),
)
"""Drops in which pages of a document came that waits for a person (``storage.archive.attending``), with their place in
the log: rebuildable as well."""

INDEXES = (search_entry, likeness, figure, attention)
"""One row, or some, for each document."""
