"""How long whole pages take over an archive of real size: asked of the application itself, without a network."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from app.web.painting import first_paints
from app.web.warming import warm
from app.web.wired import application, web_settings
from domain.query import Query
from domain.record import DocumentState
from pipeline.benchmark.desk.run import PageTiming, percentile_ms
from storage.search import search

if TYPE_CHECKING:
    from fastapi import FastAPI

    from pipeline.benchmark.desk.settings import DeskBenchSettings
    from pipeline.wiring import Shoko

_ALONE = 5
"""Times that each page is asked for while nobody else asks."""
_ADDRESS = "http://127.0.0.1"


def paint_pages(shoko: Shoko, timings: tuple[PageTiming, ...]) -> tuple[PageTiming, ...]:
    """The same with the first paint of each in a browser.

    Raises:
        ConfigError: no browser.
    """
    return first_paints(application(shoko, web_settings(port=0), accounts=False), _pages(shoko), timings)


def time_pages(shoko: Shoko, settings: DeskBenchSettings) -> tuple[PageTiming, ...]:
    """Every page of the desk, first alone, then by all people with their pauses. Nothing is written."""
    app = application(shoko, web_settings(port=0), accounts=False)
    warm(app.state.web)  # as where it is served
    return asyncio.run(_timed(app, _pages(shoko), settings))


def _pages(shoko: Shoko) -> dict[str, str]:
    document = search(shoko.archive, Query(limit=1, offset=3, count_limit=1)).hits
    waiting = search(shoko.archive, Query(limit=1, count_limit=1, states=(DocumentState.NEEDS_REVIEW,))).hits
    pages = {
        "home": "/home",
        "search": "/search",
        "search_words": "/search?words=トナー",
        "search_totals": "/search/totals?words=トナー&bounded=1",
        "review": "/review",
        "intake": "/intake",
        "papers": "/papers",
        "approvals": "/approvals",
        "requests": "/requests",
        "audit": "/audit",
    }
    for one in document:
        pages |= {
            "document": f"/documents/{one.document_id}",
            "document_around": f"/documents/{one.document_id}/around",
        }
    return pages | ({"review_document": f"/review/{waiting[0].document_id}"} if waiting else {})


async def _timed(app: FastAPI, pages: dict[str, str], settings: DeskBenchSettings) -> tuple[PageTiming, ...]:
    rows: dict[str, PageTiming] = {}
    taken: dict[str, list[float]] = {name: [] for name in pages}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=_ADDRESS, timeout=None) as client:  # noqa: S113  # what takes long is what is measured
        for name, path in pages.items():
            response = await client.get(path)
            seconds = [await _ask(client, path) for _ in range(_ALONE)]
            rows[name] = PageTiming(
                name=name,
                status=response.status_code,
                size_bytes=len(response.content),
                alone_ms=percentile_ms(seconds, 0.5),
                median_ms=0.0,
                p95_ms=0.0,
            )

        async def person(number: int) -> None:
            dice = random.Random(number)  # noqa: S311  # reproducible
            for name in (one for _ in range(settings.unhurried_rounds) for one in dice.sample(list(pages), len(pages))):
                await asyncio.sleep(dice.uniform(settings.least_pause_seconds, settings.longest_pause_seconds))
                taken[name].append(await _ask(client, pages[name]))

        await asyncio.gather(*map(person, range(settings.people)))
    return tuple(
        replace(rows[name], median_ms=percentile_ms(seconds, 0.5), p95_ms=percentile_ms(seconds, 0.95))
        if seconds
        else rows[name]
        for name, seconds in taken.items()
    )


async def _ask(client: httpx.AsyncClient, path: str) -> float:
    begun = time.perf_counter()
    await client.get(path)
    return time.perf_counter() - begun
