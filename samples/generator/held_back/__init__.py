"""Layouts, fonts and words that are kept for measuring.

Nothing may be tuned on these: rules and models see the development half only. Everything below this folder is frozen by
the digest in ``samples/held_back.sha256``.
"""

from samples.generator.held_back.layouts import GOTHIC, LAYOUTS, MINCHO
from samples.generator.held_back.words import VOCABULARY

__all__ = ["GOTHIC", "LAYOUTS", "MINCHO", "VOCABULARY"]
