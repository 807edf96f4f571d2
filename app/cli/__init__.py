"""The command line: one module per verb; ``--json`` prints JSON Lines on stdout and nothing else there."""

from app.cli.main import main

__all__ = ["main"]
