import threading
import time
from pathlib import Path

import pytest

from app.web.serve import make_server
from app.web.settings import WebSettings
from tests.e2e.sample_archive import SampleArchive

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


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium, request, tmp_path):
    """A tab that fails the test on any script error or anything the content security policy had to stop."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP", accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(15_000)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    failed_before = request.session.testsfailed
    yield page
    if request.session.testsfailed > failed_before:
        page.screenshot(path=str(tmp_path / "failure.png"))
    context.close()
    assert problems == []


class Site:
    """The page over a real archive, served on a free port."""

    def __init__(self, folder: Path, **settings):
        self.archive = SampleArchive(folder)
        self.server = make_server(self.archive.services(), settings=WebSettings(port=0, **settings))
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        deadline = time.monotonic() + 30
        while not self.server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(timeout=30)
        self.archive.archive.close()


@pytest.fixture
def site(tmp_path):
    with Site(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A site with the born-digital samples filed; read only."""
    from tests.e2e.sample_archive import BORN_DIGITAL, fill

    folder = tmp_path_factory.mktemp("filled")
    fill(folder, slugs=BORN_DIGITAL).archive.close()
    with Site(folder) as running:
        yield running


@pytest.fixture
def guarded(tmp_path):
    """A site with a password."""
    with Site(tmp_path, token="correct horse battery") as running:
        yield running
