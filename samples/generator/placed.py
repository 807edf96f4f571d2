"""Where the words and ruled lines of a made page stand, and in which order the words are spoken: from the browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from samples.generator.layouts import Layout

if TYPE_CHECKING:
    from playwright.sync_api import Page

_CSS_DPI = 96
_SCRIPT = r"""
() => {
  const words = [], rules = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode, style = getComputedStyle(node.parentElement);
    if (!node.data.trim() || style.visibility === 'hidden' || style.display === 'none') continue;
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
  }
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
  return {words: words.map(w => [w.text, w.left, w.top, w.right, w.bottom, w.size, w.down]), rules};
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


def placed(page: Page, html: str, layout: Layout) -> PlacedPage:
    """Lay a document out and say where everything stands."""
    page.set_viewport_size({"width": round(layout.paper[0] / 25.4 * _CSS_DPI), "height": 800})
    page.set_content(html, wait_until="load")
    found = page.evaluate(_SCRIPT)
    return PlacedPage(
        layout=layout.name,
        words=tuple(PlacedWord(*word) for word in found["words"]),
        rules=tuple(PlacedRule(*rule) for rule in found["rules"]),
    )
