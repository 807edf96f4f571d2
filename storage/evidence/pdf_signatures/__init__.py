"""Signatures and document timestamps that came with a PDF, checked in a process of its own (law: lt-pades)."""

from storage.evidence.pdf_signatures.bounded import check_signatures

__all__ = ["check_signatures"]
