"""Entries for the books: made from filed documents, and written as accounting products take them in."""

from pipeline.journal.making import entry_of
from pipeline.journal.products import PRODUCTS, Product, read_back, written

__all__ = ["PRODUCTS", "Product", "entry_of", "read_back", "written"]
