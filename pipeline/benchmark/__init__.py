"""What `shoko bench` measures: accuracy against truth, and time."""
