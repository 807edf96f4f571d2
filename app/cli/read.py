"""``shoko read``: read files without filing them (DESIGN §6.3)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.home import settings_for
from app.cli.options import Json
from app.cli.output import SOMETHING_WRONG, err, out, print_json, table, write_file
from domain.calendar import tokyo_day, utc_now
from domain.errors import AppError, ConfigError
from domain.fields import FIELDS, Field, fields_for, value_to_plain
from domain.geometry import Transform, quarter_turn
from domain.labels import DOCUMENT_TYPES, REVIEW_REASONS
from domain.record import DocumentReading, DropReading
from pipeline.steps.suggesting import suggest_unfiled, suggestion_plain

if TYPE_CHECKING:
    from domain.geometry import Box
    from domain.record import ReadExtract
    from pipeline.reading_pool import ReadingPool


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("read", help="保管せずに読み取ります / read without filing")
    def read_verb(
        files: Annotated[list[Path], typer.Argument(help="ファイル / files")],
        our_company: Annotated[
            list[str] | None, typer.Option("--our-company", help="自社名（繰り返し可） / our name (repeatable)")
        ] = None,
        searchable: Annotated[
            Path | None,
            typer.Option(
                "--searchable-pdf",
                help="検索できるPDF (PDF/A) を書き出します（ファイルは1つ） / write a searchable PDF/A of one file",
                show_default=False,
            ),
        ] = None,
        json: Json = False,
    ) -> None:
        from pipeline.reading_pool import ReadingPool

        if searchable is not None and len(files) != 1:
            raise ConfigError(
                "--searchable-pdf takes one file", message_ja="--searchable-pdf ではファイルを1つだけ指定してください"
            )

        settings = settings_for(None)
        companies = tuple(our_company or ()) or settings.company.names
        reading = settings.reading.model_copy(update={"workers": min(settings.reading.workers, len(files))})
        failed = False
        with ReadingPool(settings=settings.model_copy(update={"reading": reading})) as pool:
            for lines in _all(pool, files, companies, searchable):
                failed = failed or "error" in lines[0]
                if json:
                    print_json(*lines)
                else:
                    _print(lines)
        if failed:
            raise typer.Exit(SOMETHING_WRONG)


def _all(
    pool: ReadingPool, files: list[Path], companies: tuple[str, ...], searchable: Path | None
) -> Iterator[list[dict[str, Any]]]:
    now = utc_now()
    today = tokyo_day(now)

    def one(path: Path) -> list[dict[str, Any]]:
        name = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        try:
            if searchable is None:
                return lines_for(name, pool.read_file(path, our_companies=companies, today=today))
            reading, content = pool.searchable_file(path, our_companies=companies, today=today, made_at=now)
            write_file(searchable, content)
            return lines_for(name, reading)
        except AppError as error:
            return [{"file": name, "error": {"code": error.code, "message": f"{error.message_ja} / {error.message}"}}]

    with ThreadPoolExecutor(max_workers=pool.settings.reading.workers) as threads:
        yield from threads.map(one, files)


def lines_for(name: str, reading: DropReading) -> list[dict[str, Any]]:
    """One plain JSON object per document found."""
    if not reading.documents:
        fault = reading.faults[0] if reading.faults else None
        message = f"{fault.message_ja} / {fault.message}" if fault else "読み取れる内容がありません / nothing to read"
        return [{"file": name, "error": {"code": fault.code if fault else "damaged", "message": message}}]
    return [_line(name, reading, document) for document in reading.documents]


def _line(name: str, reading: DropReading, document: DocumentReading) -> dict[str, Any]:
    places = [_place(reading, page.unit_id, page.page_index) for page in document.pages]
    indices = [place.page_index for place in places]
    place = places[0] if places else None
    attachment = place.attachment if place else None
    region = (place.region if place else None) or (document.pages[0].region if document.pages else None)
    kind = document.classification.label
    return {
        "file": name,
        **({"attachment": attachment.name} if attachment else {}),
        "pages": [i + 1 for i in indices],
        "region": region.as_list() if region else None,
        "document_type": kind.value,
        "type_confidence": round(document.classification.confidence, 4),
        "fields": {n: field_plain(_on_page(document.fields.get(n), document, reading)) for n in fields_for(kind)},
        "checks": [{"name": c.name, "outcome": c.outcome.value} for c in document.checks],
        "needs_review": document.needs_review,
        "review_reasons": [f"{r.code}:{r.field}" if r.field else r.code for r in document.review_reasons],
        "suggestion": suggestion_plain(suggest_unfiled(document)),
        "text": document.text,
        "pages_read": [
            {
                "page": p.page_index + 1,
                "width_px": p.width_px,
                "height_px": p.height_px,
                "dpi": round(p.dpi),
                "rotation_degrees": p.rotation_degrees,
            }
            for p in (attachment.rendered if attachment else reading.pages)
            if p.page_index in indices
        ],
        "seconds": {n: round(s, 4) for n, s in reading.seconds.items()},
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a page of a document lies in the file that was read."""

    page_index: int
    region: Box | None = None
    """Part of the page, where the paper was cut out of it."""
    attachment: ReadExtract | None = None
    """The attachment that the page is counted in."""


