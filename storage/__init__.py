"""Keep, prove, find."""
