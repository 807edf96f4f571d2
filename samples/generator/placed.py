"""Where the words and ruled lines of a made page stand, and in which order the words are spoken: from the browser."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from samples.generator.layouts import Layout

if TYPE_CHECKING:
    from playwright.sync_api import Page

_CSS_DPI = 96
_BLOCK_ROWS = 2
"""Rows of a block that may be read before its neighbour; a single row goes from left to right."""
_TOUCH = 2.0
"""CSS pixels by which boxes of rows that follow each other overlap."""
_SCRIPT = r"""
() => {
  const words = [], rules = [], blocks = [];
  const range = document.createRange();
  const say = node => {
    const style = getComputedStyle(node.parentElement);
    if (!node.data.trim() || style.visibility === 'hidden' || style.display === 'none') return;
    const down = style.writingMode.startsWith('vertical') && style.textOrientation !== 'sideways';
    const size = parseFloat(style.fontSize), spread = parseFloat(style.letterSpacing) || 0;
    let run = null;
    const end = () => { if (run) words.push(run); run = null; };
    for (let i = 0; i < node.data.length; i++) {
      if (/\s/.test(node.data[i])) { end(); continue; }
      range.setStart(node, i);
      range.setEnd(node, i + 1);
      const box = range.getBoundingClientRect();
      if (!box.width || !box.height) continue;
      const right = box.right - (down ? 0 : spread), bottom = box.bottom - (down ? spread : 0);
      if (run) {
        const across = down ? box.left - run.x : box.top - run.y;
        const gap = down ? box.top - run.bottom : box.left - run.right;
        if (Math.abs(across) >= 2 || gap >= 0.4 * size) end();
      }
      run = run || {text: '', left: box.left, top: box.top, right, bottom, x: box.left, y: box.top, down, size};
      run.text += node.data[i];
      run.left = Math.min(run.left, box.left);
      run.right = Math.max(run.right, right);
      run.bottom = Math.max(run.bottom, bottom);
    }
    end();
  };
  const walk = element => {
    const first = words.length, number = blocks.length, display = getComputedStyle(element).display;
    const block = !/^(inline|contents|none|table-)/.test(display);
    if (block) blocks.push(null);
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) say(node);
      else if (node.nodeType === Node.ELEMENT_NODE) walk(node);
    }
    if (block) blocks[number] = [first, words.length];
  };
  walk(document.body);
  for (const element of document.querySelectorAll('body *')) {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    const {left, top, right, bottom} = box;
    for (const [side, place] of Object.entries({
      Top: [left, top, right, top], Bottom: [left, bottom, right, bottom],
      Left: [left, top, left, bottom], Right: [right, top, right, bottom],
    })) {
      const line = style['border' + side + 'Style'];
      if (box.width && parseFloat(style['border' + side + 'Width']) > 0 && line !== 'none' && line !== 'hidden')
        rules.push([...place, line !== 'solid' && line !== 'double']);
    }
  }
  return {words: words.map(w => [w.text, w.left, w.top, w.right, w.bottom, w.size, w.down]), rules,
    blocks: blocks.filter(([first, end]) => end > first)};
}
"""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """Characters that follow each other without white space, on one row (or in one column)."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    """Of its letters."""
    down: bool
    """Vertical writing."""


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """One side of a frame."""

    left: float
    top: float
    right: float
    bottom: float
    broken: bool
    """Dotted or dashed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPage:
    """A whole document on one endless page, in CSS pixels (96 to the inch)."""

    layout: str
    words: tuple[PlacedWord, ...]
    """In the order of the source: as they are spoken."""
    rules: tuple[PlacedRule, ...]
    blocks: tuple[tuple[int, int], ...] = ()
    """First word and end of every element that is laid out as a block (rows and cells of tables are none), from the
    outermost inwards, in the order of the source."""


def placed(page: Page, html: str, layout: Layout) -> PlacedPage:
    """Lay a document out and say where everything stands."""
    page.set_viewport_size({"width": round(layout.paper[0] / 25.4 * _CSS_DPI), "height": 800})
    page.set_content(html, wait_until="load")
    return places(page, layout.name)


def places(page: Page, layout: str) -> PlacedPage:
    """Where everything stands on the page that the browser shows."""
    found = page.evaluate(_SCRIPT)
    return PlacedPage(
        layout=layout,
        words=tuple(PlacedWord(*word) for word in found["words"]),
        rules=tuple(PlacedRule(*rule) for rule in found["rules"]),
        blocks=tuple((first, end) for first, end in found["blocks"]),
    )


def side_by_side(page: PlacedPage) -> tuple[tuple[int, int, int], ...]:
    """Neighbours in the source that stand side by side as blocks of their own, the largest first.

    Each has at least two rows, and neither is a cell of a table: a reader may well begin with the right one. Gives
    where the first one begins, where the second does and where it ends, in characters without white space.
    """
    starts = [0]
    for word in page.words:
        starts.append(starts[-1] + len(word.text))
    found = []
    for children in _children(page.blocks).values():
        for (first, middle), (following, end) in pairwise(children):
            pair = page.words[first:middle], page.words[following:end]
            if middle == following and all(_rows(part) >= _BLOCK_ROWS for part in pair) and _apart(*pair):
                found.append((starts[first], starts[middle], starts[end]))
    return tuple(sorted(found, key=lambda swap: (swap[0] - swap[2], swap)))


def _children(blocks: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[tuple[int, int]]]:
    children: dict[tuple[int, int], list[tuple[int, int]]] = {}
    open_blocks: list[tuple[int, int]] = []
    for block in sorted(set(blocks), key=lambda b: (b[0], -b[1])):
        while open_blocks and open_blocks[-1][1] < block[1]:
            open_blocks.pop()
        if open_blocks:
            children.setdefault(open_blocks[-1], []).append(block)
        open_blocks.append(block)
    return children


def _rows(words: Sequence[PlacedWord]) -> int:
    count, reach = 0, -math.inf
    for word in sorted(words, key=lambda w: w.top):
        if word.down:
            return 0
        count += word.top >= reach - _TOUCH
        reach = max(reach, word.bottom) if word.top < reach - _TOUCH else word.bottom
    return count


def _apart(first: Sequence[PlacedWord], second: Sequence[PlacedWord]) -> bool:
    beside = max(w.right for w in first) <= min(w.left for w in second)
    beside |= max(w.right for w in second) <= min(w.left for w in first)
    lowest_top = max(min(w.top for w in part) for part in (first, second))
    return beside and lowest_top < min(max(w.bottom for w in part) for part in (first, second))
