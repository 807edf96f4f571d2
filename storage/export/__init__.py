"""Bundles that can be checked offline."""
