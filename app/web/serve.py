"""Runs the page. The access log stays off: addresses carry what people searched for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from fastapi import FastAPI

    from app.web.settings import WebSettings


def make_server(app: FastAPI, *, settings: WebSettings) -> uvicorn.Server:
    """A server ready to ``run()``; set ``should_exit`` to stop it."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)
