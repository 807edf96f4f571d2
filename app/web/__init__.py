"""The web page: server-rendered, Japanese first, on loopback. ``create_app`` is the door."""

from app.web.application import create_app
from app.web.services import WebServices
from app.web.settings import WebSettings

__all__ = ["WebServices", "WebSettings", "create_app"]
