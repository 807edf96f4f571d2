"""Timestamps, the hash-tree log and their verification."""
