"""One module per page: parse, call one service, render."""
