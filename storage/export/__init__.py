"""Bundles that can be checked offline (BagIt 1.0 with proofs), for auditors and tax offices."""

from storage.export.bundle import BundleResult, Extras, export_bundle
from storage.export.taking import ImportResult, import_bundle

__all__ = ["BundleResult", "Extras", "ImportResult", "export_bundle", "import_bundle"]
