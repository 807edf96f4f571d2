"""The small set that is committed under ``samples/set``: at least one document of each class, many kinds of wear."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from domain.fields import DocumentType
from samples.generator.making import XML, Sample, make
from samples.generator.printer import Printer

_T = DocumentType
SET = Path(__file__).parents[1] / "set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One document of the set."""

    document_type: DocumentType
    slug: str
    layout: str | None
    damage: str
    seed: int
    proves: str
    """What it is there for."""
    origin: str = "paper"
    """Inbox folder."""


def _e(  # noqa: PLR0917 - rows of a table
    kind: DocumentType, slug: str, layout: str | None, damage: str, seed: int, proves: str
) -> Entry:
    origin = "electronic" if damage in ("born_digital", XML) else "paper"
    return Entry(document_type=kind, slug=slug, layout=layout, damage=damage, seed=seed, proves=proves, origin=origin)


ENTRIES: tuple[Entry, ...] = (
    _e(_T.RECEIPT, "till-scan", "till", "scan200", 121, "a till receipt with both tax rates and a discount"),
    _e(_T.RECEIPT, "till-faded", "till_boxed", "fade", 102, "thermal paper that fades"),
    _e(_T.RECEIPT, "till-photo", "till", "photo", 103, "a phone photo on a desk"),
    _e(_T.RECEIPT, "written-seal", "written", "scan200", 104, "a receipt form with a seal over the name"),
    _e(_T.RECEIPT, "ticket-skewed", "ticket", "skew", 101, "a parking ticket with two times, fed askew"),
    _e(_T.RECEIPT, "web-pdf", "web", "born_digital", 106, "a receipt downloaded from a web shop"),
    _e(_T.INVOICE, "classic-scan", "classic", "scan200", 201, "the usual ruled invoice"),
    _e(_T.INVOICE, "modern-pdf", "modern", "born_digital", 213, "a born-digital invoice with both tax rates"),
    _e(_T.INVOICE, "statement-carried", "statement", "scan200", 208, "a balance brought forward: 今回御請求額 counts"),
    _e(_T.INVOICE, "letterhead-fax", "letterhead", "fax", 204, "a fax in one bit per pixel (TIFF G4)"),
    _e(_T.INVOICE, "slip-folded", "slip", "fold", 205, "a folded slip on A5"),
    _e(_T.INVOICE, "jp-pint", "classic", XML, 206, "a JP PINT e-invoice read as data"),
    _e(_T.INVOICE, "scan-pdf", "classic", "scan_pdf", 207, "a scanned PDF without text layer"),
    _e(_T.CONTRACT, "articles-multipage", "articles", "born_digital", 301, "a contract on several pages"),
    _e(_T.CONTRACT, "schedule-stamp", "schedule", "scan_pdf", 310, "terms in a table and a revenue stamp"),
    _e(_T.CONTRACT, "schedule-bleed", "schedule", "bleed", 304, "the other side shows through"),
    _e(_T.QUOTATION, "modern-scan", "modern", "scan200", 401, "validity is not the date"),
    _e(_T.QUOTATION, "letterhead-pdf", "letterhead", "born_digital", 402, "a born-digital quotation"),
    _e(_T.PURCHASE_ORDER, "classic-scan", "classic", "scan200", 501, "delivery day is not the date"),
    _e(_T.DELIVERY_NOTE, "slip-scan", "slip", "scan200", 601, "a delivery slip"),
    _e(_T.INSPECTION, "classic-noise", "classic", "noise", 701, "a dirty glass"),
    _e(_T.PAYMENT_STATEMENT, "statement-scan", "statement", "scan200", 801, "deductions; the day of payment is due"),
    _e(_T.CREDIT_NOTE, "letterhead-light", "letterhead", "light", 901, "uneven light"),
    _e(_T.OTHER, "letter-scan", "plain", "scan200", 1002, "a covering letter that is none of the classes"),
)


def received_on(sample: Sample) -> date:
    """Some working day after the printed date."""
    fields = sample.truth["fields"]
    printed = fields["transaction_date"] if isinstance(fields, dict) else None
    return date.fromisoformat(str(printed)) + timedelta(days=3)


def write_committed(folder: Path = SET) -> tuple[Path, ...]:
    """Write the whole set: ``<class>/<slug>/{source.*, about.toml, expected/fields.json}``."""
    written = []
    with Printer() as printer:
        for entry in ENTRIES:
            sample = make(
                entry.seed,
                document_type=entry.document_type,
                layout=entry.layout,
                damage=entry.damage,
                printer=printer,
            )
            place = folder / entry.document_type.value / entry.slug
            (place / "expected").mkdir(parents=True, exist_ok=True)
            source = place / f"source{sample.suffix}"
            source.write_bytes(sample.content)
            (place / "about.toml").write_text(about(entry, sample), encoding="utf-8")
            truth = json.dumps(sample.truth, ensure_ascii=False, indent=1)
            (place / "expected" / "fields.json").write_text(truth + "\n", encoding="utf-8")
            written.append(source)
    return tuple(written)


def table() -> str:
    """The table of ``samples/README.md``."""
    rows = ["| document | inbox folder | what it is there for |", "|---|---|---|"]
    rows += [f"| `{e.document_type.value}/{e.slug}` | `{e.origin}/` | {e.proves} |" for e in ENTRIES]
    return "\n".join(rows) + "\n"


def about(entry: Entry, sample: Sample) -> str:
    """``about.toml`` of a document."""
    rows = {
        "document_type": entry.document_type.value,
        "origin": entry.origin,
        "received_on": received_on(sample).isoformat(),
        "proves": entry.proves,
        "layout": str(sample.truth["layout"]),
        "damage": entry.damage,
        "made_by": f"samples.generator, seed {entry.seed}",
        "licence": "Apache-2.0",
    }
    return "".join(f'{key} = "{value}"\n' for key, value in rows.items())
