"""The register of qualified invoice issuers: a copy of its published files, and its web interface."""
