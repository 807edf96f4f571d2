"""How long the machine keeps a person who clears the review queue: a whole queue settled in Chromium, key by key.

The person of this measure knows every answer and thinks for no time; between documents it waits only until the next
one is there. What is left of an hour is theirs.
"""

from __future__ import annotations

import os
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.web.entering import entered_text
from app.web.painting import LAPTOP, opened_browser, served
from app.web.warming import warm
from app.web.wired import application, web_settings
from domain.errors import ObjectMissing
from domain.record import DocumentState
from pipeline.benchmark.desk.clearing import Cleared, Clearing
from pipeline.benchmark.reading.speed import machine

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

    from domain.fields import Value
    from pipeline.benchmark.desk.doubts import Waiting
    from pipeline.benchmark.desk.run import Progress
    from pipeline.wiring import Shoko

_WAIT_MS = 60_000
_PATIENCE_MS = 5_000
_LOOK_MS = 10
"""Between two looks; what is measured is measured within the page."""
_FIRST = "a[href^='/review/doc-']"
_PERSON = "測定"
_WATCHED = """() => {
  localStorage.setItem("shoko-by", "測定");
  const kept = JSON.parse(sessionStorage.getItem("clearing") || '{"keys": 0, "pressed": 0, "shown": []}');
  const keep = () => sessionStorage.setItem("clearing", JSON.stringify(kept));
  const now = () => performance.timeOrigin + performance.now();
  const count = () => { kept.keys += 1; kept.pressed = now(); keep(); };
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, count, true);
  let seen = null;
  const look = () => {
    const work = document.getElementById("work");
    const id = work ? work.dataset.document : document.querySelector(".review-done") ? "" : null;
    if (id !== null && id !== seen) {
      seen = id;
      const scan = work && work.querySelector(".sheet img");
      const drawn = scan ? scan.decode().catch(() => {}) : Promise.resolve();
      drawn.then(() => requestAnimationFrame(() => setTimeout(() => {
        kept.shown.push({ id, pressed: kept.pressed, keys: kept.keys, at: now(), ready: null });
        keep();
        look();
      })));
    }
    const newest = kept.shown.at(-1);
    if (work && newest && newest.id === seen && newest.ready === null && (work.dataset.ready || !work.dataset.next)) {
      newest.ready = now();
      keep();
    }
  };
  const what = { childList: true, subtree: true, attributes: true, attributeFilter: ["data-ready", "data-next"] };
  new MutationObserver(look).observe(document, what);
}"""
"""Counts keys and presses, and notes when each document stood there with its scan, and when the next one was loaded."""
_THERE = """before => {
  const shown = JSON.parse(sessionStorage.getItem("clearing") || '{"shown": []}').shown;
  const newest = shown.at(-1);
  const there = shown.length > before && (newest.ready !== null || !newest.id);
  return there ? { ...newest, number: shown.length } : null;
}"""
_ASKED = """() => [...document.querySelectorAll(".ask")].map(ask => ({
  asked: ask.dataset.asked,
  name: (ask.querySelector("input[type=radio]") || {name: ""}).name.replace(/^pick\\./, ""),
  choices: [...ask.querySelectorAll("input[type=radio]")].map(one => [one.value, one.dataset.key, one.checked]),
}))"""


