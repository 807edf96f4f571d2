from __future__ import annotations

import importlib
from pathlib import Path

import pikepdf
import pytest

from domain.geometry import Box
from domain.page import EngineId, Line, Page, PageText, TextReading, Word
from pipeline.benchmark.rates import rate
from pipeline.benchmark.reading import counting, switches
from pipeline.benchmark.reading.accuracy import spread
from pipeline.benchmark.reading.alignment import missing_of
from pipeline.benchmark.reading.born_digital import born_digital
from pipeline.benchmark.reading.matching import matched
from pipeline.benchmark.reading.memory import growth
from pipeline.benchmark.reading.orientation import OrientationFound, summed, tasks_of
from pipeline.benchmark.reading.public import public_pages
from pipeline.benchmark.reading.reader import PageRead
from pipeline.benchmark.reading.reliability import Judgement, curve, judged_page
from pipeline.benchmark.reading.score import own_calls, score_page
from pipeline.benchmark.reading.speed import machine
from pipeline.benchmark.reading.truth import PageTruth

ENGINE = EngineId(name="null.v1", version="1")


def _word(text: str, confidence: float, characters: tuple[float, ...] = (), left: int = 0) -> Word:
    box = Box(left=left, top=0, right=left + 10 * len(text), bottom=10)
    return Word(text=text, box=box, confidence=confidence, character_confidences=characters)


def _reading(*lines: tuple[Word, ...]) -> TextReading:
    made = tuple(Line(words=words, box=words[0].box) for words in lines)
    page = Page(page_index=0, width_px=100, height_px=50, dpi=200)
    text = PageText(page_index=0, lines=made, engine=ENGINE)
    return TextReading(media_type="image/png", pages=(page,), texts=(text,))


def test_words_find_their_places_in_any_order():
    found = matched(["1,200円", "合計"], "合計1,200円")
    assert [w.right for w in found.words] == [(True,) * 6, (True, True)]
    assert found.words[1].places == (0, 1)
    assert (found.missed, found.misread) == ((), ())


def test_a_misread_character_is_not_matched_by_the_same_one_elsewhere():
    found = matched(["108", "合計8"], "合計8100")
    assert [w.right for w in found.words] == [(True, True, False), (True, True, True)]
    assert found.misread == (5,)
    assert found.missed == ()


def test_missed_text_strange_words_and_seals_are_told_apart():
    found = matched(["見積書", "之印", "〆〆〆"], "見積書税額", optional="之印")
    assert [w.right for w in found.words] == [(True,) * 3, (None, None), (False,) * 3]
    assert found.missed == (3, 4)
    assert found.words[1].judged == ()


def test_each_character_is_judged_by_its_own_confidence():
    truth = PageTruth(file="a", rows="", spoken="合計 ㈱灯台")
    judged = judged_page(truth, _reading((_word("合訂", 0.8, (0.99, 0.6)), _word("㈱灯台", 0.9))))
    assert [(j.confidence, j.right) for j in judged.characters[:2]] == [(0.99, True), (0.6, False)]
    assert len(judged.characters) == 2 + 5  # the ligature is compared as three characters
    assert [j.right for j in judged.words] == [False, True]
    assert [(j.confidence, j.right) for j in judged.lines] == [(0.8, False)]


def test_a_curve_says_how_far_confidence_is_off():
    sure = [Judgement(confidence=1.0, right=True)] * 8 + [Judgement(confidence=1.0, right=False)] * 2
    found = curve("character", sure + [Judgement(confidence=0.6, right=True)] * 10)
    assert [(b.low, b.right.of) for b in found.bins] == [(0.5, 10), (0.995, 10)]
    assert found.expected_error == pytest.approx(0.5 * 0.4 + 0.5 * 0.2)
    assert curve("line", []).count == 0


def test_known_values_are_looked_for_anywhere_in_the_text():
    assert missing_of(["1595", "卵"], "卵6個入り1595") == 0
    assert missing_of(["1595"], "合計1695円") == 1
    truth = PageTruth(file="a", rows="", spoken="", values=("1595", "食パン"))
    assert score_page(truth, PageRead(text="食バン ¥1,595", seconds=1)).unordered == 1


def test_public_pages_bring_their_text_or_their_values(tmp_path: Path):
    folder = tmp_path / "ja-pages"
    (folder / "text").mkdir(parents=True)
    (folder / "a.png").write_bytes(b"")
    (folder / "text" / "a.txt").write_text("目次", encoding="utf-8")
    (folder / "truth.jsonl").write_text('{"file": "a.png", "text": "text/a.txt"}\n{"file": "gone.png", "items": []}\n')
    found = public_pages(tmp_path, "ja-pages")
    assert found is not None
    assert [(p.file, p.spoken) for p in found.pages] == [("a.png", "目次")]
    assert public_pages(tmp_path, "ja-receipts-synthetic") is None
    assert public_pages(None, "ja-pages") is None


