"""Which time-stamping services count as accredited, and when (law: lt-tsa-facts): a dated list, never a setting."""

from storage.evidence.trust.trust_list import AccreditedService, TrustList, load_trust_list

__all__ = ["AccreditedService", "TrustList", "load_trust_list"]