def clear_queue(shoko: Shoko, waiting: tuple[Waiting, ...], *, progress: Progress) -> Clearing:
    """Settle everything that waits.

    Raises:
        ConfigError: no browser.
        ObjectMissing: a document waits that was not made for this.
    """
    known = {one.document_id: one for one in waiting}
    app = application(shoko, web_settings(port=0), accounts=False)
    warm(app.state.web)  # as where it is served
    answers, nexts, done = list[float](), list[float](), list[Cleared]()
    with (
        served(app) as address,
        opened_browser() as browser,
        browser.new_context(viewport=LAPTOP, locale="ja-JP") as own,
    ):
        page = own.new_page()
        page.set_default_timeout(_WAIT_MS)
        page.add_init_script(f"({_WATCHED})()")
        page.on("requestfinished", lambda request: _note(request, answers, nexts))
        page.goto(f"{address}/review")
        page.goto(f"{address}{page.get_attribute(_FIRST, 'href')}")
        shown = _shown(page, 0)
        while shown["id"]:
            one = known.get(shown["id"])
            if one is None:
                raise ObjectMissing(f"{shown['id']} was not made here", message_ja="測定用でない書類が待っています")
            first, waited = shown, 0.0
            while shown["id"] == one.document_id:  # more than once where the answers raise a doubt
                _answer(page, one)
                shown = _shown(page, shown["number"])
                waited += shown["at"] - shown["pressed"]
            done.append(
                Cleared(
                    document_id=one.document_id,
                    kind=one.kind,
                    interactions=shown["keys"] - first["keys"],
                    waited_ms=waited,
                    loaded_ms=first["ready"] - first["at"],
                )
            )
            progress("documents", len(done), len(waiting))
    return Clearing(
        machine=machine(os.cpu_count() or 1),
        load=round(os.getloadavg()[0], 2),
        documents=tuple(done),
        waiting=len(waiting),
        right=sum(_is_right(shoko, one) for one in waiting),
        answer_ms=tuple(answers),
        next_ms=tuple(nexts),
    )


def _shown(page: Page, before: int) -> dict[str, Any]:
    """The document that stands there now, once the one behind it is loaded.

    Where nothing comes for ``_PATIENCE_MS`` a person presses Enter again; that counts like every key.
    """
    from playwright.sync_api import Error as BrowserError  # noqa: PLC0415 - the measure alone

    for waited in range(0, _WAIT_MS, _LOOK_MS):
        if before and waited and waited % _PATIENCE_MS == 0:
            page.keyboard.press("Enter")
        found: dict[str, Any] | None = None
        with suppress(BrowserError):  # asked between two pages
            found = page.evaluate(_THERE, before)
        if found:
            return found
        page.wait_for_timeout(_LOOK_MS)
    raise ObjectMissing("the next document does not come", message_ja="次の書類が表示されません")


def _answer(page: Page, waiting: Waiting) -> None:
    """Every question by the key beside what is right; what is not offered is typed."""
    for ask in page.evaluate(_ASKED):
        right = _right(ask["name"], waiting)
        by_key = {value: (key, checked) for value, key, checked in ask["choices"]}
        if right in by_key:
            key, checked = by_key[right]
            if not checked:
                page.keyboard.press(key)
        elif right is not None:
            page.keyboard.press("e")
            page.keyboard.type(right)
        page.keyboard.press("Enter")


def _right(name: str, waiting: Waiting) -> str | None:
    """What is to be sent; None where what stands is accepted."""
    if name in {"document_type", "origin"}:
        return waiting.document_type.value if name == "document_type" else waiting.origin.value
    value = waiting.right.get(name.removeprefix("field."))
    return entered_text(value) if value is not None else None


def _is_right(shoko: Shoko, waiting: Waiting) -> bool:
    """It is filed by the person, with what is right in it."""
    record = shoko.archive.get_document(waiting.document_id)
    if record is None or record.state is not DocumentState.FILED or record.recorded_by != _PERSON:
        return False
    same = all(_written(record.fields.value(name)) == _written(value) for name, value in waiting.right.items())
    return same and record.classification.label is waiting.document_type and record.origin is waiting.origin


def _written(value: Value | None) -> str | None:
    """Its normal form (NFKC), in which what people type is kept: ㈱ is (株)."""
    return unicodedata.normalize("NFKC", entered_text(value)) if value is not None else None


def _note(request: Request, answers: list[float], nexts: list[float]) -> None:
    path = urlsplit(request.url).path
    timing = request.timing
    if path.startswith("/review/doc-"):
        (answers if request.method == "POST" else nexts).append(timing["responseStart"] - timing["requestStart"])
