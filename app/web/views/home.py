"""ホーム: what waits, what is due, what came in and what it cost; every number opens the search behind it."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.charts import share, short_yen
from app.web.home_view import address, days_chart, long_time, order_for, spending_chart, strip
from app.web.permissions import needs, who_of
from app.web.respond import language_of, render, text
from app.web.state import WebDep
from app.web.views.desk import DeskDep
from app.web.waiting import menu_of
from domain.codec import to_plain
from domain.labels import Label, label
from domain.people import Permission
from pipeline.steps.dashboard import STAMPS_COUNTED
from storage.archive.figure_sums import SPENDING

router = APIRouter()
_FOR_ME = frozenset({"nav_approvals", "nav_requests"})
"""Entries of the menu whose waiting is also said on the start page, since it waits for this very person."""


@router.get("/home")
@needs(Permission.DOCUMENTS)
def home(request: Request, web: WebDep, desk: DeskDep) -> Response:
    """The page, or its figures as JSON."""
    board = desk.dashboard()
    language, who = language_of(request), who_of(request)

    def named(pair: Label) -> str:
        return label(pair, language=language)

    def may(permission: Permission) -> bool:
        return who is not None and permission in who.permissions

    filing = board.filing
    key, number = long_time(filing.seconds / filing.timed if filing.timed else 0)
    context: dict[str, Any] = {
        "board": board,
        "cards": order_for(may),
        "address": address,
        "days": days_chart(board, named, text("home_other_classes", language=language)),
        "spending": spending_chart(board, named),
        "axis_yen": partial(short_yen, language=language),
        "spent_on": SPENDING,
        "most_spent": max((one.yen for party in board.parties for one in party.by_class.values()), default=0),
        "taxed": any(tax.by_class for tax in board.taxes.by_rate),
        "weeks": strip(board),
        "share": share,
        "average": text(key, language=language, n=number),
        "most_stamps": STAMPS_COUNTED,
        "for_me": [
            entry
            for _, entries in menu_of(web, who, "/home").groups
            for entry in entries
            if entry.waiting and entry.place.key in _FOR_ME
        ],
        "today_intake": web.services.arrived_today() if may(Permission.INTAKE) else None,
    }
    return render(request, "home.html", context=context, payload=lambda: to_plain(board))
