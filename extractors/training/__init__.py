"""What our own weights were made by; nothing here runs when documents are read."""