def test_values_of_a_receipt(tmp_path: Path):
    folder = tmp_path / "ja-receipts-synthetic"
    folder.mkdir()
    (folder / "r.png").write_bytes(b"")
    (folder / "truth.jsonl").write_text(
        '{"file": "r.png", "counterparty": "店", "total_amount": 10, "items": [{"name": "卵", "amount": 10}]}\n'
    )
    found = public_pages(tmp_path, "ja-receipts-synthetic")
    assert found is not None
    assert found.pages[0].values == ("店", "10", "卵", "10")


def test_pages_for_the_peers_are_spread_over_the_set():
    pages = [PageTruth(file=str(n), rows="", spoken="") for n in range(10)]
    assert [p.file for p in spread(pages, 3)] == ["0", "3", "6"]
    assert len(spread(pages, 99)) == 10


def test_memory_that_grows_shows_and_the_first_pages_do_not_count():
    flat = [(n, 500 if n > 20 else 100) for n in range(0, 200, 5)]
    assert growth(flat) == pytest.approx(0, abs=1e-6)
    assert growth([(n, 100 + 2 * n) for n in range(0, 200, 5)]) == pytest.approx(2000)
    assert growth([(1, 1)]) == 0


def test_orientation_tasks_wear_every_page_differently_and_are_summed_by_wear():
    tasks = list(tasks_of([("a", b""), ("b", b"")], pages=24))
    assert len(tasks) == 6
    assert len({(t.name, t.damage) for t in tasks}) == 6
    found = [OrientationFound(name="a", damage="skew", laid_degrees=d, found_degrees=0, seconds=1.0) for d in (0, 90)]
    whole = summed(found)
    assert whole.right == rate(1, 2)
    assert whole.by_damage == (("skew", rate(1, 2)),)
    assert [f.laid_degrees for f in whole.wrong] == [90]


def test_own_calls_are_summed_by_reason():
    read = PageRead(
        text="", seconds=2, cpu_seconds=2, engine_seconds=1, engine_cpu_seconds=1, reasons={"first": 0.5, "way up": 0.5}
    )
    whole = own_calls([read, read])
    assert (whole.ratio, whole.cpu_ratio, whole.share("way up"), whole.share("none")) == (2, 2, 0.5, 0)


@pytest.mark.parametrize("name", [*switches.SWITCH_BY_NAME])
def test_what_a_switch_turns_off_is_there(name: str, monkeypatch: pytest.MonkeyPatch):
    touched: list[str] = []

    class Copy:
        """Stands for a module: what is set here stays here."""

        def __init__(self, module: object) -> None:
            self.__dict__.update(vars(module))

        def __setattr__(self, key: str, value: object) -> None:
            touched.append(key)
            self.__dict__[key] = value

    def loaded(module: str) -> object:
        copy = Copy(importlib.import_module(module))
        for key, value in list(vars(copy).items()):
            if getattr(value, "__kwdefaults__", None):
                copy.__dict__[key] = type("Factory", (), {"__kwdefaults__": dict(value.__kwdefaults__)})
        return copy

    monkeypatch.setattr(switches, "importlib", type("importlib", (), {"import_module": staticmethod(loaded)}))
    switches.switched_off([name])


def test_a_switch_that_is_not_there_is_refused():
    with pytest.raises(LookupError):
        switches.switched_off(["gravity"])


@pytest.mark.parametrize(("module", "function"), [*counting.AGAIN])
def test_callers_that_read_again_are_there(module: str, function: str):
    found = importlib.import_module(module)
    assert function == "*" or hasattr(found, function)


def test_the_machine_is_named():
    found = machine(2)
    assert found.processor
    assert found.cores == 2


def test_born_digital_pages_are_read_by_both(tmp_path: Path):
    pdf = tmp_path / "a.pdf"
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(200, 200))
        document.save(pdf)
    found = born_digital(
        [("a.pdf", pdf.read_bytes())], lambda _content, _name: PageRead(text="", seconds=0.5, reading=_reading())
    )
    assert (found.pages, found.shoko_seconds, found.needed_ocr) == (1, 0.5, 1)
    assert found.ratio == pytest.approx(found.median_ratio)


def test_the_same_word_twice_goes_to_the_nearer_place():
    found = matched(["10%"], "10%と10%", far=lambda _number, stretch: abs(4 - stretch.start))
    assert found.words[0].places == (4, 5, 6)
    assert found.missed == (0, 1, 2, 3)


def test_a_leader_is_one_sign_however_long():
    truth = PageTruth(file="a", rows="", spoken="目次・・・・・・・・・3")
    assert score_page(truth, PageRead(text="目次・・・・・3", seconds=0)).ordered == 0
    assert score_page(truth, PageRead(text="目次3", seconds=0)).ordered == 1
