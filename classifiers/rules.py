"""``rules.v1``: the class of a document from its heading (words, size, place) and from telling phrases of its body."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from classifiers.headings import HEADINGS, PHRASES
from domain.fields import DocumentType
from domain.geometry import union
from domain.page import EngineId, Line, PageText
from domain.record import Classification

_ENGINE = EngineId(name="rules.v1", version="1")
_HEAD_LINES = 0.35
"""Upper share of the first page in which a heading counts in full; lower it counts less."""
_LONG = 34
"""Characters from which a line is a sentence and no heading."""
_TITLE = 20
_ALSO_AN_INVOICE = re.compile(r"請求書兼|兼.{0,2}請求書")
"""Longest heading that may have words before its telling end."""
_GAP = 1.2
"""Line heights between two words from which they stand in different columns."""
_CLEAR_HEADING = 0.7
"""Score from which a line is the heading of a document that begins on its page."""
_PHRASE_CAP = 1.6
"""All phrases of one class together count at most this much."""
_SLIP_RATIO = 1.55
"""Height to width from which the text block is a till slip rather than a sheet (A4 is 1.41)."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    score: float
    reason: str


class RuleClassifier:
    """Pure and without state; see the module."""

    @property
    def engine_id(self) -> EngineId:
        """Name and version of the rules."""
        return _ENGINE

    def classify(self, texts: Sequence[PageText]) -> Classification:
        """Class, confidence and the words that decided; OTHER with low confidence where nothing speaks."""
        spoken = cues_of(texts)
        if spoken is None:
            return Classification(label=DocumentType.OTHER, confidence=0.0, reasons=("no_text",), engine=_ENGINE)
        scores, reasons = spoken.scores, spoken.reasons
        if not scores:
            return Classification(label=DocumentType.OTHER, confidence=0.3, reasons=("no_cue",), engine=_ENGINE)
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        label, best = ranked[0]
        second = ranked[1][1] if len(ranked) > 1 else 0.0
        confidence = _confidence(best, second)
        if best < 0.5:
            return Classification(
                label=DocumentType.OTHER, confidence=0.3, reasons=tuple(reasons[label][:3]), engine=_ENGINE
            )
        return Classification(
            label=label, confidence=confidence, reasons=tuple(dict.fromkeys(reasons[label]))[:4], engine=_ENGINE
        )


def create(*, model_folder: Path | None = None) -> RuleClassifier:
    """The factory behind the entry point; rules need no model."""
    del model_folder
    return RuleClassifier()


@dataclass(frozen=True, slots=True)
class Cues:
    """What speaks for each class, and in which words."""

    scores: dict[DocumentType, float]
    reasons: dict[DocumentType, list[str]]


def cues_of(texts: Sequence[PageText]) -> Cues | None:
    """Scores of headings and phrases by class, with their reasons; None where there is no text."""
    scores: dict[DocumentType, float] = {}
    reasons: dict[DocumentType, list[str]] = {}
    pages = [t for t in texts if t.lines]
    if not pages:
        return None
    for weight, page in zip((1.0, 0.2, 0.2), pages, strict=False):
        for label, evidence in _headings(page).items():
            scores[label] = scores.get(label, 0.0) + weight * evidence.score
            reasons.setdefault(label, []).append(evidence.reason)
    for label, evidence in _phrases(pages).items():
        scores[label] = scores.get(label, 0.0) + evidence.score
        reasons.setdefault(label, []).append(evidence.reason)
    _settle_slips(pages, scores, reasons)
    return Cues(scores, reasons)


def heading_of(page: PageText) -> DocumentType | None:
    """The class that a page's own heading names, or None where no line is clearly a heading."""
    found = _headings(page)
    if not found:
        return None
    label = max(found, key=lambda k: found[k].score)
    return label if found[label].score >= _CLEAR_HEADING else None


