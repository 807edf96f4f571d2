"""Text and class to fields."""
