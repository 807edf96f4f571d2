"""Our own icons: strokes on a grid of 24, drawn inline so that they take the colour of the words beside them."""

from __future__ import annotations

from markupsafe import Markup

_STROKES: dict[str, str] = {
    "home": "M3.5 11.5 12 4l8.5 7.5M6 9.8v9.7h12V9.8M10 19.5v-5.5h4v5.5",
    "chart": "M4 20h16M7 16.5v-4.5M12 16.5V6M17 16.5v-7.5",
    "intake": "M12 3.5v10M8 10l4 4 4-4M4 14.5v5.5h16v-5.5",
    "list": "M4 6h2M4 12h2M4 18h2M10 6h10M10 12h10M10 18h10",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zM15.5 15.5l5 5",
    "review": "M6 3.5h8.5L19 8v12.5H6zM14.5 3.5V8H19M9 13.7l2.4 2.4 4.1-4.4",
    "seal": "M8.5 11.5C10.8 11.5 9 8.6 9 6.5a3 3 0 0 1 6 0c0 2.1-1.8 5 .5 5a3 3 0 0 1 3 3v2h-13v-2a3 3 0 0 1 3-3z"
    "M5.5 20h13",
    "paper": "M8.5 3.5H16L20 7.3V17H8.5zM4.5 7.5v13h11",
    "request": "M4 6h16v12.5H4zM4.3 6.5 12 13l7.7-6.5",
    "law": "M12 4v16M8 20h8M5 7h14M5 7l-2.7 6.2a3 3 0 0 0 5.4 0zM19 7l-2.7 6.2a3 3 0 0 0 5.4 0z",
    "shield": "M12 3.5 19 6v5.5c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6zM9 12l2.2 2.2 3.9-4.2",
    "audit": "M11.5 20.5H6v-17h8.5L19 8v3M14.5 3.5V8H19"
    "M16 13a3.6 3.6 0 1 0 0 7.2a3.6 3.6 0 1 0 0-7.2zM18.7 19.3 21.5 22",
    "ask": "M4 5h16v11h-9l-4.5 4v-4H4zM10 8.8a2 2 0 1 1 2.8 1.8c-.6.3-.8.6-.8 1.2M12 13.6v.1",
    "binder": "M5 4h14v16H5zM9 4v16M12.3 8.5h3.7M12.3 12h3.7",
    "people": "M9 4.5a3.2 3.2 0 1 0 0 6.4a3.2 3.2 0 1 0 0-6.4zM3 19.5c0-3.3 2.7-5.5 6-5.5s6 2.2 6 5.5"
    "M15.5 4.9a3.1 3.1 0 0 1 0 5.8M17.3 14.4c2.2.7 3.7 2.6 3.7 5.1",
    "settings": "M4 7h8.5M17.5 7H20M4 12h2.5M11.5 12H20M4 17h8.5M17.5 17H20M15 5v4M9 10v4M15 15v4",
    "help": "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17zM9.6 9.6a2.4 2.4 0 1 1 3.4 2.2c-.7.3-1 .8-1 1.7M12 16.5v.2",
    "export": "M12 14.5v-10M8 8l4-4 4 4M4 14.5V20h16v-5.5",
    "page": "M6 3.5h8.5L19 8v12.5H6zM14.5 3.5V8H19M9 12.5h7M9 16h5",
    "menu": "M4 6.5h16M4 12h16M4 17.5h16",
    "alert": "M12 4 21.2 19.5H2.8zM12 10v4.5M12 16.8v.2",
    "person": "M12 4.5a3.7 3.7 0 1 0 0 7.4a3.7 3.7 0 1 0 0-7.4zM4.5 20c0-3.7 3.3-5.8 7.5-5.8s7.5 2.1 7.5 5.8",
    "auto": "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17zM12 3.5v17M12 8l6-2.3M12 12.5l8.3-2.4M12 17l7.3-2.5",
    "light": "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM12 2.8v2M12 19.2v2M2.8 12h2M19.2 12h2M5.5 5.5l1.4 1.4"
    "M17.1 17.1l1.4 1.4M18.5 5.5l-1.4 1.4M6.9 17.1l-1.4 1.4",
    "dark": "M19.8 14.3A8.2 8.2 0 0 1 9.7 4.2a8.2 8.2 0 1 0 10.1 10.1z",
    "keyboard": "M3 6.5h18v11H3zM6.5 10h.2M10 10h.2M13.7 10h.2M17.3 10h.2M8 14h8",
    "calendar": "M4 6h16v14H4zM4 10.5h16M8.5 3.5v4M15.5 3.5v4",
    "close": "M6 6l12 12M18 6 6 18",
    "down": "M6.5 9.5 12 15l5.5-5.5",
}


def icon(name: str) -> Markup:
    """An icon as SVG; it is decoration, so what it stands for is said in words beside it.

    Raises:
        KeyError: no such icon.
    """
    return Markup(
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="{}"/></svg>'
    ).format(_STROKES[name])
