"""``python -m pipeline.benchmark.habits``: what one correction does for the next papers of its layout.

Twenty made-up layouts call their parts what no rule expects and carry dates and amounts that mislead: whatever the
rules get wrong, they get wrong on every paper of the layout. The first paper of each is put right; the others are read
without and with that one lesson.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.engines import FieldContext
from domain.fields import CalendarDate, DocumentType, Field, FieldSet, FieldStatus, Money, Text, Value
from domain.geometry import Box, union
from domain.lessons import Lesson
from domain.page import EngineId, Line, PageText, Word
from extractors.fields import extract_fields
from extractors.habits.apply import with_habits
from extractors.habits.layout import layout_of
from extractors.habits.teach import field_lesson

FIELDS = ("transaction_date", "total_amount", "due_date", "document_number", "counterparty")
LAYOUTS = 20
PAPERS = 5
"""Of each layout; the first is put right by a person."""
_ENGINE = EngineId(name="made.v1", version="1")
_TODAY = date(2026, 11, 20)
_DAY_LABELS = ("作成", "記帳", "起票", "日付け", "調製", "計上")
_TOTAL_LABELS = ("今回分", "差引計", "御勘定", "計上額", "ご精算", "合算")
_DUE_LABELS = ("御入金", "お引落し", "期日", "ご決済", "払込み", "約定")
_NUMBER_LABELS = ("整理", "帳票", "通し", "控番", "台帳", "索引")
_DECOYS = ("受付", "印刷", "前回計", "累計", "限度額", "参考額", "改定", "登録")
_TRADES = ("商会", "製作所", "企画", "物産", "興業")
_SHOWN: tuple[Callable[[date], str], ...] = (
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.day:02}/{d.month:02}/{d.year}",
    lambda d: f"{d.year % 100:02}.{d.month:02}.{d.day:02}",
    lambda d: f"R{d.year - 2018}.{d.month}.{d.day}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitScore:
    """Errors among key fields of all papers but the first of each layout."""

    layouts: int
    papers: int
    values: int
    wrong_before: int
    wrong_after: int
    made_wrong: int
    """Values that were right and are wrong with the lesson."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    seed: int
    kind: DocumentType
    title: str
    issuer: str
    words: tuple[str, ...]
    shown: int
    below: bool


def measure(*, seed: int = 3, layouts: int = LAYOUTS, papers: int = PAPERS, noise: float = 0.0) -> HabitScore:
    """The whole story; ``noise`` is the share of characters beside the values that are misread."""
    counts = [0, 0, 0, 0]
    made = [_a_layout(random.Random(f"layout {seed} {index}"), index) for index in range(layouts)]  # noqa: S311 - seeded
    lessons = tuple(_taught(one, *_read(one, f"paper {seed} {one.seed} 0", noise=noise)) for one in made)
    for one in made:
        for number in range(1, papers):
            texts, truth, read = _read(one, f"paper {seed} {one.seed} {number}", noise=noise)
            helped = with_habits(lessons, one.kind, texts, read, context=_CONTEXT)
            for name, value in truth.items():
                before, after = _right(read, name, value), _right(helped, name, value)
                counts[0] += 1
                counts[1] += not before
                counts[2] += not after
                counts[3] += before and not after
    return HabitScore(
        layouts=layouts,
        papers=layouts * (papers - 1),
        values=counts[0],
        wrong_before=counts[1],
        wrong_after=counts[2],
        made_wrong=counts[3],
    )


def _read(layout: _Layout, seed: str, *, noise: float) -> tuple[tuple[PageText, ...], dict[str, Value], FieldSet]:
    texts, truth = _paper(layout, random.Random(seed), noise=noise)  # noqa: S311 - seeded on purpose
    return texts, truth, extract_fields(layout.kind, texts, context=_CONTEXT)


_CONTEXT = FieldContext(our_companies=("株式会社みどり商事",), today=_TODAY)


def _right(fields: FieldSet, name: str, value: Value) -> bool:
    found = fields.value(name)
    if isinstance(value, Money):
        return isinstance(found, Money) and found.amount == value.amount
    return found == value


