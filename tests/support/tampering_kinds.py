"""Kinds of tampering, each with the check that must find it and why."""


def kind(check, reason):
    """Say which finding a kind must cause."""

    def register(function):
        function.finding = (check, reason)
        return function

    return register


def kinds_of(*modules):
    """Name → (function, check, reason), of all kinds in these modules."""
    found = {}
    for module in modules:
        for name, function in vars(module).items():
            if hasattr(function, "finding"):
                found[name] = (function, *function.finding)
    return found
