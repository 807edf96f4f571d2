"""A second implementation of every check, sharing no code with the writer (standard library and cryptography only)."""