def _a_layout(rng: random.Random, index: int) -> _Layout:
    kind, title = rng.choice(
        ((DocumentType.INVOICE, "請求書"), (DocumentType.INVOICE, "計算書"), (DocumentType.QUOTATION, "見積書"))
    )
    labels = (_DAY_LABELS, _TOTAL_LABELS, _DUE_LABELS, _NUMBER_LABELS)
    return _Layout(
        seed=index,
        kind=kind,
        title=title,
        issuer=f"{'あいうえおかきくけこさしすせそたちつてと'[index % 20]}ゞ{rng.choice(_TRADES)}",
        words=(*(rng.choice(group) for group in labels), *rng.sample(_DECOYS, 4)),
        shown=rng.randrange(len(_SHOWN)),
        below=rng.random() < 0.3,
    )


def _paper(layout: _Layout, rng: random.Random, *, noise: float) -> tuple[tuple[PageText, ...], dict[str, Value]]:
    day = date(2026, 1, 1) + timedelta(days=rng.randrange(300))
    due, decoy = day + timedelta(days=rng.randrange(20, 60)), day - timedelta(days=rng.randrange(3, 40))
    total = rng.randrange(1000, 900000)
    number = f"{rng.choice('ABCK')}-{rng.randrange(1000, 99999)}"
    show = _SHOWN[layout.shown]
    words = layout.words
    pairs = [
        (words[4], show(decoy)),
        (words[0], show(day)),
        (words[3], number),
        (words[5], f"{total * 3 + 7:,}円"),
        (words[1], f"{total:,}円"),
        (words[6], f"{total // 2:,}円"),
        (words[2], show(due)),
    ]
    order = random.Random(layout.seed)  # noqa: S311 - the layout's own order
    order.shuffle(pairs)
    rows: list[list[tuple[int, str]]] = [
        [(600, layout.title)],
        [(80, "株式会社みどり商事 御中"), (1000, layout.issuer)],
    ]
    for at in range(0, len(pairs), 2):
        left = pairs[at : at + 2]
        if layout.below:
            rows.append([(100 + 700 * i, label) for i, (label, _) in enumerate(left)])
            rows.append([(100 + 700 * i, value) for i, (_, value) in enumerate(left)])
        else:
            rows.append(
                [
                    cell
                    for i, (label, value) in enumerate(left)
                    for cell in ((100 + 700 * i, label), (330 + 700 * i, value))
                ]
            )
    rows.append([(100, rng.choice(("よろしくお願いいたします。", "毎度ありがとうございます。")))])
    truth: dict[str, Value] = {
        "transaction_date": CalendarDate(day=day),
        "total_amount": Money(amount=Decimal(total)),
        "due_date": CalendarDate(day=due),
        "document_number": Text(text=number),
        "counterparty": Text(text=layout.issuer),
    }
    values = {value for _, value in pairs} | {layout.issuer}
    worn = [
        [(x + rng.randint(-9, 9), text if text in values else _misread(text, rng, noise)) for x, text in row]
        for row in rows
    ]
    return (_page(worn),), truth


def _misread(text: str, rng: random.Random, noise: float) -> str:
    return "".join(rng.choice("口日目田一ー") if rng.random() < noise else c for c in text)


def _page(rows: Sequence[Sequence[tuple[int, str]]]) -> PageText:
    lines = []
    for index, row in enumerate(rows):
        top = 100 + 60 * index
        words = tuple(
            Word(text=text, box=Box(left=x, top=top, right=x + 22 * len(text), bottom=top + 30), confidence=0.99)
            for x, text in row
        )
        lines.append(Line(words=words, box=union(tuple(word.box for word in words))))
    return PageText(page_index=0, lines=tuple(lines), engine=_ENGINE)


def _taught(layout: _Layout, texts: tuple[PageText, ...], truth: dict[str, Value], read: FieldSet) -> Lesson:
    """What the person's correction of the first paper teaches: only what was wrong is put."""
    put = [
        Field(name=name, value=value, status=FieldStatus.CORRECTED, confidence=1.0, engine=_ENGINE)
        for name, value in truth.items()
        if not _right(read, name, value)
    ]
    return Lesson(
        client_id="default",
        number=1,
        document_id=f"doc-{layout.seed}",
        revision=2,
        read_type=layout.kind,
        type_engine=_ENGINE,
        put_type=layout.kind,
        type_settled=True,
        issuer=layout.issuer,
        registration_number=None,
        layout=layout_of(texts),
        features=(),
        fields=tuple(field_lesson(read.get(field.name), field, texts) for field in put),
        recorded_at=datetime(2026, 11, 20, tzinfo=UTC),
        recorded_by="person",
    )


def main() -> int:
    """The command."""
    for noise in (0.0, 0.02):
        sys.stdout.write(json.dumps({"noise": noise} | asdict(measure(noise=noise))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
