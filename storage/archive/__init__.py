"""The archive: append-only records."""
