"""Order, retries, wiring."""
