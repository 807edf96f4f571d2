"""People with accounts: passwords, second factors, sessions, API tokens. Rows change; who changed them is logged."""

from storage.people.book import PeopleBook
from storage.people.logins import LoggedIn, Logins
from storage.people.passwords import Passwords, check_password

__all__ = ["LoggedIn", "Logins", "Passwords", "PeopleBook", "check_password"]
