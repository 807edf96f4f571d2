"""The vocabulary of Shoko: frozen types, errors, protocols and pure text rules. No I/O, no clock."""
