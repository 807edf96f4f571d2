"""The command line: one module per verb; ``--json`` prints JSON Lines on stdout and nothing else there."""


def main() -> None:
    """Entry point of ``shoko``. Its processes import this module again; they do not need the verbs."""
    from app.cli.main import main as run

    run()
