"""When a browser first shows something of a page: Chromium over the served pages, styles and scripts with them."""

from __future__ import annotations

import socket
import statistics
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from app.web.serve import make_server
from app.web.settings import WebSettings
from domain.errors import ConfigError
from pipeline.benchmark.desk.run import PageTiming

if TYPE_CHECKING:
    from fastapi import FastAPI
    from playwright.sync_api import Browser, Page, ViewportSize

CHROMIUM = "/usr/bin/chromium"
_TIMES = 3
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
_PAINTED = """() => new Promise(done => {
  new PerformanceObserver(list => {
    for (const one of list.getEntriesByName('first-contentful-paint')) done(one.startTime)
  }).observe({type: 'paint', buffered: true})
  setTimeout(() => done(null), 10000)
})"""
_SIZES = (
    "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
    ".filter(one => one.initiatorType !== 'img').reduce((sum, one) => sum + one.transferSize, 0)"
)
_WAIT_MS = 60_000


def first_paints(app: FastAPI, pages: Mapping[str, str], timings: tuple[PageTiming, ...]) -> tuple[PageTiming, ...]:
    """The same timings with the first paint of each page, and what it weighs without pictures, nothing cached.

    Raises:
        ConfigError: no browser.
    """
    found = []
    with served(app) as address, opened_browser() as browser:
        for timing in timings:
            looks = []
            for _ in range(_TIMES):
                with browser.new_context(viewport=LAPTOP) as fresh:
                    looks.append(_look(fresh.new_page(), f"{address}{pages[timing.name]}"))
            painted = [paint for paint, _ in looks if paint is not None]
            found.append(
                replace(
                    timing,
                    paint_ms=round(statistics.median(painted), 1) if painted else None,
                    sent_bytes=max(size for _, size in looks),
                )
            )
    return tuple(found)


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """Chromium.

    Raises:
        ConfigError: there is none.
    """
    try:
        from playwright.sync_api import Error as BrowserError  # noqa: PLC0415 - the measures alone
        from playwright.sync_api import sync_playwright  # noqa: PLC0415
    except ImportError as error:
        raise _no_browser() from error
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
        except BrowserError as error:
            raise _no_browser() from error
        yield browser
        browser.close()


def _look(page: Page, address: str) -> tuple[float | None, int]:
    """Milliseconds to the first contentful paint, and bytes that came without pictures."""
    page.goto(address, wait_until="load", timeout=_WAIT_MS)
    painted = page.evaluate(_PAINTED)
    return (float(painted) if painted is not None else None), int(page.evaluate(_SIZES))


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application behind a socket of this machine."""
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        port = int(own.getsockname()[1])
        server = make_server(app, settings=WebSettings(port=port))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [own]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()


def _no_browser() -> ConfigError:
    return ConfigError(
        "what a browser shows is measured in Chromium (Debian package chromium) and playwright",
        message_ja="ブラウザの表示を測るには playwright と Chromium が必要です(Debian の chromium を入れてください)",
    )
