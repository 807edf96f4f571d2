"""Pages of text for the classifiers."""

from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word

ENGINE = EngineId(name="null.v1", version="1")


def page(*rows, page_index=0, big=None, codes=()):
    lines = []
    for index, text in enumerate(rows):
        tall = 60 if text == big else 30
        box = Box(left=100, top=100 + 50 * index, right=100 + tall * len(text), bottom=100 + 50 * index + tall)
        lines.append(Line(words=(Word(text=text, box=box, confidence=0.99),), box=box))
    return PageText(page_index=page_index, lines=tuple(lines), engine=ENGINE, codes=codes)
