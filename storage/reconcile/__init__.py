"""Reconciliation: vault, archive, log and inbox held against each other (DESIGN §8), and repaired from what remains."""

from storage.reconcile.looking import MAX_FINDINGS, reconcile
from storage.reconcile.repair import Repaired, repair

__all__ = ["MAX_FINDINGS", "Repaired", "reconcile", "repair"]
