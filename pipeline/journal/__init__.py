"""Entries for the books: made from filed documents, and written as accounting products take them in."""

from pipeline.journal.making import entry_of
from pipeline.journal.products import PRODUCTS, Product, written

__all__ = ["PRODUCTS", "Product", "entry_of", "written"]
