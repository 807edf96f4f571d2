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


SAID_OF_ONE = ("htmx:afterRequest", "htmx:sendError")
"""What htmx says of one request that gets no answer: each at most once. Answers that fail have other names."""
ASKED_BY_SCRIPTS = frozenset({"xhr", "fetch"})


class LeftBehind:
    """Requests of scripts that were under way when their page was left: what is said of them is no problem.

    A request that fails in any other way (the server is gone, the policy stops it) is one.
    """

    def __init__(self, page):
        self.under_way, self.left, self.failed = set(), 0, []
        page.on("request", self._begun)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._lost)

    def _begun(self, request):
        if request.resource_type in ASKED_BY_SCRIPTS:
            self.under_way.add(request)
        elif request.is_navigation_request():
            self.left += len(self.under_way)
            self.under_way.clear()

    def _ended(self, request):
        self.under_way.discard(request)

    def _lost(self, request):
        if request.failure != "net::ERR_ABORTED" and request.resource_type in ASKED_BY_SCRIPTS:
            self.failed.append(f"{request.method} {request.url}: {request.failure}")
        elif request in self.under_way:
            self.left += 1
            self.under_way.discard(request)

    def problems(self, said):
        """What was said on the console, and what failed, without what was left behind."""
        kept = list(said)
        for name in SAID_OF_ONE:
            for one in [one for one in kept if one.startswith(name)][: self.left]:
                kept.remove(one)
        return kept + self.failed


@pytest.fixture
def tab(chromium, request, tmp_path):
    """A tab that fails the test on any script error or anything the content security policy had to stop."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP", accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    problems, left_behind = [], LeftBehind(page)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    failed_before = request.session.testsfailed
    yield page
    if request.session.testsfailed > failed_before:
        page.screenshot(path=str(tmp_path / "failure.png"))
    context.close()
    assert left_behind.problems(problems) == []


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
