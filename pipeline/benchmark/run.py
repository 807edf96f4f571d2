"""Measure reading: time by stage, accuracy on held-back and public sets, silent errors, and the ratio to a peer."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import fmean

from domain.engines import FieldContext
from domain.errors import AppError
from domain.fields import DocumentType, FieldSet
from domain.page import TextReading
from domain.record import DropReading
from pipeline.benchmark.accuracy import NAME_TOLERANCE, DocumentScore, score_document
from pipeline.benchmark.corpus import BenchDocument, generated, public_set, source_of
from pipeline.benchmark.exact import failures, judged_fields, silent_failures
from pipeline.benchmark.keeping import Kept
from pipeline.benchmark.peer import pages_as_pdf, run_peer
from pipeline.benchmark.rates import character_error_rate, unordered_error_rate
from pipeline.benchmark.report import BenchReport, PeerResult, ReadDocument, SetResult, summarise
from pipeline.benchmark.settings import DEVELOPMENT, HELD_BACK, VARIED, BenchSettings
from pipeline.steps.read import Reader, read_documents, text_of

Progress = Callable[[str, int, int], None]
"""(what, done, total)."""
EXACT = 1.0
"""Names of our own sets are known exactly."""
TEXT_LAYERS = ("born_digital",)
"""Kinds of which the text layer is read."""
NO_OCR = frozenset({"born_digital", "xml"})
"""Kinds that need no OCR, so that the peer has nothing to measure on them."""


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def run(
    *,
    reader: Reader,
    today: date,
    settings: BenchSettings,
    data_folder: Path | None = None,
    keep: Path | None = None,
    progress: Progress = _quiet,
) -> BenchReport:
    """Read everything once, in this process, and judge it.

    Args:
        reader: engines as they are used in production, one thread.
        today: resolves two-digit years.
        settings: what to measure and how much.
        data_folder: where the public sets are; None leaves them out.
        keep: a folder that keeps documents and what was read of them: the next run with it judges new rules on the
            same texts. Times of reading then say nothing.
        progress: hears about every document.

    Raises:
        ConfigError: held-back documents are asked for and cannot be drawn.
    """
    from samples.generator.checking import held_back_digest  # noqa: PLC0415 - with the generator only

    kept = Kept(folder=keep) if keep is not None else None
    reader = reader_for(settings, reader)
    results: list[SetResult] = []
    left_out: list[str] = []
    peer: PeerResult | None = None
    for name in settings.sets:
        if name in (HELD_BACK, DEVELOPMENT, VARIED):
            made = made_documents(name, settings, kept=kept, progress=progress)
            texts: dict[str, tuple[str, float]] = {}
            documents = read_all(
                name, made, reader=reader, today=today, progress=progress, kept=kept, exact=True, texts=texts
            )
            results.append(summarise(name, "", documents, grouped=True))
            if not settings.text_layers:
                peer = peer or _against_peer(made, texts, settings=settings, progress=progress)
            continue
        folder = None if data_folder is None else data_folder / name
        if folder is None or not (folder / "truth.jsonl").is_file():
            left_out.append(name)
            continue
        files = list(public_set(folder, limit=settings.public_limit))
        documents = read_all(name, files, reader=reader, today=today, progress=progress, kept=kept, exact=False)
        results.append(summarise(name, source_of(folder), documents, grouped=False))
    return BenchReport(
        seed=settings.seed,
        count=settings.count,
        engines=tuple(str(engine) for engine in reader.engines),
        machine=f"{platform.machine()} {platform.system()} Python {platform.python_version()}",
        held_back_digest=held_back_digest(),
        sets=tuple(results),
        peer=peer,
        left_out=tuple(left_out),
    )


def reader_for(settings: BenchSettings, reader: Reader) -> Reader:
    """The reader that a measurement asks for: where text layers are read, OCR sees only what they leave open."""
    return replace(reader, second=None) if settings.text_layers else reader


def made_documents(
    name: str, settings: BenchSettings, *, kept: Kept | None = None, progress: Progress = _quiet
) -> list[BenchDocument]:
    """The documents of a made set, drawn or kept.

    Raises:
        ConfigError: no browser to draw them with.
    """

    def make() -> list[BenchDocument]:
        return generated(
            seed=settings.seed,
            count=settings.count,
            held_back=name == HELD_BACK,
            varied=name == VARIED,
            kinds=TEXT_LAYERS if settings.text_layers else None,
            made=lambda done: progress("draw", done, settings.count),
        )

    called = f"{name}-{settings.seed}-{settings.count}" + ("-text" if settings.text_layers else "")
    return make() if kept is None else kept.documents(called, make)


def read_all(
    name: str,
    documents: Sequence[BenchDocument],
    *,
    reader: Reader,
    today: date,
    exact: bool,
    progress: Progress = _quiet,
    kept: Kept | None = None,
    texts: dict[str, tuple[str, float]] | None = None,
) -> list[ReadDocument]:
    """Read and judge a set; ``texts`` gets what was read of each file, and how many seconds it took."""
    read = []
    if documents:  # the first page pays for loading models: read it once before the clock starts
        _read_one(documents[0], reader=reader, today=today, kept=kept)
    for done, document in enumerate(documents, start=1):
        started = time.perf_counter()
        reading, error = _read_one(document, reader=reader, today=today, kept=kept)
        spent = time.perf_counter() - started
        if texts is not None and reading is not None:
            texts[document.file_name] = ("\n".join(d.text for d in reading.documents), spent)
        read.append(_judged(document, reading, error, exact=exact, listed=name in (DEVELOPMENT, VARIED)))
        progress(name, done, len(documents))
    return read


def _read_one(
    document: BenchDocument, *, reader: Reader, today: date, kept: Kept | None
) -> tuple[DropReading | None, str | None]:
    context = FieldContext(our_companies=document.our_companies, today=today)

    def read() -> TextReading:
        return text_of(document.content, file_name=document.file_name, reader=reader)

    try:
        engines = " ".join(str(engine) for engine in reader.engines[:2])
        text = read() if kept is None else kept.text(document.content, engine=engines, read=read)
        reading = read_documents(document.content, text, unit_id="bench", reader=reader, context=context)
    except AppError as error:
        return None, error.code
    return reading, None


def _judged(
    document: BenchDocument, reading: DropReading | None, error: str | None, *, exact: bool, listed: bool
) -> ReadDocument:
    first = reading.documents[0] if reading and reading.documents else None
    fields = first.fields if first else FieldSet(fields=())
    score: DocumentScore = score_document(
        document.truth,
        document_type=first.classification.label if first else DocumentType.OTHER,
        fields=fields,
        needs_review=first.needs_review if first else True,
        name_tolerance=EXACT if exact else NAME_TOLERANCE,
    )
    truth = document.fields or {}
    judged = judged_fields(DocumentType(document.truth["type"]), truth, fields) if truth else ()
    text = "\n".join(d.text for d in reading.documents) if reading else ""
    got_type = first.classification.label.value if first else None
    return ReadDocument(
        score=score,
        type=str(document.truth["type"]),
        damage=document.damage,
        layout=document.layout,
        pages=max(len(reading.pages), 1) if reading else 1,
        seconds=dict(reading.seconds) if reading else {},
        split_right=reading is not None and len(reading.documents) == 1,
        judged=judged,
        failures=failures(document.file_name, judged, truth, fields, type_right=score.type_right, text=text)
        if listed
        else (),
        silent=silent_failures(score, document.truth, fields, got_type=got_type, text=text),
        error=error,
    )


def peer_pages(documents: Iterable[BenchDocument], limit: int) -> list[BenchDocument]:
    """Single scanned pages whose printed text is known, one kind of damage after the other."""
    scans = [d for d in documents if d.damage not in NO_OCR and d.pages == 1 and d.text]
    return scans[:limit]


def _against_peer(
    documents: Sequence[BenchDocument],
    texts: dict[str, tuple[str, float]],
    *,
    settings: BenchSettings,
    progress: Progress,
) -> PeerResult | None:
    pages = [d for d in peer_pages(documents, settings.peer_pages) if d.file_name in texts]
    if not pages:
        return None
    progress("ocrmypdf", 0, len(pages))
    pdf = pages_as_pdf([(d.file_name, d.content) for d in pages])
    theirs = run_peer(pdf, timeout_seconds=settings.peer_seconds)
    progress("ocrmypdf", len(pages), len(pages))
    if theirs is None or len(theirs.texts) < len(pages):
        return None
    truths = [d.text or "" for d in pages]
    ours = [texts[d.file_name][0] for d in pages]
    spent = sum(texts[d.file_name][1] for d in pages)
    return PeerResult(
        peer=f"ocrmypdf {theirs.version}",
        command=theirs.command,
        pages=len(pages),
        shoko_seconds=spent,
        peer_seconds=theirs.seconds,
        ratio=spent / theirs.seconds,
        shoko_character_errors=fmean(map(character_error_rate, truths, ours)),
        peer_character_errors=fmean(map(character_error_rate, truths, theirs.texts)),
        shoko_unordered_errors=fmean(map(unordered_error_rate, truths, ours)),
        peer_unordered_errors=fmean(map(unordered_error_rate, truths, theirs.texts)),
    )
