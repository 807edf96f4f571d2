"""Ways in which a document reaches the office, as the targets are stated; each gathers kinds of wear."""

from __future__ import annotations

CONDITIONS = ("born_digital", "clean300", "damaged200", "photo", "data")
"""In the order of the tables."""
_SPECIAL = {"born_digital": "born_digital", "scan300": "clean300", "xml": "data"}


def condition_of(damage: str | None) -> str:
    """The condition of a kind of wear: what is no PDF, no data, no 300 dpi scan and no photo is a worn 200 dpi scan."""
    if damage is None:
        return "born_digital"
    if "photo" in damage:
        return "photo"
    return _SPECIAL.get(damage, "damaged200")
