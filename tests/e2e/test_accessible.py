"""Every page before axe-core and before what holds for all: one heading, no overflow on a phone, a small weight.

The list of pages is that of the GET routes: a new route is tested from the day it exists, and one with a parameter that
nothing here fills in fails.
"""

import re
from datetime import date
from pathlib import Path

import pytest

from app.web.application import create_app
from app.web.desk import Desk
from app.web.settings import WebSettings
from domain.ids import Origin
from domain.people import Role
from domain.requests import RequestKind
from pipeline.steps.deposit import deposit
from pipeline.steps.people import set_roles
from pipeline.steps.requests import ask
from tests.e2e.site import BORN_DIGITAL, Site
from tests.integration.test_access import routes
from tests.support.accounts import PASSWORD, add_people

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parent / "vendor/axe-core-4.14.1.min.js"
"""Mozilla Public License 2.0; for this test only."""
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
RUN = """async (only) => {
  const options = {resultTypes: ["violations"]};
  if (only) options.runOnly = {type: "rule", values: only};
  const found = await axe.run(document, options);
  return found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary} ${node.html}`));
}"""
OF_BRIGHTNESS = ["color-contrast", "link-in-text-block"]
"""What a dark page may break that a light one does not."""
MOST_BYTES = 300_000
"""Of a page with everything but its scans."""
WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter((one) => one.initiatorType !== "img")
  .reduce((sum, one) => sum + one.decodedBodySize, 0)"""
MORE = (
    "/search?words=nothing-has-this",
    "/papers?show=gone",
    "/no-such-page",
    "/documents/{data}",
    "/documents/{unreadable}",
)
"""Pages that a route shows in another state."""


def pages():
    app = create_app(None, settings=WebSettings())
    return sorted({call.path for call, _ in routes(app.routes) if call.method == "GET"}) + list(MORE)


def fill(site):
    """The values of parameters: one of each thing that a page shows."""
    archive = site.shoko.archive
    filed = {drop.drop.deposit.original_name: drop.documents[0] for drop in archive.drops(limit=20)}
    document = filed["invoice-modern-pdf.pdf"]
    request = ask(site.shoko, RequestKind.DELETION, [document], by="keiri", reason="二重に登録したため")
    paper = Desk(site.shoko).binder()[0]
    return {
        "document_id": document,
        "scan": filed["invoice-classic-scan.jpg"],
        "data": filed["invoice-jp-pint.xml"],
        "unreadable": filed["明細.zip"],
        "request_id": request.request_id,
        "number": "1",
        "name": paper.edition.name,
        "slug": "keys",
        "login": "keiri",
        "sequence": "0",
        "group": "closed",
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A site with something on every page, and an administrator who may see them all."""
    with Site(tmp_path_factory.mktemp("world")) as site:
        site.drop_samples((*BORN_DIGITAL, "invoice/classic-scan", "invoice/jp-pint"))
        deposit(
            site.shoko, b"PK\x03\x04", name="明細.zip", origin=Origin.PAPER_RECEIVED, received_on=date(2026, 11, 20)
        )
        site.file_inbox()
        add_people(site.shoko, keiri=(Role.ACCOUNTANT,))
        everything = frozenset(Role) - {Role.AUDITOR}
        set_roles(site.shoko, "kanri", everything, by="keiri")
        site.values = fill(site)
        deposit(site.shoko, b"%PDF", name="待つ.pdf", origin=Origin.PAPER_RECEIVED, received_on=date(2026, 11, 20))
        yield site


@pytest.fixture(scope="module")
def reader(chromium, world):
    context = chromium.new_context(viewport=DESK, locale="ja-JP", bypass_csp=True)
    page = context.new_page()
    page.goto(f"{world.url}/login")
    page.fill("#login", "kanri")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(f"{world.url}/verify")
    page.click("main button[type=submit]")
    page.wait_for_url("**/jobs/*")
    world.values["job_id"] = page.url.rpartition("/")[2]
    yield page
    context.close()


def address(world, path):
    missing = set(re.findall(r"{(\w+)(?::\w+)?}", path)) - set(world.values)
    assert not missing, f"say in `fill` what stands for {missing}"
    return world.url + path.format(**world.values)


def show(reader, world, path):
    """Open a page; skips what is no page (pictures, downloads)."""
    url = address(world, path)
    answer = reader.request.get(url, max_redirects=0)
    if answer.status in (301, 303) or not answer.headers.get("content-type", "").startswith("text/html"):
        pytest.skip("not a page")
    reader.set_viewport_size(DESK)
    reader.emulate_media(color_scheme="light")
    reader.goto(url)
    if "axe" not in reader.evaluate("Object.keys(window)"):
        reader.evaluate(AXE.read_text())


@pytest.mark.parametrize("path", pages())
def test_page(reader, world, path):
    show(reader, world, path)

    # 1. one heading, a title, a language, a small weight
    assert reader.locator("h1").count() == 1
    assert reader.title()
    assert reader.get_attribute("html", "lang") == "ja"
    assert reader.evaluate(WEIGHT) <= MOST_BYTES

    # 2. nothing serious, light and dark, on a desk and on a phone
    found = {"desk": reader.evaluate(RUN, None)}
    reader.emulate_media(color_scheme="dark")
    found["desk, dark"] = reader.evaluate(RUN, OF_BRIGHTNESS)
    reader.set_viewport_size(PHONE)
    found["phone, dark"] = reader.evaluate(RUN, OF_BRIGHTNESS)
    reader.emulate_media(color_scheme="light")
    found["phone"] = reader.evaluate(RUN, None)
    problems = [f"{where}: {one[:900]}" for where, several in found.items() for one in several]
    assert not problems, "\n".join(problems)

    # 3. a phone shows all of it without scrolling sideways
    wide = reader.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"], f"{wide} pixels wide"
