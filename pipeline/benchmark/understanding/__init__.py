"""Everything that is measured about understanding, by one command, as one page."""