def _place(reading: DropReading, unit_id: str, page_index: int) -> _Place:
    taken = {extract.unit_id: extract for extract in reading.extracts}
    region: Box | None = None
    while unit_id in taken:
        source = taken[unit_id].extract
        if source.pages:
            page_index = source.pages[page_index]
        elif source.region is not None:
            page_index, region = source.page_index, source.region
        else:
            return _Place(page_index=page_index, region=region, attachment=taken[unit_id])
        unit_id = source.of_unit_id
    return _Place(page_index=page_index, region=region)


def _on_page(field: Field | None, document: DocumentReading, reading: DropReading) -> Field | None:
    """A field with its boxes on the pages of the file that was read."""
    if field is None or not document.pages:
        return field
    ref = document.pages[0]
    sources = []
    for source in field.sources:
        place = _place(reading, source.unit_id or ref.unit_id, source.page_index)
        boxes = source.boxes
        if place.region is not None:
            sides = (ref.width_px, ref.height_px)
            width, height = sides if ref.rotation_degrees % 180 == 0 else sides[::-1]
            left, top = float(place.region.left), float(place.region.top)
            shift = Transform(matrix=(1.0, 0.0, left, 0.0, 1.0, top, 0.0, 0.0, 1.0))
            turn = quarter_turn(ref.rotation_degrees, width_px=width, height_px=height)
            boxes = tuple(turn.inverse().then(shift).box(box) for box in boxes)
        sources.append(replace(source, page_index=place.page_index, boxes=boxes))
    return replace(field, sources=tuple(sources))


def field_plain(field: Field | None) -> dict[str, Any]:
    """``{"value": null}`` where the document does not carry it."""
    if field is None or field.value is None:
        return {"value": None}
    source = field.sources[0] if field.sources else None
    return {
        "value": value_to_plain(field.value),
        "raw": field.raw_text,
        "page": source.page_index + 1 if source else None,
        "boxes": [b.as_list() for b in source.boxes] if source else [],
        "confidence": round(field.confidence, 4),
        "source": field.engine.name,
    }


def _print(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        if "error" in line:
            err.print(f"{line['file']}: {line['error']['message']}", style="red")
            continue
        kind = next(label[0] for t, label in DOCUMENT_TYPES.items() if t.value == line["document_type"])
        pages = ",".join(map(str, line["pages"]))
        rows = [
            (FIELDS[n].label_ja, f["value"], f.get("raw"), f"{f['confidence']:.2f}")
            for n, f in line["fields"].items()
            if f["value"] is not None
        ]
        heading = f"{line['file']} p.{pages}  {kind} ({line['type_confidence']:.2f})"
        out.print(table(heading, (("項目", "left"), ("値", "left"), ("原文", "left"), ("確信度", "right")), rows))
        for reason in line["review_reasons"]:
            code, _, field = reason.partition(":")
            label = REVIEW_REASONS.get(code, (code, code))[0]
            out.print(f"  要確認: {label}{f'（{FIELDS[field].label_ja}）' if field in FIELDS else ''}", style="yellow")
