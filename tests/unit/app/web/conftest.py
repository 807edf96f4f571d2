import pytest
from starlette.testclient import TestClient

from app.web import WebSettings, create_app
from tests.unit.app.web.memory_records import NOW
from tests.unit.app.web.memory_services import MemoryServices


class Browser(TestClient):
    """A client that sends what a browser sends with a form of our own page."""

    def csrf(self, path="/upload"):
        page = self.get(path).text
        return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


@pytest.fixture
def services():
    return MemoryServices()


@pytest.fixture
def open_page(services):
    def build(**settings):
        app = create_app(services, settings=WebSettings(**settings), clock=lambda: NOW)
        return Browser(app, base_url="http://127.0.0.1:8710", raise_server_exceptions=False)

    return build


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture
def first_id(services):
    return next(iter(services.records))
