"""Text to a document class, with reasons."""
