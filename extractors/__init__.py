"""Bytes to pages, pages to text, text to fields."""
