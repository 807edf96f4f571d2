"""A seeded generator of Japanese business documents with exact truth (DESIGN §6.3)."""

from samples.generator.making import Sample, make, make_set

__all__ = ["Sample", "make", "make_set"]
