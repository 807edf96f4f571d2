"""A page has one limit of time, shared by everything that is done with it. Time here is counted work."""

import io
from dataclasses import dataclass, field

import numpy as np
import pytest
from PIL import Image

from domain.errors import EngineTimeout
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.deadline import Deadline
from extractors.settings import ExtractorSettings
from extractors.text import read_text

ENGINE = EngineId(name="test.v1", version="1")


@dataclass
class Ticks:
    """A clock that only work moves."""

    now: float = 0.0

    def __call__(self):
        return self.now


@dataclass
class Slow:
    """Each page costs ten seconds and is read badly, so that every way up is tried."""

    ticks: Ticks
    calls: list[int] = field(default_factory=list)
    engine_id: EngineId = ENGINE

    def read_page(self, pixels, *, page_index, dpi):
        self.calls.append(page_index)
        self.ticks.now += 10
        box = Box(left=10, top=10, right=90, bottom=30)
        word = Word(text=f"読{len(self.calls)}", box=box, confidence=0.5)
        return PageText(page_index=page_index, lines=(Line(words=(word,), box=box),), engine=ENGINE)


@dataclass
class Holding(Slow):
    """One that can be held to a limit."""

    held_to: list[float] = field(default_factory=list)

    def within(self, seconds):
        self.held_to.append(seconds)
        return self


def picture(pages=1):
    out = io.BytesIO()
    images = [Image.fromarray(np.full((300, 200, 3), 255 - n, np.uint8)) for n in range(pages)]
    images[0].save(out, "TIFF", save_all=True, append_images=images[1:])
    return out.getvalue()


def read(engine, ticks, *, seconds, pages=1, second=None):
    settings = ExtractorSettings(seconds_per_page=seconds)
    content = picture(pages)
    return read_text(content, file_name="a.tif", settings=settings, engine=engine, second=second, clock=ticks)


def test_ways_up_stop_when_time_is_out_and_what_was_read_is_kept():
    ticks = Ticks()
    engine = Slow(ticks)
    reading = read(engine, ticks, seconds=15)
    assert len(engine.calls) == 2, "the third way up would start after 20 of 15 seconds"
    assert [f.code for f in reading.faults] == ["engine_timeout"]
    assert reading.faults[0].page_index == 0
    assert "1ページ目" in reading.faults[0].message_ja
    assert reading.texts[0].text == "読1"


def test_with_time_enough_every_way_up_is_tried():
    ticks = Ticks()
    engine = Slow(ticks)
    reading = read(engine, ticks, seconds=1000)
    assert len(engine.calls) > 2
    assert reading.faults == ()


def test_every_page_has_its_own_limit():
    ticks = Ticks()
    engine = Slow(ticks)
    reading = read(engine, ticks, seconds=15, pages=3)
    assert engine.calls == [0, 0, 1, 1, 2, 2]
    assert [f.page_index for f in reading.faults] == [0, 1, 2]


def test_the_second_engine_gets_no_more_time_than_is_left():
    ticks = Ticks()

    class Late(Slow):
        def read_page(self, pixels, *, page_index, dpi):
            self.calls.append(page_index)
            self.ticks.now += 20
            raise EngineTimeout("late", page_number=page_index + 1)

    second = Slow(ticks)
    reading = read(Late(ticks), ticks, seconds=15, second=second)
    assert second.calls == []
    assert [f.code for f in reading.faults] == ["engine_timeout"]
    assert reading.texts == ()


def test_an_engine_that_can_be_held_is_held_to_what_is_left():
    ticks = Ticks()
    engine = Holding(ticks)
    read(engine, ticks, seconds=25)
    assert engine.held_to == [25, 15, 5]


def test_no_time_left_is_a_timeout():
    ticks = Ticks()
    deadline = Deadline.after(5, clock=ticks)
    engine = Slow(ticks)
    assert deadline.hold(engine, page_index=0) is engine
    ticks.now = 5
    with pytest.raises(EngineTimeout) as caught:
        deadline.hold(engine, page_index=6)
    assert caught.value.page_number == 7
