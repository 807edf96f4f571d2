"""The papers that the law wants beside the data, made from the installation's own settings (law: scan-docs)."""
