"""Counterparties: their table as people keep it, and which of them a reading names."""
