"""An installation whose people have accounts, and browsers in which they are logged in; passwords hashed quickly."""

from __future__ import annotations

import re
from datetime import timedelta

from starlette.testclient import TestClient

from app.web.settings import WebSettings
from app.web.wired import application
from domain.calendar import utc_now
from domain.people import Role
from pipeline.steps.people import add_user
from storage.people import Passwords

PASSWORD = "みどりの海に浮かぶ小舟7そう"
ADDRESS = "http://127.0.0.1:8710"


class Clock:
    """Runs, and can be put forward."""

    def __init__(self):
        self.ahead = timedelta(0)

    def __call__(self):
        return utc_now() + self.ahead


def add_people(shoko, **roles):
    """Add people by login and roles, an administrator first, whose passwords are their own already."""
    shoko.people.passwords = Passwords(time_cost=1, memory_kib=64, parallelism=1)
    if not shoko.people.has_users():
        roles = {"kanri": (Role.ADMINISTRATOR,)} | roles
    users = {}
    for login, given in roles.items():
        user = add_user(shoko, login, name="", roles=frozenset(given), password=PASSWORD, by="test")
        users[login] = shoko.people.change(user.user_id, must_change=False)
    return users


class Seat(TestClient):
    """A browser at the page."""

    def __init__(self, app):
        super().__init__(app, base_url=ADDRESS, raise_server_exceptions=False, follow_redirects=False)

    def csrf(self, path="/login"):
        return re.search(r"X-CSRF-Token\": \"([0-9a-f]+)\"", self.get(path, follow_redirects=True).text)[1]

    def log_in(self, login, password=PASSWORD, code="", **form):
        data = {"csrf_token": self.csrf(), "login": login, "password": password, "code": code}
        return self.post("/login", data=data | form)

    def submit(self, path, **form):
        return self.post(path, data=form, headers={"X-CSRF-Token": self.csrf("/account")})


def open_seats(shoko, **settings):
    """A function that opens a browser, logged in or not."""
    app = application(shoko, WebSettings(**settings))

    def seat(login=None):
        browser = Seat(app)
        if login is not None:
            assert browser.log_in(login).status_code == 303
        return browser

    return seat
