from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")  # ends with its module: another one may start Playwright in this process
def chromium():
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield browser
        browser.close()


LEFT_BEHIND = ("htmx:afterRequest", "htmx:sendError")
"""What htmx says of a request that was still under way when its page was left; answers that fail have other names."""


@pytest.fixture
def tab(chromium, request, tmp_path):
    """A tab that fails the test on any script error or anything the content security policy had to stop."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP", accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    failed_before = request.session.testsfailed
    yield page
    if request.session.testsfailed > failed_before:
        page.screenshot(path=str(tmp_path / "failure.png"))
    context.close()
    assert [one for one in problems if not one.startswith(LEFT_BEHIND)] == []


@pytest.fixture
def site(tmp_path):
    from tests.e2e.site import Site

    with Site(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A site with the born-digital samples filed; read only."""
    from tests.e2e.site import BORN_DIGITAL, Site

    with Site(tmp_path_factory.mktemp("filled")) as running:
        running.drop_samples(BORN_DIGITAL)
        running.file_inbox()
        yield running


@pytest.fixture
def guarded(tmp_path):
    """A site with a password."""
    from tests.e2e.site import Site

    with Site(tmp_path, token="correct horse battery") as running:
        yield running