def compact(text: str) -> str:
    """NFKC, no spaces, lower case: what the patterns look at."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _confidence(best: float, second: float) -> float:
    strength = min(best / 1.6, 1.0)
    margin = (best - second) / max(best, 0.01)
    return round(max(0.2, min(0.99, 0.45 + 0.35 * strength + 0.35 * min(margin / 0.5, 1.0) - 0.15 * (best < 0.9))), 3)


def _headings(page: PageText) -> dict[DocumentType, _Evidence]:
    lines = list(joined_pieces(page.rows))
    if not lines:
        return {}
    body = median(height_of(line) for line, _ in lines)
    top = min(line.box.top for line, _ in lines)
    bottom = max(line.box.bottom for line, _ in lines)
    found: dict[DocumentType, _Evidence] = {}
    for line, text in lines:
        plain = text.strip("#*=-・■□◆【】[]「」<>_|.:")
        if not plain or len(plain) > _LONG + 20:
            continue
        for cue in HEADINGS:
            match = cue.pattern.search(plain)
            if not match:
                continue
            # 業務委託契約書: what stands before a closing 書 belongs to the heading.
            # 請求書兼納品書 and 納品書兼請求書 are invoices: they are what is paid and booked. No other double title is
            # decided here: 請求書兼領収書 says that it has been paid.
            double = "納品書" in plain and _ALSO_AN_INVOICE.search(plain) is not None
            closing = (match.end() == len(plain) or double) and len(plain) <= _TITLE
            closing = closing and (not double or cue.label is DocumentType.INVOICE)
            share = 1.0 if closing else len(match[0]) / len(plain)
            size = min(max(height_of(line) / max(body, 1) - 1.0, 0.0), 1.0)
            y = (line.box.top - top) / max(bottom - top, 1)
            place = 1.0 if y <= _HEAD_LINES else 0.6
            score = cue.weight * place * (0.25 + 0.75 * share) * (0.8 + 0.6 * size)
            if len(plain) > _LONG or re.search(
                r"[。、]|(?:の|を|に)(?:発行|再発行|送付|添付|お|ご)|番号|[^無]no\.?$|日$", plain
            ):
                score *= 0.35
            if cue.label not in found or found[cue.label].score < score:
                found[cue.label] = _Evidence(score, f"heading:{match[0][:16]}")
    return found


def joined_pieces(lines: Sequence[Line]) -> list[tuple[Line, str]]:
    """Lines cut at column gaps, with compact text: a heading and the date beside it are two."""
    return [(piece, text) for line in lines for piece in _pieces(line) if (text := compact(piece.text))]


def _pieces(line: Line) -> list[Line]:
    if line.vertical or len(line.words) < 2:
        return [line]
    groups = [[line.words[0]]]
    for before, word in pairwise(line.words):
        if word.box.left - before.box.right > _GAP * max(word.box.height, before.box.height, 1):
            groups.append([word])
        else:
            groups[-1].append(word)
    return [Line(words=tuple(g), box=union(tuple(w.box for w in g))) for g in groups]


def height_of(line: Line) -> int:
    """Height of its print in pixels, whichever way it runs."""
    return min(line.box.width, line.box.height) if line.vertical else line.box.height


def _phrases(pages: Sequence[PageText]) -> dict[DocumentType, _Evidence]:
    totals: dict[DocumentType, float] = {}
    seen: set[str] = set()
    first: dict[DocumentType, str] = {}
    for page in pages:
        for line in page.rows:
            text = compact(line.text)
            for index, cue in enumerate(PHRASES):
                match = cue.pattern.search(text)
                if match and f"{index}:{match[0]}" not in seen:
                    seen.add(f"{index}:{match[0]}")
                    totals[cue.label] = min(totals.get(cue.label, 0.0) + cue.weight, _PHRASE_CAP)
                    first.setdefault(cue.label, match[0][:16])
    return {label: _Evidence(score, f"phrase:{first[label]}") for label, score in totals.items()}


def _settle_slips(
    pages: Sequence[PageText], scores: dict[DocumentType, float], reasons: dict[DocumentType, list[str]]
) -> None:
    """A till slip is a receipt even where it is headed TAX INVOICE (Malaysia) or carries no heading at all."""
    lines = pages[0].rows
    width = max(line.box.right for line in lines) - min(line.box.left for line in lines)
    height = max(line.box.bottom for line in lines) - min(line.box.top for line in lines)
    slip = len(pages) == 1 and height > _SLIP_RATIO * max(width, 1)
    receipt = scores.get(DocumentType.RECEIPT, 0.0)
    paid = sum(
        bool(re.search(p, compact(pages[0].text)))
        for p in (
            r"change|釣|rückgeld",
            r"cash|預|現金|karte|credit|カード|visa|master",
            r"round|レジ|cashier|total|合計|summe|zahlen",
            r"\d{1,2}:\d{2}",
        )
    )
    if slip and paid >= 2:
        scores[DocumentType.RECEIPT] = receipt + 0.5 * (paid - 1)
        reasons.setdefault(DocumentType.RECEIPT, []).append("till_slip")
    elif receipt and paid >= 3:
        scores[DocumentType.RECEIPT] = receipt + 0.4
        reasons.setdefault(DocumentType.RECEIPT, []).append("paid_at_till")
    if slip and paid >= 2 and scores.get(DocumentType.INVOICE, 0.0):
        scores[DocumentType.INVOICE] *= 0.5
