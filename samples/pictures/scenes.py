"""What is photographed: whose screen, which page, and what they have done on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

    from samples.pictures.site import PictureSite

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
SET = Path(__file__).parents[1] / "set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture."""

    name: str
    """Of the file, and of the manual's section that shows it."""
    login: str
    path: str
    """Of the page; ``{…}`` are values of the site."""
    phone: bool = False
    act: Callable[[Page, PictureSite], None] | None = None


def _photograph(page: Page, _: PictureSite) -> None:
    page.locator("#album").set_input_files(SET / "receipt" / "till-photo" / "source.jpg")
    page.locator("#shots li").first.wait_for()


def _verify(page: Page, site: PictureSite) -> None:
    for box in ("date_from", "date_to"):
        page.fill(f"input[name={box}]", "2026/11/20")
    page.set_input_files("input[name=roots]", str(site.roots))
    page.fill("input[name=log_key]", site.log_key)
    page.get_by_role("button", name="検証を始める").click()
    page.get_by_text("すべての検査に合格しました").wait_for()


def _hand_over(page: Page, _: PictureSite) -> None:
    page.fill("input[name=to]", "青空税務署 山田様")


def _point(page: Page, _: PictureSite) -> None:
    page.locator("tr[data-field=total_amount]").hover()


def _correct(page: Page, _: PictureSite) -> None:
    page.get_by_text("訂正する", exact=True).click()


def _ask(page: Page, _: PictureSite) -> None:
    page.locator(".answer").first.wait_for()


SCENES = (
    Scene(name="home", login="keiri", path="/home"),
    Scene(name="search", login="keiri", path="/search?type=invoice&amount_min=100000"),
    Scene(name="document", login="keiri", path="/documents/{scan}", act=_point),
    Scene(name="review", login="keiri", path="/review/{doubtful}"),
    Scene(name="approvals", login="bucho", path="/approvals"),
    Scene(name="intake", login="scan", path="/intake"),
    Scene(name="capture", login="scan", path="/capture", phone=True, act=_photograph),
    Scene(name="verify", login="kansa", path="/verify", act=_verify),
    Scene(name="audit", login="kansa", path="/audit/export", act=_hand_over),
    Scene(name="correct", login="keiri", path="/documents/{scan}", act=_correct),
    Scene(name="requests", login="kacho", path="/requests"),
    Scene(name="journal", login="keiri", path="/journal"),
    Scene(name="papers", login="keiri", path="/papers"),
    Scene(name="law", login="keiri", path="/law"),
    Scene(name="binder", login="kanri", path="/binder"),
    Scene(name="retention", login="kanri", path="/admin/retention"),
    Scene(name="account", login="keiri", path="/account"),
    Scene(name="people", login="kanri", path="/admin/people"),
    Scene(name="admin", login="kanri", path="/admin"),
    Scene(name="company", login="kanri", path="/admin/company"),
    Scene(name="questions", login="keiri", path="/help?q=今月の請求書の合計は？", act=_ask),
    Scene(name="home", login="keiri", path="/home", phone=True),
    Scene(name="intake", login="scan", path="/intake", phone=True),
    Scene(name="search", login="keiri", path="/search?type=invoice&amount_min=100000", phone=True),
    Scene(name="document", login="keiri", path="/documents/{scan}", phone=True),
    Scene(name="review", login="keiri", path="/review/{doubtful}", phone=True),
    Scene(name="approvals", login="bucho", path="/approvals", phone=True),
    Scene(name="papers", login="keiri", path="/papers", phone=True),
)
