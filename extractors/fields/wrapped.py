"""Names that were broken into two lines at their legal form: 株式会社 over 山﨑文具, 日本海建設 over 株式会社 御中."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from domain.companies import has_company_form, split_company, strip_honorific
from domain.geometry import union
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.names import BODY, clean_name, has_cut_form, is_contact, is_department

_ALIGNED = 1.6
"""Line heights by which the two lines may begin (or end) apart: one of them is often larger."""
_CLOSE = 1.3
"""Line heights between the two lines."""
_TAIL = re.compile(
    r"^(?:設計|会計|法律|測量|建築|司法書士)?(?:事務所|製作所|研究所|工業所|鉄工所|印刷所|商会|商店|販売|ホールディングス)$"
)
"""The end of a long name on a line of its own."""
_ENDS = (
    "設計事務所",
    "会計事務所",
    "法律事務所",
    "建築事務所",
    "製作所",
    "研究所",
    "工業所",
    "鉄工所",
    "印刷所",
    "製造所",
    "水産",
    "商事",
)
"""Ends of names that a narrow cell breaks anywhere (設 over 計事務所)."""
_FORMS = ("株式会社", "有限会社", "合同会社", "合資会社", "合名会社")
"""Forms at the end of a name that a narrow cell breaks anywhere (株式会 over 社)."""
_HALF_FORM = re.compile(r"合[同資名]$")
"""The first half of a form, or a name's own last word."""
_LABEL = re.compile(r"^\S{1,8}[:：]\s*(?=\S)")
"""What says whose name it is, in front of its first half (宛先:)."""
_PAPER = re.compile(r"[\u4e00-\u9fff]{2}書(?:\(.*\))?$")
"""The title of a paper (検収確認書), and no half of a name."""
_LONGEST = 24
"""Characters of a name without its form; longer lines are addresses and sentences."""


@dataclass(frozen=True, slots=True)
class WholeName:
    """A name with the other half of it, where there is one."""

    name: str
    span: Span


def whole_name(layout: Layout, segment: Segment, name: str, span: Span) -> WholeName:
    """The name that a line is part of; the line itself where it is whole.

    A line that is a form alone takes the name above it (behind an honorific, or where nothing below fits) or below it;
    a line without a form takes a form that stands alone above or below it.
    """
    if not name or _PAPER.search(name):
        return WholeName(name, span)
    if _form_alone(name):
        last = strip_honorific(segment.text)[1] is not None
        for up in (True,) if last else (False, True):
            other = _neighbour(layout, segment, up=up)
            if other is not None and not has_company_form(other.text):
                return _joined(other, span, name, other_first=up)
        return WholeName(name, span)
    if has_company_form(name):
        below = _neighbour(layout, segment, up=False)
        if below is not None and (_TAIL.match(below.text.strip()) or _torn(name, below.compact)):
            return _joined(below, span, name, other_first=False)
        return WholeName(name, span)
    rest = _neighbour(layout, segment, up=False) if has_cut_form(name) or _HALF_FORM.search(name) else None
    if rest is not None and _torn(name, rest.compact, _FORMS):
        return _joined(rest, span, name, other_first=False)
    above = _neighbour(layout, segment, up=True)
    if above is not None and _form_alone(above.text):
        return _joined(above, span, name, other_first=True)
    below = _neighbour(layout, segment, up=False)
    if below is not None and _form_alone(strip_honorific(below.text)[0]) and strip_honorific(segment.text)[1] is None:
        return _joined(below, span, name, other_first=False)
    return WholeName(name, span)


def _torn(name: str, below: str, ends: tuple[str, ...] = _ENDS) -> bool:
    """A name that is broken within its last word."""
    return any(name.endswith(end[:at]) and below == end[at:] for end in ends for at in range(1, len(end)))


def _form_alone(text: str) -> bool:
    plain = clean_name(strip_honorific(text)[0])
    return has_company_form(plain) and split_company(f"x {plain}").core in {"x", ""}


def _joined(other: Segment, span: Span, name: str, *, other_first: bool) -> WholeName:
    half = clean_name(_LABEL.sub("", strip_honorific(other.text)[0]))
    place = other.span()
    both = replace(
        span,
        raw=f"{place.raw} {span.raw}" if other_first else f"{span.raw} {place.raw}",
        box=union((span.box, place.box)),
        confidence=min(span.confidence, place.confidence),
    )
    return WholeName(half + name if other_first else name + half, both)


def _neighbour(layout: Layout, segment: Segment, *, up: bool) -> Segment | None:
    """The line right above or below that begins or ends where this one does, and can be half of a name."""
    step = -1 if up else 1
    for index in range(segment.row + step, segment.row + 3 * step, step):
        if not 0 <= index < len(layout.rows):
            return None
        for other in layout.rows[index]:
            if other.page_index != segment.page_index:
                return None
            gap = segment.box.top - other.box.bottom if up else other.box.top - segment.box.bottom
            reach = max(segment.height, other.height)
            aligned = min(
                abs(other.box.left - segment.box.left),
                abs(other.box.right - segment.box.right),
                abs(other.box.center[0] - segment.box.center[0]),
            )
            if gap > _CLOSE * reach or aligned > _ALIGNED * reach:
                continue
            if (
                len(other.compact) > _LONGEST
                or BODY.search(other.text)
                or _PAPER.search(other.compact)
                or is_contact(other)
                or is_department(other.text)
            ):
                return None
            return other
    return None
