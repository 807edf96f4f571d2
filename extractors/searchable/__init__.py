"""A derived PDF that any viewer can search: the page as it is, with what was read as invisible text on it."""
