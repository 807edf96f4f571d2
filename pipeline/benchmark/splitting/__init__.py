"""How often every border between the documents of a stack is found, and how the model that finds them is fitted."""
