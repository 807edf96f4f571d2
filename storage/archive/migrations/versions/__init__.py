"""One module per version; never edited once released."""
