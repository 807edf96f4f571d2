"""How well and how fast pages become text: sets of pages with known text, engines, and every measure of reading."""
