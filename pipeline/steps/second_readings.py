"""What the second engine read in the place of a doubtful value, where it read something else: possible answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from domain.corrections import parse_value, value_to_text
from domain.errors import CorrectionInvalid
from domain.fields import FIELDS, Money, Value
from domain.questions import Choice, ChoiceSource, Spot
from domain.registration import check_digit_ok
from domain.text import nfkc
from extractors.habits.layout import Run, runs_of
from extractors.habits.values import parse_as

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.page import PageText, Word
    from domain.record import ArchiveRecord

_NUMBER = re.compile(r"T\d{13}(?!\d)")


def second_readings(
    record: ArchiveRecord, name: str, texts: Sequence[PageText | None], spots: Sequence[Spot]
) -> tuple[Choice, ...]:
    """Values that a field would have had by the second reading of one word, in reading order.

    Args:
        record: the document.
        name: the field.
        texts: its pages as they were read, with the words of both engines.
        spots: where the field's value stands; where it stands nowhere, any date or amount on the pages may be it.
    """
    found: dict[str, Choice] = {}
    now = value_to_text(record.fields.value(name))
    for page, text in enumerate(texts):
        for run in runs_of((text,)) if text is not None else ():
            for word in run.words:
                if word.alternatives and (not spots or _stands_at(word, page, spots)):
                    for value in _values(record, name, run, word, anywhere=not spots):
                        if value != now:
                            spot = Spot(page=page, box=word.box)
                            found.setdefault(value, Choice(text=value, source=ChoiceSource.SECOND, spots=(spot,)))
    return tuple(found.values())


def _stands_at(word: Word, page: int, spots: Sequence[Spot]) -> bool:
    across, down = word.box.center
    return any(
        spot.page == page and spot.box.left <= across <= spot.box.right and spot.box.top <= down <= spot.box.bottom
        for spot in spots
    )


def _values(record: ArchiveRecord, name: str, run: Run, word: Word, *, anywhere: bool) -> Iterator[str]:
    """What the run says with another reading of one of its words, and did not say without it."""
    kind, currency = FIELDS[name].kind, record.fields.text("currency") or "JPY"

    def read(text: str) -> list[Value]:
        return [value for _, value in parse_as(name, text)]

    for other in word.alternatives:
        changed = run.text.replace(word.text, other, 1)
        if name == "registration_number":
            plain = nfkc(changed).replace("-", "").replace(" ", "")
            yield from (match[0] for match in _NUMBER.finditer(plain) if check_digit_ok(match[0]))
        elif kind in {"date", "money"}:
            before = read(run.text)
            for value in read(changed):
                if value not in before and not (isinstance(value, Money) and value.currency != currency):
                    yield value_to_text(value)
        elif kind == "text" and not anywhere:
            now = value_to_text(record.fields.value(name))
            if nfkc(word.text) in now and _is_value(name, text := now.replace(nfkc(word.text), nfkc(other), 1)):
                yield text


def _is_value(name: str, text: str) -> bool:
    try:
        return parse_value(name, text) is not None
    except CorrectionInvalid:
        return False
