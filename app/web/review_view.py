"""What is asked about a document as the review screen shows it, and the answers that its form brings back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from app.web import codes
from app.web.document_view import check_label, reason_label
from app.web.entering import PREFIX, TABLES, entered, row_of
from app.web.format import value_text
from domain.codec import to_plain
from domain.corrections import parse_value
from domain.errors import CorrectionInvalid
from domain.fields import FIELDS, DocumentType, settable_fields
from domain.geometry import Box, union
from domain.ids import Origin
from domain.labels import DOCUMENT_TYPES, ORIGINS, PAPER_SIZES, Label
from domain.questions import Asked, Choice, ChoiceSource, Question, Spot
from domain.record import ArchiveRecord
from pipeline.steps.duplicates import DIFFERS, DUPLICATE

PICK = "pick."
"""Before the name of an input in the form: which of the possible answers was chosen."""
KEYS = "1234567890"
"""The tenth answer has the key 0."""
ABSENT_KEY = "0"
"""The document does not carry the field."""
_TYPED = frozenset({Asked.FIELD, Asked.RECEIVED_ON})
_AROUND = 0.6
"""Heights of print shown around the place where a value was read: enough to see the words beside it."""
_LEAST_SHARE = 0.42
"""Of the page's width that a cut shows: the words before and behind a value tell what it is."""
SOURCES: dict[ChoiceSource, Label] = {
    ChoiceSource.READ: ("読み取り", "read"),
    ChoiceSource.SECOND: ("別のエンジンの読み取り", "second reading"),
    ChoiceSource.EARLIER: ("以前の読み取り", "read before"),
    ChoiceSource.PERSON: ("手入力", "by a person"),
    ChoiceSource.PAGE: ("紙面", "on the page"),
    ChoiceSource.MASTER: ("取引先マスタ", "master"),
    ChoiceSource.REGISTER: ("国税庁の公表情報", "public register"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChoice:
    """One possible answer with its key."""

    key: str
    value: str
    """As the form sends it."""
    label: Label
    source: Label | None
    beside: str
    confidence: float | None
    spots: str
    """``page,left,top,width,height;…`` for the viewer."""
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A part of a page around the place where a value was read."""

    page: int
    """From 0."""
    view: str
    """``left top width height`` of the part, in pixels of the page."""
    box: Box
    """The place itself."""
    page_width: int
    page_height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownQuestion:
    """One question as a card."""

    asked: Asked
    name: str
    """Of its input in the form; empty where there is nothing to type."""
    pick: str
    """Of its choices in the form."""
    confirm: str | None
    """The field that an unchanged answer confirms."""
    title: Label
    reasons: tuple[tuple[Label, Label | None], ...]
    """Why, each with a detail."""
    todo: Label | None
    """What to do, where there is nothing to choose or type."""
    other: str | None
    """The document that this one may be a duplicate of."""
    text: str
    """What stands in the input at first."""
    kind: str
    """Of the value that is typed; empty where none is."""
    table: bool
    choices: tuple[ShownChoice, ...]
    cut: Cut | None
    must: bool
    """Nothing is proposed: the person has to choose or type."""


def shown_questions(record: ArchiveRecord, questions: tuple[Question, ...]) -> tuple[ShownQuestion, ...]:
    """The cards of a document."""
    return tuple(_shown(record, question) for question in questions)


def other_rows(record: ArchiveRecord, questions: tuple[Question, ...]) -> tuple[dict[str, Any], ...]:
    """Fields that nobody asks about, with their values as they may be typed: they can be put right in passing."""
    asked = {question.field for question in questions}
    names = [n for n in FIELDS if n in settable_fields(record.classification.label) or record.fields.value(n)]
    return tuple(
        row_of(record, name)
        | {"shown": value_text(record.fields.value(name)) if record.fields.value(name) is not None else ""}
        for name in names
        if name not in asked and (name != "currency" or record.fields.text("currency") not in {None, "JPY"})
    )


def question_plain(record: ArchiveRecord, question: Question) -> dict[str, Any]:
    """A question as JSON (pages from 1)."""
    shown = _shown(record, question)
    return {
        "asked": question.asked.value,
        "field": question.field,
        "input": shown.name or None,
        "reasons": [{"code": r.code, "detail": r.detail} for r in question.reasons],
        "proposal": question.proposal,
        "choices": [
            {
                "text": choice.text,
                "source": choice.source.value,
                "beside": choice.beside,
                "confidence": choice.confidence,
                "places": [{"page": spot.page + 1, "box": to_plain(spot.box)} for spot in choice.spots],
            }
            for choice in question.choices
        ],
    }


def answered(form: FormData, record: ArchiveRecord, questions: tuple[Question, ...]) -> FormData:
    """The form with each choice in the place of its input, as the form for corrections sends it.

    What was typed counts before what was chosen. An answer that leaves a value as it is confirms it.

    Raises:
        CorrectionInvalid: something that had no proposal is not answered.
    """
    said = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    out = {name: value for name, value in said.items() if not name.startswith(PICK)}
    confirmed = [str(name) for name in form.getlist("confirm")]
    out.pop("confirm", None)
    for question in questions:
        shown = _shown(record, question)
        if shown.asked is Asked.NOTE:
            continue
        typed, picked = (said.get(shown.name) or "").strip(), said.get(shown.pick)
        answer = typed if typed and typed != shown.text.strip() else picked if picked is not None else typed
        if shown.must and picked is None and not answer:
            raise CorrectionInvalid(
                f"no answer for {shown.name}",
                message_ja=f"{shown.title[0]}を選ぶか入力してください（書類に記載がなければ「記載なし」）",
            )
        out[shown.name] = answer
        if question.field is not None:
            confirmed.append(question.field)
        if shown.asked is Asked.RECEIVED_ON:
            out["received_confirmed"] = "1"
    return FormData([*out.items(), *(("confirm", name) for name in dict.fromkeys(confirmed))])


def _shown(record: ArchiveRecord, question: Question) -> ShownQuestion:
    name, title = _name_and_title(question)
    must = question.asked in {Asked.FIELD, Asked.ORIGIN} and not question.proposal
    choices = [_choice(record, question, choice, key=KEYS[at : at + 1]) for at, choice in enumerate(question.choices)]
    if question.asked is Asked.FIELD:
        choices = [*choices[: len(KEYS) - 1], _absent()]
    if question.asked is Asked.PAPER:
        accept = ("このまま確定する（画質の不備は判定に残ります）", "File it as it is (the defect stays on record)")
        first = ShownChoice(
            key="1", value="", label=accept, source=None, beside="", confidence=None, spots="", chosen=True
        )
        moved = (ShownChoice(**{**_plain(c), "key": KEYS[at : at + 1]}) for at, c in enumerate(choices, start=1))
        choices = [first, *moved]
    spec = FIELDS.get(question.field or "")
    return ShownQuestion(
        asked=question.asked,
        name=name,
        pick=PICK + name,
        confirm=question.field,
        title=title,
        reasons=tuple((reason_label(r.code), _detail(r.detail)) for r in question.reasons),
        todo=codes.REVIEW_ACTIONS.get(question.reasons[0].code, codes.DEFAULT_ACTION)
        if question.asked is Asked.NOTE
        else None,
        other=next((r.detail for r in question.reasons if r.code in {DUPLICATE, DIFFERS}), None),
        text=_answer(record, question, question.proposal) if question.asked in _TYPED else "",
        kind="date" if question.asked is Asked.RECEIVED_ON else spec.kind if spec is not None else "",
        table=spec is not None and spec.kind in TABLES,
        choices=tuple(choices),
        cut=_cut(record, question.spots),
        must=must,
    )


def _detail(detail: str | None) -> Label | None:
    """The words for a detail; ids and what has no words are left out."""
    words = check_label(detail) if detail else None
    return words if words is not None and words != (detail, detail) else None


def _plain(choice: ShownChoice) -> dict[str, Any]:
    return {name: getattr(choice, name) for name in ShownChoice.__slots__}


def _name_and_title(question: Question) -> tuple[str, Label]:
    match question.asked:
        case Asked.FIELD:
            spec = FIELDS[question.field or ""]
            return PREFIX + (question.field or ""), (spec.label_ja, spec.label_en)
        case Asked.TYPE:
            return "document_type", ("種類", "Type")
        case Asked.ORIGIN:
            return "origin", ("受領方法", "Origin")
        case Asked.RECEIVED_ON:
            return "received_on", ("受領日", "Received on")
        case Asked.PAPER:
            return "paper", ("画像の質・用紙の大きさ", "Picture, size of the paper")
        case _:
            return "", ("確かめること", "To look at")


def _choice(record: ArchiveRecord, question: Question, choice: Choice, *, key: str) -> ShownChoice:
    plain = question.asked in {Asked.TYPE, Asked.ORIGIN, Asked.PAPER}
    return ShownChoice(
        key=key,
        value=_answer(record, question, choice.text),
        label=_answer_label(record, question, choice.text),
        source=None if plain and choice.source is ChoiceSource.PAGE else SOURCES[choice.source],
        beside=choice.beside,
        confidence=choice.confidence,
        spots=spots_text(choice.spots),
        chosen=bool(question.proposal) and choice.text == question.proposal,
    )


def _absent() -> ShownChoice:
    return ShownChoice(
        key=ABSENT_KEY,
        value="",
        label=("書類に記載なし", "Not on the document"),
        source=None,
        beside="",
        confidence=None,
        spots="",
        chosen=False,
    )


def _answer(record: ArchiveRecord, question: Question, text: str) -> str:
    """An answer as the form sends it: the way of writing in which it stands in the input."""
    if question.asked is Asked.RECEIVED_ON:
        return text.replace("-", "/")
    return entered(question.field, text, record) if question.field is not None else text


def _answer_label(record: ArchiveRecord, question: Question, text: str) -> Label:
    match question.asked:
        case Asked.TYPE:
            return DOCUMENT_TYPES[DocumentType(text)]
        case Asked.ORIGIN:
            return ORIGINS[Origin(text)]
        case Asked.PAPER:
            return PAPER_SIZES[text]
        case Asked.RECEIVED_ON:
            day = text.replace("-", "/")
            return day, day
        case _:
            currency = record.fields.text("currency") or "JPY"
            value = parse_value(question.field or "", text, currency=currency, near=record.received_on)
            return value_text(value), value_text(value, language="en")


def spots_text(spots: tuple[Spot, ...]) -> str:
    """Places for the viewer's script."""
    return ";".join(f"{s.page},{s.box.left},{s.box.top},{s.box.width},{s.box.height}" for s in spots)


def _cut(record: ArchiveRecord, spots: tuple[Spot, ...]) -> Cut | None:
    """The part of the page around the first place, and around others beside it on the same page."""
    if not spots:
        return None
    page = spots[0].page
    ref = record.pages[page]
    if not ref.width_px or not ref.height_px:
        return None
    first = spots[0].box
    near = [s.box for s in spots if s.page == page and abs(s.box.center[1] - first.center[1]) < 4 * first.height]
    box = union(tuple(near))
    pad = max(round(first.height * _AROUND), 8)
    width = min(max(box.width + 2 * pad, round(ref.width_px * _LEAST_SHARE)), ref.width_px)
    left = min(max(round(box.center[0] - width / 2), 0), ref.width_px - width)
    height = min(box.height + 2 * pad, ref.height_px)
    top = min(max(box.top - pad, 0), ref.height_px - height)
    return Cut(
        page=page,
        view=f"{left} {top} {width} {height}",
        box=box,
        page_width=ref.width_px,
        page_height=ref.height_px,
    )
