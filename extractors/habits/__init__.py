"""What corrections teach about pages of the same layout."""
