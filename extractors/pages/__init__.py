"""Document bytes to rendered pages."""
