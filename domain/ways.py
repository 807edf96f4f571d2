"""Who made a paper, seen from the company: what is spent and what is earned are never added."""

from __future__ import annotations

from enum import StrEnum

from domain.ids import Origin
from domain.labels import Label


class Way(StrEnum):
    """The direction of a paper."""

    RECEIVED = "received"
    ISSUED = "issued"
    OTHER = "other"
    """Made for ourselves, or it is not known how it came."""


WAYS: dict[Way, Label] = {
    Way.RECEIVED: ("受領", "Received"),
    Way.ISSUED: ("発行", "Issued"),
    Way.OTHER: ("その他", "Other"),
}
WAY_OF: dict[Origin, Way] = {
    Origin.PAPER_RECEIVED: Way.RECEIVED,
    Origin.ELECTRONIC_RECEIVED: Way.RECEIVED,
    Origin.PAPER_ISSUED_COPY: Way.ISSUED,
    Origin.ELECTRONIC_SENT: Way.ISSUED,
    Origin.SELF_GENERATED: Way.OTHER,
    Origin.UNKNOWN: Way.OTHER,
}


def origins_of(way: Way) -> tuple[Origin, ...]:
    """What goes this way."""
    return tuple(origin for origin in Origin if WAY_OF[origin] is way)
