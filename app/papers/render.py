"""The papers as pages that stand alone: one file each, with its style inside, ready to be printed."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

from app.papers.facts import facts_of
from pipeline.steps.issuing import Edition, issue

if TYPE_CHECKING:
    import typer

    from pipeline.wiring import Shoko

PAPERS: dict[str, str] = {
    "system-outline": "システム概要書",
    "operation-manual": "操作マニュアル",
    "electronic-rules": "電子取引データの訂正及び削除の防止に関する事務処理規程",
    "scanner-rules": "スキャナ保存に係る各事務の処理に関する規程",
    "binder": "備付け書類一覧",
}
"""Code → title, in the order of the binder; the list itself comes last, since it names the others' editions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper in its newest edition."""

    title: str
    edition: Edition
    file_name: str


def issue_papers(shoko: Shoko, cli: typer.Typer) -> tuple[Paper, ...]:
    """Make every paper as the settings are now; what says something new becomes an edition and is recorded."""
    facts = facts_of(shoko, cli)
    made: list[Paper] = []
    for name, title in PAPERS.items():
        known = {"listed": tuple(made)} if name == "binder" else {}
        body = _filled(name, **facts, **known)

        def whole(number: int, day: date, *, title: str = title, body: str = body) -> str:
            return _filled(
                "_frame",
                title=title,
                body=body,
                number=number,
                day=day,
                style=style(),
                company_name=facts["company_name"],
            )

        edition = issue(shoko, name, body, make=whole)
        file_name = f"{len(made) + 1}-{name}-v{edition.number}.html"
        made.append(Paper(title=title, edition=edition, file_name=file_name))
    return tuple(made)


def plain(paper: Paper) -> dict[str, Any]:
    """The plain JSON form."""
    return {
        "paper": paper.edition.name,
        "title": paper.title,
        "edition": paper.edition.number,
        "issued_on": paper.edition.issued_on.isoformat(),
        "sha256": paper.edition.digest.value if paper.edition.digest else None,
        "file": paper.file_name,
    }


@lru_cache(maxsize=1)
def style() -> str:
    """The style that stands in every paper."""
    return (files("app.papers") / "templates" / "papers.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def style_digest() -> str:
    """What a content security policy names it by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()


def _filled(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


def _load(name: str) -> str:
    return (files("app.papers") / "templates" / f"{name}.html").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_load),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["ja_day"] = lambda day: f"{day.year}年{day.month}月{day.day}日" if day else ""
    return environment
